"""Do the books balance (平账)? Where every event of intake ended, and whether sources were told.

Each offset of an intake partition held a record or was skipped, and each event of the records was
accepted, recognised as a duplicate, parked or quarantined: the counters that moved with the offset
must add up, and agree with the tables. Nothing is changed.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import asyncpg
from aiokafka import TopicPartition

from consumers.notices import notices
from infra.kafka.admin import administering, existing_topics
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.reader import reading
from infra.kafka.topics import intake_source, intake_topic, quarantine_topic, receipts_topic
from ledger import adopted, aside, evidence, journal, offsets, unpublished
from ledger.unpublished import What
from ledger.wire import message_of, position_of
from upkeep.reconcile import BUCKET, PATIENCE_SECONDS, Progress, Runs
from upkeep.scan import scanning

PLACES = ("accepted", "duplicate", "parked", "quarantined")


@dataclass(slots=True)
class Book:
    """The books of an intake partition, and what is wrong with them (codes of `FAULTS`)."""

    topic: str
    partition: int
    consumed: int = 0
    skipped: int = 0
    records: int = 0
    events: int = 0
    accepted: int = 0
    duplicate: int = 0
    parked: int = 0
    quarantined: int = 0
    start: int = 0
    end: int = 0
    lag: int = 0
    faults: list[str] = field(default_factory=list)


FAULTS = {
    "sum": "四项之和不等于事件数 / the four do not add up to the events",
    "records": "记录数加跳过不等于已读 / records and skipped do not add up to what was consumed",
    "parked": "与待关联表不符 / not what the parked table holds",
    "quarantined": "与未通过校验表不符 / not what the quarantine table holds",
    "journal": "与经办日志不符 / not what the journal says",
    "accepted": "多于该来源的记录 / more than the entries of its source",
    "lost": "未读的已被删除 / deleted before it was taken in",
    "ahead": "已读超过主题末尾：主题被换过 / consumed past the end: the topic was replaced",
}


class _Tables(NamedTuple):
    """What the tables say of the records of each partition, "topic/partition"."""

    parked: Mapping[str, int]
    quarantined: Mapping[str, int]
    told_otherwise: Collection[str]
    entries: Mapping[str, int]
    """Source → entries."""
    accepted: Mapping[str, int]
    """Topic → what its books say."""

    def faults(self, book: Book) -> list[str]:
        """What of a book does not add up, without a look at its topic."""
        partition = f"{book.topic}/{book.partition}"
        source = intake_source(book.topic) or ""
        wrong = {
            "sum": book.events != sum(getattr(book, place) for place in PLACES),
            "records": book.consumed != book.records + book.skipped,
            "parked": book.parked != self.parked.get(partition, 0),
            "quarantined": book.quarantined != self.quarantined.get(partition, 0),
            "journal": partition in self.told_otherwise,
            "accepted": self.accepted.get(book.topic, 0) > self.entries.get(source, 0),
        }
        return [fault for fault, holds in wrong.items() if holds]


async def books(
    connection: asyncpg.Connection, bootstrap: Bootstrap, prefix: str, ledger: str
) -> list[Book]:
    """Consumed = records + skipped, the events are in the four places, and each as the tables."""
    found, tables = await _read(connection, prefix, ledger)
    sources = (await adopted.versions(connection, ledger)).sources
    whole = _with_places(found, await standing(bootstrap, prefix, sources))
    for book in whole:
        wrong = {"lost": book.start > book.consumed, "ahead": book.end < book.consumed}
        book.faults = tables.faults(book) + [fault for fault, holds in wrong.items() if holds]
    return whole


async def stored_books(connection: asyncpg.Connection, prefix: str, ledger: str) -> list[Book]:
    """The same of partitions that were ever read, as far as the database alone can tell."""
    found, tables = await _read(connection, prefix, ledger)
    for book in found:
        book.faults = tables.faults(book)
    return found


async def _read(
    connection: asyncpg.Connection, prefix: str, ledger: str
) -> tuple[list[Book], _Tables]:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = [Book(*book) for book in await offsets.books(connection, ledger, prefix)]
        accepted: Counter[str] = Counter()
        for book in found:
            accepted[book.topic] += book.accepted
        return found, _Tables(
            await aside.parked_by_partition(connection, ledger),
            await aside.quarantined_by_partition(connection, ledger),
            await _told_otherwise(connection, ledger, found),
            await evidence.count_by_source(connection, ledger),
            accepted,
        )


async def _told_otherwise(
    connection: asyncpg.Connection, ledger: str, found: Iterable[Book]
) -> set[str]:
    """Partitions of which the journal tells otherwise than the books, or than what is aside.

    Whether bytes that a restore lost have come again is of no matter here.
    """
    skipped = await journal.skipped(connection, ledger)
    said = await journal.aside_by_partition(connection, ledger)
    there = {
        "parked": await aside.parked_by_partition(connection, ledger, lacking=True),
        "quarantine": await aside.quarantined_by_partition(connection, ledger, lacking=True),
    }
    wrong = {
        f"{book.topic}/{book.partition}"
        for book in found
        if book.skipped != skipped.get(f"{book.topic}/{book.partition}", 0)
    }
    for table, counts in there.items():
        partitions = counts.keys() | said[table].keys()
        wrong |= {name for name in partitions if counts.get(name, 0) != said[table][name]}
    return wrong


def _with_places(found: list[Book], places: Mapping[TopicPartition, tuple[int, int]]) -> list[Book]:
    """The books with what stands in Kafka, and a blank one for each partition never read."""
    by_partition = {TopicPartition(book.topic, book.partition): book for book in found}
    for tp, (start, end) in places.items():
        book = by_partition.setdefault(tp, Book(tp.topic, tp.partition))
        book.start, book.end, book.lag = start, end, max(0, end - book.consumed)
    return [by_partition[tp] for tp in sorted(by_partition)]


async def standing(
    bootstrap: Bootstrap, prefix: str, sources: Iterable[str]
) -> dict[TopicPartition, tuple[int, int]]:
    """The first offset still there and the end of each intake partition of these sources."""
    async with administering(bootstrap) as admin:
        wanted = {intake_topic(source, prefix) for source in sources}
        existing = await existing_topics(admin, bootstrap, wanted)
        described = await admin.describe_topics(sorted(existing)) if existing else []
    partitions = [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]
    if not partitions:
        return {}
    async with reading(bootstrap) as consumer:
        starts = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
    return {tp: (starts[tp], ends[tp]) for tp in partitions}


# Receipts: everything told to its source.


@dataclass(slots=True)
class Told:
    """Numbers given of one kind, and how far they are told; `lacking` in the topics, if read."""

    what: What
    given: int
    told: int
    lacking: Runs | None = None

    @property
    def missing(self) -> int:
        return max(0, self.given - self.told) + (self.lacking.count if self.lacking else 0)


@dataclass(slots=True)
class Receipts:
    """What was told of each kind, and what stands in the topics of receipts beside it."""

    kinds: list[Told]
    foreign: dict[str, Runs] = field(default_factory=dict)
    """Topic → offsets of records that the ledger cannot have told; where the topics were read."""


async def receipts(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    prefix: str,
    ledger: str,
    *,
    read: bool = False,
    progress: Progress = lambda _done, _of: None,
) -> Receipts:
    """Whether each number has its receipt; with `read`, in the topics themselves."""
    heads = await unpublished.heads(connection, ledger)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        told = await unpublished.told(connection, ledger)
        behind = any(number < getattr(heads, what) for what, number in told.items())
        if not behind or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    found = Receipts([Told(what, getattr(heads, what), number) for what, number in told.items()])
    if read:
        sources = (await adopted.versions(connection, ledger)).sources
        topics = [quarantine_topic(prefix), *(receipts_topic(s, prefix) for s in sources)]
        seen, gone = await _seen(connection, bootstrap, ledger, topics, found.foreign, progress)
        for kind in found.kinds:
            kind.lacking = await _lacking(connection, prefix, ledger, sources, kind, seen, gone)
    return found


Seen = Mapping[tuple[str, str], bytearray]
"""(topic, kind) → for each number, whether it stands there."""


async def _seen(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    ledger: str,
    topics: Iterable[str],
    foreign: dict[str, Runs],
    progress: Progress,
) -> tuple[Seen, set[str]]:
    """What the topics of receipts and notices hold, and which have lost their oldest records."""
    seen: dict[tuple[str, str], bytearray] = defaultdict(bytearray)
    gone: set[str] = set()
    for topic in topics:
        async with scanning(bootstrap, topic) as scan:
            if scan.start > 0:
                gone.add(topic)
            async for records in scan.to_end():
                # Read after the records: what was told by then has a number by now.
                heads = asdict(await unpublished.heads(connection, ledger))
                most = heads | {"finding": heads["accepted"]}
                ours: set[int] = set()
                for offset, kind, number in receipt_numbers(records, ledger):
                    if number <= most.get(kind, 0):
                        ours.add(offset)
                        marks = seen[topic, kind]
                        marks.extend(bytes(max(0, number + 1 - len(marks))))
                        marks[number] = 1
                if strange := [r.offset for r in records if r.offset not in ours]:
                    foreign.setdefault(topic, Runs()).add(strange)
                progress(scan.next_offset - scan.start, scan.end - scan.start)
    return seen, gone


def receipt_numbers(records: Iterable[Any], ledger: str) -> Iterable[tuple[int, str, int]]:
    """Offset, kind and number of each record that looks like a receipt or notice of this ledger."""
    for record in records:
        headers = dict(record.headers)
        number = position_of(message_of(record), "number")
        if headers.get("ledger") == ledger.encode() and headers.get("kind") and number is not None:
            yield record.offset, headers["kind"].decode(errors="replace"), number


async def _lacking(
    connection: asyncpg.Connection,
    prefix: str,
    ledger: str,
    sources: Collection[str],
    kind: Told,
    seen: Seen,
    gone: set[str],
) -> Runs:
    """Numbers noted as told that do not stand in a topic where they should."""
    lacking = Runs()
    after = 0
    while rows := await unpublished.untold(
        connection, ledger, kind.what, (after, kind.told), BUCKET
    ):
        for row in rows:
            for topic, _ in notices(ledger, prefix, sources, kind.what, row):
                marks = seen.get((topic, kind.what), b"")
                # Where the oldest receipts have expired, only what follows them can be judged.
                kept = topic not in gone or row[0] > marks.find(1) >= 0
                if kept and not (row[0] < len(marks) and marks[row[0]]):
                    lacking.add([row[0]])
        after = rows[-1][0]
    return lacking
