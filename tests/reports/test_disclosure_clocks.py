"""Clocks of the catalogue: 公布 and 公告 after, 公示 before, columns that must not grow stale.

Working days by hand: in 2024 the holiday of May is 1 to 5 May; 28 April and 11 May, both at a
weekend, are worked. Of 2030 no notice is known.
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.calendar import Due
from reports.disclosure import clocks
from reports.disclosure.clocks import Standing
from tests.support.bureau import SAMPLE, with_rule
from tests.support.enforcement import on

PENALTY = ("penalties.publish-working-days",)
TEN, TWENTY = "disclosure.catalogue-working-days", "disclosure.publish-working-days"
DECIDED = on("04-26")
LAST = on("05-09")
"""The seventh working day: 28, 29 and 30 April, 6 to 9 May."""


def published(day: str, done: str | None = None, excused: str | None = None) -> Standing:
    return clocks.publication(
        SAMPLE,
        PENALTY,
        DECIDED,
        on(done) if done else None,
        on(day),
        on(excused) if excused else None,
    )


@pytest.mark.parametrize(
    ("day", "left"),
    [("04-26", 7), ("04-27", 7), ("04-28", 6), ("05-05", 4), ("05-08", 1), ("05-09", 0)],
)
def test_until_the_last_day_it_is_due_with_the_working_days_left(day: str, left: int) -> None:
    assert published(day) == Standing("due", Due(LAST, LAST), left)


def test_on_the_day_after_the_last_it_is_late_and_days_over_are_days_of_the_calendar() -> None:
    assert published("05-10") == Standing("late", Due(LAST, LAST), over=1)
    assert published("05-19") == Standing("late", Due(LAST, LAST), over=10)


def test_done_on_the_last_day_is_in_time_and_a_day_later_is_late_for_good() -> None:
    assert published("12-31", "05-09") == Standing("done", Due(LAST, LAST))
    assert published("12-31", "05-10") == Standing("done-late", Due(LAST, LAST), over=1)


def test_what_is_published_later_is_not_published_on_the_day_asked_about() -> None:
    assert published("05-08", "05-10").state == "due"
    assert published("05-09", "05-10").state == "due"
    assert published("05-10", "05-10").state == "done-late"


def test_what_was_revoked_before_anybody_published_it_need_not_be() -> None:
    assert published("05-20", excused="05-08").state == "excused"
    assert published("05-20", done="05-09", excused="05-08").state == "excused"
    assert published("05-20", done="05-07", excused="05-08").state == "done"
    assert published("05-07", excused="05-08").state == "due"


def test_of_two_limits_the_shorter_holds() -> None:
    """Ten working days after 26 April: 28 to 30 April, 6 to 11 May with the Saturday, 13 May."""
    last = on("05-13")
    assert clocks.due(SAMPLE, (TWENTY, TEN), DECIDED) == Due(last, last)
    assert clocks.least_of(SAMPLE, (TWENTY, TEN), DECIDED) == (10, "工作日")
    longer = with_rule(TEN, 30)
    assert clocks.least_of(longer, (TWENTY, TEN), DECIDED) == (20, "工作日")
    assert clocks.due(longer, (TWENTY, TEN), DECIDED) == clocks.due(SAMPLE, (TWENTY,), DECIDED)


def test_a_limit_is_the_one_in_force_when_the_time_began() -> None:
    """The regulation that sets twenty working days is in force since 15 May 2019."""
    assert clocks.due(SAMPLE, (TWENTY,), on("2019-05-14")) is None
    assert clocks.publication(SAMPLE, (TWENTY,), on("2019-05-14"), None, on("05-01")) == Standing(
        "due"
    )


def test_where_the_working_days_of_a_year_are_not_known_it_says_so() -> None:
    start = on("2030-01-01")
    last = clocks.due(SAMPLE, PENALTY, start)
    assert last is not None
    assert last.day is None
    within = last.earliest.replace(day=last.earliest.day + 1)
    assert clocks.publication(SAMPLE, PENALTY, start, None, within).state == "undecidable"
    assert clocks.publication(SAMPLE, PENALTY, start, None, start).left is None


def test_months_of_a_report_and_days_of_an_announcement_are_of_the_calendar() -> None:
    report = clocks.due(SAMPLE, ("reporting.annual-publish-months",), on("2023-12-31"))
    assert report == Due(on("03-31"), on("03-31"))
    naming = clocks.due(SAMPLE, ("placename.announcement-days",), on("02-20"))
    assert naming == Due(on("03-06"), on("03-06"))


def notice(day: str, until: str | None = "05-13", closed: str | None = None) -> Standing:
    """Posted on 6 May for seven days."""
    limits = ("assistance.notice-days",)
    ends, down = (on(text) if text else None for text in (until, closed))
    return clocks.notice(SAMPLE, limits, on("05-06"), ends, down, on(day))


def test_a_notice_is_up_to_its_last_day_and_must_be_down_after_it() -> None:
    assert notice("05-10") == Standing("running", Due(on("05-13"), on("05-13")), 2)
    assert notice("05-13").state == "running"
    assert notice("05-14") == Standing("to-be-down", Due(on("05-13"), on("05-13")), over=1)
    assert notice("05-14", closed="05-14").state == "down"
    assert notice("05-13", closed="05-14").state == "running"


def test_a_notice_of_less_than_seven_days_was_up_for_too_short_a_time() -> None:
    assert notice("05-20", until="05-12", closed="05-13").state == "down-early"
    assert notice("05-20", closed="05-12").state == "down-early"
    assert notice("05-20", closed="05-13").state == "down"


def test_without_a_day_of_its_own_a_notice_is_up_as_long_as_the_rule_says() -> None:
    assert notice("05-13", until=None).state == "running"
    assert notice("05-14", until=None).state == "to-be-down"


@pytest.mark.parametrize(
    ("every", "day", "state", "over"),
    [
        ("disclosure.update-days", "06-17", "fresh", None),
        ("disclosure.update-days", "06-18", "stale", 1),
        ("disclosure.column-months", "12-03", "fresh", None),
        ("disclosure.column-months", "12-04", "stale", 1),
    ],
)
def test_a_column_is_stale_on_the_day_after_the_last(
    every: str, day: str, state: str, over: int | None
) -> None:
    """Updated on 3 June: the fourteenth day is 17 June, half a year is over on 3 December."""
    found = clocks.column(SAMPLE, every, on("06-03"), on(day))
    assert (found.state, found.over) == (state, over)


def test_days_of_a_limit_are_counted_from_its_own_day() -> None:
    weekly = with_rule("disclosure.update-days", 7)
    assert clocks.column(weekly, "disclosure.update-days", date(2024, 6, 3), on("06-11")).over == 1
