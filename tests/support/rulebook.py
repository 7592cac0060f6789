"""The rule book, without a database: facts told in turn, and what the rules say of the next one.

    given(a_household("DB-1"), january).when(january) == ["month-already-paid"]
    given(a_household("DB-1"), january, changed(january, by=february)).rows(payments)
    given().waits_for(january) == {"case/DB-1"}

Each fact goes the way of the engine: written as a CloudEvent, read, judged, sealed, stored form,
folded in the version that stands. A fact that would wait, or be refused, is a mistake of the test.
"""

from __future__ import annotations

from typing import Any

from domain import corrections, references
from domain.aggregate import Aggregate, Entry, Others
from domain.bureau.bureau import Bureau
from domain.catalogue import aggregate_of
from domain.contract.looked_for import warnings_of
from domain.corrections import Standing
from domain.envelope import Received, read
from domain.event import Event
from domain.form import persons
from ledger import store
from ledger.seal import Sealer
from projections.read_model import ReadModel
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Correction, Teller, fact_of


def changed(fact: Event | Correction, *, by: Event) -> Correction:
    """更正: the fact told before was as `by` says."""
    return Correction(by, "changed", fact)


def revoked(fact: Event | Correction) -> Correction:
    """撤销: what was told before never was."""
    return Correction(fact_of(fact), "revoked", fact)


def recovered(payment: Event, *, by: Event) -> Correction:
    """追回: money of the payment told before came back."""
    return Correction(by, "recovered", payment)


def given(*told: Event | Correction, bureau: Bureau = SAMPLE) -> Book:
    """A book of a bureau in which these were told, in this order."""
    book = Book(bureau)
    for each in told:
        book.tell(each)
    return book


class Book:
    """What was told so far. The fact told n-th (from 0) is the event "<source>/e-<n>".

    `breaches` holds the codes of each, in the order of telling.
    """

    def __init__(self, bureau: Bureau = SAMPLE) -> None:
        self.bureau = bureau
        self.breaches: list[list[str]] = []
        self.told = 0
        self._teller = Teller()
        self._streams: dict[str, list[Entry]] = {}
        self._named: dict[str, Received] = {}
        self._sealer = Sealer(b"rule book", LEDGER)

    def when(self, told: Event | Correction) -> list[str]:
        """The breaches if this were told now; it is not."""
        return self._noted(self._received(told))

    def tell(self, told: Event | Correction) -> None:
        """Judge a fact and keep it."""
        received = self._received(told)
        self.breaches.append(self._noted(received))
        self._streams.setdefault(received.stream, []).append(self._entry(received))
        self._named[received.name] = received
        self._teller.keep(told)
        self.told += 1

    def waits_for(self, told: Event | Correction) -> set[str]:
        """The streams and events that it would wait for, were it told now."""
        return self._missing(self._read(told))

    def rows(self, model: ReadModel) -> list[Any]:
        """The rows of a read model, streams in the order in which they began."""
        standing = map(corrections.effective, self._streams.values())
        return [row for entries in standing for row in model.fold_stream(entries)]

    def open_text(self, fact: Event) -> str:
        """The open part of a fact as it is stored: what everybody downstream may read."""
        return self._sealer.split(self._read(fact), self.bureau)[0].decode()

    def _read(self, told: Event | Correction) -> Received:
        return read(self._teller.line(told), self.bureau, replay=True)

    def _received(self, told: Event | Correction) -> Received:
        received = self._read(told)
        missing = self._missing(received)
        assert not missing, f"it would wait for {missing}"
        wrong = references.wrong_type(received.event, lambda name: self._named[name].type)
        assert wrong is None, f"{wrong} names something else"
        if isinstance(told, Correction):
            of = fact_of(told.of)
            assert corrections.fits(received.event, told.kind, of.TYPE, of.stream()), "does not fit"
        return received

    def _missing(self, received: Received) -> set[str]:
        streams = set(received.event.refers())
        if not received.event.OPENS:
            streams.add(received.stream)
        names = set(received.event.refers_events())
        return (streams - self._streams.keys()) | (names - self._teller.names)

    def _entry(self, received: Received) -> Entry:
        """The entry that would be made of it now, read from its stored form."""
        return store.entry_of(
            (
                self.told + 1,
                received.received_at,
                received.source,
                received.id,
                received.type,
                received.stream,
                len(self._streams.get(received.stream, [])) + 1,
                self._sealer.split(received, self.bureau)[0],
            ),
            self.bureau,
        )

    def _noted(self, received: Received) -> list[str]:
        """The breaches of a fact, each of which its contract says may be noted with it."""
        found = self._judged(received)
        assert set(found) <= warnings_of(received.event.TYPE).keys(), received.event.TYPE
        return found

    def _judged(self, received: Received) -> list[str]:
        history = self._streams.get(received.stream, [])
        kind, entry = aggregate_of(received.stream), self._entry(received)
        state = kind.blank(entry.stream, entry.timestamp)
        if history:
            state = corrections.fold(kind, history)
        order = Standing(e for e in history if e.type in kind.evolvers).in_order()
        thread: list[Entry] = []
        if corrections.replaces(entry):
            thread = [next(e for e in history if e.name == entry.corrects)]
            while corrections.replaces(thread[0]):
                thread = [next(e for e in history if e.name == thread[0].corrects)]
            for told in history[history.index(thread[0]) + 1 :]:
                if corrections.replaces(told) and told.corrects in {e.name for e in thread}:
                    thread.append(told)
        before = Standing(thread) if thread else None
        found = corrections.take(state, entry, order, before, self._beside(received.stream))[1]
        if entry.correction_kind != "revoked":
            found += references.breaches(received.event, lambda name: self._named[name].stream)
        return list(found)

    def _beside(self, stream: str) -> Others:
        """The states of the other streams in which a person is named."""

        def others(ref: str) -> list[Aggregate]:
            return [
                corrections.fold(aggregate_of(name), entries)
                for name, entries in sorted(self._streams.items())
                if name != stream and any(ref in _refs(entry.data) for entry in entries)
            ]

        return others


def _refs(data: Event) -> set[str]:
    return {person.ref for _, person in persons(data)}
