"""What lasts (a name, a post, a place on a register): it holds from one day to another.

A fold keeps the changes that its decisions make; the table shows the stretches of days between
them. `valid_to` is the first day on which a stretch holds no more, None = it still does.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from projections.read_model import ReadModel


class Change(NamedTuple):
    """From `on` on this holds of what `of` names, a stream having one or several such things.

    `value` = the columns of the row before `valid_from`; None = nothing holds. `until` = the day
    on which it ends by itself, where that was said from the start.
    """

    of: str
    on: date
    value: tuple[Any, ...] | None
    until: date | None = None


def decided(kept: Iterable[Change], *changes: Change) -> Iterator[Change]:
    """The changes with those of one more decision: from their day on they replace the earlier."""
    since = {change.of: change.on for change in changes}
    yield from (change for change in kept if change.on < since.get(change.of, date.max))
    yield from changes


def found(kept: Iterable[Change], found_on: date, *changes: Change) -> Iterator[Change]:
    """The changes with what was found to hold on a day, and since when it is said to hold.

    What is known of the time between is left as it was; from `found_on` on what was found holds.
    """
    yield from kept
    for change in changes:
        yield change
        yield change._replace(on=max(change.on, found_on))


def lasting(model: ReadModel) -> ReadModel:
    """A read model whose folds keep changes and whose rows are the stretches between them."""
    model.shows(lambda kept: map(model.row._make, stretches(kept)))
    return model


def stretches(kept: Sequence[Change]) -> Iterator[tuple[Any, ...]]:
    """The rows: each value with the days from and to which it holds, by what it is of and day.

    Of two changes on one day the later decided rules. A value that is decided again goes on.
    """
    for _, group in itertools.groupby(sorted(kept, key=_of), _of):
        changes = sorted(group, key=_on)
        open_row: tuple[Any, ...] | None = None
        for change, after in itertools.zip_longest(changes, changes[1:]):
            ends = [day for day in (change.until, after and after.on) if day is not None]
            to = min(ends, default=None)
            if change.value is None or (to is not None and to <= change.on):
                continue
            if open_row is not None and open_row[:-2] == change.value and open_row[-1] == change.on:
                open_row = (*open_row[:-1], to)
                continue
            if open_row is not None:
                yield open_row
            open_row = (*change.value, change.on, to)
        if open_row is not None:
            yield open_row


_of = operator.attrgetter("of")
_on = operator.attrgetter("on")
