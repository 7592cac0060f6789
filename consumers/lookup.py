"""Questions about records of a topic: where a log of ours ends in it, when a record came.

Marks of transactions, and what a transaction gave up, have offsets of their own and are no records.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.alarm import Alarm
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.reader import READ_SECONDS, reading
from ledger.foreign import KEPT, Foreign, Place, named
from ledger.published import Log, held, judge
from ledger.records import Partition
from ledger.seal import Sealer
from ledger.wire import message_of

PEEK_SECONDS = 1.0
FETCH_BYTES = 2**20
RECORDS = 2_000
LOOK_BACK = 100
"""Records of the first look from the end."""
_POLL_MS = 200


@dataclass(slots=True)
class Standing:
    """Where a log of a ledger stands in its topic."""

    place: Place
    foreign: list[Foreign] = field(default_factory=list)
    """What was met on the way and is not the ledger's: the first of them."""
    lacking: int | None = None
    """The number of a record with the ledger's own mac that the database lacks."""

    def take(self, found: Foreign) -> None:
        """One more foreign record."""
        self.place = replace(self.place, foreign=self.place.foreign + 1)
        if self.place.foreign <= KEPT:
            self.foreign.append(found)


async def standing(
    connection: asyncpg.Connection,
    bootstrap: Bootstrap,
    sealer: Sealer,
    ledger: str,
    topic: str,
    log: Log,
    known: Place | None,
) -> Standing:
    """Where a log stands in its topic, whatever others put there; raises Alarm.

    `known` says where it stood: what comes after is read. Where that is not known, or the topic
    is another since, it is looked for from the end. A record of number n stands at offset n - 1
    or later, so what comes after the last one cannot stand before it either. Our own come one after
    the other: a copy of one that was not sent yet is not the last.
    """
    look = _Look(connection, sealer, ledger, topic, log)
    async with reading(bootstrap, fetch_bytes=FETCH_BYTES, committed=False) as consumer:
        part = TopicPartition(topic, 0)
        consumer.assign([part])
        start = (await consumer.beginning_offsets([part]))[part]
        end = (await consumer.end_offsets([part]))[part]
        if start > 0:
            raise Alarm(f"{topic} has lost its records before offset {start}")
        if known is None or not await look.is_there(consumer, part, known, end):
            known = Place(0)
            first, found = end, known
            while first > 0 and not found.number:
                first, last = max(0, min(2 * first - end, end - LOOK_BACK)), first
                found = (await look.over(consumer, part, first, last, known)).place
            known = Place(found.number, found.number, found.number_offset)
        return await look.over(consumer, part, known.next_offset, end, known, in_order=True)


@dataclass(slots=True)
class _Look:
    connection: asyncpg.Connection
    sealer: Sealer
    ledger: str
    topic: str
    log: Log

    async def is_there(
        self, consumer: AIOKafkaConsumer, part: TopicPartition, known: Place, end: int
    ) -> bool:
        """Whether the topic still is the one in which the last own record was known."""
        if known.next_offset > end or known.number_offset >= end:
            return False
        if not known.number:
            return True
        at = known.number_offset
        found = (await self.over(consumer, part, at, at + 1, Place(at))).place
        return found.number == known.number

    async def over(
        self,
        consumer: AIOKafkaConsumer,
        part: TopicPartition,
        first: int,
        end: int,
        since: Place,
        *,
        in_order: bool = False,
    ) -> Standing:
        """What stands at these offsets, up to the last number of all, or of those in order."""
        found = Standing(replace(since, next_offset=end))
        async for records in each_of(consumer, part, first, end):
            messages = list(map(message_of, records))
            stored = await held(self.connection, self.ledger, self.log, messages)
            for record, message in zip(records, messages, strict=True):
                own = judge(self.ledger, self.log, message, stored)
                if isinstance(own, int):
                    last = found.place.number
                    if own == last + 1 or (own > last and not in_order):
                        place = replace(found.place, number=own, number_offset=record.offset)
                        found.place = place
                    continue
                if own in ("not-held", "differs"):
                    found.lacking = found.lacking or self.log.signed(self.sealer, message)
                found.take(named(self.topic, record.offset, message, own, self.log))
        return found


async def each_of(
    consumer: AIOKafkaConsumer, part: TopicPartition, first: int, end: int
) -> AsyncIterator[Sequence[Any]]:
    """The records at these offsets, in batches."""
    if first >= end:
        return
    consumer.seek(part, first)
    at = first
    while at < end:
        async with asyncio.timeout(READ_SECONDS):
            batches = await consumer.getmany(part, timeout_ms=_POLL_MS, max_records=RECORDS)
            at = await consumer.position(part)
        if records := [record for record in batches.get(part, ()) if record.offset < end]:
            yield records


async def waiting_since(
    consumer: AIOKafkaConsumer, places: Mapping[Partition, int], ends: Mapping[Partition, int]
) -> dict[Partition, float | None]:
    """When Kafka got the first record from each place on (Unix time); None where there is none.

    Only of partitions that answer within a second.
    """
    since: dict[Partition, float | None] = {}
    if not places:
        return since
    consumer.assign([TopicPartition(*partition) for partition in places])
    for partition, offset in places.items():
        consumer.seek(TopicPartition(*partition), offset)
    with suppress(TimeoutError):
        async with asyncio.timeout(PEEK_SECONDS):
            while len(since) < len(places):
                for tp, records in (await consumer.getmany(timeout_ms=_POLL_MS)).items():
                    since.setdefault((tp.topic, tp.partition), records[0].timestamp / 1000)
                for partition in places.keys() - since.keys():
                    if await consumer.position(TopicPartition(*partition)) >= ends[partition]:
                        since[partition] = None
    consumer.unsubscribe()  # or it would go on fetching what nobody reads
    return since
