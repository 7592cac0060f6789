"""Judging one batch: each event is put in its place, and what it is awaited for is woken after it.

Nothing outside of the batch changes, but for reads of committed state. An exception of one event is
that event's fault; see ledger/containment.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg

from domain import corrections, references
from domain.aggregate import Entry
from domain.envelope import Received
from domain.faults import Fault, fault
from domain.misplaced import holds_number
from ledger import first_form, sequences, setting_aside, tables
from ledger.batch import Batch
from ledger.containment import failure, is_contained
from ledger.content import texts_otherwise
from ledger.known_aside import KnownAside
from ledger.outcomes import Accepted, Duplicate, Item, Parked, Quarantined
from ledger.records import Name, split
from ledger.seal import Sealer
from ledger.tables import Known
from ledger.waking import Wakings

READ_AT_ONCE = 100
"""Records read, or judged, before another task gets its turn."""


class Cut(Exception):
    """The record before item `at` of a batch woke more than goes into its transaction."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Judging:
    """Judges the records of one batch, and what they wake."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        batch: Batch,
        wakings: Wakings,
        aside: KnownAside,
        sealer: Sealer,
    ) -> None:
        self.batch = batch
        self.sealer = sealer
        self._connection = connection
        self._wakings = wakings
        self._aside = aside

    async def judge(self, items: Sequence[Item]) -> None:
        """Judge all, each followed by what it wakes; what is left of that is for another batch.

        Raises Cut where that would have to go before records that are left.
        """
        await self._load(items)
        for number, item in enumerate(items):
            if self._wakings.pending:
                await self._wake()
                if self._wakings.pending:
                    raise Cut(number)
            if self.batch.gaps:
                self.batch.skip_before(item.record)
            if not item.record.empty:
                await self._judge_item(item)
                if isinstance(item.outcome, Duplicate):
                    self.batch.meet_again(item, item.outcome.of)
            if number % READ_AT_ONCE == READ_AT_ONCE - 1:
                await asyncio.sleep(0)
        await self._wake()

    async def _wake(self) -> None:
        """Judge what waits for its turn, as much as goes into this transaction."""
        judged = 0
        while not self._wakings.full:
            event = await self._wakings.next(self._connection, self._load)
            if event is None:
                return
            await self._judge_item(event.item)
            self.batch.settle(event)
            judged += 1
            if judged % READ_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _judge_item(self, item: Item) -> None:
        received = item.received
        if received is None:
            self._refuse(item, item.faults)
            return
        again = self._aside.meet_parked(self.batch, item, received)
        try:
            await self._judge_event(item, received)
        except Exception as error:
            if not is_contained(error):
                raise
            await self._contain(item, error)
        if again is not None:
            self.batch.settle(again)

    async def _load(self, items: Sequence[Item]) -> None:
        """What these need, in a few queries: known ids, states, what of them is in quarantine."""
        events = [item.received for item in items if item.received is not None]
        names: set[Name] = set()
        streams: set[str] = set()
        for received in events:
            names.add((received.source, received.id))
            streams.add(received.stream)
            if received.corrects is not None:
                names.add(split(received.corrects))
            try:
                streams.update(received.event.refers())
                names.update(map(split, received.event.refers_events()))
            except Exception as error:
                if not is_contained(error):
                    raise  # else it is raised again when this event has its turn
        if self.batch.sequences is None:
            ledger = self.batch.ledger.name
            self.batch.sequences = await sequences.load(self._connection, ledger)
        if unknown := names.difference(self.batch.known, self.batch.parked):
            self.batch.known.update(
                await tables.known_events(self._connection, self.batch.ledger, unknown)
            )
        await self._aside.meet_quarantined(self._connection, self.batch, items)
        await self.batch.streams.load(streams)
        await self.batch.streams.persons.meet(self.sealer.refs_of(events))
        roots = filter(None, map(self.batch.root_of, events))
        await self.batch.streams.prepare(events, roots, self.batch.entries)

    def _prerequisite(self, received: Received) -> str | None:
        """What must arrive first, or None when the event can be taken now."""
        if received.corrects is not None:
            corrected = self.batch.known.get(split(received.corrects))
            if corrected is None or corrected.parked:
                return f"event:{received.corrects}"
        event = received.event
        if not event.OPENS and self.batch.streams.state(received.stream) is None:
            return f"stream:{received.stream}"
        for stream in event.refers():
            if self.batch.streams.state(stream) is None:
                return f"stream:{stream}"
        for name in event.refers_events():
            known = self.batch.known.get(split(name))
            if known is None or known.parked:
                return f"event:{name}"
        return None

    async def _judge_event(self, item: Item, received: Received) -> None:
        """Put one event in its place."""
        name = (received.source, received.id)
        known = self.batch.known.get(name)
        if known is not None:
            if known.digest == item.digest or await self._same(name, known, item):
                item.outcome = Duplicate(known.outcome)
            elif item.faults:
                self._refuse(item, item.faults)
            else:
                self._refuse(item, (fault("id_conflict", "/id"),))
            return
        if item.faults:
            self._refuse(item, item.faults)
            return
        prerequisite = self._prerequisite(received)
        if faults := await self._faults(item, received, prerequisite):
            self._refuse(item, faults)
        elif prerequisite is not None:
            self._park(item, received, prerequisite)
        else:
            await self._accept(item, received, name)

    async def _faults(
        self, item: Item, received: Received, prerequisite: str | None
    ) -> tuple[Fault, ...]:
        """Why a well-formed event is refused all the same; none where it is not."""
        if (before := await self._refused_before(item)) is not None:
            return before
        if (wrong := references.to_itself(received)) is not None:
            return (wrong,)
        if denied := self._denied(received, prerequisite):
            return denied
        if (wrong := self._mismatch(received)) is not None:
            return (wrong,)
        if prerequisite is None:
            wrong = references.wrong_type(received.event, self._type_of)
        elif holds_number(prerequisite):  # what it waits for is told in clear
            corrects = prerequisite == f"event:{received.corrects}"
            wrong = fault("personal_data_misplaced", "/corrects" if corrects else "/data")
        return () if wrong is None else (wrong,)

    def _denied(self, received: Received, prerequisite: str | None) -> tuple[Fault, ...]:
        """Why the register refuses an event.

        What is parked was let in; whether it becomes an entry is asked when its wait is over.
        """
        if prerequisite is not None and (received.source, received.id) in self.batch.parked:
            return ()
        return tuple(self.batch.admission.faults(received, self.batch.at_of(received)))

    async def _refused_before(self, item: Item) -> tuple[Fault, ...] | None:
        """For what a record was refused that a restore reads once more; None of any other.

        Whatever is allowed by now: it was judged then, and nobody has sent it again.
        """
        number = self.batch.in_quarantine.get(item.digest)
        if number is None or not self._aside.was_judged(item.record.origin):
            return None
        return await setting_aside.faults_of(self._connection, self.batch.ledger.name, abs(number))

    def _mismatch(self, received: Received) -> Fault | None:
        """Why an event cannot correct the one that it names, if that is known."""
        if received.corrects is None:
            return None
        old = self.batch.known.get(split(received.corrects))
        if old is None or old.parked:
            return None
        fits = corrections.fits(received.event, received.correction_kind, old.type, old.stream)
        return None if fits else fault("correction_mismatch", "/corrects")

    def _type_of(self, name: str) -> str:
        return self.batch.known[split(name)].type

    def _stream_of(self, name: str) -> str:
        return self.batch.known[split(name)].stream

    async def _accept(self, item: Item, received: Received, name: Name) -> None:
        self.batch.tick(received)
        position = self.batch.position + 1
        stream = received.stream
        version = self.batch.streams.begin(stream, self.batch.at)
        root = self.batch.root_of(received)
        open_part, data, clear = self.sealer.split(received, self.batch.bureau)
        entry = Entry(
            stream,
            version,
            self.batch.at,
            position,
            received.type,
            received.source,
            received.id,
            data,
            self.batch.bureau,
            received.corrects,
            received.correction_kind,
        )
        breaches = self.batch.streams.take_in_turn(entry, root)
        if breaches is None:
            breaches = await self.batch.streams.take(entry, root, self.batch.entries)
        if received.correction_kind != "revoked":
            breaches += references.breaches(received.event, self._stream_of)
        self.batch.append(entry, item, root, open_part, clear, breaches)
        self.batch.admission.take(received, self.batch.at)
        number = received.json.get("sequence")
        if number is not None and self.batch.sequences is not None:
            self.batch.sequences.take(received.source, int(number), position)
        if clear:
            self.batch.streams.persons.note(stream, [ref for ref, _ in clear])
        item.outcome = Accepted(position, breaches)
        self.batch.known[name] = Known(
            item.digest, received.type, stream, item.outcome, root or position, item.content
        )
        self.batch.mend(item, received)
        if version == 1:
            self._wakings.wake(f"stream:{stream}")
        self._wakings.wake(f"event:{received.name}")  # these first

    async def _same(self, name: Name, known: Known, item: Item) -> bool:
        """Whether an event tells what the one known under its id told, in other bytes."""
        content = known.content or await first_form.content_before(
            self._connection, self.sealer, self.batch.ledger.name, name
        )
        if item.content == content:
            return True
        texts = texts_otherwise(item.record.raw)
        return any(self.sealer.content(text) == content for text in texts)

    async def _contain(self, item: Item, error: Exception) -> None:
        """An exception of one event puts that event aside; what it half changed is read again."""
        if item.received is not None:
            stream = item.received.stream
            if self.batch.streams.took(stream):
                await self.batch.write(self._connection, self.sealer)
            await self.batch.streams.read_again(stream)
        self._refuse(item, (failure(error),))

    # The other places.

    def _park(self, item: Item, received: Received, prerequisite: str) -> None:
        self.batch.tick(received)
        self.batch.park(item, received, prerequisite, self.sealer.box)
        item.outcome = Parked(prerequisite)
        name = (received.source, received.id)
        self.batch.known[name] = Known(
            item.digest, received.type, "", item.outcome, 0, item.content
        )

    def _refuse(self, item: Item, faults: tuple[Fault, ...]) -> None:
        """Quarantine, once per content; the same bytes again are a duplicate."""
        refused = Quarantined(faults)
        new = self.batch.in_quarantine.get(item.digest) is None
        again = self._aside.meet_refused(self.batch, item)
        item.outcome = refused if new or again else Duplicate(refused)
        if new:
            claimed = None if item.faults else item.received  # a time that is refused is none
            self.batch.tick(claimed)
            self.batch.put_in_quarantine(item, faults, self.sealer.box(item.record.raw))
