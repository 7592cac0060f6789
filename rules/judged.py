"""Facts of one stream judged anew, as they stand after each entry: pure.

A breach noted with an entry says how the fact stood when it arrived. Here every fact that stands is
judged at its place in the order of business: a decision by those before it, a contribution by all
decisions, with what was counted before it. What later decisions make of a contribution holds from
their day on; so a breach has days from which, and up to which, it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.aggregate import Aggregate, Entry
from domain.catalogue import aggregate_of
from domain.corrections import Standing, doubts, replaces


class Breached(NamedTuple):
    """A breach that stands, of the fact first told under a name."""

    name: str
    code: str
    entry: Entry
    """The version of the fact that stands."""
    valid_from: date
    valid_to: date | None = None


class Stream:
    """The entries of one stream as they are told; `breaches` are those that stand now.

    One that comes in its turn is judged by itself; others have all judged anew.
    """

    def __init__(self, stream: str) -> None:
        self.breaches: list[Breached] = []
        self.told: list[Entry] = []
        self._kind = aggregate_of(stream)
        self._stream = stream
        self._standing = Standing()
        self._doubtful: dict[str, list[str]] = {}
        """Correction → what was wrong with it when it was told."""
        self._state: Aggregate | None = None
        """The state after all, as long as each came in its turn."""
        self._latest: date | None = None
        self._counted = False
        """Whether a contribution that is judged was told."""

    def tell(self, entry: Entry) -> None:
        """One more entry."""
        kind, on = self._kind, entry.data.occurred_on()
        if replaces(entry):
            self._correct(entry)
        else:
            self._standing.tell(entry)
        self.told.append(entry)
        decides = entry.type in kind.evolvers
        in_turn = not replaces(entry) and (self._latest is None or on >= self._latest)
        if in_turn and not (decides and self._counted):
            state = self._state or kind.blank(entry.stream, entry.timestamp)
            self.breaches += _stand(entry, entry, state.judge(entry.data, entry.bureau, told=entry))
            state.take(entry.data, entry)
            self._state = state
        else:
            self._anew()
        self._latest = on if self._latest is None else max(self._latest, on)
        self._counted |= entry.type in kind.counters and entry.type in kind.judging

    def _correct(self, entry: Entry) -> None:
        corrected = self._standing.root(entry.corrects or "")
        if corrected is None:  # of another stream, or never told: a fact of its own
            self._standing.tell(entry)
            return
        old, gone = corrected.stands, self._standing.fact(entry.corrects).stands is None
        self._standing.tell(entry)
        codes = doubts(entry, old, corrected.stands, gone=gone)
        if codes:
            self._doubtful[entry.name] = list(codes)

    def _anew(self) -> None:
        """Judge all that stands at its place."""
        order = self._standing.in_order()
        names = {entry.position: entry for entry in self.told}
        first = self.told[0]
        state = self._kind.blank(first.stream, first.timestamp)
        for entry in self.told:
            state.learn(entry)
        days = list(_days(state, [entry for _, entry in order]))
        self.breaches = list(self._of_corrections())
        for (on, told), entry in order:
            fact = names[told]
            if entry.type in self._kind.counters:
                self.breaches += _of_days(fact, entry, on, days, state)
            else:
                codes = state.judge(entry.data, entry.bureau, told=entry)
                self.breaches += _stand(fact, entry, codes)
            state.take(entry.data, entry)
        self._state = state

    def _of_corrections(self) -> Iterator[Breached]:
        for name, codes in self._doubtful.items():
            fact = self._standing.fact(name)
            if fact.stands is fact.entry:
                yield from _stand(fact.entry, fact.entry, codes)


def _stand(fact: Entry, entry: Entry, codes: Sequence[str]) -> list[Breached]:
    on = entry.data.occurred_on()
    return [Breached(fact.name, code, entry, on) for code in dict.fromkeys(codes)]


def _days(blank: Aggregate, order: Sequence[Entry]) -> Iterator[tuple[date, Aggregate]]:
    """Each day on which something was decided, and the state after it without contributions."""
    state, day = blank.fork(), None
    for entry in order:
        if entry.type not in state.evolvers:
            continue
        on = entry.data.occurred_on()
        if day is not None and on != day:
            yield day, state.fork()
        state.take(entry.data, entry)
        day = on
    if day is not None:
        yield day, state


def _of_days(
    fact: Entry,
    entry: Entry,
    on: date,
    days: Sequence[tuple[date, Aggregate]],
    counted: Aggregate,
) -> list[Breached]:
    """What is wrong with a contribution by what was decided up to its day, and up to later ones."""
    before = [state for day, state in days if day <= on][-1:]
    later = [(day, state) for day, state in days if day > on]
    stands: dict[str, date] = {}
    found: list[Breached] = []
    for day, state in [(on, before[0] if before else _blank(counted)), *later]:
        for name in counted.COUNTED:
            setattr(state, name, getattr(counted, name))
        codes = state.judge(entry.data, entry.bureau, told=entry)
        over = [code for code in stands if code not in codes]
        found += [Breached(fact.name, code, entry, stands.pop(code), day) for code in over]
        for code in codes:
            stands.setdefault(code, day)
    return found + [Breached(fact.name, code, entry, since) for code, since in stands.items()]


def _blank(state: Aggregate) -> Any:
    return state.blank(state.id, state.created_on)
