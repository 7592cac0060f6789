"""Where events go that came through the door, and what their senders are told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Protocol

from api.gateway.door import Sent
from api.gateway.engine import Engine
from api.gateway.keyring import Keyring
from consumers.alarm import UnsafeTopics
from consumers.database import patiently
from consumers.posting import Poster
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.settings import Settings
from infra.unsafe import sentences
from ledger.outcome_document import of_item
from rules import outcomes

RECEIVED = "received"
"""The outcome of what is durable in its topic, and not looked at yet."""
STATUS = {
    RECEIVED: HTTPStatus.ACCEPTED,
    "accepted": HTTPStatus.OK,
    "duplicate": HTTPStatus.OK,
    "parked": HTTPStatus.ACCEPTED,
    "quarantined": HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""Outcome → status of the answer to a request of one event."""
Document = dict[str, Any]


class Sink(Protocol):
    """Where events go."""

    async def put(self, events: Sequence[Sent]) -> list[Document]:
        """Make events durable; a document for each, in order. Raises OutcomeUnknown."""

    async def run(self) -> None:
        """Work until cancelled."""

    @property
    def wrong(self) -> list[str]:
        """Why nothing can be taken in now."""


class OnKafka:
    """Into the intake topics: durable there, and told what became of it later."""

    def __init__(self, settings: Settings, ledger: str, ring: Keyring) -> None:
        self._bootstrap = Bootstrap.of(settings)
        self._poster = Poster(self._bootstrap, settings.kafka_prefix)
        self._prefix = settings.kafka_prefix
        self._ledger = ledger
        self._ring = ring

    async def put(self, events: Sequence[Sent]) -> list[Document]:
        by_source: dict[str, list[int]] = {}
        for number, sent in enumerate(events):
            by_source.setdefault(sent.source, []).append(number)
        lying = await asyncio.gather(
            *(
                self._poster.put(source, [events[number].raw for number in numbers])
                for source, numbers in by_source.items()
            )
        )
        documents: list[Document] = [{} for _ in events]
        for (topic, partition, offsets), numbers in zip(lying, by_source.values(), strict=True):
            for number, offset in zip(numbers, offsets, strict=True):
                sent = events[number]
                documents[number] = {
                    "outcome": RECEIVED,
                    "source": sent.source,
                    "id": sent.id,
                    "topic": topic,
                    "partition": partition,
                    "offset": offset,
                }
        return documents

    async def run(self) -> None:
        """Send, once the topics are known to be safe. Raises UnsafeTopics, UnsafeSettings."""
        await self._ring.begun.wait()
        wrong = await patiently(
            lambda: ensure_topics(
                self._bootstrap,
                sources=self._ring.sources,
                divisions=[self._ledger],
                prefix=self._prefix,
            )
        )
        if wrong:
            raise UnsafeTopics(sentences(wrong))
        await self._poster.run()

    @property
    def wrong(self) -> list[str]:
        return [] if self._poster.connected else ["Kafka 没有答复 / gives no answer"]


class Direct:
    """Into the ledger itself, without a broker: each has its outcome at once."""

    def __init__(self, engine: Engine, ledger: str) -> None:
        self._engine = engine
        self._ledger = ledger

    async def put(self, events: Sequence[Sent]) -> list[Document]:
        items = await self._engine.put(events)
        return [outcomes.document(of_item(item, self._ledger)) for item in items]

    async def run(self) -> None:
        self._engine.follower.start()
        try:
            await self._engine.run()
        finally:
            await asyncio.to_thread(self._engine.follower.stop)

    @property
    def wrong(self) -> list[str]:
        return [] if self._engine.works else ["PostgreSQL 没有答复 / gives no answer"]
