"""Forged and junk records in every topic: named, passed; nothing moves, nothing stops."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from mingjian_publisher.kafka import Topic

from consumers import foreign_records
from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.relay import RelayApp
from infra.kafka import forgiving
from infra.kafka.topics import intake_topic, journal_topic, ledger_topic, receipts_topic
from infra.settings import Settings
from ledger import foreign, unpublished
from ledger.wire import Message
from projections import tail
from sample.sending import Sent
from tests.support.engine import forget_rows
from tests.support.forging import ZEROS, everywhere, forge, forge_many, junk, tombstone
from tests.support.kafka import (
    a_ledger,
    all_taken,
    ledger_as_records,
    ledger_topic_records,
    make_topics,
    publish_entries,
    put,
    read_model_rows,
    running,
    send_path,
    until,
)
from tests.support.ledger import LEDGER, event
from tests.support.mess import messy_feed
from tests.support.money import a_household
from tests.support.process import mingjian
from upkeep.restore import restore_ledger

pytestmark = pytest.mark.kafka
SOURCE = "payouts"


Services = tuple[IntakeApp, RelayApp, ProjectorApp]


def services(settings: Settings) -> Services:
    return IntakeApp(settings, LEDGER), RelayApp(settings, LEDGER), ProjectorApp(settings, LEDGER)


async def through(connection: asyncpg.Connection, sent: Sent, apps: Services) -> None:
    """Until all that was sent is published and in the read models."""
    _, relay, projector = apps
    await until(lambda: all_taken(connection, sent), *apps)

    async def done() -> bool:
        heads = await unpublished.heads(connection, LEDGER)
        told = [relay.told.get(what, 0) for what in unpublished.KINDS]
        return [*told, relay.number, projector.position] == [
            *(heads.accepted, heads.parked, heads.quarantined),
            *(heads.journal, heads.accepted),
        ]

    await until(done, *apps)


async def named(connection: asyncpg.Connection) -> dict[str, list[int]]:
    """Topic → offsets of the foreign records that are noted."""
    found: dict[str, list[int]] = {}
    for record in await foreign.listed(connection, LEDGER):
        found.setdefault(record.topic, []).append(record.offset)
    return found


async def test_whatever_stands_in_every_topic_while_services_run_and_while_they_do_not(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    lines = [line for line in messy_feed(4).lines() if len(line) < 100_000]
    parts = [lines[:20], lines[20:40], lines[40:]]

    async def send(part: Sequence[bytes]) -> Sent:
        path = tmp_path / "part.jsonl"
        path.write_bytes(b"\n".join(part) + b"\n")
        return await send_path(kafka_settings, path)

    expected: dict[str, list[int]] = {}

    async def forge_everywhere() -> None:
        for topic, offsets in (await everywhere(kafka_settings, connection, SOURCE)).items():
            expected.setdefault(topic, []).extend(offsets)
        # What a source sends is quarantined, which is a place of its own; the same once only.
        await put(kafka_settings, intake_topic(SOURCE, prefix), (b"junk", []), (None, []))

    prefix = kafka_settings.kafka_prefix
    first = services(kafka_settings)
    async with running(*first):
        await through(connection, await send(parts[0]), first)
        await forge_everywhere()

        async def all_named() -> bool:
            return await named(connection) == expected

        await until(all_named, *first)
        await through(connection, await send(parts[1]), first)
        projector = first[2].metrics.registry.get_sample_value
        topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
        passed = projector("mingjian_foreign_records_total", {"topic": topic})
        # Copies of old positions that say something else are the relay's to name.
        assert passed is not None
        assert 0 < passed <= len(expected[topic])

    await forge_everywhere()
    second = services(kafka_settings)
    async with running(*second):
        await through(connection, await send(parts[2]), second)
        await until(all_named, *second)
    third = services(kafka_settings)
    async with running(*third):
        await asyncio.sleep(1)
        for app in third:
            app.check()

    refused = "SELECT count(*) FROM ledger.quarantine WHERE origin LIKE $1 || '/%'"
    assert await connection.fetchval(refused, intake_topic(SOURCE, prefix)) >= 2
    # Every true entry stands in the topic once, in order, whatever stands between.
    true = await ledger_as_records(connection)
    there = await ledger_topic_records(kafka_settings)
    assert [r for n, r in enumerate(there) if r in true and r not in there[:n]] == true
    rows = await read_model_rows(connection)
    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_model_rows(connection) == rows
    await doctor_and_reconcile_name_them(kafka_settings, expected)


async def doctor_and_reconcile_name_them(
    settings: Settings, expected: dict[str, list[int]]
) -> None:
    _, said = await mingjian(settings, "doctor", "--json")
    findings = json.loads(said)["checks"]
    of_topics = [f["found"] for f in findings if f["check"] == "foreign"]
    for topic, offsets in expected.items():
        (one,) = [text for text in of_topics if text.startswith(f"{topic}：")]
        assert f"records {len(offsets)}，" in one
        assert f"{offsets[0]}（" in one
    assert not [f for f in findings if f["level"] == "wrong"]
    code, said = await mingjian(settings, "reconcile", "--receipts", "--json")
    assert code == 1  # the topics hold more than the ledger: docs/kafka.md
    report = json.loads(said)
    journal = journal_topic(LEDGER, settings.kafka_prefix)
    for kind, name in (
        ("entries", ledger_topic(LEDGER, settings.kafka_prefix)),
        ("journal", journal),
    ):
        assert [one["offset"] for one in report[kind]["strangers"]] == sorted(expected[name])
        assert report[kind]["missing"]["count"] == 0
    assert not any(kind["missing"] for kind in report["receipts"])
    assert receipts_topic(SOURCE, settings.kafka_prefix) in report["foreign"]


async def test_a_flood_of_junk_is_counted_and_kept_in_bounds(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the relay was away, and had to look at it in several rounds."""
    flood = 30_000
    monkeypatch.setattr(foreign_records, "LOOK_RECORDS", 7_000)
    last = await a_ledger(connection, kafka_settings, messy_feed(2))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, last - 3)
    topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
    relay, projector = RelayApp(kafka_settings, LEDGER), ProjectorApp(kafka_settings, LEDGER)
    async with running(relay, projector):
        await forge_many(kafka_settings, topic, [Message(None, b"x", at_ms=1)] * flood, "zstd")

        async def all_counted() -> bool:
            place = (await foreign.places(connection, LEDGER)).get(topic)
            return place is not None and place.foreign == flood and projector.position == last

        await until(all_counted, relay, projector)
    assert len(await foreign.listed(connection, LEDGER)) == foreign.KEPT
    value = projector.metrics.registry.get_sample_value
    assert value("mingjian_foreign_records_total", {"topic": topic}) == flood


