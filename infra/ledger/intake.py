"""Taking events in: every record ends in exactly one place, in one transaction per batch.

    bytes → read (contract) → id known? → what it needs known? → judge → entry

A record is accepted, recognised as a duplicate, parked until what it refers to arrives, or
quarantined with a reason. The same engine serves files, Kafka and later HTTP.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import asyncpg

from domain.aggregate import Aggregate, Entry, fold, replaces
from domain.catalogue import aggregate_of
from domain.envelope import Received, Unacceptable, parse, read
from infra.ledger import store
from infra.ledger.seal import Sealer, seal_person

STATE_EVERY = 16
"""A stream's state row is renewed each time its version passes a multiple of this."""
CACHE_STREAMS = 200_000
CACHE_KEYS = 100_000

Name = tuple[str, str]
"""(source, id) of an event."""


@dataclass(frozen=True, slots=True)
class Record:
    """Received bytes and where they came from ("file:line" or "topic/partition/offset")."""

    raw: bytes
    origin: str
    source: str | None = None
    """Whose credentials brought it, where that is known: no other source may speak there."""


Offsets = Callable[[asyncpg.Connection, Sequence[Record]], Awaitable[None]]
"""Moves the sources' offsets past these records inside their transaction; raises when this process
is fenced."""


@dataclass(slots=True)
class Tally:
    """Where the records of a run ended; the first four add up to the records given.

    `released` counts events that an earlier run had parked and this one took.
    """

    accepted: int = 0
    duplicate: int = 0
    parked: int = 0
    quarantined: int = 0
    released: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.accepted += other.accepted
        self.duplicate += other.duplicate
        self.parked += other.parked
        self.quarantined += other.quarantined
        self.released += other.released

    def __str__(self) -> str:
        return (
            f"accepted {self.accepted}, duplicate {self.duplicate}, "
            f"parked {self.parked}, quarantined {self.quarantined}"
        )


@dataclass(slots=True)
class _Item:
    """A record with what reading made of it: an event, or the fault that refuses it."""

    record: Record
    digest: bytes
    received: Received | None = None
    fault: Unacceptable | None = None


@dataclass(slots=True)
class _Waiting:
    """A parked event: `row` is what stands, or will stand, in the table."""

    item: _Item
    row: Mapping[str, Any]


