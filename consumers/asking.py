"""Questions to the broker beside the work: a consumer without a group, and when a record came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.settings import Settings
from ledger.records import Part

PEEK_SECONDS = 1.0
PEEK_BYTES = 64 * 1024


def asker(settings: Settings, name: str) -> AIOKafkaConsumer:
    """A consumer for questions, not started."""
    return AIOKafkaConsumer(
        bootstrap_servers=settings.kafka,
        client_id=f"{settings.kafka_prefix}-{name}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=PEEK_BYTES,
        fetch_max_wait_ms=100,
    )


@asynccontextmanager
async def asking(settings: Settings, name: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer for questions, stopped at the end also when it could not start."""
    consumer = asker(settings, name)
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def sent_at(consumer: AIOKafkaConsumer, places: Mapping[Part, int]) -> dict[Part, float]:
    """When Kafka got the record at each place (Unix time), as far as a second suffices to read."""
    found: dict[Part, float] = {}
    if not places:
        return found
    consumer.assign([TopicPartition(*part) for part in places])
    for part, offset in places.items():
        consumer.seek(TopicPartition(*part), offset)
    with suppress(TimeoutError):
        async with asyncio.timeout(PEEK_SECONDS):
            while len(found) < len(places):
                for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                    found.setdefault((tp.topic, tp.partition), records[0].timestamp / 1000)
    consumer.unsubscribe()  # or it would go on fetching what nobody reads
    return found
