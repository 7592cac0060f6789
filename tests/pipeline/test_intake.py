"""Intake: every record once, in its source's name only, and never past one that is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from consumers.alarm import UnsafeTopics
from consumers.intake import IntakeApp
from consumers.retention import EventsGone, TopicReset
from infra.kafka.topics import intake_topic, ledger_topic
from infra.settings import Settings
from ledger import offsets
from ledger.records import Record, origin_of
from projections import opening
from tests.support.engine import altered
from tests.support.kafka import (
    all_taken,
    make_topics,
    next_offset,
    put,
    running,
    send,
    until,
)
from tests.support.ledger import LEDGER, event
from tests.support.mess import messy_feed
from tests.support.money import a_household, a_payment, a_standard

pytestmark = pytest.mark.kafka

CASE = event("social-assistance", "c-1", a_household("DB-1"), received=None)


async def reasons(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch("SELECT reason FROM ledger.quarantine ORDER BY number")
    return [row[0] for row in rows]


async def entries(connection: asyncpg.Connection) -> int:
    count: int = await connection.fetchval("SELECT count(*) FROM ledger.entry")
    return count


async def taken_up_to(
    connection: asyncpg.Connection, settings: Settings, source: str, offset: int, app: IntakeApp
) -> None:
    async def there() -> bool:
        return await next_offset(connection, settings, source) >= offset

    await until(there, app)


async def test_headers_and_empty_values_of_any_kind_do_no_harm(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """FastStream's own parser fails on such headers and loses the whole batch."""
    await make_topics(kafka_settings)
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)
    await put(
        kafka_settings,
        topic,
        (CASE, [("trace", b"\xff\xfe")]),
        (event("social-assistance", "c-2", a_household("DB-2")), [("trace", None)]),
        (None, [("", b"")]),
        (b"", []),
        (event("social-assistance", "c-3", a_household("DB-3")), [("a", b""), ("a", None)]),
    )
    async with IntakeApp(kafka_settings, LEDGER) as app:
        await taken_up_to(connection, kafka_settings, "social-assistance", 5, app)

    assert await entries(connection) == 3
    assert await reasons(connection) == ["not_json"]
    assert (app.tally.quarantined, app.tally.duplicate) == (1, 1)


async def test_batches_of_every_codec_are_taken_and_what_was_aborted_is_not(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """Odd keys and a clock of the year 2100 change nothing; an aborted transaction leaves none."""
    await make_topics(kafka_settings)
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)
    usual: dict[str, Any] = {"bootstrap_servers": kafka_settings.kafka}
    codecs = (None, "gzip", "snappy", "lz4", "zstd")
    for number, codec in enumerate(codecs):
        async with AIOKafkaProducer(compression_type=codec, **usual) as producer:
            for each in (2 * number, 2 * number + 1):
                raw = event("social-assistance", f"c-{each}", a_household(f"DB-{each}"))
                at = 4_102_444_800_000  # 2100-01-01T00:00:00Z
                await producer.send(topic, raw + b"\n", key=b"\xff\x00", timestamp_ms=at)
    async with AIOKafkaProducer(transactional_id=f"{topic}.test", **usual) as producer:
        for name, kept in (("aborted", False), ("committed", True)):
            await producer.begin_transaction()
            await producer.send(topic, event("social-assistance", name, a_household(name)))
            await (producer.commit_transaction() if kept else producer.abort_transaction())
    async with IntakeApp(kafka_settings, LEDGER) as app:

        async def taken() -> bool:
            return await entries(connection) >= 11

        await until(taken, app)

    rows = await connection.fetch("SELECT event_id FROM ledger.entry ORDER BY position")
    assert [row[0] for row in rows] == [*(f"c-{number}" for number in range(10)), "committed"]
    assert await reasons(connection) == []


