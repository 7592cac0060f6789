"""Questions about single records of a topic: which one is the last, when one came."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.alarm import Alarm
from infra.kafka.reader import READ_SECONDS, reading
from ledger.records import Partition

PEEK_SECONDS = 1.0


async def last_record(bootstrap: str, topic: str) -> Any | None:
    """The last record of a topic of one partition; None when it never had one."""
    async with reading(bootstrap) as consumer:
        part = TopicPartition(topic, 0)
        consumer.assign([part])
        start = (await consumer.beginning_offsets([part]))[part]
        end = (await consumer.end_offsets([part]))[part]
        if start > 0:
            raise Alarm(f"{topic} has lost its records before offset {start}")
        if end == 0:
            return None
        consumer.seek(part, end - 1)
        async with asyncio.timeout(READ_SECONDS):
            return await consumer.getone()


async def sent_at(
    consumer: AIOKafkaConsumer, places: Mapping[Partition, int]
) -> dict[Partition, float]:
    """When Kafka got the record at each place (Unix time): of those that answer within a second."""
    times: dict[Partition, float] = {}
    if not places:
        return times
    consumer.assign([TopicPartition(*partition) for partition in places])
    for partition, offset in places.items():
        consumer.seek(TopicPartition(*partition), offset)
    with suppress(TimeoutError):
        async with asyncio.timeout(PEEK_SECONDS):
            while len(times) < len(places):
                for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                    times.setdefault((tp.topic, tp.partition), records[0].timestamp / 1000)
    consumer.unsubscribe()  # or it would go on fetching what nobody reads
    return times
