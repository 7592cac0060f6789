"""Questions about single records of a topic: which one is the last, when one came.

Marks of transactions, and what a transaction gave up, have offsets of their own and are no records.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.alarm import Alarm
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.reader import READ_SECONDS, reading
from infra.kafka.refusals import doing
from ledger.records import Partition

PEEK_SECONDS = 1.0
_POLL_MS = 200


async def last_record(bootstrap: Bootstrap, topic: str) -> Any | None:
    """The last record of a topic of one partition; None when it never had one."""
    with doing(bootstrap, "Read", topic):
        async with reading(bootstrap) as consumer, asyncio.timeout(READ_SECONDS):
            return await _last_record(consumer, topic)


async def _last_record(consumer: AIOKafkaConsumer, topic: str) -> Any | None:
    part = TopicPartition(topic, 0)
    consumer.assign([part])
    start = (await consumer.beginning_offsets([part]))[part]
    end = (await consumer.end_offsets([part]))[part]
    if start > 0:
        raise Alarm(f"{topic} has lost its records before offset {start}")
    first, last = end, None
    while last is None and first > 0:
        first = max(0, 2 * first - end if first < end else end - 1)
        last = await _last_between(consumer, part, first, end)
    return last


async def _last_between(
    consumer: AIOKafkaConsumer, part: TopicPartition, first: int, end: int
) -> Any | None:
    """The last record of these offsets; None where all are marks."""
    last = None
    consumer.seek(part, first)
    while await consumer.position(part) < end:
        for records in (await consumer.getmany(part, timeout_ms=_POLL_MS)).values():
            last = records[-1]
    return last


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
