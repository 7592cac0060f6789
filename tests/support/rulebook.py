"""The rule book, without a database: facts told in turn, and what the rules say of the next one.

    given(a_household("DB-1"), january).when(january) == ["month-already-paid"]
    given(a_household("DB-1"), january, changed(january, by=february)).rows(payments)

Each fact goes the way of the engine: written as a CloudEvent, read, judged, sealed, stored form,
folded in the version that stands. A fact that would wait, or be refused, is a mistake of the test.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from domain import corrections
from domain.aggregate import Aggregate, Entry
from domain.catalogue import SOURCES, aggregate_of
from domain.corrections import CorrectionKind
from domain.envelope import Received, read
from domain.event import Event
from ledger import store
from ledger.seal import Sealer
from projections.read_model import ReadModel
from tests.support.ledger import LEDGER, event


class Correction(NamedTuple):
    """A fact that corrects one told before."""

    fact: Event
    kind: CorrectionKind
    of: Event


def changed(fact: Event, *, by: Event) -> Correction:
    """更正: the fact told before was as `by` says."""
    return Correction(by, "changed", fact)


def revoked(fact: Event) -> Correction:
    """撤销: the fact told before never was."""
    return Correction(fact, "revoked", fact)


def recovered(payment: Event, *, by: Event) -> Correction:
    """追回: money of the payment told before came back."""
    return Correction(by, "recovered", payment)


def given(*told: Event | Correction) -> Book:
    """A book in which these were told, in this order."""
    book = Book()
    for each in told:
        book.tell(each)
    return book


def opened(fact: Event) -> Event:
    """A fact in its open form, as judges and folds are given it."""
    return given().opened(fact)


class Book:
    """What was told so far. The fact told n-th (from 0) is the event "<source>/e-<n>".

    `breaches` holds the codes of each, in the order of telling.
    """

    def __init__(self) -> None:
        self.breaches: list[list[str]] = []
        self._told: list[tuple[Event, str]] = []
        self._streams: dict[str, list[Entry]] = {}
        self._sealer = Sealer(b"rule book", LEDGER)

    def when(self, told: Event | Correction) -> list[str]:
        """The breaches if this were told now; it is not."""
        return self._judged(self._received(told))

    def tell(self, told: Event | Correction) -> None:
        """Judge a fact and keep it."""
        received = self._received(told)
        self.breaches.append(self._judged(received))
        history = self._streams.setdefault(received.stream, [])
        stored = (
            len(self.breaches),
            received.received_at,
            received.source,
            received.id,
            received.type,
            received.stream,
            len(history) + 1,
            self._sealer.split(received)[0],
        )
        history.append(store.entry_of(stored))
        if received.correction_kind != "revoked":
            fact = told.fact if isinstance(told, Correction) else told
            self._told.append((fact, received.name))

    def rows(self, model: ReadModel) -> list[Any]:
        """The rows of a read model, streams in the order in which they began."""
        standing = map(corrections.effective, self._streams.values())
        return [row for entries in standing for row in model.fold_stream(entries)]

    def opened(self, fact: Event) -> Event:
        """A fact in its open form, whatever it would wait for."""
        source = next(name for name, source in SOURCES.items() if source.may(fact.TYPE))
        return self._sealer.split(read(event(source, "e", fact), LEDGER, replay=True))[1]

    def _received(self, told: Event | Correction) -> Received:
        corrects = kind = None
        fact = told
        if isinstance(told, Correction):
            fact, kind = told.fact, told.kind
            corrects = self._name_of(told.of)
        assert isinstance(fact, Event)
        source = next(name for name, source in SOURCES.items() if source.may(fact.TYPE))
        line = event(source, f"e-{len(self.breaches)}", fact, corrects=corrects, kind=kind)
        received = read(line, LEDGER, replay=True)
        self._expect_its_needs(received)
        if isinstance(told, Correction):
            of = told.of
            assert corrections.fits(received.event, kind, of.TYPE, of.stream()), "does not fit"
        return received

    def _name_of(self, fact: Event) -> str:
        """The event that told this fact last."""
        names = [name for told, name in self._told if told == fact]
        assert names, f"not told before: {fact!r}"
        return names[-1]

    def _expect_its_needs(self, received: Received) -> None:
        streams = set(received.event.refers())
        if not received.event.OPENS:
            streams.add(received.stream)
        assert streams <= self._streams.keys(), f"it would wait for one of {streams}"
        names = set(received.event.refers_events())
        assert names <= {name for _, name in self._told}, f"it would wait for one of {names}"

    def _judged(self, received: Received) -> list[str]:
        history = self._streams.get(received.stream, [])
        kind = aggregate_of(received.stream)
        if history:
            state: Aggregate = corrections.fold(kind, history)
        else:
            assert received.received_at is not None
            state = kind.blank(received.stream, received.received_at)
        opened = self._sealer.split(received)[1]
        return list(corrections.judge(opened, received, state, history))
