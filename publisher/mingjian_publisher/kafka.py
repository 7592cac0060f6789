"""Sending to Kafka, for sources whose topic is there. Needs the extra `kafka` (aiokafka).

A topic holds what the broker acknowledged; what became of it is told by receipts, read here too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mingjian_publisher.gateway import Unreachable
from mingjian_publisher.outbox import Sent


class Topic:
    """The intake topic of a source, and its receipts.

    `security` is given to aiokafka: `security_protocol`, `sasl_mechanism`, `ssl_context` and so on.
    """

    def __init__(
        self,
        bootstrap: str,
        source: str,
        *,
        prefix: str = "mingjian",
        wait: float = 20.0,
        security: Mapping[str, Any] | None = None,
    ) -> None:
        self._bootstrap = bootstrap
        self._intake = f"{prefix}.intake.{source}"
        self._receipts = f"{prefix}.receipts.{source}"
        self._source = source
        self._wait = wait
        self._security = dict(security or {})

    def send(self, events: Sequence[bytes]) -> list[Sent | None]:
        """One answer per event, in order; None of one whose receipt did not come in time.

        Raises Unreachable.
        """
        try:
            return asyncio.run(self._send(events))
        except (OSError, TimeoutError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error

    async def _send(self, events: Sequence[bytes]) -> list[Sent | None]:
        from aiokafka import (  # noqa: PLC0415 - an extra
            AIOKafkaConsumer,
            AIOKafkaProducer,
            TopicPartition,
        )
        from aiokafka.errors import KafkaError  # noqa: PLC0415

        common = {"bootstrap_servers": self._bootstrap, **self._security}
        producer = AIOKafkaProducer(acks="all", enable_idempotence=True, **common)
        receipts = AIOKafkaConsumer(isolation_level="read_committed", **common)
        ids = [json.loads(raw)["id"] for raw in events]
        try:
            await receipts.start()
            await producer.start()
            partition = TopicPartition(self._receipts, 0)
            receipts.assign([partition])
            await receipts.seek_to_end(partition)
            headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]
            sent = [
                await producer.send(self._intake, raw, key=name.encode(), headers=headers)
                for raw, name in zip(events, ids, strict=True)
            ]
            await asyncio.gather(*sent)
            return await self._answers(receipts, ids)
        except KafkaError as error:
            raise Unreachable(repr(error)) from error
        finally:
            await producer.stop()
            await receipts.stop()

    async def _answers(self, receipts: Any, ids: Sequence[str]) -> list[Sent | None]:
        """The receipts of these events, as far as they come in time."""
        found: dict[str, Sent] = {}
        missing = set(ids)
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait
        while missing and (left := until - loop.time()) > 0:
            batches = await receipts.getmany(timeout_ms=int(1000 * min(left, 1.0)))
            for record in (record for batch in batches.values() for record in batch):
                told = json.loads(record.value)
                event_id = told.get("id")
                if event_id in missing and told["outcome"] != "finding":
                    text = record.value.decode()
                    found[event_id] = Sent(f"{self._source}/{event_id}", told["outcome"], text)
                    missing.discard(event_id)
        return [found.get(name) for name in ids]
