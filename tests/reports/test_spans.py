"""Periods beside the one asked for, and how they are said."""

from __future__ import annotations

from datetime import date

import pytest

from reports.plans import spans
from reports.plans.plan import PeriodKind
from reports.plans.spans import Span


def span(start: str, end: str) -> Span:
    return date.fromisoformat(start), date.fromisoformat(end)


NOVEMBER = span("2024-11-01", "2024-11-30")
THIRD_QUARTER = span("2024-07-01", "2024-09-30")
FIRST_HALF = span("2024-01-01", "2024-06-30")
YEAR = span("2024-01-01", "2024-12-31")
TO_NOVEMBER = span("2024-01-01", "2024-11-30")


@pytest.mark.parametrize(
    ("asked", "shift", "found"),
    [
        (NOVEMBER, "本期", NOVEMBER),
        (NOVEMBER, "上期", span("2024-10-01", "2024-10-31")),
        (span("2024-01-01", "2024-01-31"), "上期", span("2023-12-01", "2023-12-31")),
        (span("2024-03-01", "2024-03-31"), "上期", span("2024-02-01", "2024-02-29")),
        (THIRD_QUARTER, "上期", span("2024-04-01", "2024-06-30")),
        (FIRST_HALF, "上期", span("2023-07-01", "2023-12-31")),
        (YEAR, "上期", span("2023-01-01", "2023-12-31")),
        (TO_NOVEMBER, "上期", span("2024-01-01", "2024-10-31")),
        (NOVEMBER, "上年同期", span("2023-11-01", "2023-11-30")),
        (span("2024-02-01", "2024-02-29"), "上年同期", span("2023-02-01", "2023-02-28")),
        (span("2023-02-01", "2023-02-28"), "上年同期", span("2022-02-01", "2022-02-28")),
        (span("2025-02-01", "2025-02-28"), "上年同期", span("2024-02-01", "2024-02-29")),
        (span("2024-11-01", "2024-11-15"), "上年同期", span("2023-11-01", "2023-11-15")),
        (NOVEMBER, "本年累计", TO_NOVEMBER),
        (NOVEMBER, "上年累计", span("2023-01-01", "2023-11-30")),
        (NOVEMBER, "上年末", span("2023-12-01", "2023-12-31")),
    ],
)
def test_a_period_leads_to_another(asked: Span, shift: str, found: Span) -> None:
    assert spans.shifted(asked, [shift]) == found


def test_periods_are_taken_one_after_the_other() -> None:
    assert spans.shifted(NOVEMBER, ["上年同期", "本年累计"]) == span("2023-01-01", "2023-11-30")


@pytest.mark.parametrize(
    ("asked", "kind", "text", "said"),
    [
        (NOVEMBER, "month", "2024-11", "2024年11月"),
        (THIRD_QUARTER, "quarter", "2024-Q3", "2024年第三季度"),
        (FIRST_HALF, "half-year", "2024-H1", "2024年上半年"),
        (span("2024-07-01", "2024-12-31"), "half-year", "2024-H2", "2024年下半年"),
        (YEAR, "year", "2024", "2024年"),
        (TO_NOVEMBER, "ytd", "2024-11/ytd", "2024年1月至11月"),
    ],
)
def test_a_period_is_said_and_asked_for(
    asked: Span, kind: PeriodKind, text: str, said: str
) -> None:
    assert spans.kind_of(asked) == kind
    assert spans.text(asked) == text
    assert spans.said("period", asked) == said


def test_a_part_of_a_month_is_said_by_its_days() -> None:
    part = span("2024-11-01", "2024-11-15")
    assert spans.kind_of(part) is None
    assert spans.said("period", part) == "2024年11月1日至2024年11月15日"


@pytest.mark.parametrize(
    ("asked", "kinds", "fits"),
    [
        (NOVEMBER, ("month",), True),
        (NOVEMBER, ("quarter", "year"), False),
        (span("2024-11-01", "2024-11-15"), ("month",), True),
        (TO_NOVEMBER, ("year",), True),
        (THIRD_QUARTER, ("month", "year"), False),
        (THIRD_QUARTER, ("quarter",), True),
        (TO_NOVEMBER, ("month",), False),
        (TO_NOVEMBER, ("ytd",), True),
    ],
)
def test_a_plan_is_made_for_kinds_of_periods(
    asked: Span, kinds: tuple[PeriodKind, ...], *, fits: bool
) -> None:
    assert spans.fits(asked, kinds) is fits


@pytest.mark.parametrize(
    ("kind", "on", "found"),
    [
        ("month", "2025-03-18", span("2025-02-01", "2025-02-28")),
        ("month", "2025-02-28", span("2025-02-01", "2025-02-28")),
        ("quarter", "2025-03-18", span("2024-10-01", "2024-12-31")),
        ("half-year", "2025-03-18", span("2024-07-01", "2024-12-31")),
        ("year", "2025-03-18", YEAR),
        ("ytd", "2024-12-18", TO_NOVEMBER),
    ],
)
def test_the_last_period_is_one_that_is_over(kind: PeriodKind, on: str, found: Span) -> None:
    assert spans.last(kind, date.fromisoformat(on)) == found
