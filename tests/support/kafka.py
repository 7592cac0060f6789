"""For tests on Kafka: run apps, wait, send single records, read whole topics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.publisher import careful_producer, publish
from consumers.relay import RelayApp
from consumers.service import App
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.kafka.topics import intake_topic, ledger_topic
from infra.settings import Settings
from ledger import offsets, store, unpublished
from ledger.intake import Intake, Record
from ledger.wire import entry_message
from projections import opening
from projections.catalogue import READ_MODELS
from reports.moment import Moment
from sample.feed import Feed
from sample.sending import Sent, send_file
from tests.support import defined
from tests.support.bureau import SAMPLE
from tests.support.engine import POSITIONS
from tests.support.ledger import LEDGER
from tests.support.mess import write
from tests.support.money import PUBLISHED

SECONDS = 300.0


async def until(condition: Callable[[], Awaitable[bool]], *apps: App) -> None:
    """Wait until it holds; an app that failed meanwhile fails the test."""
    async with asyncio.timeout(SECONDS):
        while not await condition():
            for app in apps:
                app.check()
            await asyncio.sleep(0.05)


async def send(settings: Settings, feed: Feed, tmp_path: Path) -> Sent:
    """Send a feed to the intake topics of this test."""
    write(feed, tmp_path / "feed.jsonl")
    return await send_path(settings, tmp_path / "feed.jsonl")


async def send_path(settings: Settings, path: Path) -> Sent:
    """Send a file to the intake topics of this test."""
    await make_topics(settings)
    return await send_file(Bootstrap.of(settings), path, SAMPLE, prefix=settings.kafka_prefix)


async def make_topics(settings: Settings) -> None:
    """Create the topics of this test."""
    await ensure_topics(
        Bootstrap.of(settings),
        sources=SAMPLE.sources,
        divisions=[LEDGER],
        prefix=settings.kafka_prefix,
    )


async def publish_entries(
    settings: Settings, connection: asyncpg.Connection, after: int, to: int
) -> None:
    """Put the entries after a position, up to another, onto the ledger topic."""
    rows = await unpublished.entries(connection, LEDGER, after, to, 10_000)
    async with careful_producer(Bootstrap.of(settings), "test", 2**20, "lz4") as producer:
        topic = ledger_topic(LEDGER, settings.kafka_prefix)
        await publish(producer, topic, [entry_message(row) for row in rows])


async def put(
    settings: Settings, topic: str, *records: tuple[bytes | None, list[tuple[str, bytes | None]]]
) -> None:
    """Put single records, as value and headers, onto a topic."""
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka) as producer:
        for value, headers in records:
            key = b"-" if value is None else None  # aiokafka sends no record without both
            await producer.send_and_wait(topic, value, key=key, headers=headers, partition=0)


async def whole_topic(settings: Settings, topic: str) -> list[Any]:
    """Every record of a topic."""
    part = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(
        bootstrap_servers=settings.kafka, enable_auto_commit=False, fetch_max_wait_ms=50
    ) as consumer:
        consumer.assign([part])
        end = (await consumer.end_offsets([part]))[part]
        consumer.seek(part, 0)  # seek_to_beginning races with the first reset after assign
        records: list[Any] = []
        async with asyncio.timeout(SECONDS):
            while await consumer.position(part) < end:
                found = await consumer.getmany(part, timeout_ms=100)
                records += found.get(part, [])
        return records


async def next_offset(connection: asyncpg.Connection, settings: Settings, source: str) -> int:
    """Up to where a source's topic is taken in."""
    part = (intake_topic(source, settings.kafka_prefix), 0)
    places = await offsets.read(connection, [part])
    return places[part].next_offset if part in places else 0


async def all_taken(connection: asyncpg.Connection, sent: Sent) -> bool:
    """Whether everything sent is taken in."""
    places = await offsets.read(connection, [(topic, 0) for topic in sent.ends])
    return {part[0]: place.next_offset for part, place in places.items()} == sent.ends


async def run_through(settings: Settings, connection: asyncpg.Connection, sent: Sent) -> IntakeApp:
    """Run all three apps until everything sent is in the read models."""
    intake = IntakeApp(settings, LEDGER)
    async with intake, RelayApp(settings, LEDGER) as relay, ProjectorApp(settings, LEDGER) as last:
        apps = (intake, relay, last)
        await until(lambda: all_taken(connection, sent), *apps)

        async def done() -> bool:
            heads = await connection.fetchrow(
                "SELECT position, parked, quarantined, journal FROM ledger.ledger"
                " WHERE ledger = $1",
                LEDGER,
            )
            told = [relay.told.get(w, 0) for w in ("accepted", "parked", "quarantined")]
            return [*told, relay.number] == list(heads) and last.position == heads[0]

        await until(done, *apps)
    return intake