@dataclass(slots=True)
class _Batch:
    """What one transaction is about to write, and what it looked up."""

    ledger: store.Ledger
    position: int
    clock: datetime | None
    parked_number: int
    quarantine_number: int
    held: set[bytes] = field(default_factory=set)
    known: dict[Name, store.Known] = field(default_factory=dict)
    states: dict[str, Aggregate] = field(default_factory=dict)
    waiting: dict[str, list[_Waiting]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    clear: list[tuple[int, int, str, bytes, bytes]] = field(default_factory=list)
    new_keys: dict[str, bytes] = field(default_factory=dict)
    state_rows: set[str] = field(default_factory=set)
    parked: dict[Name, dict[str, Any]] = field(default_factory=dict)
    taken: dict[Name, int] = field(default_factory=dict)
    waits_again: dict[Name, str] = field(default_factory=dict)
    quarantine: list[tuple[Any, ...]] = field(default_factory=list)
    released: list[tuple[bytes, str]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class Intake:
    """Takes batches into one ledger. One writer at a time: each batch locks the counter row.

    The caches hold committed state only and are valid for the position they were built at; when
    another writer moved the ledger on, they are dropped.
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
        self._built_at = -1
        self._states: dict[str, Aggregate] = {}
        self._keys: dict[str, bytes] = {}
        self._parked_here: set[Name] = set()

    async def take(
        self,
        connection: asyncpg.Connection,
        records: Sequence[Record],
        offsets: Offsets | None = None,
    ) -> Tally:
        """Take one batch in one transaction; a batch with one bad event is bisected, not lost.

        Raises what the database raises when it is out of reach; then nothing was taken and the
        same call may be made again.
        """
        try:
            return await self._transact(connection, [self._read(r) for r in records], offsets)
        except asyncpg.DataError:
            if len(records) > 1:
                middle = len(records) // 2
                tally = await self.take(connection, records[:middle], offsets)
                tally.add(await self.take(connection, records[middle:], offsets))
                return tally
            item = self._read(records[0])
            if item.fault is not None:
                raise
            item.fault, item.received = Unacceptable("storage_refused"), None
            return await self._transact(connection, [item], offsets)

    def _read(self, record: Record) -> _Item:
        item = _Item(record, self.sealer.digest(record.raw))
        try:
            received = read(record.raw, self.ledger.name, replay=self.ledger.replay)
            if record.source not in (None, received.source):
                raise Unacceptable("unauthorised", "/source", record.source or "")
            item.received = received
        except Unacceptable as fault:
            item.fault = fault
        return item

    async def _transact(
        self, connection: asyncpg.Connection, items: Sequence[_Item], offsets: Offsets | None
    ) -> Tally:
        async with connection.transaction():
            ledger = await store.find_ledger(connection, self.ledger.name, lock=True)
            if ledger is None:
                raise store.LedgerMissing(self.ledger.name)
            if ledger.position != self._built_at:
                self._states.clear()
                self._keys.clear()
                self._built_at = ledger.position
            batch = _Batch(
                ledger,
                ledger.position,
                ledger.last_recorded_at,
                ledger.parked,
                ledger.quarantined,
            )
            if offsets is not None:
                await offsets(connection, [item.record for item in items])
            await self._judge(connection, batch, items)
            await self._write(connection, batch)
        self._remember(batch)
        return batch.tally

    # Judging: nothing of this object changes before the commit, but for reads of committed state.

    async def _judge(
        self, connection: asyncpg.Connection, batch: _Batch, items: Sequence[_Item]
    ) -> None:
        batch.held = await store.quarantined_digests(
            connection, self.ledger.name, [item.digest for item in items]
        )
        await self._load(connection, batch, [i.received for i in items if i.received is not None])
        queue = deque(items)
        while queue:
            item = queue.popleft()
            if item.received is None:
                self._refuse(batch, item)
                continue
            woken = await self._judge_event(connection, batch, item, item.received)
            if woken:
                await self._load(
                    connection, batch, [w.received for w in woken if w.received is not None]
                )
                queue.extendleft(reversed(woken))

    async def _load(
        self, connection: asyncpg.Connection, batch: _Batch, events: Iterable[Received]
    ) -> None:
        """What these events need, in a few queries: known ids, states, events that wait for them."""
        names: set[Name] = set()
        streams: set[str] = set()
        for received in events:
            names.add((received.source, received.id))
            streams.add(received.stream)
            streams.update(received.event.refers())
            names.update(_split(name) for name in received.event.refers_events())
            if received.corrects is not None:
                names.add(_split(received.corrects))
        if unknown := names.difference(batch.known, batch.taken):
            batch.known.update(await store.known_events(connection, unknown))
        missing = [s for s in streams if s not in batch.states and s not in self._states]
        if missing:
            self._states.update(
                await store.load_states(connection, self.ledger.name, missing)
            )
        if batch.ledger.parked:
            keys = {f"stream:{s}" for s in streams} | {f"event:{s}/{i}" for s, i in names}
            keys -= batch.asked
            batch.asked |= keys
            for row in await store.waiting_for(connection, self.ledger.name, list(keys)):
                item = self._read(Record(self.sealer.unbox(row["sealed"]), row["origin"]))
                batch.waiting.setdefault(row["waits_for"], []).append(_Waiting(item, row))

    def _state(self, batch: _Batch, stream: str) -> Aggregate | None:
        return batch.states.get(stream) or self._states.get(stream)

    def _waits_for(self, batch: _Batch, received: Received) -> str | None:
        """What must arrive first, or None when the event can be taken now."""
        if received.corrects is not None:
            corrected = batch.known.get(_split(received.corrects))
            if corrected is None or corrected.parked:
                return f"event:{received.corrects}"
        event = received.event
        if not event.OPENS and self._state(batch, received.stream) is None:
            return f"stream:{received.stream}"
        for stream in event.refers():
            if self._state(batch, stream) is None:
                return f"stream:{stream}"
        for name in event.refers_events():
            known = batch.known.get(_split(name))
            if known is None or known.parked:
                return f"event:{name}"
        return None

    async def _judge_event(
        self, connection: asyncpg.Connection, batch: _Batch, item: _Item, received: Received
    ) -> list[_Item]:
        """Put one event in its place; returns the parked events that can now be judged."""
        name = (received.source, received.id)
        known = batch.known.get(name)
        if known is not None:
            if known.digest == item.digest:
                batch.tally.duplicate += 1
            else:
                item.fault = Unacceptable("id_conflict", "/id")
                self._refuse(batch, item)
            return []
        if received.corrects is not None:
            old = batch.known.get(_split(received.corrects))
            if old is not None and not old.parked and not _may_correct(received, old):
                item.fault = Unacceptable("correction_mismatch", "/corrects")
                self._refuse(batch, item)
                return []
        if (key := self._waits_for(batch, received)) is not None:
            self._park(batch, item, received, key)
            return []
        if item.digest in batch.held:
            batch.released.append((item.digest, received.name))
        batch.tally.accepted += 1
        return await self._accept(connection, batch, item, received)

    async def _accept(
        self, connection: asyncpg.Connection, batch: _Batch, item: _Item, received: Received
    ) -> list[_Item]:
        now = received.received_at or self._now()
        if batch.clock is None or now > batch.clock:
            batch.clock = now
        batch.position += 1
        stream = received.stream
        state = batch.states.get(stream)
        if state is None:
            committed = self._states.get(stream)
            state = (
                aggregate_of(stream).blank(stream, batch.clock)
                if committed is None
                else committed.fork()
            )
            batch.states[stream] = state
        breaches = state.judge(received.event)
        open_part, data, clear = self.sealer.split(received)
        for ordinal, (person, fields) in enumerate(clear):
            batch.clear.append((batch.position, ordinal, person, fields, open_part))
        entry = Entry(
            stream,
            state.version + 1,
            batch.clock,
            batch.position,
            received.type,
            received.source,
            received.id,
            data,
            received.corrects,
            received.correction_kind,
        )
        batch.entries.append(
            (
                self.ledger.name,
                batch.position,
                batch.clock,
                received.source,
                received.id,
                received.type,
                stream,
                entry.originator_version,
                open_part,
                item.digest,
                breaches or None,
            )
        )
        name = (received.source, received.id)
        batch.known[name] = store.Known(item.digest, received.type, stream, parked=False)
        if name in batch.taken:
            batch.taken[name] = batch.position
        if replaces(entry):
            batch.states[stream] = await self._fold_anew(connection, batch, stream, entry)
        else:
            entry.mutate(state)
        if entry.originator_version % STATE_EVERY == 0:
            batch.state_rows.add(stream)
        if not batch.waiting:
            return []
        keys = [f"event:{received.name}"]
        if entry.originator_version == 1:
            keys.append(f"stream:{stream}")
        return [self._wake(batch, w) for key in keys for w in batch.waiting.pop(key, ())]

    async def _fold_anew(
        self, connection: asyncpg.Connection, batch: _Batch, stream: str, last: Entry
    ) -> Aggregate:
        """A correction changes the past of its stream: fold all of it, stored and in this batch."""
        entries = await store.read_stream(connection, self.ledger.name, stream)
        entries += [
            store.entry_of((*row[1:9],)) for row in batch.entries if row[6] == stream
        ]
        return fold(aggregate_of(stream), entries)

    # The other three places.

    def _wake(self, batch: _Batch, waiting: _Waiting) -> _Item:
        """A parked event whose wish has come true goes back to judging."""
        name = (waiting.row["source"], waiting.row["event_id"])
        batch.known.pop(name, None)
        batch.taken[name] = batch.position
        self._count_parked(batch, name, -1)
        return waiting.item

    def _count_parked(self, batch: _Batch, name: Name, change: int) -> None:
        """Only what this run parked is in its tally; what an earlier run parked is `released`."""
        if name in batch.parked or name in self._parked_here:
            batch.tally.parked += change
        else:
            batch.tally.released -= change
            batch.tally.accepted += change

    def _park(self, batch: _Batch, item: _Item, received: Received, key: str) -> None:
        name = (received.source, received.id)
        row = batch.parked.get(name)
        stored = batch.taken.pop(name, None) is not None and row is None
        if stored:
            batch.waits_again[name] = key
            row = {"source": received.source, "event_id": received.id}
        elif row is not None:
            row["waits_for"] = key
        else:
            row = self._parked_row(batch, item, received, key)
            batch.parked[name] = row
        self._count_parked(batch, name, +1)
        batch.known[name] = store.Known(item.digest, received.type, "", parked=True)
        batch.waiting.setdefault(key, []).append(_Waiting(item, row))

    def _parked_row(
        self, batch: _Batch, item: _Item, received: Received, key: str
    ) -> dict[str, Any]:
        batch.parked_number += 1
        return {
            "ledger": self.ledger.name,
            "source": received.source,
            "event_id": received.id,
            "number": batch.parked_number,
            "waits_for": key,
            "type": received.type,
            "parked_at": received.received_at or self._now(),
            "digest": item.digest,
            "sealed": self.sealer.box(item.record.raw),
            "origin": item.record.origin,
            "claims_fen": _claim(received.json)[0],
        }

    def _refuse(self, batch: _Batch, item: _Item) -> None:
        """Quarantine, once per content; the same bytes again are a duplicate."""
        if item.digest in batch.held or item.fault is None:
            batch.tally.duplicate += 1
            return
        batch.held.add(item.digest)
        batch.tally.quarantined += 1
        batch.quarantine_number += 1
        message = _glean(item.record.raw)
        fen, on = _claim(message)
        batch.quarantine.append(
            (
                self.ledger.name,
                batch.quarantine_number,
                batch.clock or self._now(),
                item.fault.code,
                item.fault.pointer[:500],
                item.fault.expected[:500],
                _plain(message.get("source"), 40),
                _plain(message.get("id"), 120),
                _plain(message.get("type"), 120),
                fen,
                on,
                item.digest,
                len(item.record.raw),
                self.sealer.box(item.record.raw),
                item.record.origin,
            )
        )

    # Writing, and remembering only what was committed.

    async def _write(self, connection: asyncpg.Connection, batch: _Batch) -> None:
        await store.copy(connection, "entry", store.ENTRY_COLUMNS, batch.entries)
        if batch.clear:
            await self._seal(connection, batch)
        parked = [tuple(row[c] for c in store.PARKED_COLUMNS) for row in batch.parked.values()]
        await store.copy(connection, "parked", store.PARKED_COLUMNS, parked)
        await store.wait_again(connection, batch.waits_again)
        await store.copy(connection, "quarantine", store.QUARANTINE_COLUMNS, batch.quarantine)
        await store.mark_taken(connection, batch.taken)
        await store.mark_released(connection, self.ledger.name, batch.released)
        await store.save_states(
            connection, self.ledger.name, [batch.states[s] for s in sorted(batch.state_rows)]
        )
        await store.move_on(
            connection,
            self.ledger.name,
            batch.position,
            batch.clock,
            batch.parked_number,
            batch.quarantine_number,
        )

    async def _seal(self, connection: asyncpg.Connection, batch: _Batch) -> None:
        people = {person for _, _, person, _, _ in batch.clear}
        missing = [person for person in people if person not in self._keys]
        self._keys.update(await store.load_keys(connection, self.ledger.name, missing))
        for person in sorted(people):
            if person not in self._keys:
                batch.new_keys[person] = os.urandom(32)
        rows = []
        for position, ordinal, person, fields, open_part in batch.clear:
            key = self._keys.get(person) or batch.new_keys[person]
            sealed = seal_person(key, open_part, fields)
            rows.append((self.ledger.name, position, ordinal, person, sealed))
        keys = [(self.ledger.name, person, key) for person, key in batch.new_keys.items()]
        await store.copy(connection, "person_key", ("ledger", "person", "key"), keys)
        await store.copy(connection, "sealed_part", store.SEALED_COLUMNS, rows)

    def _remember(self, batch: _Batch) -> None:
        if len(self._states) > CACHE_STREAMS:
            self._states.clear()
        if len(self._keys) > CACHE_KEYS:
            self._keys.clear()
        self._states.update(batch.states)
        self._keys.update(batch.new_keys)
        self._built_at = batch.position
        self._parked_here.update(batch.parked)
        self._parked_here.difference_update(batch.taken)


def _split(name: str) -> Name:
    source, _, event_id = name.partition("/")
    return source, event_id


def _may_correct(received: Received, old: store.Known) -> bool:
    """更正 and 撤销 stay within type and stream; 追回 is a recovery about the same stream."""
    if received.correction_kind == "recovered":
        return received.type == "assistance.recovery-received.v1" and received.stream == old.stream
    return (received.type, received.stream) == (old.type, old.stream)


def _glean(raw: bytes) -> dict[str, Any]:
    """The message of refused bytes if they are JSON at all, for the quarantine's labels."""
    try:
        return parse(raw)
    except Unacceptable:
        return {}


def _plain(value: Any, limit: int) -> str | None:
    """A label safe to store in clear: a short machine name, else nothing."""
    text = value if isinstance(value, str) else ""
    return text if len(text) <= limit and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", text) else None


def _claim(message: dict[str, Any]) -> tuple[int | None, date | None]:
    """Amount (分) and settlement date that a message claims, as far as they can be read."""
    data = message.get("data")
    if not isinstance(data, dict):
        return None, None
    fen, on = data.get("amount_fen"), data.get("settled_on")
    claimed = fen if isinstance(fen, int) and 0 <= fen <= 10**13 else None
    try:
        return claimed, date.fromisoformat(on) if isinstance(on, str) else None
    except ValueError:
        return claimed, None
