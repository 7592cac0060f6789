"""Corrections: what 更正, 撤销 and 追回 mean, which of them fit, and how they are judged.

A correction is a new event that names an earlier one; nothing told is ever removed. `changed`
(更正) tells the fact anew, `revoked` (撤销) says that it never was, `recovered` (追回) is money of
a payment that came back and replaces nothing. A fact with all its corrections, and theirs, is a
thread. Of the corrections of an event, the last that stands rules; one that is revoked stands no
more, and what it had done is undone.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, Protocol

from domain.aggregate import Aggregate, Entry, Others
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
        return corrected_type in event.RECOVERS and event.stream() == corrected_stream
    return (event.TYPE, event.stream()) == (corrected_type, corrected_stream)


# What stands.


@dataclass(slots=True, eq=False)
class Fact:
    """An event among others, and what stands of it."""

    entry: Entry
    of: Fact | None
    """The one that it corrects; None of a fact of its own."""
    stands: Entry | None
    """The version of it that stands; None where it was taken back."""
    ruling: list[Fact] = field(default_factory=list)
    """The corrections of it that stand, in the order of telling: the last one rules."""


class Standing:
    """What stands of events, kept up as they are told: one more costs the same beside many.

    They are told in their order; a correction whose target was not told counts as a fact of its
    own. Only where each corrects the one before it, all of them are gone through.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._facts: dict[str, Fact] = {}
        self._own: list[Fact] = []
        """Those that correct none of the others."""
        self.tell(*entries)

    def tell(self, *entries: Entry) -> None:
        """Let more events say what stands."""
        for entry in entries:
            of = self._facts.get(entry.corrects or "") if replaces(entry) else None
            told = self._facts[entry.name] = Fact(entry, of, entry)
            if of is None:
                self._own.append(told)
            else:
                entry.root = of.entry.root or of.entry
                of.ruling.append(told)
                _settle(of)

    def fact(self, name: str | None = None) -> Fact:
        """The event of that name, else the one that was told first. Raises LookupError."""
        return self._own[0] if name is None else self._facts[name]

    def root(self, name: str) -> Fact | None:
        """The fact that a correction of that event leads back to; None where nothing was told."""
        fact = self._facts.get(name)
        while fact is not None and fact.of is not None:
            fact = fact.of
        return fact

    def in_order(self) -> Order:
        """What stands, each at its place: by business date, then by first telling.

        However often a fact was put right, it keeps its place among those of its day.
        """
        order = [
            (_place(fact.stands, fact.entry.position), fact.stands)
            for fact in self._own
            if fact.stands is not None
        ]
        order.sort(key=_by_place)
        return order


def _settle(fact: Fact | None) -> None:
    """Say anew what stands of an event, after a correction of it; and so of what it corrects."""
    while fact is not None:
        stands: Entry | None = fact.entry
        if fact.ruling:
            last = fact.ruling[-1]
            stands = last.stands if last.entry.correction_kind == "changed" else None
        if stands is fact.stands:
            return
        if fact.of is not None and stands is None:
            at = bisect.bisect_left(fact.of.ruling, fact.entry.position, key=_told)
            del fact.of.ruling[at]
        elif fact.of is not None and fact.stands is None:
            bisect.insort(fact.of.ruling, fact, key=_told)
        fact.stands, fact = stands, fact.of


def _told(fact: Fact) -> int:
    return fact.entry.position


def standing(thread: Sequence[Entry]) -> Entry | None:
    """What a fact is, from its thread in the order of telling; None if it was taken back.

    Of nothing, that is nothing too.
    """
    return Standing(thread).fact().stands if thread else None


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """What stands of these entries, told in this order, in order of business."""
    return [entry for _, entry in Standing(entries).in_order()]


def _place(entry: Entry, told: int) -> Place:
    return entry.data.occurred_on(), told


def _by_place(placed: tuple[Place, Entry]) -> Place:
    return placed[0]