async def a_ledger(connection: asyncpg.Connection, settings: Settings, feed: Feed) -> int:
    """The feed in the ledger without Kafka, not projected; returns the last position."""
    ledger = await opening.create_ledger(connection, LEDGER, "replay", settings)
    intake = Intake(ledger, settings.secret)
    records = [Record(line, f"test:{n}") for n, line in enumerate(feed.lines())]
    for start in range(0, len(records), 1_000):
        await intake.take(connection, records[start : start + 1_000])
    position: int = await connection.fetchval("SELECT position FROM ledger.ledger")
    return position


async def ledger_as_records(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
    """What the ledger topic must hold, worked out from the table by hand."""
    rows = await connection.fetch("SELECT * FROM ledger.entry ORDER BY position")
    sealed: dict[int, list[bytes]] = {}
    for part in await connection.fetch("SELECT * FROM ledger.sealed_part ORDER BY ordinal"):
        span = b"".join(part[name].to_bytes(4, "big") for name in ("start", "length"))
        text = part["person"].encode() + b"\x00" + span + part["sealed"]
        sealed.setdefault(part["position"], []).append(text)
    return [
        (
            row["stream"].encode(),
            row["open"],
            (
                ("ledger", row["ledger"].encode()),
                ("position", str(row["position"]).encode()),
                ("recorded_at", row["recorded_at"].astimezone(UTC).isoformat().encode()),
                ("source", row["source"].encode()),
                ("event_id", row["event_id"].encode()),
                ("type", row["type"].encode()),
                ("stream", row["stream"].encode()),
                ("version", str(row["version"]).encode()),
                ("digest", row["digest"].hex().encode()),
                ("breaches", ",".join(row["breaches"] or []).encode()),
                ("form", b"2"),
                *((name, row[name].hex().encode()) for name in ("content", "leaf", "mac")),
                ("content-type", b"application/cloudevents+json; charset=UTF-8"),
                *(("sealed", text) for text in sealed.get(row["position"], ())),
            ),
            int(row["recorded_at"].timestamp() * 1000),
        )
        for row in rows
    ]


async def ledger_topic_records(settings: Settings) -> list[tuple[Any, ...]]:
    """What the ledger topic holds."""
    records = await whole_topic(settings, ledger_topic(LEDGER, settings.kafka_prefix))
    return [(r.key, r.value, tuple(r.headers), r.timestamp) for r in records]


async def read_model_rows(connection: asyncpg.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every read model's rows known at head, without positions, sorted."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for model in READ_MODELS:
        columns = ", ".join(name for name in model.columns if name not in POSITIONS)
        rows = await connection.fetch(
            f"SELECT stream, {columns} FROM {model.table} WHERE known_to = $1",
            2**63 - 1,
        )
        found[model.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


@asynccontextmanager
async def running(*apps: App) -> AsyncIterator[None]:
    """Run apps, without asking whether they failed."""
    for app in apps:
        await app.__aenter__()
    try:
        yield
    finally:
        for app in reversed(apps):
            await app.__aexit__()


async def assert_the_same(here: asyncpg.Connection, there: asyncpg.Connection) -> None:
    """Two databases took the same events in: rows at head, figures and what waits are equal."""
    assert await read_model_rows(here) == await read_model_rows(there)
    parked = "SELECT source, event_id, waits_for, taken_at IS NULL FROM ledger.parked ORDER BY 1, 2"
    assert await here.fetch(parked) == await there.fetch(parked)
    reasons = "SELECT reason, count(*) FROM ledger.quarantine GROUP BY 1 ORDER BY 1"
    assert await here.fetch(reasons) == await there.fetch(reasons)
    for known in (2**63 - 2, await store.position_at(here, LEDGER, PUBLISHED)):
        moment = Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), known)
        assert await defined.figures(here, moment) == await defined.figures(there, moment)
        assert await _holding(here, moment) == await _holding(there, moment)


async def _holding(connection: asyncpg.Connection, moment: Moment) -> dict[str, bool | None]:
    values = await defined.statements(connection, moment)
    return {value.statement.id: value.holds for value in values}