async def test_a_relay_that_knows_no_place_goes_on_after_its_own_last_record(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """As after an upgrade, or a restore: also where a copy of an old entry stands last of all."""
    last = await a_ledger(connection, kafka_settings, messy_feed(12))
    await make_topics(kafka_settings)
    topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
    await forge(kafka_settings, topic, junk(), tombstone())
    await publish_entries(kafka_settings, connection, 0, last - 5)
    await forge_many(kafka_settings, topic, [Message(None, b"x", at_ms=1)] * 500)
    await publish_entries(kafka_settings, connection, 3, 5)
    relay = RelayApp(kafka_settings, LEDGER)
    async with running(relay):

        async def published() -> bool:
            return relay.position == last

        await until(published, relay)
    true = await ledger_as_records(connection)
    own = [record for record in await ledger_topic_records(kafka_settings) if record in true]
    assert own == [*true[: last - 5], *true[3:5], *true[last - 5 :]]


async def test_a_transaction_that_somebody_leaves_open_holds_nothing_up(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(2))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, last - 5)
    topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka_settings.kafka, transactional_id=f"{topic}-open"
    )
    async with producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"open", partition=0)
        for _ in range(2):
            apps = (RelayApp(kafka_settings, LEDGER), ProjectorApp(kafka_settings, LEDGER))
            async with running(*apps):

                async def there(apps: tuple[RelayApp, ProjectorApp] = apps) -> bool:
                    return [app.position for app in apps] == [last, last]

                await until(there, *apps)
        await producer.abort_transaction()
    true = await ledger_as_records(connection)
    there_now = await ledger_topic_records(kafka_settings)
    assert [record for record in there_now if record in true] == true