# What a new entry does.


def needs_order(state: Aggregate, told: Told, event: Event) -> bool:
    """Whether `take` must be given the decisions of the stream: it comes late, or corrects."""
    return event.TYPE in state.placed and (state.is_late(event) or replaces(told))


def take(
    state: Aggregate,
    entry: Entry,
    order: Order | None = None,
    thread: Standing | None = None,
    others: Others | None = None,
) -> tuple[Aggregate, tuple[str, ...]]:
    """The state of a stream with a new entry, and the codes of what the entry breaches.

    `state` is used up. `order` are the decisions of the stream, where they are needed or at hand;
    the entry is put among them. `thread` is what it corrects, if anything; it is told there. A
    decision is judged by those before it in the order of business, a contribution by all; 撤销
    tells no new fact, so breaches nothing; 更正 is judged as if what it replaces had never been
    told.
    """
    event = entry.data
    if thread is not None:
        state, breaches = _correct(state, entry, [] if order is None else order, thread, others)
    elif order is None or not state.is_late(event):
        breaches = state.judge(event, entry.bureau, told=entry, others=others)
        entry.mutate(state)
        if order is not None and event.TYPE in state.evolvers:
            order.append((_place(entry, entry.position), entry))
        return state, breaches
    else:
        breaches = _judged_at(_place(entry, entry.position), entry, state, order, others)
        if event.TYPE in state.evolvers:
            bisect.insort(order, (_place(entry, entry.position), entry), key=_by_place)
            state = _decided(state, order)
    state.version, state.modified_on = entry.originator_version, entry.timestamp
    return state, breaches


def _correct(
    state: Aggregate, entry: Entry, order: Order, thread: Standing, others: Others | None
) -> tuple[Aggregate, tuple[str, ...]]:
    event, fact = entry.data, thread.fact()
    told, old = fact.entry.position, fact.stands
    gone = thread.fact(entry.corrects).stands is None
    thread.tell(entry)
    state.learn(entry)
    new = fact.stands
    decides = event.TYPE in state.evolvers
    breaches: tuple[str, ...] = doubts(entry, old, new, gone=gone)
    if old is not None:
        state.count(old.data, -1, old)
        if decides:
            del order[bisect.bisect_left(order, _place(old, told), key=_by_place)]
    if new is entry and event.TYPE in state.placed:
        breaches += _judged_at(_place(new, told), entry, _decided(state, order), order, others)
    elif new is entry:
        breaches += state.judge(event, entry.bureau, told=entry, others=others)
    if new is not None:
        state.count(new.data, 1, new)
        if decides:
            bisect.insort(order, (_place(new, told), new), key=_by_place)
    return _decided(state, order) if decides else state, breaches


def _judged_at(
    place: Place, entry: Entry, whole: Aggregate, order: Order, others: Others | None
) -> tuple[str, ...]:
    """The breaches of a fact by what was decided before its place."""
    there = _decided(whole, order[: bisect.bisect_left(order, place, key=_by_place)])
    return there.judge(entry.data, entry.bureau, whole, entry, others)


def _decided(state: Aggregate, order: Order) -> Aggregate:
    return state.decided(entry for _, entry in order)


def doubts(entry: Entry, old: Entry | None, new: Entry | None, *, gone: bool) -> tuple[Breach, ...]:
    """Whether nothing that stands changes, or something changes that had been taken back."""
    if new is old:
        return ("correction-without-effect",)
    return ("revoked-fact-changed",) if gone and entry.correction_kind == "changed" else ()


def fold(aggregate: type[Aggregate], entries: Sequence[Entry]) -> Aggregate:
    """The state of a stream from all its entries (at least one)."""
    state = aggregate.blank(entries[0].stream, entries[0].timestamp)
    for entry in effective(entries):
        state.take(entry.data, entry)
    for entry in entries:
        state.learn(entry)
    state.version = entries[-1].originator_version
    return state
