"""Working days (工作日) and months, as the law counts them. All dates are Asia/Shanghai.

Deadlines in 工作日 leave out weekends and public holidays and count the weekends that the State
Council turns into working days (调休). That table is published once a year, so it is data here.
A date outside the known years raises `CalendarUnknown` instead of a guess; what is certain all the
same, `Due` says: five days after an application no period of thirty is over.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple, TypeAlias

SHANGHAI = timezone(timedelta(hours=8))
"""中国标准时间; without summer time since 1992."""

SATURDAY = 6
"""As `date.isoweekday` says it."""

Month: TypeAlias = str
"""A calendar month, "YYYY-MM"; months compare and sort as text."""


class CalendarUnknown(LookupError):
    """The 调休 table of a year is not known.

    `year` is the missing one. The remedy is a further row among the national data.
    """

    def __init__(self, year: int, known: Collection[int]) -> None:
        years = f"{min(known)}-{max(known)}" if known else "no year"
        super().__init__(f"no working-day calendar for {year}, only for {years}")
        self.year = year


class HolidayNotice(NamedTuple):
    """What the State Council arranged for one year."""

    number: str
    """文号 of the notice."""
    off: str
    """Days off, weekends inside a holiday included: MM-DD or MM-DD/MM-DD, both ends off."""
    worked: str
    """Weekend days that are working days (调休上班)."""


def days(year: int, spans: str) -> Iterator[int]:
    """Ordinals of the days that `spans` names in `year`."""
    for span in spans.split():
        first, _, last = span.partition("/")
        yield from range(
            date.fromisoformat(f"{year}-{first}").toordinal(),
            date.fromisoformat(f"{year}-{last or first}").toordinal() + 1,
        )


class Due(NamedTuple):
    """The last day of a period, so far as anybody can say: from `earliest` to `latest`.

    They are one day, but for years whose notice is not known.
    """

    earliest: date
    latest: date

    @property
    def day(self) -> date | None:
        """The last day; None where it is not known."""
        return self.earliest if self.earliest == self.latest else None

    def over(self, on: date) -> bool | None:
        """Whether the period is over on a day; None where nobody can say."""
        if on > self.latest:
            return True
        return False if on <= self.earliest else None


MOST_TAKEN = 12
"""So many weekdays at most are days off in a hundred days: in no known year were there more."""
MOST_GIVEN = 6
"""So many weekend days at most are working days in a hundred days."""
LONGEST_BREAK = 14
"""A break lasts so many days at most."""


class Calendar:
    """The working days of the years whose notice is known, without a gap between them."""

    def __init__(self, notices: Mapping[int, HolidayNotice]) -> None:
        self.notices = dict(sorted(notices.items()))
        self._working = tuple(self._working_days())
        self._is_working = frozenset(self._working)

    def _working_days(self) -> Iterator[int]:
        """Ordinals of all working days of the known years, ascending."""
        for year, notice in self.notices.items():
            off, worked = set(days(year, notice.off)), set(days(year, notice.worked))
            for day in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
                weekend = date.fromordinal(day).isoweekday() >= SATURDAY
                if day in worked or not (weekend or day in off):
                    yield day

    def _ordinal(self, day: date) -> int:
        if day.year not in self.notices:
            raise CalendarUnknown(day.year, self.notices)
        return day.toordinal()

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is a 工作日. Raises `CalendarUnknown`."""
        return self._ordinal(day) in self._is_working

    def add_working_days(self, day: date, working_days: int) -> date:
        """The date on which a period of `working_days` that runs from `day` ends.

        The day of the event does not count, the next working day is the first (行政处罚法 art. 85,
        民法典 art. 201). 0 gives `day` itself. Raises `ValueError` for a negative number and
        `CalendarUnknown` when the count leaves the known years.
        """
        if working_days < 0:
            raise ValueError(f"a period has no negative length: {working_days}")
        start = self._ordinal(day)
        if working_days == 0:
            return day
        index = bisect_right(self._working, start) + working_days - 1
        if index >= len(self._working):
            raise CalendarUnknown(max(self.notices) + 1, self.notices)
        return date.fromordinal(self._working[index])

    def working_days_between(self, after: date, last: date) -> int | None:
        """How many working days follow `after`, up to and with `last`; None where nobody knows."""
        if {after.year, last.year} - self.notices.keys():
            return None
        first, end = bisect_right(self._working, after.toordinal()), last.toordinal()
        return max(0, bisect_right(self._working, end) - first)

    def roll_to_working_day(self, day: date) -> date:
        """`day` if it is a working day, else the next working day. Raises `CalendarUnknown`.

        So the last day of a period moves to the day after the holiday ends (民法典 art. 203).
        """
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_days_after(self, due: date, on: date) -> int | None:
        """How many working days a day is after another; 0 of one before it.

        None where the working days between are not known.
        """
        if on <= due:
            return 0
        if {due.year, on.year} - self.notices.keys():
            return None
        return bisect_right(self._working, on.toordinal()) - bisect_right(
            self._working, due.toordinal()
        )

    def due_in_working_days(self, day: date, working_days: int) -> Due:
        """As `add_working_days`, of any year; good for periods of a hundred days."""
        if working_days < 0:
            raise ValueError(f"a period has no negative length: {working_days}")
        return Due(
            self._count(day, working_days, MOST_GIVEN, 0),
            self._count(day, working_days, 0, MOST_TAKEN),
        )

    def _count(self, day: date, working_days: int, given: int, taken: int) -> date:
        """The last of so many working days; where no notice is known, of all Mondays to Fridays.

        Weekend days are `given` there first, and days `taken` away.
        """
        while working_days:
            day += timedelta(days=1)
            works = self._works(day)
            if works is None:
                works = day.isoweekday() < SATURDAY
                if works and taken:
                    works, taken = False, taken - 1
                elif not works and given:
                    works, given = True, given - 1
            working_days -= works
        return day

    def due_in_calendar_days(self, due: Due, calendar_days: int) -> Due:
        """The last day of a period of `calendar_days` (自然日) that begins the day after `due`.

        It moves past a holiday as in `roll_to_working_day`. Counts the 30 days of the 离婚冷静期
        and the 30 days for the certificate after it (民法典 art. 1077). Of any year.
        """
        earliest, latest = (day + timedelta(days=calendar_days) for day in due)
        while self._works(earliest) is False:
            earliest += timedelta(days=1)
        while self._works(latest) is False:
            latest += timedelta(days=1)
        if self._works(latest) is None:
            latest += timedelta(days=LONGEST_BREAK)
        return Due(earliest, latest)

    def _works(self, day: date) -> bool | None:
        """Whether a day is a 工作日; None where that is not known."""
        return day.toordinal() in self._is_working if day.year in self.notices else None


def completed_years(born: date, on: date) -> int:
    """Age (周岁) on a day; the birthday itself counts."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def month_of(day: date) -> Month:
    return f"{day.year:04}-{day.month:02}"


@lru_cache(4_096)
def month_number(month: Month) -> int:
    """Months since the year 0. Raises `ValueError` if `month` is not "YYYY-MM"."""
    first = date.fromisoformat(f"{month}-01")
    return first.year * 12 + first.month - 1


def next_month(month: Month) -> Month:
    """The month after `month`. Raises `ValueError` if it is not "YYYY-MM"."""
    year, index = divmod(month_number(month) + 1, 12)
    return f"{year:04}-{index + 1:02}"


def previous_month(month: Month) -> Month:
    """The month before `month`. Raises `ValueError` if it is not "YYYY-MM"."""
    year, index = divmod(month_number(month) - 1, 12)
    return f"{year:04}-{index + 1:02}"


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(month: Month) -> date:
    """The last day of `month`. Raises `ValueError` if it is not "YYYY-MM"."""
    year, index = divmod(month_number(month), 12)
    return date(year, index + 1, monthrange(year, index + 1)[1])
