"""Reading a topic from its beginning, as tools do: one partition, in order, in bounded memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.admin import existing_topics
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.reader import READ_SECONDS, reading
from infra.kafka.refusals import doing

FETCH_BYTES = 8 * 2**20
RECORDS = 2_000


class Scan:
    """One partition of a topic: `start` and `end` are its offsets as they stood at the opening.

    A topic that does not exist holds nothing.
    """

    def __init__(
        self, consumer: AIOKafkaConsumer, part: TopicPartition | None, start: int, end: int
    ) -> None:
        self._consumer = consumer
        self._part = part
        self.start, self.end = start, end
        self.next_offset = start

    @classmethod
    async def begin(cls, consumer: AIOKafkaConsumer, topic: str) -> Self:
        """Go to the first record that is still there."""
        part = TopicPartition(topic, 0)
        consumer.assign([part])
        start = (await consumer.beginning_offsets([part]))[part]
        end = (await consumer.end_offsets([part]))[part]
        consumer.seek(part, start)
        return cls(consumer, part, start, end)

    async def more(self, seconds: float) -> Sequence[Any]:
        """The next records; none when none came in that time."""
        if self._part is None:
            await asyncio.sleep(seconds)
            return ()
        batches = await self._consumer.getmany(
            self._part, timeout_ms=int(seconds * 1000), max_records=RECORDS
        )
        # Also past what is no record: marks of transactions.
        self.next_offset = await self._consumer.position(self._part)
        records: Sequence[Any] = batches.get(self._part, ())
        return records

    async def next_of_old(self) -> Sequence[Any]:
        """The next records of those that stood there at the opening; a few newer ones may follow.

        None when only marks of transactions were left of them.
        """
        records: Sequence[Any] = ()
        async with asyncio.timeout(READ_SECONDS):
            while not records and self.next_offset < self.end:
                records = await self.more(1.0)
        return records

    async def to_end(self) -> AsyncIterator[Sequence[Any]]:
        """All records that stood there at the opening, in batches."""
        while self.next_offset < self.end:
            yield await self.next_of_old()


@asynccontextmanager
async def scanning(bootstrap: Bootstrap, topic: str) -> AsyncIterator[Scan]:
    """A topic of one partition, to be read from its first record.

    Also what no transaction committed: whoever reads judges each record by itself.
    """
    async with reading(bootstrap, fetch_bytes=FETCH_BYTES, committed=False) as consumer:
        with doing(bootstrap, "Read", topic):
            if await existing_topics(consumer, bootstrap, [topic]):
                yield await Scan.begin(consumer, topic)
            else:
                yield Scan(consumer, None, 0, 0)
