"""Restoring (恢复) the ledger from its topic alone, in an empty database or on an old backup.

Entries come back byte for byte, each batch in one transaction with the counter, so an interrupted
restore goes on where it stopped. What the database holds already is compared first: a restore
never builds on entries that differ. Until it is done no event can be taken in. What was parked or
refused stands in no topic for ever: the intake begins at the oldest record still kept, meets it
there again, and recognises what was accepted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg
from pydantic_core import from_json

from consumers.relay import ROWS as TOLD_AT_ONCE
from infra import bureaus
from infra.failpoint import reach
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.kafka.topics import (
    journal_topic,
    ledger_topic,
    quarantine_topic,
    receipts_topic,
)
from infra.settings import SAMPLE_SECRET, Settings
from infra.unsafe import sentences
from ledger import (
    adopted,
    adopting,
    first_form,
    keys,
    lacking,
    offsets,
    renaming,
    restoring,
    setting_aside,
    store,
    unpublished,
)
from ledger.adopted import NothingAdopted, Versions
from ledger.clock import EPOCH
from ledger.journal import Journal, subject_of
from ledger.outcomes import OutcomeKind
from ledger.published import proven
from ledger.records import Partition, partition_of
from ledger.seal import Sealer
from ledger.setting_aside import Moved
from ledger.unpublished import What
from ledger.wire import entry_message, entry_row, message_of
from projections import opening
from upkeep.balance import receipt_numbers, standing
from upkeep.reconcile import Runs
from upkeep.refused import Refused
from upkeep.restore_journal import begin_books, restore_journal
from upkeep.scan import Scan, scanning

Row = dict[str, Any]
Progress = Callable[[int, int], None]
"""Gets how much is done, and of how much."""


@dataclass(slots=True)
class Restored:
    """What a restore did."""

    compared: int = 0
    """Entries that stood in the database already."""
    written: int = 0
    without_key: int = 0
    """Persons whose sealed parts nobody can open."""
    unproven: int = 0
    """Entries of form 1 that name persons: nothing in them shows that the ledger wrote them."""
    foreign: Runs = field(default_factory=Runs)
    """Offsets of the ledger topic with records that are not the ledger's."""
    foreign_notes: Runs = field(default_factory=Runs)
    """The same of its journal's topic."""


async def restore_ledger(
    connection: asyncpg.Connection,
    settings: Settings,
    ledger: str,
    progress: Progress = lambda _done, _of: None,
) -> Restored:
    """Bring the ledger up to its topic. The read models follow by the ordinary tail."""
    bootstrap, prefix = Bootstrap.of(settings), settings.kafka_prefix
    await opening.prepare(connection)
    await _safe(settings, ledger, ())
    work = _Restore(connection, settings, ledger)
    async with (
        _nobody_publishes(connection, ledger),
        scanning(bootstrap, ledger_topic(ledger, prefix)) as first,
        scanning(bootstrap, ledger_topic(ledger, prefix)) as scan,
        scanning(bootstrap, journal_topic(ledger, prefix)) as told,
    ):
        await work.verify(first)
        await work.entries(scan, progress)
        await restore_journal(connection, work.sealer, ledger, told, work.done.foreign_notes)
        counters = await store.find_ledger(connection, ledger)
        if counters is not None and counters.restoring:
            await first_form.fill(connection, work.sealer, counters)
            await renaming.make_due(connection, ledger)
            await renaming.fill(connection, work.sealer, counters)
            sources = (await _adopted(connection, settings, ledger)).sources
            await _safe(settings, ledger, sources)
            await work.finish(bootstrap, prefix, sources)
            # The journal of an older release tells of no folder.
            ours = partial(bureaus.ours, settings)
            await adopting.adopt_first(connection, work.sealer, ledger, ours)
    work.done.without_key = await keys.persons_without(connection, ledger)
    return work.done


async def _safe(settings: Settings, ledger: str, sources: Collection[str]) -> None:
    """Raise Refused where topics are not as the record needs them; what is missing is made."""
    bootstrap, prefix = Bootstrap.of(settings), settings.kafka_prefix
    if wrong := await ensure_topics(bootstrap, sources=sources, divisions=[ledger], prefix=prefix):
        raise Refused(sentences(wrong))


async def _adopted(connection: asyncpg.Connection, settings: Settings, ledger: str) -> Versions:
    """What the journal that was restored says; of an older release, what the settings name."""
    try:
        return await adopted.versions(connection, ledger, so_far=True)
    except NothingAdopted:
        return Versions((bureaus.ours(settings),), (0,))


