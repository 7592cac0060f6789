"""Taking events in: every record ends in exactly one place, in one transaction per batch.

    bytes → read (contract) → id known? → prerequisites known? → judge → entry

A record is accepted, recognised as a duplicate, parked until what it refers to arrives, or
quarantined with its faults: `take` answers with one outcome per record. The same engine serves
files, Kafka and HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from domain.aggregate import Aggregate
from domain.bureau.bureau import Bureau
from domain.faults import Fault
from infra.failpoint import reach
from ledger import adopted, attempts, clock, setting_aside, store, tables
from ledger import offsets as offset_books
from ledger.admission import Admission
from ledger.adopted import Versions
from ledger.batch import MOST_KEPT, Batch
from ledger.containment import ENDED, OfARecord, failure, is_of_a_record
from ledger.journal import Journal
from ledger.judging import READ_AT_ONCE, Cut, Judging
from ledger.known_aside import KnownAside
from ledger.outcomes import Item, Taken, Tally
from ledger.reading import items_of
from ledger.records import Offsets, Record
from ledger.seal import Sealer
from ledger.streams import Streams
from ledger.waking import WAKE_AT_ONCE, Left, Wakings

__all__ = ["Intake", "Item", "Offsets", "Record", "Taken", "Tally"]

CACHE_STREAMS = 100_000


class Intake:
    """Takes batches into one ledger. One writer at a time: each batch locks the counter row.

    The caches hold committed state only: states of streams, what is aside; never keys. They are
    valid for the counters they were built at; when another writer moved the ledger on, they
    are dropped.
    """

    wake_at_once = WAKE_AT_ONCE

    def __init__(
        self, ledger: store.Ledger, secret: bytes, quarantine_bytes: int = MOST_KEPT
    ) -> None:
        self.ledger = ledger
        self.sealer = Sealer(secret, ledger.name)
        self._most_kept = quarantine_bytes
        self._built_at: tuple[int, int] | None = None
        self._left: list[Left] = []
        """What has arrived, and not all that was parked for it is woken."""
        self._states: dict[str, Aggregate] = {}
        self._aside = KnownAside(self.sealer)
        self._alone = ""
        self._admission = Admission()
        self._bureaus: Versions | None = None
        """What was adopted when the caches were begun."""
        self.judged = asyncio.Event()
        """Set when a batch has been judged and PostgreSQL begins to write it."""

    async def take(
        self,
        connection: asyncpg.Connection,
        records: Sequence[Record],
        offsets: Offsets | None = None,
    ) -> Taken:
        """Read and take one batch; see `take_read`."""
        items = await self.read(connection, records)
        return await self.take_read(connection, items, offsets)

    async def read(self, connection: asyncpg.Connection, records: Sequence[Record]) -> list[Item]:
        """Read records ahead, while the batch before them is being written.

        Only before the first batch the connection is used.
        """
        if self._bureaus is None:
            self._bureaus = await adopted.versions(connection, self.ledger.name)
        items: list[Item] = []
        for start in range(0, len(records), READ_AT_ONCE):
            part = records[start : start + READ_AT_ONCE]
            items += self._read(part, self._bureaus.latest, clock.latest(sample=self.ledger.sample))
            await asyncio.sleep(0)
        return items

    async def take_alone(
        self,
        connection: asyncpg.Connection,
        place: str,
        record: Record,
        offsets: Offsets | None = None,
    ) -> Taken:
        """Take one record by itself, that the process may have ended at; see ledger/attempts.py.

        If it was alone when a process ended before, it is refused unread.
        """
        taken = await self.wake_left(connection, place)
        digest = self.sealer.digest(record.raw)
        if await self._ended_at(connection, place, record.origin, digest):
            items = [Item(record, digest, None, (ENDED,))]
        else:
            items = await self.read(connection, [record])
        try:
            taken = taken.then(await self._take_one(connection, items, offsets))
        except Cut:  # another writer left something to wake meanwhile
            return taken.then(await self.take_alone(connection, place, record, offsets))
        while self._left:
            taken = taken.then(await self._wake_alone(connection, place))
        return taken

    async def wake_left(self, connection: asyncpg.Connection, place: str) -> Taken:
        """Wake what was left to be woken, one by one; see `take_alone`."""
        await self._transact(connection, [], None, most=0)  # whether something is to be woken
        taken = Taken([], [])
        while self._left:
            taken = taken.then(await self._wake_alone(connection, place))
        return taken

    async def _wake_alone(self, connection: asyncpg.Connection, place: str) -> Taken:
        prerequisite, after = self._left[-1]
        name = self.ledger.name
        for row in await setting_aside.parked_for(connection, name, prerequisite, after, 1):
            origin = f"parked/{row['number']}"
            if await self._ended_at(connection, place, origin, row["digest"]):
                return await self._transact(connection, [], None, 1, ENDED)
        return await self._wake_on(connection, 1)

    async def _ended_at(
        self, connection: asyncpg.Connection, place: str, origin: str, digest: bytes
    ) -> bool:
        """Whether a process ended at what this one is about to take alone."""
        ended = await attempts.alone(connection, self.ledger.name, place, origin, digest)
        here, self._alone = self._alone == origin, origin  # after a lost connection it comes again
        return ended and not here

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
            taken = await self._transact(connection, items, offsets)
        except Cut as cut:
            return await self._take_parted(connection, items, cut.at, offsets)
        except OfARecord:
            if len(items) > 1:
                return await self._take_parted(connection, items, len(items) // 2, offsets)
            if items:
                taken = await self._take_one(connection, items, offsets)
            else:
                taken = await self._wake_on(connection, 1)
        while self._left:
            taken = taken.then(await self._wake_on(connection))
        return taken

    async def _take_parted(
        self,
        connection: asyncpg.Connection,
        items: Sequence[Item],
        at: int,
        offsets: Offsets | None,
    ) -> Taken:
        first = await self.take_read(connection, items[:at], offsets)
        return first.then(await self.take_read(connection, items[at:], offsets))

    async def _take_one(
        self, connection: asyncpg.Connection, items: Sequence[Item], offsets: Offsets | None
    ) -> Taken:
        """Take a record without what it wakes, or refuse it where it cannot be taken so either."""
        try:
            return await self._transact(connection, items, offsets, most=0)
        except OfARecord as error:
            (item,) = items
            if item.received is None:
                raise error.cause from None
            refused = Item(item.record, item.digest, None, (failure(error.cause),))
            return await self._transact(connection, [refused], offsets, most=0)

    async def _wake_on(self, connection: asyncpg.Connection, most: int | None = None) -> Taken:
        """Go on waking; an event that cannot be taken is refused, and no other."""
        try:
            return await self._transact(connection, [], None, most)
        except OfARecord as error:
            if most != 1:
                return await self._wake_on(connection, (most or self.wake_at_once) // 10 or 1)
            return await self._transact(connection, [], None, 1, failure(error.cause))

    def _read(
        self, records: Sequence[Record], bureau: Bureau, until: datetime | None = None
    ) -> list[Item]:
        return items_of(records, self.ledger, bureau, self.sealer, until)

    async def _transact(
        self,
        connection: asyncpg.Connection,
        items: Sequence[Item],
        offsets: Offsets | None,
        most: int | None = None,
        refused: Fault | None = None,
    ) -> Taken:
        """One transaction; it wakes `most` events, or refuses them for what is told."""
        most = self.wake_at_once if most is None else most
        async with connection.transaction():
            ledger, now = await store.begin_writing(connection, self.ledger.name)
            bureaus = self._bureaus
            if bureaus is None or self._built_at != (ledger.position, ledger.journal):
                bureaus = await self._forget(connection, ledger)
            self._read_again(items, bureaus.latest)
            streams = Streams(connection, ledger, bureaus, self._states)
            batch = Batch(ledger, now, streams, bureaus.latest, Journal(self.sealer, ledger))
            batch.admission = self._admission.copy()
            batch.kept, batch.most_kept = dict(self._aside.kept), self._most_kept
            reach("intake.begun")
            if offsets is not None and items:
                batch.gaps = await offsets(connection, [item.record for item in items])
            try:
                wakings = Wakings(batch, self._aside, self.sealer, self._left, most, refused)
                judging = Judging(connection, batch, wakings, self._aside, self.sealer)
                await judging.judge(items)
                reach("intake.judged")
                self.judged.set()
                await batch.write(connection, self.sealer)
            except Cut:
                raise
            except Exception as error:
                if is_of_a_record(error):
                    raise OfARecord(error) from error
                raise
            if wakings.pending or self._left:
                await setting_aside.leave_to_wake(connection, ledger.name, wakings.left)
            taken = Taken(list(items), batch.woken())
            await offset_books.count(connection, taken.tally.by_partition)
            reach("intake.written")
        self._remember(batch)
        self._left = wakings.left
        return taken

    def _read_again(self, items: Sequence[Item], bureau: Bureau) -> None:
        """What was read before the ledger adopted another version of its bureau is read anew."""
        for item in items:
            if item.read_by not in (None, bureau):
                until = clock.latest(sample=self.ledger.sample)
                (new,) = self._read([item.record], bureau, until)
                item.received, item.faults, item.content = new.received, new.faults, new.content
                item.read_by = bureau

    async def _forget(self, connection: asyncpg.Connection, ledger: store.Ledger) -> Versions:
        """Begin the caches anew, on the ledger as it stands; raises LedgerAltered."""
        if not await tables.head_fits(connection, self.sealer, ledger):
            raise store.LedgerAltered(ledger.name)
        self._states.clear()
        self.sealer.look_for_masters()
        self._left = await setting_aside.left_to_wake(connection, ledger.name)
        since = None if self._built_at is None else self._built_at[1]
        await self._aside.load(connection, ledger, since)
        self._built_at = (ledger.position, ledger.journal)
        self._bureaus = await adopted.versions(connection, ledger.name)
        self._admission = await Admission.load(connection, self.sealer, ledger)
        return self._bureaus

    # Remembering only what was committed.

    def _remember(self, batch: Batch) -> None:
        if len(self._states) > CACHE_STREAMS:
            self._states.clear()
        self._states.update(batch.streams.changed)
        self._aside.remember(batch)
        self._admission = batch.admission
        after = batch.after()
        self._built_at = (after.position, after.journal)
