"""Records that somebody else puts into the topics of a ledger: forged, damaged, packed, or junk."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from infra.kafka.topics import journal_topic, ledger_topic, quarantine_topic, receipts_topic
from infra.settings import Settings
from ledger import journal, unpublished
from ledger.wire import Message, entry_message, note_message
from tests.support.ledger import LEDGER

ZEROS = 300_000_000
"""So many bytes are packed into less than ten kilobytes."""


def with_header(message: Message, name: str, value: bytes) -> Message:
    """The same with another value of a header."""
    headers = [(n, value if n == name else v) for n, v in message.headers]
    return dataclasses.replace(message, headers=headers)


def invented(true: Message, position: int) -> Message:
    """A payment of 999,999,999.99 元 at a position, by whoever has no secret."""
    value = true.value.replace(b'"amount_fen":50000', b'"amount_fen":99999999999')
    assert value != true.value
    forged = with_header(dataclasses.replace(true, value=value), "position", b"%d" % position)
    for name in ("digest", "content", "leaf", "mac"):
        forged = with_header(forged, name, b"00" * 32)
    return with_header(forged, "event_id", b"invented")


def junk() -> Message:
    """Four bytes."""
    return Message(None, b"junk")


def tombstone() -> Message:
    """A key without a value."""
    return Message(b"DB-1", None)  # type: ignore[arg-type]  # what nobody of ours publishes


async def forge(settings: Settings, topic: str, *messages: Message) -> list[int]:
    """Put records onto a topic, each a batch of its own; returns their offsets."""
    return [await _alone(settings, topic, message) for message in messages]


async def _alone(settings: Settings, topic: str, message: Message) -> int:
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka) as producer:
        placed = await producer.send_and_wait(
            topic,
            message.value,
            key=message.key,
            headers=message.headers,
            timestamp_ms=message.at_ms,
            partition=0,
        )
    return int(placed.offset)


async def forge_many(
    settings: Settings, topic: str, messages: Sequence[Message], codec: str | None = None
) -> int:
    """Put records onto a topic as one batch; returns the first offset."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka,
        compression_type=codec,
        max_batch_size=2**30,
        max_request_size=2**30,
    )
    async with producer:
        batch: Any = producer.create_batch()
        for message in messages:
            took = batch.append(
                timestamp=message.at_ms,
                key=message.key,
                value=message.value,
                headers=message.headers,
            )
            assert took is not None
        placed = await (await producer.send_batch(batch, topic, partition=0))
    return int(placed.offset)


async def bomb(settings: Settings, topic: str, codec: str = "zstd") -> int:
    """A small batch that unpacks to 300 MB; returns its offset."""
    return await forge_many(settings, topic, [Message(None, bytes(ZEROS), at_ms=1)], codec)


async def marks(settings: Settings, topic: str) -> list[int]:
    """A transaction that was given up, and one that was committed: each leaves a mark.

    Returns the offsets of what they said.
    """
    offsets: list[int] = []
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka, transactional_id=f"{topic}-somebody"
    )
    async with producer:
        for end in (producer.abort_transaction, producer.commit_transaction):
            await producer.begin_transaction()
            placed = await producer.send_and_wait(topic, b"in a transaction", partition=0)
            offsets.append(placed.offset)
            await end()
    return offsets


async def everywhere(
    settings: Settings, connection: asyncpg.Connection, source: str
) -> dict[str, list[int]]:
    """Every kind of record into every topic that the relay writes; topic → offsets of the foreign.

    Copies of the ledger's own records are put there as well: they are nobody's harm.
    """
    heads = await unpublished.heads(connection, LEDGER)
    rows = await unpublished.entries(connection, LEDGER, 0, heads.accepted, heads.accepted)
    entries = [entry_message(row) for row in rows]
    notes = [note_message(note) for note in await journal.read(connection, LEDGER)]
    paid = next(m for m in entries if b'"amount_fen":50000' in m.value)
    beyond = b"%d" % (heads.accepted + 1)
    receipt = Message(b"p", b'{"id":"p","outcome":"accepted"}', _receipt(b"accepted", b"1"))
    prefix = settings.kafka_prefix
    forged = {
        ledger_topic(LEDGER, prefix): [
            invented(paid, heads.accepted + 1),
            invented(paid, 10**17),
            with_header(entries[-1], "position", beyond),  # a true one at another place
            with_header(with_header(entries[-1], "position", beyond), "ledger", b"440000"),
            with_header(entries[2], "breaches", b"late"),
            with_header(entries[-1], "mac", b"00" * 32),
            dataclasses.replace(entries[-1], headers=entries[-1].headers[:-1]),
        ],
        journal_topic(LEDGER, prefix): [
            with_header(notes[-1], "number", b"%d" % (heads.journal + 1)),
            with_header(notes[0], "subject", b"somebody"),
            dataclasses.replace(notes[0], value=b"{}"),
        ],
        quarantine_topic(prefix): [with_header(receipt, "kind", b"quarantined")],
        receipts_topic(source, prefix): [
            receipt,
            with_header(receipt, "number", b"%d" % 10**17),
            with_header(receipt, "number", b"no number"),
            with_header(receipt, "kind", b"invented"),
            with_header(receipt, "ledger", b"440000"),
        ],
    }
    found: dict[str, list[int]] = {}
    for topic, messages in forged.items():
        own = {ledger_topic(LEDGER, prefix): entries, journal_topic(LEDGER, prefix): notes}
        await forge(settings, topic, *own.get(topic, [])[:1])
        found[topic] = await forge(settings, topic, *messages, junk(), tombstone())
        found[topic].append(await bomb(settings, topic))
        found[topic] += await marks(settings, topic)
    return found


def _receipt(kind: bytes, number: bytes) -> list[tuple[str, bytes]]:
    return [("ledger", LEDGER.encode()), ("kind", kind), ("number", number)]
