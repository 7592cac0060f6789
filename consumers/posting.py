"""Events that came by another way into the topics of their sources, durable once that is said.

Whoever puts events down waits until all replicas have them. What waits at the same moment goes in
one batch a topic, so that many senders cost the broker little more than one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from consumers import selfcheck
from consumers.publisher import careful_producer, publish_each
from infra import logging as logs
from infra.alarm import Alarm
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.refusals import beginning
from infra.kafka.topics import intake_topic
from ledger.wire import Message

WAIT_SECONDS = 12.0
"""How long one who puts events down waits for the broker."""
STOP_SECONDS = 5.0
PAUSE_SECONDS = 0.5
"""Between two tries to reach a broker."""
BATCH_BYTES = 2**20
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
_log = logs.get("mingjian.posting")


class Lying(NamedTuple):
    """Where events lie: topic, partition, and the offset of each, in order."""

    topic: str
    partition: int
    offsets: list[int]


class OutcomeUnknown(Exception):
    """The broker did not say that it has them: it may have all, some or none."""


@dataclass(slots=True)
class _Waiting:
    topic: str
    events: Sequence[bytes]
    placed: asyncio.Future[Lying] = field(default_factory=asyncio.Future)


class Poster:
    """The one producer of a process; after any error it is another one."""

    def __init__(self, bootstrap: Bootstrap, prefix: str) -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._waiting: list[_Waiting] = []
        self._something = asyncio.Event()
        self.connected = False
        """Whether the broker answered last."""

    async def put(self, source: str, events: Sequence[bytes]) -> Lying:
        """Put structured events of a source down, in order. Raises OutcomeUnknown."""
        mine = _Waiting(intake_topic(source, self._prefix), events)
        self._waiting.append(mine)
        self._something.set()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await mine.placed
        except TimeoutError:
            raise OutcomeUnknown from None

    async def run(self) -> None:
        """Send what is put down, until cancelled. Raises Alarm."""
        while True:
            producer = careful_producer(self._bootstrap, f"{self._prefix}-gateway", BATCH_BYTES)
            try:
                async with beginning(self._bootstrap):
                    await producer.start()
                selfcheck.refuse(selfcheck.producer_faults(producer))
                self.connected = True
                while True:
                    await self._something.wait()
                    await self._send(producer)
            except Alarm:
                raise
            except Exception as error:
                if isinstance(error, ExceptionGroup) and (alarms := error.subgroup(Alarm)):
                    raise alarms.exceptions[0] from error
                self.connected = False
                _log.warning("the broker is asked anew", seconds=PAUSE_SECONDS, exc_info=error)
                await asyncio.sleep(PAUSE_SECONDS)
            finally:
                with suppress(KafkaError, TimeoutError):
                    async with asyncio.timeout(STOP_SECONDS):
                        await producer.stop()

    async def _send(self, producer: AIOKafkaProducer) -> None:
        """One round: all that waits, topics side by side."""
        self._something.clear()
        waiting, self._waiting = self._waiting, []
        by_topic: dict[str, list[_Waiting]] = {}
        for each in waiting:
            if not each.placed.done():  # else nobody waits any more
                by_topic.setdefault(each.topic, []).append(each)
        try:
            async with asyncio.TaskGroup() as group:
                for topic, ours in by_topic.items():
                    group.create_task(_send_to(producer, topic, ours))
        finally:  # whoever was not told by now hears that it is not known
            for each in waiting:
                if not each.placed.done():
                    each.placed.set_exception(OutcomeUnknown())


async def _send_to(producer: AIOKafkaProducer, topic: str, waiting: Sequence[_Waiting]) -> None:
    messages = [Message(None, raw, STRUCTURED) for each in waiting for raw in each.events]
    offsets = iter(await publish_each(producer, topic, messages))
    for each in waiting:
        mine = list(islice(offsets, len(each.events)))
        if not each.placed.done():
            each.placed.set_result(Lying(topic, 0, mine))
