"""Sending to Kafka, for sources whose topic is there. Needs the extra `kafka` (aiokafka).

A topic holds what the broker acknowledged; what became of it is told by receipts, read here too.
A receipt comes once. Of what was sent before, and had its receipt when nobody looked, it is found
again among those of before.
"""

from __future__ import annotations

import asyncio
import difflib
import json
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from mingjian_publisher.gateway import Refused, Unreachable
from mingjian_publisher.letting_in import reason
from mingjian_publisher.outbox import Sent

OUTCOMES = frozenset({"accepted", "duplicate", "parked", "quarantined"})
"""Other receipts tell of findings, later."""
LEAST_SECONDS = 5.0
"""A broker has at least so long to take a batch."""
ASK_SECONDS = 2.0
STOP_SECONDS = 5.0
MOST_NAMED = 10
"""So many sources are named beside one that has no topic."""


class TopicMissing(Unreachable):
    """A source has no topics: its name is mistyped, or nobody has made them yet."""


def secured(user: str, password: str, ca_file: str | Path | None = None) -> dict[str, Any]:
    """`security` of a broker of a bureau: TLS and a password (SCRAM-SHA-512).

    `ca_file` is the certificate of the bureau's authority (PEM); None = those that the system
    believes. The host name is checked.
    """
    return {
        "security_protocol": "SASL_SSL",
        "ssl_context": ssl.create_default_context(cafile=ca_file),
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": password,
    }


