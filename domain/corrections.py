"""Corrections: what 更正, 撤销 and 追回 mean, which of them fit, and how they are judged.

A correction is a new event that names an earlier one; nothing told is ever removed. `changed`
(更正) tells the fact anew, `revoked` (撤销) says that it never was, `recovered` (追回) is money of
a payment that came back and replaces nothing. A fact with all its corrections, and theirs, is a
thread. Of the corrections of an event, the last that stands rules; one that is revoked stands no
more, and what it had done is undone.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple, Protocol

from domain.aggregate import Aggregate, Entry
from domain.codes import Labels
from domain.event import Event

CorrectionKind = Annotated[
    Literal["changed", "revoked", "recovered"],
    Labels("更正", "撤销", "追回"),
]

Breach = Annotated[
    Literal["correction-without-effect", "revoked-fact-changed"],
    Labels("更正、撤销不起作用", "更正的是已撤销的事项"),
]
"""What is wrong with a correction that fits; it is recorded all the same."""
Place = tuple[date, int]
"""Where a fact stands in the order of business: business date, position of its first telling."""
Order = list[tuple[Place, Entry]]
"""What stands, in the order of business."""


class Told(Protocol):
    """What an event says of another: the name "<source>/<id>" it corrects, and how."""

    @property
    def corrects(self) -> str | None: ...
    @property
    def correction_kind(self) -> str | None: ...


def replaces(told: Told) -> bool:
    """Whether it changes or takes back an earlier event, so that its stream is folded anew."""
    return told.corrects is not None and told.correction_kind != "recovered"


def fits(event: Event, kind: str | None, corrected_type: str, corrected_stream: str) -> bool:
    """Whether an event may correct one of that type and stream.

    更正 and 撤销 stay within type and stream; 追回 is money that came back, about the same stream.
    """
    if kind == "recovered":
        return event.RECOVERS and event.stream() == corrected_stream
    return (event.TYPE, event.stream()) == (corrected_type, corrected_stream)


# What stands.


class Fact(NamedTuple):
    """An event among others: what stands of it, and whether it corrects none of them."""

    entry: Entry
    stands: Entry | None
    """The version of it that stands; None where it was taken back."""
    first: bool


def standing(thread: Iterable[Entry]) -> Entry | None:
    """What a fact is, from its thread in the order of telling; None if it was taken back.

    Of nothing, that is nothing too.
    """
    return next((fact.stands for fact in _facts(thread) if fact.first), None)


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """What stands of these entries, in order of business.

    `entries` in the order of telling; a correction whose target is not among them counts as a fact
    of its own.
    """
    return [entry for _, entry in in_order(entries)]


def in_order(entries: Iterable[Entry]) -> Order:
    """What stands of these entries, each at its place: by business date, then by first telling.

    However often a fact was put right, it keeps its place among those of its day.
    """
    order = [
        (_place(fact.stands, fact.entry.position), fact.stands)
        for fact in _facts(entries)
        if fact.first and fact.stands is not None
    ]
    order.sort(key=_by_place)
    return order


def _place(entry: Entry, told: int) -> Place:
    return entry.data.occurred_on(), told


def _by_place(placed: tuple[Place, Entry]) -> Place:
    return placed[0]


def _facts(entries: Iterable[Entry]) -> Iterator[Fact]:
    """Each event with what stands of it, the last first.

    One pass from the last back: when an event comes, all its corrections have been weighed.
    """
    entries = list(entries)
    names = {entry.name for entry in entries}
    ruling: dict[str, Entry | None] = {}
    for entry in reversed(entries):
        stands = ruling.pop(entry.name, entry)
        first = not (replaces(entry) and entry.corrects in names)
        if not first and stands is not None and entry.corrects not in ruling:
            ruling[entry.corrects or ""] = stands if entry.correction_kind == "changed" else None
        yield Fact(entry, stands, first)


# What a new entry does.


def needs_order(state: Aggregate, told: Told, event: Event) -> bool:
    """Whether `take` must be given the decisions of the stream: it comes late, or corrects."""
    return event.TYPE in state.placed and (state.is_late(event) or replaces(told))


def take(
    state: Aggregate, entry: Entry, order: Order | None = None, thread: Sequence[Entry] = ()
) -> tuple[Aggregate, tuple[str, ...]]:
    """The state of a stream with a new entry, and the codes of what the entry breaches.

    `state` is used up. `order` are the decisions of the stream, where they are needed or at hand;
    the entry is put among them. `thread` is what it corrects, if anything. A decision is judged by
    those before it in the order of business, a contribution by all; 撤销 tells no new fact, so
    breaches nothing; 更正 is judged as if what it replaces had never been told.
    """
    event = entry.data
    if thread:
        state, breaches = _correct(state, entry, [] if order is None else order, thread)
    elif order is None or not state.is_late(event):
        breaches = state.judge(event)
        entry.mutate(state)
        if order is not None and event.TYPE in state.evolvers:
            order.append((_place(entry, entry.position), entry))
        return state, breaches
    else:
        breaches = _judged_at(_place(entry, entry.position), event, state, order)
        if event.TYPE in state.evolvers:
            bisect.insort(order, (_place(entry, entry.position), entry), key=_by_place)
            state = _decided(state, order)
    state.version, state.modified_on = entry.originator_version, entry.timestamp
    return state, breaches


def _correct(
    state: Aggregate, entry: Entry, order: Order, thread: Sequence[Entry]
) -> tuple[Aggregate, tuple[str, ...]]:
    event, told = entry.data, thread[0].position
    decides = event.TYPE in state.evolvers
    old, new = standing(thread), standing([*thread, entry])
    breaches: tuple[str, ...] = _doubts(entry, thread, old, new)
    if old is not None:
        state.count(old.data, -1)
        if decides:
            del order[bisect.bisect_left(order, _place(old, told), key=_by_place)]
    if new is entry and event.TYPE in state.placed:
        breaches += _judged_at(_place(new, told), event, _decided(state, order), order)
    elif new is entry:
        breaches += state.judge(event)
    if new is not None:
        state.count(new.data, 1)
        if decides:
            bisect.insort(order, (_place(new, told), new), key=_by_place)
    return _decided(state, order) if decides else state, breaches


def _judged_at(place: Place, event: Event, whole: Aggregate, order: Order) -> tuple[str, ...]:
    """The breaches of a fact by what was decided before its place."""
    there = _decided(whole, order[: bisect.bisect_left(order, place, key=_by_place)])
    return there.judge(event, whole)


def _decided(state: Aggregate, order: Order) -> Aggregate:
    return state.decided(entry.data for _, entry in order)


def _doubts(
    entry: Entry, thread: Sequence[Entry], old: Entry | None, new: Entry | None
) -> tuple[Breach, ...]:
    """Whether nothing that stands changes, or something changes that had been taken back."""
    if new is old:
        return ("correction-without-effect",)
    target = next(fact for fact in _facts(thread) if fact.entry.name == entry.corrects)
    gone = target.stands is None and entry.correction_kind == "changed"
    return ("revoked-fact-changed",) if gone else ()


def fold(aggregate: type[Aggregate], entries: Sequence[Entry]) -> Aggregate:
    """The state of a stream from all its entries (at least one)."""
    state = aggregate.blank(entries[0].stream, entries[0].timestamp)
    for entry in effective(entries):
        state.take(entry.data)
    state.version = entries[-1].originator_version
    return state