async def test_a_replay_follows_the_times_of_receipt_however_they_are_written(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """One of December in small letters came before January, and all else was known a year late."""
    await make_topics(kafka_settings)
    lines = (
        ("payouts", a_payment("DB-1", 50_000, "2024-03"), "2024-03-08T10:00:00\\u002B08:00"),
        ("payouts", a_payment("DB-1", 50_000, "2024-04"), "2204-03-04T18:00:00+08:00"),
        ("payouts", a_payment("DB-1", 50_000, "2024-05"), "2024-05-08T10:00:00+08:00"),
        ("standards", a_standard("orphan", 700, adopted="2024-12-01"), "2024-12-30t02:00:00z"),
        ("social-assistance", a_household("DB-1"), "2024-01-05T09:00:00+08:00"),
    )
    for number, (source, fact, received) in enumerate(lines):
        raw = altered(event(source, f"e-{number}", fact), receivedat="AT")
        raw = raw.replace(b"AT", received.encode())
        topic = intake_topic(source, kafka_settings.kafka_prefix)
        await put(kafka_settings, topic, (raw, []))
    async with IntakeApp(kafka_settings, LEDGER) as app:
        for source, offset in (("standards", 1), ("payouts", 3), ("social-assistance", 1)):
            await taken_up_to(connection, kafka_settings, source, offset, app)

    rows = await connection.fetch(
        "SELECT event_id, recorded_at::date::text FROM ledger.entry ORDER BY position"
    )
    assert [tuple(row) for row in rows] == [
        ("e-4", "2024-01-05"),
        ("e-0", "2024-03-08"),
        ("e-2", "2024-05-08"),
        ("e-3", "2024-12-30"),
    ]
    assert await reasons(connection) == ["wrong_clock"]


async def test_a_topic_speaks_for_its_own_source_only(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """A payment that came by the marriage registry's topic is refused, whatever it says."""
    await make_topics(kafka_settings)
    prefix = kafka_settings.kafka_prefix
    await put(kafka_settings, intake_topic("social-assistance", prefix), (CASE, []))
    forged = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))
    await put(kafka_settings, intake_topic("marriage", prefix), (forged, []))
    async with IntakeApp(kafka_settings, LEDGER) as app:
        await taken_up_to(connection, kafka_settings, "social-assistance", 1, app)
        await taken_up_to(connection, kafka_settings, "marriage", 1, app)

    row = await connection.fetchrow("SELECT reason, pointer, expected FROM ledger.quarantine")
    assert tuple(row) == ("unauthorised", "/source", "marriage")
    assert await entries(connection) == 1


async def test_it_goes_on_where_postgresql_stands_whatever_kafka_believes(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(20), tmp_path)
    async with IntakeApp(kafka_settings, LEDGER, max_records=50) as first:
        await until(lambda: all_taken(connection, sent), first)
    assert await entries(connection) == 20 * 13 + 4
    sent = await send(kafka_settings, messy_feed(40), tmp_path)
    await _commit_the_ends(kafka_settings, sent.ends)

    async with IntakeApp(kafka_settings, LEDGER, max_records=50) as second:
        await until(lambda: all_taken(connection, sent), second)
    assert second.tally.accepted > 0
    assert await entries(connection) == 40 * 13 + 4
    assert await connection.fetchval("SELECT position FROM ledger.ledger") == 40 * 13 + 4


async def _commit_the_ends(settings: Settings, ends: dict[str, int]) -> None:
    """Let Kafka's group believe that everything was consumed."""
    async with AIOKafkaConsumer(
        bootstrap_servers=settings.kafka, group_id=f"{settings.kafka_prefix}.intake.{LEDGER}"
    ) as consumer:
        parts = {TopicPartition(topic, 0): end for topic, end in ends.items()}
        consumer.assign(list(parts))
        await consumer.commit(parts)


async def test_whoever_was_overtaken_writes_nothing_more(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)
    await put(kafka_settings, topic, (CASE, []))
    async with IntakeApp(kafka_settings, LEDGER) as old:
        await taken_up_to(connection, kafka_settings, "social-assistance", 1, old)
        await offsets.claim(connection, LEDGER, [(topic, 0)])
        await put(
            kafka_settings, topic, (event("social-assistance", "c-2", a_household("DB-2")), [])
        )
        await old.failed()
    assert isinstance(old.error, offsets.Fenced)
    assert await entries(connection) == 1
    assert await next_offset(connection, kafka_settings, "social-assistance") == 1

    async with IntakeApp(kafka_settings, LEDGER) as new:
        await taken_up_to(connection, kafka_settings, "social-assistance", 2, new)
    assert await entries(connection) == 2


