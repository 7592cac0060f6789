"""An upstream system: sends a messy feed and notes what the broker acknowledged. A child program.

After any error it begins the chunk again with a new producer, as careful senders do: what had
arrived arrives twice then, and the ledger has to know it again.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import httpx
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from infra.kafka.topics import INTAKE_BATCH_BYTES, intake_topic
from infra.settings import settings
from tests.faults import feed
from tests.faults.evidence import digest
from tests.faults.feed import Line

SEND_SECONDS = 30.0
PAUSE_SECONDS = 0.5


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("acked", type=Path)
    parser.add_argument("--households", type=int, default=8)
    parser.add_argument("--parts", type=int, default=feed.MOST_PARTS)
    parser.add_argument("--copies", type=int, default=1, help="send everything so many times")
    parser.add_argument("--seed", type=int, default=None, help="shuffle; None = in order")
    parser.add_argument("--chunk", type=int, default=40)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds after each chunk")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--batch", type=int, default=1, help="so many events in a record")
    parser.add_argument("--http", default="", help="send to this gateway, not to the broker")
    return parser.parse_args()


def lines(options: argparse.Namespace) -> Iterator[Line]:
    """What is sent, in its order."""
    made = itertools.islice(feed.parts(options.households, live=options.live), options.parts)
    for part in made:
        several = list(part) * options.copies
        if options.seed is not None:
            random.Random(options.seed).shuffle(several)  # noqa: S311  a test's order
        yield from several


def records(chunk: Sequence[Line], most: int) -> Iterator[tuple[str, list[bytes]]]:
    """Whose topic a record goes to, and its events: several of one source, or one that is none."""
    waiting: dict[str, list[bytes]] = {}
    for line in chunk:
        together = feed.is_event(line.raw)
        events = waiting.setdefault(line.source, []) if together else []
        events.append(line.raw)
        if not together or len(events) >= most:
            if together:
                del waiting[line.source]
            yield line.source, events
    yield from ((source, events) for source, events in waiting.items() if events)


async def send(producer: AIOKafkaProducer, chunk: Sequence[Line], acked: TextIO, most: int) -> None:
    """Send a chunk and note what was acknowledged."""
    given = settings()
    waiting = []
    for source, events in records(chunk, most):
        value = events[0] if len(events) == 1 else b"[%b]" % b",".join(events)
        topic = intake_topic(source, given.kafka_prefix)
        waiting.append((events, await producer.send(topic, value)))
    for events, future in waiting:
        placed = await asyncio.wait_for(future, SEND_SECONDS)
        for event in events:
            said = {"digest": digest(given.secret, event).hex(), "topic": placed.topic}
            acked.write(json.dumps(said | {"offset": placed.offset}) + "\n")
    acked.flush()


class Again(Exception):
    """The gateway asks to send the same again."""


async def post(client: httpx.AsyncClient, chunk: Sequence[Line], acked: TextIO) -> None:
    """Send a chunk to a gateway as a stream, and note what it acknowledged.

    What the door refuses is acknowledged to nobody. Raises Again where nobody knows.
    """
    whole = [line for line in chunk if b"\n" not in line.raw and line.raw == line.raw.strip()]
    answer = await client.post("/events", content=b"\n".join(line.raw for line in whole))
    if answer.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE):
        raise Again
    answer.raise_for_status()
    told = [json.loads(line) for line in answer.text.splitlines()]
    secret = settings().secret
    for line, each in zip([line for line in whole if line.raw], told, strict=True):
        if each["outcome"] == "received":
            said = {"digest": digest(secret, line.raw).hex(), "topic": each["topic"]}
            acked.write(json.dumps(said | {"offset": each["offset"]}) + "\n")
    acked.flush()


async def run_over_http(options: argparse.Namespace) -> None:
    """The same feed, each chunk again until it was acknowledged."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    source = lines(options)
    headers = {"content-type": "application/x-ndjson"}
    client = httpx.AsyncClient(base_url=options.http, headers=headers, timeout=SEND_SECONDS)
    async with client:
        with options.acked.open("a") as acked:
            while (chunk := list(itertools.islice(source, options.chunk))) and not stop.is_set():
                while not stop.is_set():
                    try:
                        await post(client, chunk, acked)
                        break
                    except (Again, httpx.TransportError):
                        await asyncio.sleep(PAUSE_SECONDS)
                await asyncio.sleep(options.pause)


async def run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    source = lines(options)
    producer: AIOKafkaProducer | None = None
    with options.acked.open("a") as acked:
        while (chunk := list(itertools.islice(source, options.chunk))) and not stop.is_set():
            while not stop.is_set():
                try:
                    if producer is None:
                        producer = AIOKafkaProducer(
                            bootstrap_servers=settings().kafka,
                            acks="all",
                            enable_idempotence=True,
                            max_request_size=2 * INTAKE_BATCH_BYTES,
                        )
                        await asyncio.wait_for(producer.start(), SEND_SECONDS)
                    await send(producer, chunk, acked, options.batch)
                    break
                except (KafkaError, OSError, TimeoutError):
                    await close(producer)
                    producer = None
                    await asyncio.sleep(PAUSE_SECONDS)
            await asyncio.sleep(options.pause)
    await close(producer)


async def close(producer: AIOKafkaProducer | None) -> None:
    """Give a producer up, also when the broker does not answer."""
    if producer is not None:
        try:
            await asyncio.wait_for(producer.stop(), PAUSE_SECONDS)
        except (KafkaError, OSError, TimeoutError):
            return


if __name__ == "__main__":
    given = parse()
    asyncio.run(run_over_http(given) if given.http else run(given))