@asynccontextmanager
async def _nobody_publishes(connection: asyncpg.Connection, ledger: str) -> AsyncIterator[None]:
    """Keep the relay, and any other restore, away meanwhile."""
    if not await unpublished.become_publisher(connection, ledger):
        raise Refused(
            "转发服务或另一恢复正在运行，先停下 / stop the relay, or the other restore, first"
        )
    try:
        yield
    finally:
        if not connection.is_closed():
            await unpublished.resign(connection, ledger)


class _Restore:
    """One run, over one connection."""

    def __init__(self, connection: asyncpg.Connection, settings: Settings, ledger: str) -> None:
        self._connection = connection
        self._ledger = ledger
        self.sealer = Sealer(settings.secret, ledger)
        self._sample = settings.secret == SAMPLE_SECRET.encode()
        self._kind = ""
        self._form = 1
        self._position = 0
        """Last position read from the topic."""
        self.done = Restored()

    async def verify(self, scan: Scan) -> None:
        """Raise Refused where no entry was written with the secret at hand, and one otherwise."""
        sample = Sealer(SAMPLE_SECRET.encode(), self._ledger)
        otherwise: Row | None = None
        async for records in scan.to_end():
            for row in filter(None, map(self._row, records)):
                proof = proven(self.sealer, row)
                if proof:
                    return
                if proof is False and (otherwise is None or proven(sample, row)):
                    otherwise = row
        if otherwise is None:
            return
        if proven(sample, otherwise):
            raise Refused(
                "这是示例账本，用公开的示例密钥写成；去掉 MINGJIAN_LEDGER_SECRET 再恢复"
                " / a sample ledger: restore it without MINGJIAN_LEDGER_SECRET"
            )
        raise Refused(
            "MINGJIAN_LEDGER_SECRET 不是写成此账本的密钥；没有它就认不出重复，也打不开封存"
            " / not the secret this ledger was written with"
        )

    async def entries(self, scan: Scan, progress: Progress) -> None:
        """All entries, in order of position."""
        if scan.start > 0:
            raise Refused(
                f"主题已失去偏移 {scan.start} 之前的记录 / the topic lost what stood before"
                f" offset {scan.start}"
            )
        stored = (await unpublished.heads(self._connection, self._ledger)).accepted
        async for records in scan.to_end():
            rows = self._next(records)
            if rows and not self._kind:
                message = from_json(rows[0]["open"])
                self._kind = "live" if message.get("receivedat") is None else "replay"
            old = [row for row in rows if row["position"] <= stored]
            if old:
                await self._compare(old)
            if new := rows[len(old) :]:
                await self._write(new)
            progress(scan.next_offset, scan.end)
        if self._position == 0:
            raise Refused("账本主题里没有可恢复的 / nothing in the ledger topic to restore")

    def _row(self, record: Any) -> Row | None:
        """A record as an entry of this ledger, if it has the form of one."""
        with suppress(ValueError):
            row = entry_row(message_of(record))
            return row if row["ledger"] == self._ledger else None
        return None

    def _next(self, records: Sequence[Any]) -> list[Row]:
        """Records as rows; what comes again is dropped, as every consumer does.

        What was not written with the ledger secret is foreign, and passed.
        """
        rows: list[Row] = []
        for record in records:
            row = self._row(record)
            if row is None or not self._believed(row):
                self.done.foreign.add([record.offset])
                continue
            if row["position"] > self._position + 1:
                raise Refused(
                    f"主题缺少位置 / the topic lacks position {self._position + 1}"
                    f" (offset {record.offset}: {row['position']})"
                )
            if row["position"] == self._position + 1:
                self._position += 1
                self._form = max(self._form, row["form"])
                rows.append(row)
        return rows

    def _believed(self, row: Row) -> bool:
        """Whether an entry is the ledger's own.

        Form 1 has no mac. Where such an entry names persons nothing shows who wrote it: it is
        believed, but after the first of form 2 there are none of form 1 any more.
        """
        if row["form"] == 1 and self._form > 1:
            return False
        proof = proven(self.sealer, row)
        if proof is None:
            self.done.unproven += row["position"] == self._position + 1
        return proof is not False

    async def _compare(self, rows: Sequence[Row]) -> None:
        """Entries that the database holds must be those of the topic."""
        first, last = rows[0]["position"], rows[-1]["position"]
        stored = await unpublished.entries(
            self._connection, self._ledger, first - 1, last, len(rows)
        )
        here = {row["position"]: entry_message(row) for row in stored}
        for row in rows:
            if here.get(row["position"]) != entry_message(row):
                raise Refused(
                    f"位置 {row['position']} 与数据库不符：数据库属于另一账本，或记录被改动"
                    f" / the database differs at position {row['position']}"
                )
        self.done.compared += len(rows)

    async def _write(self, rows: Sequence[Row]) -> None:
        """A batch of entries with the counter; nothing may be taken in from now until the end."""
        async with self._connection.transaction():
            ledger = await restoring.begin(
                self._connection, self._ledger, self._kind, sample=self._sample
            )
            if ledger.position != rows[0]["position"] - 1:
                raise Refused("另一进程正在写此账本，先停下 / another process writes this ledger")
            if (ledger.kind, ledger.sample) != (self._kind, self._sample):
                raise Refused(
                    "数据库中已有另一种账本 / the database holds a ledger of another kind"
                )
            await restoring.write(self._connection, rows)
        reach("restore.batch-written")
        self.done.written += len(rows)

    async def finish(self, bootstrap: Bootstrap, prefix: str, sources: Collection[str]) -> None:
        """Set what stands beside the entries, and let events in again."""
        seen = await _told(bootstrap, prefix, sources, self._ledger)
        places = await standing(bootstrap, prefix, sources)
        async with self._connection.transaction():
            ledger = await restoring.lock(self._connection, self._ledger)
            told = await unpublished.told(self._connection, self._ledger)
            # What was told of numbers that are lost here is told anew, when they are given again:
            # a record found again gets another number. The last receipts may have reached some
            # topics and not yet others: tell those again.
            given: dict[What, int] = {
                "accepted": self._position,
                "parked": ledger.parked,
                "quarantined": ledger.quarantined,
            }
            last = {what: _reached(seen[what], number) for what, number in given.items()}
            for what, number in given.items():
                there = _reached(n for n in seen[what] if n <= number)
                told[what] = max(told[what], there - TOLD_AT_ONCE)
            for what, number in told.items():
                await unpublished.tell(self._connection, self._ledger, what, max(0, number))
            starts = {(tp.topic, tp.partition): start for tp, (start, _) in places.items()}
            await offsets.begin_at(self._connection, self._ledger, starts)
            journal = Journal(self.sealer, ledger)
            await self._settle_parked(journal, ledger)
            await setting_aside.leave_arrived(self._connection, self._ledger)
            await lacking.count_kept(self._connection, self._ledger, self.sealer)
            await begin_books(self._connection, prefix, journal, ledger)
            await journal.write(self._connection)
            reach("restore.finishing")
            await restoring.end(
                self._connection,
                self._ledger,
                self.sealer,
                parked=last["parked"],
                quarantined=last["quarantined"],
                journal=journal.number,
            )

    async def _settle_parked(self, journal: Journal, ledger: store.Ledger) -> None:
        """In an old database: what was parked there and was accepted since is parked no more."""
        ended: Counter[tuple[Partition, OutcomeKind]] = Counter()
        moved: list[Moved] = []
        for number, prerequisite, entry, origin in await setting_aside.accepted_since(
            self._connection, self._ledger
        ):
            subject, facts = subject_of("parked", number), {"entry": entry, "number": number}
            at = ledger.last_recorded_at or EPOCH
            told = journal.note("taken-up", subject, facts, at, ledger.position)
            moved.append(Moved(number, prerequisite, entry, told))
            if (partition := partition_of(origin)) is not None:
                ended[partition, "parked"] -= 1
                ended[partition, "accepted"] += 1
        await setting_aside.move_parked(self._connection, self._ledger, moved)
        await offsets.count(self._connection, ended)


async def _told(
    bootstrap: Bootstrap, prefix: str, sources: Collection[str], ledger: str
) -> dict[str, set[int]]:
    """The numbers of each kind that sources, or the bureau, were told, by what stands there."""
    seen: dict[str, set[int]] = defaultdict(set)
    for topic in (quarantine_topic(prefix), *(receipts_topic(s, prefix) for s in sources)):
        async with scanning(bootstrap, topic) as scan:
            async for records in scan.to_end():
                for _, kind, number in receipt_numbers(records, ledger):
                    seen[kind].add(number)
    return seen


def _reached(numbers: Iterable[int], first: int | None = None) -> int:
    """The last of numbers that is not far from the one before it, from `first` on; 0 of none.

    Receipts have no mac, so one that is far from all others tells nothing; one that is near moves
    this by less than is told again anyway.
    """
    ascending = sorted(numbers)
    last = ascending[0] if first is None and ascending else first or 0
    for number in ascending:
        if number - last >= TOLD_AT_ONCE:
            break
        last = max(last, number)
    return last
