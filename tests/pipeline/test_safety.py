"""What a service refuses to start with, how it ends when it is stuck, and where records ended."""

from __future__ import annotations

import asyncio
import struct
import threading
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from consumers import selfcheck, service, watchdog
from consumers.alarm import UnsafeSettings
from consumers.intake import IntakeApp
from consumers.publisher import careful_producer
from consumers.watchdog import Watchdog
from infra.alarm import Alarm
from infra.kafka import forgiving
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from ledger.intake import Intake, Record
from projections import opening
from tests.support.kafka import all_taken, make_topics, put, running, send, until
from tests.support.ledger import LEDGER, event
from tests.support.mess import messy_feed
from tests.support.money import a_household, a_payment

PLACES = ("accepted", "duplicate", "parked", "quarantined")


async def places(connection: asyncpg.Connection) -> dict[str, tuple[int, ...]]:
    """Topic → (next_offset, accepted, duplicate, parked, quarantined, skipped)."""
    rows = await connection.fetch(
        f"SELECT topic, next_offset, {', '.join(PLACES)}, skipped FROM ledger.source_offset"
    )
    return {row[0]: tuple(row)[1:] for row in rows}


@pytest.mark.kafka
async def test_a_database_that_forgets_commits_is_refused_by_name(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    app = IntakeApp(kafka_settings, LEDGER)
    with pytest.raises(UnsafeSettings, match="synchronous_commit is off, expected on"):
        await app.open()
    await app.close()


async def test_a_session_that_forgets_commits_is_seen(connection: asyncpg.Connection) -> None:
    assert await selfcheck.database_faults(connection) == []
    await connection.execute("SET synchronous_commit = off")
    (fault,) = await selfcheck.database_faults(connection)
    assert str(fault).startswith("PostgreSQL: synchronous_commit is off, expected on")


async def test_the_defaults_of_the_client_library_are_unsafe_and_ours_are_not() -> None:
    """What is read is what the clients do, so the library's own defaults must be seen as faults."""
    consumer, producer = AIOKafkaConsumer(), AIOKafkaProducer()
    ours = careful_producer(Bootstrap("127.0.0.1:1"), "test", 2**20)
    faults = selfcheck.consumer_faults(consumer)
    assert [fault.setting for fault in faults] == [
        "enable.auto.commit",
        "auto.offset.reset",
        "isolation.level",
    ]
    faults = selfcheck.producer_faults(producer)
    assert [fault.setting for fault in faults] == [
        "acks",
        "enable.idempotence",
    ]
    assert selfcheck.producer_faults(ours) == []
    for client in (consumer, producer, ours):
        await client.stop()


@pytest.mark.kafka
async def test_a_consumer_with_other_settings_ends_the_start(
    kafka_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_topics(kafka_settings)
    app = IntakeApp(kafka_settings, LEDGER)
    await app.open()
    await app.broker.start()
    try:
        monkeypatch.setattr(app.subscriber.consumer, "_isolation_level", "read_uncommitted")
        with pytest.raises(UnsafeSettings, match=r"isolation\.level is read_uncommitted"):
            await app.begin()
    finally:
        await app.__aexit__()


def test_a_loop_that_stands_still_ends_the_process() -> None:
    left = threading.Event()
    dog = Watchdog(left.set, tick=0.001)
    dog.start()
    assert left.wait(30)


def test_signs_of_life_keep_it_running_until_it_stops_for_too_long() -> None:
    left = threading.Event()
    dog = Watchdog(left.set, tick=0.001)
    dog._left = 3
    for _ in range(5):
        dog.alive()
        dog._left -= 1
    assert dog._left > 3
    dog.stopping()
    dog.alive()  # a loop that turns and does not come to an end
    dog.start()
    assert left.wait(30)


@pytest.mark.kafka
async def test_whoever_waits_long_for_a_server_at_the_start_is_alive(
    monkeypatch: pytest.MonkeyPatch, kafka_settings: Settings
) -> None:
    """A second intake waited a minute for a stopped one's lock, and was ended as if it hung."""
    left = threading.Event()
    monkeypatch.setattr(watchdog, "SILENT_SECONDS", 10)
    monkeypatch.setattr(service, "BEAT_SECONDS", 0.02)

    async def slow(_app: IntakeApp) -> None:
        await asyncio.sleep(2)
        raise Alarm("long enough")

    monkeypatch.setattr(IntakeApp, "open", slow)
    app = IntakeApp(kafka_settings, LEDGER)
    app._watchdog = Watchdog(left.set, tick=0.05)
    with pytest.raises(Alarm, match="long enough"):
        await app.run()
    assert not left.is_set()


def odd_batch(names: list[bytes]) -> bytes:
    """A batch of records, one per header name; the library cannot write such names itself."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 2**20)
    for number, name in enumerate(names):
        builder.append(number, 1_000, None, b"v%d" % number, [("?" * len(name), b"x")])
    raw = bytearray(builder.build())
    for name in names:
        at = raw.index(b"?" * len(name), 61)
        raw[at : at + len(name)] = name
    raw[17:21] = struct.pack(">I", calc_crc32c(bytes(raw[21:])))
    return bytes(raw)


def test_a_header_name_of_any_bytes_can_be_read() -> None:
    names = [b"trace", b"a\xff\xfe", "名".encode(), b"\xc3\x28", b"end"]
    records = forgiving._Records(odd_batch(names))
    read = []
    while records.has_next():
        batch = records.next_batch()
        assert batch.validate_crc()
        read += [(record.offset, record.value, record.headers) for record in batch]
    assert read == [
        (0, b"v0", [("trace", b"x")]),
        (1, b"v1", [("a\\xff\\xfe", b"x")]),
        (2, b"v2", [("名", b"x")]),
        (3, b"v3", [("\\xc3(", b"x")]),
        (4, b"v4", [("end", b"x")]),
    ]


@pytest.mark.kafka
async def test_every_record_of_a_partition_is_counted_where_it_ended(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    await make_topics(kafka_settings)
    prefix = kafka_settings.kafka_prefix
    cases, payouts = (intake_topic(s, prefix) for s in ("social-assistance", "payouts"))
    case = event("social-assistance", "c-1", a_household("DB-1"))
    payment = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))
    early = event("payouts", "p-2", a_payment("DB-2", 50_000, "2024-01"))
    await put(kafka_settings, cases, (case, []), (case, []), (b"{", []))
    await put(kafka_settings, payouts, (payment, []), (early, []), (b"{", []), (b"[", []))

    async def taken() -> bool:
        found = await places(connection)
        return found.get(cases, (0,))[0] == 3 and found.get(payouts, (0,))[0] == 4

    async with IntakeApp(kafka_settings, LEDGER) as app:
        await until(taken, app)
    assert (await places(connection))[cases] == (3, 1, 1, 0, 1, 0)
    # `{` was put aside before, from another topic: the same content is held once.
    assert (await places(connection))[payouts] == (4, 1, 1, 1, 1, 0)

    # What an event waits for may come by another way; its partition's books follow.
    ledger = await opening.create_ledger(connection, LEDGER, "replay", kafka_settings)
    late = event("social-assistance", "c-2", a_household("DB-2"))
    records = [Record(late, "file:1")]
    tally = (await Intake(ledger, kafka_settings.secret).take(connection, records)).tally
    assert (tally.accepted, tally.released) == (1, 1)
    assert (await places(connection))[payouts] == (4, 2, 1, 0, 1, 0)


@pytest.mark.kafka
async def test_the_books_balance_whatever_comes_and_whoever_takes_it(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    sent = await send(kafka_settings, messy_feed(40), tmp_path)
    first, second = (IntakeApp(kafka_settings, LEDGER, max_records=30) for _ in range(2))
    async with running(first, second):
        await until(lambda: all_taken(connection, sent), first, second)
    found = await places(connection)
    for topic, end in sent.ends.items():
        next_offset, *ended = found[topic]
        assert next_offset == end == sum(ended)
    waiting = await connection.fetchval("SELECT count(*) FROM ledger.parked WHERE taken_at IS NULL")
    held = await connection.fetchval("SELECT count(*) FROM ledger.quarantine")
    entries = await connection.fetchval("SELECT count(*) FROM ledger.entry")
    columns = [sum(column) for column in zip(*found.values(), strict=True)]
    assert (columns[1], columns[3], columns[4]) == (entries, waiting, held)
