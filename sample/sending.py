"""Sending a file of events to the intake topics, as upstream systems would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaProducer
from pydantic_core import from_json

from consumers.publisher import careful_producer, publish
from domain.bureau.bureau import Bureau
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import INTAKE_BATCH_BYTES, PREFIX, intake_topic
from ledger.files import read_lines
from ledger.wire import Message

CHUNK_LINES = 5_000
CHUNK_BYTES = 8 * 2**20
BATCH_BYTES = 512 * 1024
CONTINUATION = 0b1000_0000
"""How the bytes after the first of a UTF-8 character begin."""
LARGEST = INTAKE_BATCH_BYTES - 1024
"""Room for what Kafka adds to a record."""


@dataclass(slots=True)
class Sent:
    """What was sent: how many lines, and by topic the offset after the last of them."""

    lines: int = 0
    ends: dict[str, int] = field(default_factory=dict)


def source_of(line: bytes, bureau: Bureau) -> str:
    """The source of the bureau that a line names, else the bureau's own office."""
    try:
        message = from_json(line)
    except ValueError:
        return bureau.publisher
    source = message.get("source") if isinstance(message, dict) else None
    if isinstance(source, str) and source in bureau.sources:
        return source
    return bureau.publisher


def cut(line: bytes) -> bytes:
    """A line that a topic can hold: a longer one is cut between characters, and still too long."""
    if len(line) <= LARGEST:
        return line
    end = LARGEST
    while end > LARGEST - 4 and line[end] & 0b1100_0000 == CONTINUATION:
        end -= 1
    return line[:end]


async def send_file(
    bootstrap: Bootstrap,
    path: Path,
    bureau: Bureau,
    progress: Callable[[int], None] = lambda _: None,
    *,
    prefix: str = PREFIX,
) -> Sent:
    """Send a JSON Lines file, each line to the topic of the source it names, in order per source.

    A line whose source cannot be read goes to the topic of the bureau's own office: it sent the
    file, and there the line is quarantined where the office sees it. For a replay ledger
    send first and start the intake then: it merges what is there by time of receipt. `progress`
    gets bytes. Any error is raised; what was acknowledged until then stays, and sending the file
    again gives duplicates, which the ledger recognises.
    """
    sent = Sent()
    producer = careful_producer(bootstrap, f"{prefix}-sender", BATCH_BYTES)
    await producer.start()
    try:
        chunk: dict[str, list[Message]] = {}
        lines = weight = 0
        with path.open("rb") as file:
            for line in read_lines(file):
                topic = intake_topic(source_of(line, bureau), prefix)
                chunk.setdefault(topic, []).append(Message(None, cut(line)))
                lines += 1
                weight += len(line) + 1
                if lines >= CHUNK_LINES or weight >= CHUNK_BYTES:
                    await _send(sent, producer, chunk)
                    progress(weight)
                    chunk, lines, weight = {}, 0, 0
        await _send(sent, producer, chunk)
        progress(weight)
    finally:
        await producer.stop()
    return sent


async def _send(sent: Sent, producer: AIOKafkaProducer, chunk: Mapping[str, list[Message]]) -> None:
    """Topics side by side, each in order."""
    topics = list(chunk)
    ends = await asyncio.gather(*(publish(producer, topic, chunk[topic]) for topic in topics))
    sent.ends.update(zip(topics, ends, strict=True))
    sent.lines += sum(map(len, chunk.values()))
