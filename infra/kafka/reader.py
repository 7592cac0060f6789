"""A consumer without a group: it reads where it is told, and commits nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer

from infra.kafka import forgiving
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.refusals import beginning

PEEK_BYTES = 64 * 1024
"""Enough for a few records; who reads a whole topic asks for more at once."""
READ_SECONDS = 30.0
"""Longest wait for a record that is known to be there."""
STOP_SECONDS = 1.0
"""Between two attempts to end a reader."""
_WAIT_MS = 100


async def open_reader(
    bootstrap: Bootstrap, client: str, fetch_bytes: int = PEEK_BYTES, *, committed: bool = True
) -> AIOKafkaConsumer:
    """A started reader, which the caller stops; one that cannot start is stopped here.

    Whoever can tell by itself what belongs in a topic reads also what is not `committed`: else a
    transaction that somebody else leaves open would hold it up.
    """
    forgiving.install()
    consumer = AIOKafkaConsumer(
        **bootstrap.options(),
        client_id=client,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed" if committed else "read_uncommitted",
        fetch_max_bytes=fetch_bytes,
        max_partition_fetch_bytes=fetch_bytes,
        fetch_max_wait_ms=_WAIT_MS,
    )
    try:
        async with beginning(bootstrap):
            await consumer.start()
    except BaseException:
        await close_reader(consumer)
        raise
    return consumer


async def close_reader(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer, whatever it is doing.

    aiokafka's fetcher swallows the cancellation that is to end it while it gives up partitions, and
    then waits for others for ever: it is told again. The rest of the stop is left alone, lest
    connections stay open.
    """
    stopping = asyncio.ensure_future(consumer.stop())
    while not (await asyncio.wait({stopping}, timeout=STOP_SECONDS))[0]:
        if (fetcher := consumer._fetcher) is not None:  # noqa: SLF001  no public way
            fetcher.error_future.cancel()
    await stopping


@asynccontextmanager
async def reading(
    bootstrap: Bootstrap,
    client: str = "mingjian-reader",
    fetch_bytes: int = PEEK_BYTES,
    *,
    committed: bool = True,
) -> AsyncIterator[AIOKafkaConsumer]:
    """A reader for as long as the block lasts."""
    consumer = await open_reader(bootstrap, client, fetch_bytes, committed=committed)
    try:
        yield consumer
    finally:
        await close_reader(consumer)