async def test_a_restore_believes_what_was_written_with_the_secret(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    """Forged receipts with great numbers move no counter, and no receipt is left out for them."""
    path = tmp_path / "feed.jsonl"
    path.write_bytes(b"\n".join(messy_feed(2).lines()) + b"\n")
    apps = services(kafka_settings)
    await make_topics(kafka_settings)
    await forge(kafka_settings, ledger_topic(LEDGER, kafka_settings.kafka_prefix), junk())
    async with running(*apps):
        await through(connection, await send_path(kafka_settings, path), apps)
    expected = await everywhere(kafka_settings, connection, SOURCE)
    second = kafka_settings.model_copy(update={"database_url": second_url})
    done = await restore_ledger(tail_connection, second, LEDGER)
    assert done.foreign.count == len(expected[ledger_topic(LEDGER, second.kafka_prefix)]) + 1
    assert done.foreign_notes.count == len(expected[journal_topic(LEDGER, second.kafka_prefix)])
    for table in ("entry", "sealed_part", "journal"):
        query = f"SELECT * FROM ledger.{table} ORDER BY 1, 2, 3"
        restored = await tail_connection.fetch(query)
        assert restored[: len(await connection.fetch(query))] == await connection.fetch(query)
    heads = "SELECT position, parked, quarantined FROM ledger.ledger"
    assert await tail_connection.fetchrow(heads) == await connection.fetchrow(heads)


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_a_bomb_is_refused_by_the_topics_of_sources(
    kafka_settings: Settings, codec: str
) -> None:
    """The broker unpacks there what comes, and counts what it unpacked."""
    await make_topics(kafka_settings)
    topic = intake_topic(SOURCE, kafka_settings.kafka_prefix)
    batch = [Message(None, bytes(2**20), at_ms=1)] * 5
    with pytest.raises(MessageSizeTooLargeError):
        await forge_many(kafka_settings, topic, batch, codec)


async def test_a_publisher_hears_of_its_events_whatever_stands_among_its_receipts(
    kafka_settings: Settings,
) -> None:
    source = "social-assistance"
    case = event(source, "c-1", a_household("DB-1"))
    await make_topics(kafka_settings)
    topic = receipts_topic(source, kafka_settings.kafka_prefix)
    wrong = (b"[]", b"{}", b'{"id":"c-1"}', b'{"id":["c-1"],"outcome":"accepted"}', b"\xff", None)
    await put(kafka_settings, topic, *((value, []) for value in wrong))
    sender = Topic(kafka_settings.kafka or "", source, prefix=kafka_settings.kafka_prefix, wait=4.0)
    async with running(IntakeApp(kafka_settings, LEDGER), RelayApp(kafka_settings, LEDGER)):
        for _ in range(2):  # at once, then among what was told before
            (answer,) = await asyncio.to_thread(sender.send, [case])
            assert answer is not None
            assert answer.outcome == "accepted"


READ = """
import sys
from infra.kafka import forgiving
raw, read = open(sys.argv[1], "rb").read(), []
records = forgiving._Records(raw)
while records.has_next():
    read += [(r.offset, r.headers) for r in records.next_batch()]
print(len(read), max(len(value) for _, headers in read for _, value in headers))
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(peak) // 1024)
"""


@pytest.mark.parametrize("codec", [1, 2, 3, 4], ids=["gzip", "snappy", "lz4", "zstd"])
def test_a_bomb_takes_no_memory(tmp_path: Path, codec: int) -> None:
    """It becomes one record that says what it was; the batch after it is read."""
    path = tmp_path / "batches"
    path.write_bytes(packed(codec, ZEROS) + packed(codec, 10))
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-c", READ, str(path)], capture_output=True, check=True, text=True
    ).stdout.split()
    assert said[0] == "2"
    assert int(said[2]) < 150  # MB, of which the program itself takes most


def test_many_small_bombs_are_handed_out_a_few_at_a_time() -> None:
    records = forgiving._Records(packed(4, 2_000_000) * 100)
    read = 0
    while records.has_next():
        read += sum(1 for _ in records.next_batch())
    assert read == 17  # 32 MiB; whoever reads asks for the others next


def packed(codec: int, zeros: int) -> bytes:
    """A batch of one record of zeros."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 2**30)
    assert builder.append(0, 1_000, None, bytes(zeros), []) is not None
    return bytes(builder.build())
