"""Taking events in: every record ends in exactly one place, in one transaction per batch.

    bytes → read (contract) → id known? → what it needs known? → judge → entry

A record is accepted, recognised as a duplicate, parked until what it refers to arrives, or
quarantined with a reason. The same engine serves files, Kafka and later HTTP.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg

from domain import corrections
from domain.aggregate import Aggregate, Entry
from domain.catalogue import aggregate_of
from domain.envelope import Received, Unacceptable, read
from infra.failpoint import reach
from ledger import store, tables
from ledger.batch import Batch, Name, Waiting, split
from ledger.records import Item, Offsets, Record, Tally, part_of, plain
from ledger.seal import Sealer

__all__ = ["Intake", "Item", "Offsets", "Record", "Tally"]

STATE_EVERY = 16
"""A stream's state row is renewed each time its version passes a multiple of this."""
CACHE_STREAMS = 100_000
CACHE_KEYS = 100_000
READ_AT_ONCE = 100
"""Records read before a transaction under way gets its turn."""


class Intake:
    """Takes batches into one ledger. One writer at a time: each batch locks the counter row.

    The caches hold committed state only: states of streams, keys of persons, the keyed hashes in
    quarantine, what parked events wait for. They are valid for the counters they were built at;
    when another writer moved the ledger on, they are dropped.
    """

    def __init__(
        self,
        ledger: store.Ledger,
        secret: bytes,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.ledger = ledger
        self.sealer = Sealer(secret, ledger.name)
        self._now = now
        self._built_at: tuple[int, int, int] | None = None
        self._states: dict[str, Aggregate] = {}
        self._keys: dict[str, bytes] = {}
        self._held: set[bytes] = set()
        self._awaited: set[str] = set()
        self._parked_here: set[Name] = set()

    async def take(
        self,
        connection: asyncpg.Connection,
        records: Sequence[Record],
        offsets: Offsets | None = None,
    ) -> Tally:
        """Read and take one batch; see `take_read`."""
        return await self.take_read(connection, self._read(records), offsets)

    async def read(self, records: Sequence[Record]) -> list[Item]:
        """Read records ahead, while the batch before them is being written."""
        items: list[Item] = []
        for start in range(0, len(records), READ_AT_ONCE):
            items += self._read(records[start : start + READ_AT_ONCE])
            await asyncio.sleep(0)
        return items

    async def take_read(
        self,
        connection: asyncpg.Connection,
        items: Sequence[Item],
        offsets: Offsets | None = None,
    ) -> Tally:
        """Take one batch in one transaction; a batch with one bad event is bisected, not lost.

        Raises what the database raises when it is out of reach; then nothing was taken and the
        same call may be made again.
        """
        try:
            return await self._transact(connection, items, offsets)
        except asyncpg.DataError:
            if len(items) > 1:
                middle = len(items) // 2
                tally = await self.take_read(connection, items[:middle], offsets)
                tally.add(await self.take_read(connection, items[middle:], offsets))
                return tally
            (item,) = items
            if item.received is None:
                raise
            refused = Item(item.record, item.digest, None, Unacceptable("storage_refused"))
            return await self._transact(connection, [refused], offsets)

    def _read(self, records: Sequence[Record]) -> list[Item]:
        """Read in passes: code of one kind at a time stays in the processor's caches (a fifth)."""
        digests = [self.sealer.digest(record.raw) for record in records]
        messages = [plain(record.raw) for record in records]
        return list(map(self._item, records, digests, messages))

    def _item(self, record: Record, digest: bytes, message: dict[str, Any] | None) -> Item:
        try:
            received = read(
                record.raw, self.ledger.name, replay=self.ledger.replay, message=message
            )
        except Unacceptable as fault:
            return Item(record, digest, None, fault.detached())
        if record.source in (None, received.source):
            return Item(record, digest, received)
        return Item(record, digest, None, Unacceptable("unauthorised", "/source", record.source))

    async def _transact(
        self, connection: asyncpg.Connection, items: Sequence[Item], offsets: Offsets | None
    ) -> Tally:
        async with connection.transaction():
            ledger = await store.find_ledger(connection, self.ledger.name, lock=True)
            if ledger is None:
                raise store.LedgerMissing(self.ledger.name)
            if self._built_at != (ledger.position, ledger.parked, ledger.quarantined):
                await self._forget(connection, ledger)
            batch = Batch.begin(ledger)
            reach("intake.begun")
            if offsets is not None:
                await offsets(connection, [item.record for item in items])
            await self._judge(connection, batch, items)
            reach("intake.judged")
            await batch.seal(connection, self._keys)
            await batch.write(connection)
            reach("intake.written")
        self._remember(batch)
        return batch.tally

    async def _forget(self, connection: asyncpg.Connection, ledger: store.Ledger) -> None:
        """Begin the caches anew, on the ledger as it stands."""
        self._states.clear()
        self._keys.clear()
        self._held = await tables.quarantined_digests(connection, ledger)
        self._awaited = await tables.awaited_keys(connection, ledger)
        self._built_at = (ledger.position, ledger.parked, ledger.quarantined)

    # Judging: nothing of this object changes before the commit, but for reads of committed state.

    async def _judge(
        self, connection: asyncpg.Connection, batch: Batch, items: Sequence[Item]
    ) -> None:
        await self._load(connection, batch, [i.received for i in items if i.received is not None])
        queue = deque(items)
        while queue:
            item = queue.popleft()
            if item.received is None:
                self._refuse(batch, item, item.fault or Unacceptable("not_json"))
                continue
            woken = await self._judge_event(connection, batch, item, item.received)
            if woken:
                await self._load(
                    connection, batch, [w.received for w in woken if w.received is not None]
                )
                queue.extendleft(reversed(woken))

    async def _load(
        self, connection: asyncpg.Connection, batch: Batch, events: Iterable[Received]
    ) -> None:
        """What these events need, in a few queries: known ids, states, what waits for them."""
        names: set[Name] = set()
        streams: set[str] = set()
        for received in events:
            event = received.event
            names.add((received.source, received.id))
            streams.add(received.stream)
            streams.update(event.refers())
            names.update(split(name) for name in event.refers_events())
            if received.corrects is not None:
                names.add(split(received.corrects))
        if unknown := names.difference(batch.known, batch.taken):
            batch.known.update(await tables.known_events(connection, unknown))
        if missing := [s for s in streams if s not in batch.states and s not in self._states]:
            loaded = await store.load_states(connection, self.ledger.name, missing)
            self._states.update(loaded)
        if self._awaited:
            keys = {f"stream:{s}" for s in streams} | {f"event:{s}/{i}" for s, i in names}
            keys = (keys & self._awaited) - batch.asked
            batch.asked |= keys
            for row in await tables.waiting_for(connection, self.ledger.name, sorted(keys)):
                raw, origin = self.sealer.unbox(row["sealed"]), row["origin"]
                (item,) = self._read([Record(raw, origin, None, part_of(origin))])
                batch.waiting.setdefault(row["waits_for"], []).append(Waiting(item, row))

    def _state(self, batch: Batch, stream: str) -> Aggregate | None:
        return batch.states.get(stream) or self._states.get(stream)

    def _waits_for(self, batch: Batch, received: Received) -> str | None:
        """What must arrive first, or None when the event can be taken now."""
        if received.corrects is not None:
            corrected = batch.known.get(split(received.corrects))
            if corrected is None or corrected.parked:
                return f"event:{received.corrects}"
        event = received.event
        if not event.OPENS and self._state(batch, received.stream) is None:
            return f"stream:{received.stream}"
        for stream in event.refers():
            if self._state(batch, stream) is None:
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
            if known.digest == item.digest:
                batch.tally.duplicate += 1
                batch.end(item, "duplicate")
            else:
                self._refuse(batch, item, Unacceptable("id_conflict", "/id"))
            return []
        if received.corrects is not None:
            old = batch.known.get(split(received.corrects))
            kind = received.correction_kind
            if (
                old
                and not old.parked
                and not corrections.fits(received.event, kind, old.type, old.stream)
            ):
                if name in batch.taken:  # it waits there until it waits in quarantine
                    batch.taken[name] = batch.position
                self._refuse(batch, item, Unacceptable("correction_mismatch", "/corrects"))
                return []
        if (key := self._waits_for(batch, received)) is not None:
            self._park(batch, item, received, key)
            return []
        return await self._accept(connection, batch, item, received, name)

    async def _accept(
        self,
        connection: asyncpg.Connection,
        batch: Batch,
        item: Item,
        received: Received,
        name: Name,
    ) -> list[Item]:
        now = received.received_at or self._now()
        if batch.clock is None or now > batch.clock:
            batch.clock = now
        batch.position += 1
        stream = received.stream
        state = self._state_to_evolve(batch, stream)
        version = state.version + 1
        replaces = corrections.replaces(received)
        history = await self._history(connection, batch, stream) if replaces else []
        breaches = corrections.judge(received.event, received, state, history)
        open_part, data, clear = self.sealer.split(received)
        entry = Entry(
            stream,
            version,
            batch.clock,
            batch.position,
            received.type,
            received.source,
            received.id,
            data,
            received.corrects,
            received.correction_kind,
        )
        batch.append(entry, item.digest, open_part, clear, breaches)
        if replaces:
            batch.states[stream] = corrections.fold(type(state), [*history, entry])
        else:
            entry.mutate(state)
        if version % STATE_EVERY == 0:
            batch.state_rows.add(stream)
        batch.end(item, "accepted")
        if item.counted:
            batch.tally.accepted += 1
        else:
            batch.tally.released += 1
        batch.known[name] = tables.Known(item.digest, received.type, stream, parked=False)
        if name in batch.taken:
            batch.taken[name] = batch.position
        if item.digest in self._held or item.digest in batch.held:
            batch.released.append((item.digest, received.name, batch.position))
        return self._wake(batch, received, version) if batch.waiting else []

    def _state_to_evolve(self, batch: Batch, stream: str) -> Aggregate:
        """The stream's state in this batch: a copy, since the cached one stays as committed."""
        state = batch.states.get(stream)
        if state is None:
            committed = self._states.get(stream)
            if committed is not None:
                state = committed.fork()
            else:
                state = aggregate_of(stream).blank(stream, batch.clock or self._now())
            batch.states[stream] = state
        return state

    async def _history(
        self, connection: asyncpg.Connection, batch: Batch, stream: str
    ) -> list[Entry]:
        """All entries of a stream: stored, and in this batch."""
        entries = await store.read_stream(connection, self.ledger.name, stream)
        return entries + [store.entry_of(row[1:9]) for row in batch.entries if row[6] == stream]

    # The other three places.

    def _wake(self, batch: Batch, received: Received, version: int) -> list[Item]:
        """The parked events whose wish has now come true go back to judging."""
        keys = [f"event:{received.name}"]
        if version == 1:
            keys.append(f"stream:{received.stream}")
        woken: list[Item] = []
        for waiting in (w for key in keys for w in batch.waiting.pop(key, ())):
            name = (waiting.row["source"], waiting.row["event_id"])
            batch.known.pop(name, None)
            batch.taken[name] = batch.position
            waiting.item.counted = name in batch.parked or name in self._parked_here
            batch.end(waiting.item, "parked", -1)
            if waiting.item.counted:
                batch.tally.parked -= 1
            woken.append(waiting.item)
        return woken

    def _park(self, batch: Batch, item: Item, received: Received, key: str) -> None:
        name = (received.source, received.id)
        row = batch.parked.get(name)
        stored = batch.taken.pop(name, None) is not None and row is None
        if stored:
            batch.waits_again[name] = key
            row = {"source": received.source, "event_id": received.id}
        elif row is not None:
            row["waits_for"] = key
        else:
            at = received.received_at or self._now()
            row = batch.park(item, received, key, at, self.sealer.box(item.record.raw))
        batch.end(item, "parked")
        if item.counted:
            batch.tally.parked += 1
        batch.known[name] = tables.Known(item.digest, received.type, "", parked=True)
        batch.waiting.setdefault(key, []).append(Waiting(item, row))

    def _refuse(self, batch: Batch, item: Item, fault: Unacceptable) -> None:
        """Quarantine, once per content; the same bytes again are a duplicate."""
        item.fault = fault
        if item.digest in self._held or item.digest in batch.held:
            batch.tally.duplicate += item.counted
            batch.end(item, "duplicate")
            return
        batch.tally.quarantined += item.counted
        batch.end(item, "quarantined")
        at = batch.clock or self._now()
        batch.put_aside(item, fault, at, self.sealer.box(item.record.raw))

    # Remembering only what was committed.

    def _remember(self, batch: Batch) -> None:
        if len(self._states) > CACHE_STREAMS:
            self._states.clear()
        if len(self._keys) > CACHE_KEYS:
            self._keys.clear()
        self._states.update(batch.states)
        self._keys.update(batch.new_keys)
        self._held |= batch.held
        self._awaited -= batch.asked
        self._awaited.update(batch.waiting)
        self._built_at = (batch.position, batch.parked_number, batch.quarantine_number)
        self._parked_here.update(batch.parked)
        self._parked_here.difference_update(batch.taken)