class Topic:
    """The intake topic of a source, and its receipts.

    `security` is given to aiokafka as it is: see `secured`.
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
        self._prefix = prefix
        self._intake = f"{prefix}.intake.{source}"
        self._receipts = f"{prefix}.receipts.{source}"
        self._source = source
        self._wait = wait
        self._security = dict(security or {})

    def send(self, events: Sequence[bytes]) -> list[Sent | None]:
        """One answer per event, in order; None of one whose receipt did not come in time.

        Raises Unreachable, of which TopicMissing is one, and Refused where the broker does not let
        the user in, or knows the user and gives no right.
        """
        try:
            return asyncio.run(self._send(events))
        except Unreachable:
            raise
        except (OSError, TimeoutError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error

    def receipts(self, tell: Callable[[str], None]) -> None:
        """Tell all receipts that stand there, the oldest first, each a JSON document.

        Raises Unreachable, and Refused where the broker does not let the user in.
        """
        try:
            asyncio.run(self._tell_all(tell))
        except Unreachable:
            raise
        except (OSError, TimeoutError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error

    async def _tell_all(self, tell: Callable[[str], None]) -> None:
        from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: PLC0415 - an extra
        from aiokafka.errors import KafkaConnectionError, KafkaError  # noqa: PLC0415

        receipts = AIOKafkaConsumer(
            isolation_level="read_committed", bootstrap_servers=self._bootstrap, **self._security
        )
        try:
            async with asyncio.timeout(max(self._wait, LEAST_SECONDS)):
                await receipts.start()
                topics = await receipts.topics()
                if self._receipts not in topics:
                    raise self._missing(self._receipts, topics)
                partition = TopicPartition(self._receipts, 0)
                receipts.assign([partition])
                await receipts.end_offsets([partition])
            async for record in _all(receipts, partition):
                if _object(record):
                    tell(record.value.decode())
        except KafkaConnectionError as error:
            raise await self._not_let_in(error) from error
        except KafkaError as error:
            raise Unreachable(repr(error)) from error
        finally:
            await receipts.stop()

    async def _send(self, events: Sequence[bytes]) -> list[Sent | None]:
        from aiokafka import (  # noqa: PLC0415 - an extra
            AIOKafkaConsumer,
            AIOKafkaProducer,
            TopicPartition,
        )
        from aiokafka.errors import (  # noqa: PLC0415
            KafkaConnectionError,
            KafkaError,
            TopicAuthorizationFailedError,
        )

        common = {"bootstrap_servers": self._bootstrap, **self._security}
        producer = AIOKafkaProducer(acks="all", enable_idempotence=True, **common)
        receipts = AIOKafkaConsumer(isolation_level="read_committed", **common)
        ids = [json.loads(raw)["id"] for raw in events]
        try:
            # The client library itself would wait for a topic, or for who leads it, for ever.
            async with asyncio.timeout(max(self._wait, LEAST_SECONDS)):
                await receipts.start()
                await producer.start()
                await self._require(producer, await receipts.topics())
                partition = TopicPartition(self._receipts, 0)
                receipts.assign([partition])
                # Before anything is sent: else its receipt might come before who waits for it.
                receipts.seek(partition, (await receipts.end_offsets([partition]))[partition])
                headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]
                sent = [
                    await producer.send(self._intake, raw, key=name.encode(), headers=headers)
                    for raw, name in zip(events, ids, strict=True)
                ]
                await asyncio.gather(*sent)
            found = await self._answers(receipts, ids)
            missing = {
                name: raw for name, raw in zip(ids, events, strict=True) if name not in found
            }
            if missing:
                found |= await self._before(receipts, partition, missing)
            return [found.get(name) for name in ids]
        except TopicAuthorizationFailedError as error:
            why = (
                f"这个用户不能写 {self._intake} 或者读 {self._receipts}：来源名对吗？"
                " / this user may not write the one or read the other: is it this source's?"
            )
            raise Refused(403, {"title": "TopicAuthorizationFailed", "detail": why}) from error
        except KafkaConnectionError as error:
            raise await self._not_let_in(error) from error
        except KafkaError as error:
            raise Unreachable(repr(error)) from error
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(producer.stop(), STOP_SECONDS)
            await receipts.stop()

    async def _not_let_in(self, error: Exception) -> Exception:
        """Refused where it is known why no client can begin: no waiting mends that."""
        if (why := await reason(self._bootstrap, self._security)) is None:
            return Unreachable(repr(error))
        return Refused(401, {"title": "NotLetIn", "detail": why})

    async def _require(self, producer: Any, topics: Collection[str]) -> None:
        """Raise TopicMissing where one of ours is not among those that the broker shows.

        It shows none that a user may not read or write; asked for by name, it says so (KafkaError).
        """
        absent = [name for name in (self._intake, self._receipts) if name not in topics]
        if absent and self._security:
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_SECONDS):
                    await producer.partitions_for(absent[0])
        if absent:
            raise self._missing(absent[0], topics)

    def _missing(self, topic: str, topics: Collection[str]) -> TopicMissing:
        start = f"{self._prefix}.intake."
        sources = sorted(name.removeprefix(start) for name in topics if name.startswith(start))
        return TopicMissing(_missing(topic, self._bootstrap, self._source, sources))

    async def _answers(self, receipts: Any, ids: Sequence[str]) -> dict[str, Sent]:
        """The receipts of these events, as far as they come in time."""
        found: dict[str, Sent] = {}
        missing = set(ids)
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait
        while missing and (left := until - loop.time()) > 0:
            batches = await receipts.getmany(timeout_ms=int(1000 * min(left, 1.0)))
            for record in (record for batch in batches.values() for record in batch):
                told = _receipt(record)
                if told.get("id") in missing:
                    found[told["id"]] = self._sent(told, record.value)
                    missing.discard(told["id"])
        return found

    async def _before(
        self, receipts: Any, partition: Any, missing: Mapping[str, bytes]
    ) -> dict[str, Sent]:
        """What earlier receipts say of these events, the last of each.

        Under an id that was refused the mended event comes again: a refusal counts for the event
        only where the record that was refused has its bytes.
        """
        found: dict[str, Sent] = {}
        refused: list[tuple[dict[str, Any], bytes]] = []
        async for record in _all(receipts, partition):
            told = _receipt(record)
            if told.get("id") not in missing:
                continue
            if told["outcome"] == "quarantined":
                refused.append((told, record.value))
            else:
                found[told["id"]] = self._sent(told, record.value)
        for told, text in refused:
            if await self._value_at(receipts, told.get("offset")) == missing[told["id"]]:
                found[told["id"]] = self._sent(told, text)
        return found

    async def _value_at(self, consumer: Any, place: str | None) -> bytes | None:
        """The record of the intake topic at "<partition>/<offset>", where it can be read."""
        from aiokafka import TopicPartition  # noqa: PLC0415
        from aiokafka.errors import KafkaError  # noqa: PLC0415

        number, _, offset = (place or "").partition("/")
        if not (number.isdecimal() and offset.isdecimal()):
            return None
        partition = TopicPartition(self._intake, int(number))
        try:
            consumer.assign([partition])
            consumer.seek(partition, int(offset))
            batches = await consumer.getmany(partition, timeout_ms=5000, max_records=1)
        except KafkaError:
            return None
        records = [record for batch in batches.values() for record in batch]
        return records[0].value if records and records[0].offset == int(offset) else None

    def _sent(self, told: Mapping[str, Any], text: bytes) -> Sent:
        return Sent(f"{self._source}/{told['id']}", told["outcome"], text.decode())


def _missing(topic: str, bootstrap: str, source: str, sources: Sequence[str]) -> str:
    """What is to be done about a topic that is not there; the likeliest source first."""
    like = difflib.get_close_matches(source, sources, n=3)
    named = (like or sources)[:MOST_NAMED]
    meant = meant_zh = ""
    if named and source not in sources:
        meant_zh = f"；有主题的来源：{'、'.join(named)}，请核对来源名称"
        meant = f"; did you mean {' or '.join(like)}?" if like else "; check the source's name"
    return (
        f"{bootstrap} 上没有主题 {topic}{meant_zh}；来源名称无误的，请本局启动 mingjian run intake"
        f" 和 run relay，由其建立主题 / no topic {topic} there{meant}; if the name is right,"
        " ask the bureau to start intake and relay, which make it"
    )


async def _all(receipts: Any, partition: Any) -> AsyncIterator[Any]:
    """Every record up to where the topic ends now."""
    (end,) = (await receipts.end_offsets([partition])).values()
    await receipts.seek_to_beginning(partition)
    while await receipts.position(partition) < end:
        for record in (await receipts.getmany(partition, timeout_ms=1000)).get(partition, ()):
            yield record


def _object(record: Any) -> dict[str, Any]:
    """A record's JSON object; {} of any other record, whoever wrote it."""
    try:
        told = json.loads(record.value)
    except (TypeError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _receipt(record: Any) -> dict[str, Any]:
    """A receipt that says what became of an event; {} of any other record."""
    told = _object(record)
    whole = told.get("outcome") in list(OUTCOMES) and isinstance(told.get("id"), str)
    return told if whole else {}
