"""Duties with a last day: not done when it was over, or done late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from domain.calendar import Due
from rules.rule import Found

_DAY = timedelta(days=1)


def overdue(done: str, due: Due | None, done_on: date | None, **found: Any) -> Iterator[Found]:
    """A duty that was not done on its last day: until it is done, and from then on as done late.

    `done` says what was to be done, e.g. 公示; `found` what else a Found holds (key, position …).
    On days of which nobody can say whether the last one is over, it says so. None = no duty.
    """
    if due is None or due.over(done_on or date.max) is False:
        return
    first, certain = due.earliest + _DAY, due.latest + _DAY
    if due.day is None:
        yield from between(
            first,
            certain,
            done_on,
            what=f"应于{due.earliest}至{due.latest}间{done}（工作日安排尚未公布），期满与否无法判断",
            undecidable=True,
            **found,
        )
    what = f"应于{due.latest}（含当日）前{done}，期满未{done}"
    yield from between(certain, done_on, what=what, **found)
    if done_on is not None:
        days = (done_on - due.latest).days
        late = days > 0
        how = f"，逾期{days}日" if late else "，是否逾期无法判断"
        what = f"应于{due.latest}（含当日）前{done}，{done_on}才{done}{how}"
        yield Found(what=what, valid_from=done_on, undecidable=not late, **found)


def between(first: date, *ends: date | None, **found: Any) -> Iterator[Found]:
    """It stands from the first day until the earliest of its ends that are known."""
    until = min((end for end in ends if end is not None), default=None)
    if until is None or first < until:
        yield Found(valid_from=first, valid_to=until, **found)


def ended(found: Found, on: date) -> Found:
    """A finding that stands no more from a day on, at the latest."""
    return found._replace(valid_to=min(found.valid_to or date.max, on))
