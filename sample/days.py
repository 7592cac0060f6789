"""The sample's calendar: months by number, working days, days moved to the next working day.

Months are numbers of the sample year: 1 to 12; 0 is last December, 13 next January.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from domain.calendar import Calendar, HolidayNotice
from infra import bureaus

MONTHS = range(1, 13)
NEIGHBOURS = 2
"""Years before and after those whose holidays are known: there only weekends are days off, since
what a year leaves over reaches into them."""


def _calendar() -> Calendar:
    notices = bureaus.shipped().calendar.notices
    years = range(min(notices) - NEIGHBOURS, max(notices) + NEIGHBOURS + 1)
    return Calendar({y: notices.get(y, HolidayNotice("", "", "")) for y in years})


CALENDAR = _calendar()
is_working_day = CALENDAR.is_working_day
add_working_days = CALENDAR.add_working_days
roll_to_working_day = CALENDAR.roll_to_working_day


@cache
def label(year: int, month: int) -> str:
    """A numbered month, "YYYY-MM"."""
    years, index = divmod(month - 1, 12)
    return f"{year + years}-{index + 1:02d}"


@cache
def first_day(year: int, month: int) -> date:
    """The first day of a numbered month."""
    return date.fromisoformat(f"{label(year, month)}-01")


@cache
def working_day(year: int, month: int, number: int) -> date:
    """The n-th working day of a numbered month."""
    return add_working_days(first_day(year, month) - timedelta(days=1), number)


def working_days_before(day: date, working_days: int) -> date:
    """The working day so many working days before `day`."""
    while working_days:
        day -= timedelta(days=1)
        working_days -= is_working_day(day)
    return day


def workday(year: int, month: int, day: int) -> date:
    """That day or the next working day."""
    return roll_to_working_day(date(year, month, day))
