"""补录: more than thirty days after the business date, or after its figures were published."""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.households import IncomeChanged
from domain.dates import Instant
from domain.event import Event
from domain.reporting import ReportDrafted, ReportPublished
from rules.a26_recorded_late import RULE
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench, Correction
from tests.support.money import a_household

CASE = a_household("DB-1")
"""Taken over on 1 January 2024: the day on which the ledger begins."""
DRAFTED = ReportDrafted(report_year=2024, drafted_on=date(2025, 1, 9), drafted_by="JB-05")
PUBLISHED = ReportPublished(
    report_year=2024,
    published_at=Instant.read("2025-01-17T16:52:00+08:00"),
    asof=date(2024, 12, 31),
    path="/report/2024.html",
)


def income(on: str, fen: int = 20_000) -> Event:
    return IncomeChanged(
        case_number="DB-1", per_capita_income_fen=fen, changed_on=date.fromisoformat(on)
    )


@pytest.mark.parametrize(
    ("received", "late"), [(date(2024, 4, 4), False), (date(2024, 4, 5), True)]
)
async def test_thirty_days_are_in_time(bench: Bench, received: date, late: object) -> None:
    """5 March and 30 days are 4 April."""
    await bench.tell(CASE)
    await bench.tell(income("2024-03-05"), received=received)

    expected = [Seen("case/DB-1", "social-assistance/e-1", received)] if late else []
    assert await seen(bench, RULE) == expected


async def test_what_belongs_in_published_figures_is_late_at_once(bench: Bench) -> None:
    """Dated 31 December, recorded the day after the publication."""
    await bench.tell(CASE, DRAFTED, PUBLISHED)
    await bench.tell(income("2024-12-31"), received=date(2025, 1, 18))

    ((_, found),) = await findings(bench, RULE)
    assert found.what.endswith("，相隔18日；该日数据已于2025-01-17发布")


async def test_what_is_of_the_next_year_is_not_in_those_figures(bench: Bench) -> None:
    await bench.tell(CASE, DRAFTED, PUBLISHED)
    await bench.tell(income("2025-01-01"), received=date(2025, 1, 18))

    assert await findings(bench, RULE) == []


async def test_what_was_before_the_ledger_is_not_late(bench: Bench) -> None:
    await bench.tell(CASE)
    await bench.tell(income("2023-12-31"), a_household("DB-2"), received=date(2024, 6, 3))

    assert await findings(bench, RULE) == []


async def test_a_correction_says_itself_that_it_is_late(bench: Bench) -> None:
    first = income("2024-03-05")
    await bench.tell(CASE, first)
    await bench.tell(
        Correction(income("2024-03-05", 30_000), "changed", first), received=date(2024, 9, 2)
    )

    assert await findings(bench, RULE) == []
