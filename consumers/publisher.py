"""Publishing in order: batches of our own, each acknowledged by all replicas before the next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from infra.alarm import Alarm
from infra.failpoint import reach
from infra.kafka.bootstrap import ANONYMOUS, Bootstrap
from infra.kafka.refusals import FORBIDDEN, NotAuthorised
from ledger.wire import Message

SEND_SECONDS = 30.0
"""An idempotent producer retries without end; past this the outcome counts as unknown."""


def careful_producer(
    bootstrap: Bootstrap, client: str, batch_bytes: int, compression: str | None = None
) -> AIOKafkaProducer:
    """A producer for `publish`. After any error it must be thrown away, not used again."""
    return AIOKafkaProducer(
        **bootstrap.options(),
        client_id=client,
        acks="all",
        enable_idempotence=True,
        compression_type=compression,
        max_batch_size=batch_bytes,
        max_request_size=2 * batch_bytes,
    )


async def publish(producer: AIOKafkaProducer, topic: str, messages: Sequence[Message]) -> int:
    """Publish in order, in as few batches as fit; returns the offset after the last message.

    When it returns, the broker has them all. One batch at a time: were a second one under way when
    the first fails, it could land without it.
    """
    offsets = await publish_each(producer, topic, messages)
    return offsets[-1] + 1 if offsets else 0


async def publish_each(
    producer: AIOKafkaProducer, topic: str, messages: Sequence[Message]
) -> list[int]:
    """The same; returns the offset of each message."""
    offsets: list[int] = []
    for batch in _batches(producer, messages):
        count = batch.record_count()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await producer.partitions_for(topic)  # else one that it may not see is waited for
                placed = await (await producer.send_batch(batch, topic, partition=0))
        except FORBIDDEN as error:
            raise NotAuthorised(_principal(producer), "Write", topic) from error
        offsets += range(placed.offset, placed.offset + count)
        reach("relay.batch-sent")
    return offsets


def _principal(producer: AIOKafkaProducer) -> str:
    return f"User:{producer.client._sasl_plain_username or ANONYMOUS}"  # noqa: SLF001  as above


def _batches(producer: AIOKafkaProducer, messages: Iterable[Message]) -> Iterator[Any]:
    batch = producer.create_batch()
    for message in messages:
        if _append(batch, message) is None:
            yield batch
            batch = producer.create_batch()
            if _append(batch, message) is None:
                raise Alarm("an entry is larger than a batch may be")
    if batch.record_count():
        yield batch


def _append(batch: Any, message: Message) -> Any:
    return batch.append(
        timestamp=message.at_ms, key=message.key, value=message.value, headers=message.headers
    )
