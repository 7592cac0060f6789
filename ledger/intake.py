"""Taking events in: every record ends in exactly one place, in one transaction per batch.

    bytes → read (contract) → id known? → prerequisites known? → judge → entry

A record is accepted, recognised as a duplicate, parked until what it refers to arrives, or
quarantined with its faults: `take` answers with one outcome per record. The same engine serves
files and Kafka; HTTP can come later.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg

from domain import corrections
from domain.aggregate import Aggregate, Entry
from domain.envelope import Received
from domain.faults import Fault, fault
from infra.failpoint import reach
from ledger import attempts, clock, first_form, setting_aside, store, tables
from ledger import offsets as offset_books
from ledger.batch import Batch, Name, split
from ledger.containment import ENDED, OfARecord, failure, is_contained, is_of_a_record
from ledger.journal import Journal
from ledger.known_aside import KnownAside
from ledger.outcomes import Accepted, Duplicate, Item, Parked, Quarantined, Taken, Tally
from ledger.parked import ParkedEvent
from ledger.reading import items_of
from ledger.records import Offsets, Record, partition_of
from ledger.seal import Sealer
from ledger.streams import Streams
from ledger.tables import Known

__all__ = ["Intake", "Item", "Offsets", "Record", "Taken", "Tally"]

CACHE_STREAMS = 100_000
CACHE_KEYS = 100_000
READ_AT_ONCE = 100
"""Records read, or judged, before another task gets its turn."""


class Intake:
    """Takes batches into one ledger. One writer at a time: each batch locks the counter row.

    The caches hold committed state only: states of streams, keys of persons, what is aside. They
    are valid for the counters they were built at; when another writer moved the ledger on, they
    are dropped.
    """

    def __init__(self, ledger: store.Ledger, secret: bytes) -> None:
        self.ledger = ledger
        self.sealer = Sealer(secret, ledger.name)
        self._built_at: tuple[int, int] | None = None
        self._states: dict[str, Aggregate] = {}
        self._keys: dict[str, bytes] = {}
        self._aside = KnownAside(self.sealer)
        self._alone = ""
        self.judged = asyncio.Event()
        """Set when a batch has been judged and PostgreSQL begins to write it."""

    async def take(
        self,
        connection: asyncpg.Connection,
        records: Sequence[Record],
        offsets: Offsets | None = None,
    ) -> Taken:
        """Read and take one batch; see `take_read`."""
        return await self.take_read(connection, await self.read(records), offsets)

    async def read(self, records: Sequence[Record]) -> list[Item]:
        """Read records ahead, while the batch before them is being written."""
        items: list[Item] = []
        for start in range(0, len(records), READ_AT_ONCE):
            part = records[start : start + READ_AT_ONCE]
            items += self._read(part, clock.latest(sample=self.ledger.sample))
            await asyncio.sleep(0)
        return items

    async def take_alone(
        self, connection: asyncpg.Connection, place: str, record: Record, offsets: Offsets
    ) -> Taken:
        """Take one record by itself, that the process may have ended at; see ledger/attempts.py.

        If it was alone when a process ended before, it is refused unread.
        """
        digest = self.sealer.digest(record.raw)
        ended = await attempts.alone(connection, self.ledger.name, place, record.origin, digest)
        if ended and self._alone != record.origin:
            items = [Item(record, digest, None, (ENDED,))]
        else:
            self._alone = record.origin  # after a lost connection it comes again in this process
            items = await self.read([record])
        return await self.take_read(connection, items, offsets)

    async def take_read(
        self,
        connection: asyncpg.Connection,
        items: Sequence[Item],
        offsets: Offsets | None = None,
    ) -> Taken:
        """Take one batch in one transaction; a batch with one bad event is bisected, not lost.

        Raises what the database raises when it is out of reach; then nothing was taken and the
        same call may be made again.
        """
        try:
            return await self._transact(connection, items, offsets)
        except OfARecord as error:
            if len(items) > 1:
                middle = len(items) // 2
                first = await self.take_read(connection, items[:middle], offsets)
                return first.then(await self.take_read(connection, items[middle:], offsets))
            (item,) = items
            if item.received is None:
                raise error.cause from None
            refused = Item(item.record, item.digest, None, (failure(error.cause),))
            return await self._transact(connection, [refused], offsets)

    def _read(self, records: Sequence[Record], until: datetime | None = None) -> list[Item]:
        return items_of(records, self.ledger, self.sealer, until)

    async def _transact(
        self, connection: asyncpg.Connection, items: Sequence[Item], offsets: Offsets | None
    ) -> Taken:
        async with connection.transaction():
            ledger, now = await store.begin_writing(connection, self.ledger.name)
            if self._built_at != (ledger.position, ledger.journal):
                await self._forget(connection, ledger)
            streams = Streams(connection, ledger, self._states)
            batch = Batch(ledger, now, streams, Journal(self.sealer, ledger))
            reach("intake.begun")
            if offsets is not None:
                batch.gaps = await offsets(connection, [item.record for item in items])
            try:
                await self._judge(connection, batch, items)
                reach("intake.judged")
                self.judged.set()
                await batch.write(connection, self.sealer, self._keys)
            except Exception as error:
                if is_of_a_record(error):
                    raise OfARecord(error) from error
                raise
            taken = Taken(list(items), batch.woken())
            await offset_books.count(connection, taken.tally.by_partition)
            reach("intake.written")
        self._remember(batch)
        return taken

    async def _forget(self, connection: asyncpg.Connection, ledger: store.Ledger) -> None:
        """Begin the caches anew, on the ledger as it stands; raises LedgerAltered."""
        if not await tables.head_fits(connection, self.sealer, ledger):
            raise store.LedgerAltered(ledger.name)
        self._states.clear()
        self._keys.clear()
        await self._aside.load(connection, ledger)
        self._built_at = (ledger.position, ledger.journal)

    # Judging: nothing of this object changes before the commit, but for reads of committed state.

    async def _judge(
        self, connection: asyncpg.Connection, batch: Batch, items: Sequence[Item]
    ) -> None:
        await self._load(connection, batch, [i.received for i in items if i.received is not None])
        queue, judged = deque(items), 0
        while queue:
            item = queue.popleft()
            if batch.gaps:
                batch.skip_before(item.record)
            if item.received is None:
                self._refuse(batch, item, item.faults)
                continue
            judged += 1
            if judged % READ_AT_ONCE == 0:
                await asyncio.sleep(0)
            try:
                self._aside.meet_parked(batch, item, item.received)
                woken = await self._judge_event(connection, batch, item, item.received)
            except Exception as error:
                if not is_contained(error):
                    raise
                woken = await self._contain(connection, batch, item, error)
            if batch.parked:
                batch.settle(item, item.received)
            if woken:
                await self._load(
                    connection, batch, [w.received for w in woken if w.received is not None]
                )
                queue.extendleft(reversed(woken))

    async def _load(
        self, connection: asyncpg.Connection, batch: Batch, events: Sequence[Received]
    ) -> None:
        """What these events need, in a few queries: known ids, states, what is parked for them."""
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
        if unknown := names.difference(batch.known, batch.parked):
            batch.known.update(await tables.known_events(connection, batch.ledger, unknown))
        await batch.streams.load(streams)
        roots = filter(None, map(batch.root_of, events))
        await batch.streams.prepare(events, roots, batch.entries)
        for row in await setting_aside.parked_for(
            connection, self.ledger.name, self._aside.unloaded(batch, streams, names)
        ):
            parked = self._parked_before(row)
            batch.keep(parked)
            waits = Parked(parked.prerequisite)
            known = Known(row["digest"], row["type"], "", waits, 0, parked.item.content)
            batch.known.setdefault(parked.name, known)
            batch.by_prerequisite.setdefault(parked.prerequisite, []).append(parked)

    def _parked_before(self, row: Mapping[str, Any]) -> ParkedEvent:
        """A parked event as it is stored, its sealed bytes read again; raises LedgerAltered."""
        name, origin = (row["source"], row["event_id"]), row["origin"]
        record = Record(self.sealer.unbox(row["sealed"]), origin, None, partition_of(origin))
        (item,) = self._read([record])
        if item.digest != row["digest"] or item.name not in (None, "/".join(name)):
            raise store.LedgerAltered(self.ledger.name)
        if item.received is not None:
            item.faults = ()  # acceptable when it was parked
        this_run = name in self._aside.parked_here
        return ParkedEvent(name, row["number"], item, row["waits_for"], this_run)

    def _prerequisite(self, batch: Batch, received: Received) -> str | None:
        """What must arrive first, or None when the event can be taken now."""
        if received.corrects is not None:
            corrected = batch.known.get(split(received.corrects))
            if corrected is None or corrected.parked:
                return f"event:{received.corrects}"
        event = received.event
        if not event.OPENS and batch.streams.state(received.stream) is None:
            return f"stream:{received.stream}"
        for stream in event.refers():
            if batch.streams.state(stream) is None:
                return f"stream:{stream}"
        for name in event.refers_events():
            known = batch.known.get(split(name))
            if known is None or known.parked:
                return f"event:{name}"
        return None

    async def _judge_event(
        self, connection: asyncpg.Connection, batch: Batch, item: Item, received: Received
    ) -> list[Item]:
        """Put one event in its place; returns the parked events that can now be judged."""
        name = (received.source, received.id)
        known = batch.known.get(name)
        if known is not None:
            if known.digest == item.digest or await self._same(connection, name, known, item):
                item.outcome = Duplicate(known.outcome)
            elif item.faults:
                self._refuse(batch, item, item.faults)
            else:
                self._refuse(batch, item, (fault("id_conflict", "/id"),))
            return []
        if item.faults:
            self._refuse(batch, item, item.faults)
            return []
        if received.corrects is not None:
            old = batch.known.get(split(received.corrects))
            kind = received.correction_kind
            if (
                old
                and not old.parked
                and not corrections.fits(received.event, kind, old.type, old.stream)
            ):
                self._refuse(batch, item, (fault("correction_mismatch", "/corrects"),))
                return []
        if (prerequisite := self._prerequisite(batch, received)) is not None:
            self._park(batch, item, received, prerequisite)
            return []
        return await self._accept(batch, item, received, name)

    async def _accept(self, batch: Batch, item: Item, received: Received, name: Name) -> list[Item]:
        batch.tick(received)
        position = batch.position + 1
        stream = received.stream
        version = batch.streams.begin(stream, batch.at)
        root = batch.root_of(received)
        open_part, data, clear = self.sealer.split(received)
        entry = Entry(
            stream,
            version,
            batch.at,
            position,
            received.type,
            received.source,
            received.id,
            data,
            received.corrects,
            received.correction_kind,
        )
        breaches = batch.streams.take_in_turn(entry, root)
        if breaches is None:
            breaches = await batch.streams.take(entry, root, batch.entries)
        batch.append(entry, item, root, open_part, clear, breaches)
        item.outcome = Accepted(position, breaches)
        batch.known[name] = Known(
            item.digest, received.type, stream, item.outcome, root or position, item.content
        )
        if number := self._aside.number(batch, item.digest):
            batch.repair(item.digest, number, received.name)
        if not batch.by_prerequisite:
            return []
        woken = batch.wake(f"event:{received.name}")
        return woken + batch.wake(f"stream:{stream}") if version == 1 else woken

    async def _same(
        self, connection: asyncpg.Connection, name: Name, known: Known, item: Item
    ) -> bool:
        """Whether an event tells what the one known under its id told, in other bytes."""
        content = known.content or await first_form.content_before(
            connection, self.sealer, self.ledger.name, name
        )
        return item.content == content

    async def _contain(
        self, connection: asyncpg.Connection, batch: Batch, item: Item, error: Exception
    ) -> list[Item]:
        """An exception of one event puts that event aside; what it half changed is read again."""
        if item.received is not None:
            stream = item.received.stream
            if batch.streams.took(stream):
                await batch.write(connection, self.sealer, self._keys)
            await batch.streams.read_again(stream)
        self._refuse(batch, item, (failure(error),))
        return []

    # The other places.

    def _park(self, batch: Batch, item: Item, received: Received, prerequisite: str) -> None:
        batch.tick(received)
        batch.park(item, received, prerequisite, self.sealer.box)
        item.outcome = Parked(prerequisite)
        name = (received.source, received.id)
        batch.known[name] = Known(item.digest, received.type, "", item.outcome, 0, item.content)

    def _refuse(self, batch: Batch, item: Item, faults: tuple[Fault, ...]) -> None:
        """Quarantine, once per content; the same bytes again are a duplicate."""
        refused = Quarantined(faults)
        new = self._aside.number(batch, item.digest) is None
        again = self._aside.meet_refused(batch, item)
        item.outcome = refused if new or again else Duplicate(refused)
        if new:
            batch.tick(None if item.faults else item.received)  # no claimed time that is refused
            batch.put_in_quarantine(item, faults[0], self.sealer.box(item.record.raw))

    # Remembering only what was committed.

    def _remember(self, batch: Batch) -> None:
        if len(self._states) > CACHE_STREAMS:
            self._states.clear()
        if len(self._keys) > CACHE_KEYS:
            self._keys.clear()
        self._states.update(batch.streams.changed)
        self._keys.update(batch.new_keys)
        self._aside.remember(batch)
        after = batch.after()
        self._built_at = (after.position, after.journal)
