"""Reviews of 低保 and 特困 in the sample (R-DB-07): each within a year of what was before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from domain.assistance.benefits import ReviewCompleted
from sample.cases.decisions import two_handlers
from sample.days import working_day, working_days_before
from sample.feed import dice
from sample.sender import Sender

AUTUMN = (11, 6)
"""Month and working day of those whose year is over before the record ends."""
RECORD_ENDS = (3, 31)
"""Month and day of the next year up to which nobody is overdue."""


def send_reviews(
    case: Sender,
    chance: Random,
    decided_on: date,
    *,
    ended_on: date | None = None,
    known_from: date | None = None,
) -> None:
    """Nothing is to change; one who is there all year is reviewed in it.

    `known_from` is the day on which the case was told, where that was late.
    """
    drawn, handlers = None, two_handlers(dice(f"reviews of {case.key}", case.year))
    if ended_on is None and decided_on < case.day(1, 1):
        drawn = working_day(case.year, chance.randint(2, 11), chance.randint(1, 16))
        handlers = two_handlers(chance)
    for on in _days(case.year, decided_on, drawn, ended_on):
        late = known_from is not None and on <= known_from
        told = case.arriving(known_from if late else None)
        told.send(ReviewCompleted, on, "hc", handlers=handlers, outcome="keep")


def _days(year: int, decided_on: date, drawn: date | None, ended_on: date | None) -> Iterator[date]:
    due = _year_after(decided_on)
    if due < date(year, 1, 1):
        due = date(year + 1, 1, 1)
    if drawn is not None:
        on = min(drawn, working_days_before(due + timedelta(days=1), 1))
        yield on
        due = _year_after(on)
    if ended_on is not None and due < ended_on:
        yield working_days_before(due + timedelta(days=1), 1)
    elif ended_on is None and due < date(year + 1, *RECORD_ENDS):
        yield working_day(year, *AUTUMN)


def _year_after(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28))
