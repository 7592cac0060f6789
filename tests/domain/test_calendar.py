from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar, CalendarUnknown, Due, month_end, month_of, next_month
from tests.support.bureau import SAMPLE

CALENDAR = SAMPLE.calendar
is_working_day, add_working_days = CALENDAR.is_working_day, CALENDAR.add_working_days
roll_to_working_day = CALENDAR.roll_to_working_day
FIRST = date(min(CALENDAR.notices), 1, 1)
LAST = date(max(CALENDAR.notices), 12, 31)

WORKING = """
    2024-02-04 2024-02-09 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29
    2024-10-12 2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
"""
NOT_WORKING = """
    2024-01-01 2024-02-10 2024-02-17 2024-04-04 2024-04-06 2024-05-01 2024-05-05 2024-06-10
    2024-09-15 2024-09-17 2024-10-01 2024-10-07 2024-10-13 2025-01-01 2025-01-28 2025-02-04
    2025-04-04 2025-04-06 2025-05-01 2025-05-05 2025-05-31 2025-06-02 2025-10-01 2025-10-08
"""


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("year", sorted(CALENDAR.notices))
def test_every_day_agrees_with_the_published_calendar(year: int) -> None:
    for each in days_of(year):
        assert is_working_day(each) == chinese_calendar.is_workday(each), each
    assert "国办发明电" in CALENDAR.notices[year].number


@pytest.mark.parametrize("text", WORKING.split())
def test_working(text: str) -> None:
    assert is_working_day(day(text))


@pytest.mark.parametrize("text", NOT_WORKING.split())
def test_not_working(text: str) -> None:
    assert not is_working_day(day(text))


def test_2024_has_251_working_days() -> None:
    assert sum(map(is_working_day, days_of(2024))) == 251


@pytest.mark.parametrize(
    ("start", "working_days", "end"),
    [
        ("2024-02-08", 7, "2024-02-23"),
        ("2024-04-30", 7, "2024-05-13"),
        ("2024-09-27", 7, "2024-10-12"),
        ("2024-09-27", 3, "2024-10-08"),
        ("2024-12-31", 20, "2025-02-05"),
        ("2024-02-10", 1, "2024-02-18"),
        ("2024-02-10", 0, "2024-02-10"),
    ],
)
def test_adding_working_days(start: str, working_days: int, end: str) -> None:
    assert add_working_days(day(start), working_days) == day(end)


@pytest.mark.parametrize(
    ("applied", "raw", "cooled_off", "window_first", "window_last"),
    [
        ("2024-01-04", "2024-02-03", "2024-02-04", "2024-02-05", "2024-03-05"),
        ("2024-01-15", "2024-02-14", "2024-02-18", "2024-02-19", "2024-03-19"),
        ("2024-04-02", "2024-05-02", "2024-05-06", "2024-05-07", "2024-06-05"),
        ("2024-09-02", "2024-10-02", "2024-10-08", "2024-10-09", "2024-11-07"),
        ("2024-12-02", "2025-01-01", "2025-01-02", "2025-01-03", "2025-02-05"),
    ],
)
def test_divorce_cooling_off_and_certificate_window(
    applied: str, raw: str, cooled_off: str, window_first: str, window_last: str
) -> None:
    end = end_of_calendar_days(day(applied), 30)
    assert day(applied) + timedelta(days=30) == day(raw)
    assert end == roll_to_working_day(day(raw)) == day(cooled_off)
    assert end + timedelta(days=1) == day(window_first)
    assert end_of_calendar_days(end, 30) == day(window_last)


def test_an_unknown_year_is_named() -> None:
    with pytest.raises(CalendarUnknown, match=r"2022.*2023-2026") as before:
        is_working_day(date(2022, 12, 31))
    assert before.value.year == 2022
    with pytest.raises(CalendarUnknown, match="2027"):
        add_working_days(LAST, 1)
    with pytest.raises(CalendarUnknown, match="2027"):
        roll_to_working_day(LAST + timedelta(days=1))


def end_of_calendar_days(day: date, calendar_days: int) -> date:
    return roll_to_working_day(day + timedelta(days=calendar_days))


KNOWN = sorted(CALENDAR.notices)


