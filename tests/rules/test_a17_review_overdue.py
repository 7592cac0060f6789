"""逾期未核查: every twelve months, or as often as the case itself says (R-DB-07)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.benefits import BenefitTerminated, CaseTakenOver
from rules.a17_review_overdue import RULE
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench
from tests.support.money import TOWN, a_child, a_destitute_person, a_household
from tests.support.procedure import reviewed

SINCE = date(2024, 5, 21)


def decided(number: str, on: str = "2023-05-20", **more: object) -> CaseTakenOver:
    """Taken over on 1 January 2024."""
    case = a_household(number)
    return case.model_copy(update={"decided_on": date.fromisoformat(on), **more})


def ended(number: str, on: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number,
        last_month=on[:7],
        reason="withdrawn",
        decided_on=date.fromisoformat(on),
    )


async def test_it_is_due_a_year_after_the_decision(bench: Bench) -> None:
    await bench.tell(decided("DB-1"))

    assert await seen(bench, RULE) == [Seen("case/DB-1", "review 2023-05-20", SINCE)]
    ((_, found),) = await findings(bench, RULE)
    assert (found.township, found.position) == (TOWN, 1)


async def test_on_the_last_day_it_is_in_time_on_the_next_late(bench: Bench) -> None:
    """The one after it is due in a year again."""
    await bench.tell(decided("DB-1"), reviewed("DB-1", "2024-05-20"))
    assert await seen(bench, RULE) == [Seen("case/DB-1", "review 2024-05-20", date(2025, 5, 21))]

    await bench.tell(decided("DB-2"), reviewed("DB-2", "2024-05-21"))
    assert Seen("case/DB-2", "review 2023-05-20", SINCE) in await seen(bench, RULE)


async def test_a_case_that_ended_is_reviewed_no_more(bench: Bench) -> None:
    await bench.tell(decided("DB-1"), ended("DB-1", "2024-05-20"))
    await bench.tell(decided("DB-2"), ended("DB-2", "2024-06-03"))

    assert await seen(bench, RULE) == [
        Seen("case/DB-2", "review 2023-05-20", SINCE, date(2024, 6, 3))
    ]


@pytest.mark.parametrize(
    ("on", "due"), [("2022-12-31", date(2025, 1, 2)), ("2023-01-01", date(2024, 1, 2))]
)
async def test_what_was_due_before_the_ledger_began_runs_anew(
    bench: Bench, on: str, due: date
) -> None:
    await bench.tell(decided("DB-1", on))

    assert [found.since for found in await seen(bench, RULE)] == [due]


async def test_where_income_is_not_steady_it_is_due_in_half_a_year(bench: Bench) -> None:
    await bench.tell(decided("DB-1", "2023-08-31", review_months=6))

    assert await seen(bench, RULE) == [Seen("case/DB-1", "review 2023-08-31", date(2024, 3, 1))]


async def test_a_review_may_set_another_class(bench: Bench) -> None:
    review = reviewed("DB-1", "2024-02-20").model_copy(update={"review_months": 3})
    await bench.tell(decided("DB-1"), review)

    assert await seen(bench, RULE) == [Seen("case/DB-1", "review 2024-02-20", SINCE)]


async def test_a_review_that_is_told_late_was_made_in_time(bench: Bench) -> None:
    await bench.tell(decided("DB-1"))
    await bench.tell(reviewed("DB-1", "2024-05-20"), received=date(2024, 9, 2))

    assert [found.since for found in await seen(bench, RULE)] == [date(2025, 5, 21)]
    assert [found.since for found in await seen(bench, RULE, at=1)] == [SINCE]


async def test_destitute_persons_are_reviewed_children_by_other_rules(bench: Bench) -> None:
    await bench.tell(a_destitute_person("TK-1"), a_child("GE-1"))

    assert [found.subject for found in await seen(bench, RULE)] == ["case/TK-1"]