async def test_an_older_epoch_is_refused_inside_the_transaction(
    connection: asyncpg.Connection,
) -> None:
    await opening.prepare(connection)
    part = ("some.topic", 0)
    old = {part: (await offsets.claim(connection, LEDGER, [part]))[part].epoch}
    new = {part: (await offsets.claim(connection, LEDGER, [part]))[part].epoch}
    records = [Record(b"", origin_of(part, offset), None, part) for offset in range(3)]
    with pytest.raises(offsets.Fenced):
        await offsets.move(connection, records[:2], old)
    await offsets.move(connection, records[:2], new)
    with pytest.raises(offsets.Fenced):
        await offsets.move(connection, records[1:], new)
    assert (await offsets.read(connection, [part]))[part].next_offset == 2


async def test_two_intakes_share_the_sources_and_hand_them_over(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(60), tmp_path)
    first = IntakeApp(kafka_settings, LEDGER, max_records=20)
    second = IntakeApp(kafka_settings, LEDGER, max_records=20)
    async with running(first):
        await taken_up_to(connection, kafka_settings, "social-assistance", 20, first)
        async with running(second):
            await until(lambda: all_taken(connection, sent), first, second)
    assert (first.error, second.error) == (None, None)
    assert await entries(connection) == 60 * 13 + 4


async def delete_records(settings: Settings, topic: str, before: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before)})
    finally:
        await admin.close()


async def test_deleted_events_stop_it(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)
    lines = [event("social-assistance", f"c-{n}", a_household(f"DB-{n}")) for n in range(5)]
    await put(kafka_settings, topic, *((line, []) for line in lines))
    await delete_records(kafka_settings, topic, 3)
    async with IntakeApp(kafka_settings, LEDGER) as app:
        await app.failed()
    assert isinstance(app.error, EventsGone)
    assert "offsets 0 to 2" in str(app.error)
    assert await entries(connection) == 0
    with pytest.raises(EventsGone):
        app.check()


async def test_a_replaced_topic_stops_it(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    await opening.prepare(connection)
    topic = intake_topic("payouts", kafka_settings.kafka_prefix)
    await connection.execute("INSERT INTO ledger.source_offset VALUES ($1, 0, 7, 1)", topic)
    async with IntakeApp(kafka_settings, LEDGER) as app:
        await app.failed()
    assert isinstance(app.error, TopicReset)


async def test_a_lost_connection_to_postgresql_loses_nothing(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(40), tmp_path)
    async with IntakeApp(kafka_settings, LEDGER, max_records=40) as app:
        for offset in (40, 200, 360):
            await taken_up_to(connection, kafka_settings, "payouts", offset, app)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await until(lambda: all_taken(connection, sent), app)
    assert await entries(connection) == 40 * 13 + 4


async def test_what_it_cannot_do_ends_it(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """FastStream would log the exception, and the next batch would be committed past this one."""
    await make_topics(kafka_settings)
    topic = intake_topic("social-assistance", kafka_settings.kafka_prefix)
    await put(kafka_settings, topic, (CASE, []))

    async def broken(*_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(offsets, "move", broken)
    async with IntakeApp(kafka_settings, LEDGER) as app:
        await app.failed()
    with pytest.raises(RuntimeError, match="a bug"):
        app.check()
    assert (await entries(connection), await next_offset(connection, kafka_settings, "x")) == (0, 0)


async def test_unsafe_topics_keep_it_from_starting(kafka_settings: Settings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_settings.kafka)
    await admin.start()
    try:
        topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()
    app = IntakeApp(kafka_settings, LEDGER)
    with pytest.raises(UnsafeTopics, match=r"retention\.ms is 604800000, expected -1"):
        await app.open()
    await app.close()