@given(
    left_out=st.sampled_from(KNOWN),
    start=st.dates(FIRST, date(2026, 9, 1)),
    working_days=st.integers(0, 60),
    calendar_days=st.integers(1, 60),
)
def test_what_is_certain_of_an_unknown_year_is_true_of_it(
    left_out: int, start: date, working_days: int, calendar_days: int
) -> None:
    """Tried on each year whose notice is known, as if it were not."""
    others = Calendar({y: notice for y, notice in CALENDAR.notices.items() if y != left_out})

    due = others.due_in_working_days(start, working_days)
    assert due.earliest <= add_working_days(start, working_days) <= due.latest
    first = others.due_in_calendar_days(Due(start, start), calendar_days)
    last = end_of_calendar_days(start, calendar_days)
    assert first.earliest <= last <= first.latest
    second = others.due_in_calendar_days(first, calendar_days)
    assert second.earliest <= end_of_calendar_days(last, calendar_days) <= second.latest


@given(start=st.dates(FIRST, date(2026, 9, 1)), working_days=st.integers(0, 60))
def test_of_known_years_the_last_day_is_known(start: date, working_days: int) -> None:
    due = CALENDAR.due_in_working_days(start, working_days)

    assert due.day == add_working_days(start, working_days)
    end = CALENDAR.due_in_calendar_days(Due(start, start), working_days).day
    assert end == end_of_calendar_days(start, working_days)


def test_what_is_over_in_any_case_is_over_and_what_is_not_in_any_case_is_not() -> None:
    """Seven working days from 28 December 2026: three are in that year."""
    due = CALENDAR.due_in_working_days(date(2026, 12, 28), 7)

    assert due.day is None
    assert due.over(date(2027, 1, 4)) is False
    assert due.over(date(2027, 1, 8)) is None
    assert due.over(date(2027, 1, 25)) is True
    assert Due(FIRST, FIRST).over(FIRST) is False
    assert Due(FIRST, FIRST).over(FIRST + timedelta(days=1)) is True


def test_a_period_has_no_negative_length() -> None:
    with pytest.raises(ValueError, match="-1"):
        CALENDAR.due_in_working_days(FIRST, -1)
    with pytest.raises(ValueError, match="-1"):
        add_working_days(FIRST, -1)


@given(start=st.dates(FIRST, date(2025, 12, 31)), working_days=st.integers(1, 200))
def test_a_period_ends_on_its_last_working_day(start: date, working_days: int) -> None:
    end = add_working_days(start, working_days)
    assert is_working_day(end)
    counted = [start + timedelta(days=n + 1) for n in range((end - start).days)]
    assert sum(map(is_working_day, counted)) == working_days


@given(st.dates(FIRST, date(2026, 12, 1)))
def test_rolling_finds_the_first_working_day(start: date) -> None:
    rolled = roll_to_working_day(start)
    assert is_working_day(rolled)
    assert roll_to_working_day(rolled) == rolled
    assert not any(is_working_day(start + timedelta(n)) for n in range((rolled - start).days))


def test_months() -> None:
    assert month_of(date(2024, 2, 29)) == "2024-02"
    assert next_month("2024-01") == "2024-02"
    assert next_month("2024-12") == "2025-01"
    assert month_end("2024-02") == date(2024, 2, 29)
    assert month_end("2025-02") == date(2025, 2, 28)
    assert month_end("2024-12") == date(2024, 12, 31)


@pytest.mark.parametrize("text", ["2024", "2024-13", "2024-1", "2024-01-01", "24-01", ""])
def test_what_is_no_month(text: str) -> None:
    for function in (next_month, month_end):
        with pytest.raises(ValueError, match=r".+"):
            function(text)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_the_day_after_the_end_of_a_month_is_in_the_next(start: date) -> None:
    month = month_of(start)
    assert month_of(month_end(month)) == month
    assert month_of(month_end(month) + timedelta(days=1)) == next_month(month)


def test_working_days_between_two_days_leave_out_the_first() -> None:
    """28 to 30 April and 6 to 9 May 2024: the Sunday before the holiday is worked."""
    friday = date(2024, 4, 26)
    assert CALENDAR.working_days_between(friday, date(2024, 5, 9)) == 7
    assert CALENDAR.working_days_between(friday, friday) == 0
    assert CALENDAR.working_days_between(date(2024, 5, 9), friday) == 0
    assert CALENDAR.working_days_between(friday, date(2039, 1, 1)) is None
