"""Restore: the ledger from its topic alone, the topic from the ledger alone, to the last byte."""

from __future__ import annotations

import dataclasses
import json
import struct
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from consumers.intake import IntakeApp
from consumers.publisher import careful_producer, publish
from consumers.relay import RelayApp
from infra import postgres
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import journal_topic, ledger_topic
from infra.settings import Settings
from ledger import adopted, first_form, journal, keys, migration, store, tables, unpublished
from ledger.intake import Intake, Record
from ledger.keys import Key
from ledger.leaf import head_of
from ledger.seal import Sealer, unseal_person
from ledger.wire import entry_message, entry_row, note_message
from projections import opening, tail
from sample.feed import SHANGHAI, Feed
from sample.sending import Sent
from tests.support.bureau import SAMPLE
from tests.support.engine import ledger_dump, read_dump
from tests.support.kafka import (
    a_ledger,
    all_taken,
    ledger_as_records,
    ledger_topic_records,
    make_topics,
    run_through,
    send,
    until,
)
from tests.support.ledger import LEDGER, event
from tests.support.mess import CLEAR, messy_feed
from tests.support.money import a_household, a_payment
from tests.support.process import mingjian
from tests.upkeep import release
from upkeep import balance, scan
from upkeep.keys import KeysRefused, export_keys, import_keys
from upkeep.reconcile import compare_entries, compare_journal
from upkeep.refused import Refused
from upkeep.restore import restore_ledger
from upkeep.verification.driver import verify

pytestmark = pytest.mark.kafka

EXACT = ("ledger", "entry", "sealed_part", "person_key", "journal")
"""What must come back from the topic and the file of keys, random columns included."""


def sealer(settings: Settings) -> Sealer:
    return Sealer(settings.secret, LEDGER)


async def publish_all(settings: Settings, connection: asyncpg.Connection) -> None:
    """Run the relay until everything stands in the topics of these settings."""
    heads = await unpublished.heads(connection, LEDGER)
    async with RelayApp(settings, LEDGER) as relay:

        async def done() -> bool:
            told = [relay.told.get(what, 0) for what in ("accepted", "parked", "quarantined")]
            given = [heads.accepted, heads.parked, heads.quarantined]
            published = (relay.position, relay.number)
            return published == (heads.accepted, heads.journal) and told == given

        await until(done, relay)


async def put_entries(settings: Settings, connection: asyncpg.Connection, last: int) -> None:
    """Publish the first entries as the relay would, and nothing else."""
    rows = await unpublished.entries(connection, LEDGER, 0, last, last)
    await make_topics(settings)
    async with careful_producer(Bootstrap.of(settings), "test", 2**20, "lz4") as producer:
        topic = ledger_topic(LEDGER, settings.kafka_prefix)
        await publish(producer, topic, [entry_message(row) for row in rows])


async def put_journal(settings: Settings, connection: asyncpg.Connection, last: int) -> None:
    """Publish the first records of the journal as the relay would."""
    notes = await journal.read(connection, LEDGER, to=last)
    async with careful_producer(Bootstrap.of(settings), "test", 2**20, "lz4") as producer:
        topic = journal_topic(LEDGER, settings.kafka_prefix)
        await publish(producer, topic, [note_message(note) for note in notes])


async def exact(connection: asyncpg.Connection) -> dict[str, object]:
    dump = await ledger_dump(connection, leave_out={})
    return {table: dump[table] for table in EXACT}


def what_came_later() -> Feed:
    """The household that a payment waits for, one more month, a correction, one sent again."""
    feed = Feed()
    feed.send("social-assistance", "c-n", a_household("DB-never"), received=date(2025, 3, 3))
    paid = a_payment("DB-3", 50_000, "2025-01")
    feed.send("payouts", "n-1", paid, received=datetime(2025, 3, 4, 9, tzinfo=SHANGHAI))
    wrong = a_payment("DB-2", 50_000, "2024-06")
    feed.send(
        *("payouts", "x-2", wrong),
        received=date(2025, 3, 5),
        corrects="payouts/p-6-2",
        kind="revoked",
    )
    feed.send_again("payouts/n-1", date(2025, 3, 6))
    return feed


async def test_database_to_topic_to_database_to_topic(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    """The whole circle, and then the same further events end in the same entries on both sides."""
    first = kafka_settings
    sent = await send(first, messy_feed(30), tmp_path)
    await run_through(first, connection, sent)
    await export_keys(connection, sealer(first), LEDGER, tmp_path / "keys.jsonl")

    second = first.model_copy(update={"database_url": second_url})
    await opening.prepare(tail_connection)
    await import_keys(tail_connection, sealer(second), LEDGER, tmp_path / "keys.jsonl")
    done = await restore_ledger(tail_connection, second, LEDGER)
    await tail.catch_up(tail_connection, LEDGER)
    assert (done.written, done.compared, done.without_key) == (30 * 13 + 4, 0, 0)
    assert await exact(tail_connection) == await exact(connection)
    assert await read_dump(tail_connection) == await read_dump(connection)

    records = await ledger_topic_records(first)
    assert records == await ledger_as_records(connection)
    for number, source in enumerate((connection, tail_connection)):
        url = first.database_url if number == 0 else second_url
        prefix = f"{first.kafka_prefix}-again-{number}"
        anew = first.model_copy(update={"database_url": url, "kafka_prefix": prefix})
        await publish_all(anew, source)
        assert await ledger_topic_records(anew) == records

    more = await send(first, what_came_later(), tmp_path)
    everything = Sent(sent.lines + more.lines, sent.ends | more.ends)
    for settings, database in ((first, connection), (second, tail_connection)):
        async with IntakeApp(settings, LEDGER) as intake:
            await until(partial(all_taken, database, everything), intake)
    # What is sealed anew differs by its nonces, and leaf and mac with it.
    ours, theirs = [await ledger_dump(database) for database in (connection, tail_connection)]
    assert theirs["entry"] == ours["entry"]
    assert len(theirs["entry"]) == 30 * 13 + 4 + 4  # the waiting payment came with its household
    for table in ("ledger", "journal", "parked", "quarantine"):
        assert theirs[table] == ours[table]
    for database in (connection, tail_connection):
        await tail.catch_up(database, LEDGER)
    assert await read_dump(tail_connection) == await read_dump(connection)

    await publish_all(second, tail_connection)
    places = (Bootstrap.of(second), second.kafka_prefix, LEDGER)
    assert (await compare_entries(tail_connection, *places)).equal
    assert (await compare_journal(tail_connection, *places)).equal
    for database in (connection, tail_connection):
        made = await verify(
            database, second.secret, LEDGER, second.kafka_prefix, lambda *_: lambda _: None
        )
        assert made.differences.as_json() == []
    books = await balance.books(tail_connection, *places)
    assert [book.faults for book in books if book.faults] == []
    told = await balance.receipts(tail_connection, *places, read=True)
    assert [kind.missing for kind in told.kinds] == [0, 0, 0]
    assert told.foreign == {}


async def test_killed_anywhere_it_goes_on_and_nothing_gets_in_before_it_is_done(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(180))
    assert last > scan.RECORDS
    await put_entries(kafka_settings, connection, last)
    await tail.catch_up(connection, LEDGER)
    second = kafka_settings.model_copy(update={"database_url": second_url})

    stood = []
    for point in ("entries-copied", "batch-written", "entries-copied", "finishing"):
        code, _ = await mingjian(second, "restore", fail_at=f"restore.{point}")
        assert code == -9
        stood.append((await unpublished.heads(tail_connection, LEDGER)).accepted)
        if stood[-1]:
            ledger = await store.find_ledger(tail_connection, LEDGER)
            assert ledger is not None
            late = Intake(ledger, second.secret)
            line = event(
                "social-assistance", "late", a_household("DB-x"), received=date(2025, 4, 1)
            )
            with pytest.raises(store.LedgerRestoring):
                await late.take(tail_connection, [Record(line, "test:1")])

    assert stood == [0, stood[1], stood[1], last]
    assert 0 < stood[1] < last

    code, said = await mingjian(second, "restore")
    assert (code, f"原有 {last} 条" in said) == (0, True)
    here, there = await exact(tail_connection), await exact(connection)
    # What waited and what was refused had no receipt in this test, so their numbers begin anew.
    for table in ("entry", "sealed_part"):
        assert here[table] == there[table]
    assert await read_dump(tail_connection) == await read_dump(connection)
    assert (await late.take(tail_connection, [Record(line, "test:1")])).tally.accepted == 1


@pytest.mark.parametrize("published", [0, 1, 2])
async def test_an_old_backup_is_brought_up_to_the_topic(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    published: int,
) -> None:
    """What waited in the backup and was taken since waits no more; its partition still balances.

    The same where so many of the two records of the journal had been published.
    """
    topic = f"{kafka_settings.kafka_prefix}.intake.payouts"
    waiting = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))
    opened = event("social-assistance", "c-1", a_household("DB-1"), received=date(2024, 2, 1))
    other = event("social-assistance", "c-0", a_household("DB-0"), received=date(2024, 1, 1))
    records = [
        Record(other, "test:1"),
        Record(waiting, f"{topic}/0/0", "payouts", (topic, 0)),
        Record(opened, "test:2"),
    ]
    both = (connection, tail_connection)
    for database in both:
        ledger = await opening.create_ledger(database, LEDGER, "replay", kafka_settings)
        await database.execute(
            "INSERT INTO ledger.source_offset (topic, partition, next_offset, epoch, ledger)"
            " VALUES ($1, 0, 1, 1, $2)",
            topic,
            LEDGER,
        )
        await Intake(ledger, kafka_settings.secret).take(database, records[:2])
    # The backup is a copy: the persons' keys are the same.
    await copy_sealed(connection, tail_connection)
    ledger = await opening.create_ledger(connection, LEDGER, "replay", kafka_settings)
    await Intake(ledger, kafka_settings.secret).take(connection, records[2:])
    await put_entries(kafka_settings, connection, 3)
    await put_journal(kafka_settings, connection, published)

    second = kafka_settings.model_copy(update={"database_url": second_url})
    done = await restore_ledger(tail_connection, second, LEDGER)
    assert (done.compared, done.written) == (1, 2)
    books_of = "SELECT accepted, parked FROM ledger.source_offset WHERE topic = $1"
    for database in both:
        assert tuple(await database.fetchrow(books_of, topic)) == (1, 0)
        taken = await database.fetchval("SELECT taken_at FROM ledger.parked")
        assert taken == 3
        notes = await journal.read(database, LEDGER)
        assert [(note.kind, note.subject) for note in notes] == [
            ("bureau-adopted", f"bureau/{SAMPLE.digest}"),
            ("parked", "parked/1"),
            ("taken-up", "parked/1"),
        ]
        assert await adopted.at(database, LEDGER) == SAMPLE


async def copy_sealed(of: asyncpg.Connection, to: asyncpg.Connection) -> None:
    """Let `to` be as if it had been copied from `of`: the same nonces, keys and leaves."""
    for table in ("entry", "sealed_part", "person_key"):
        await to.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON ledger.{table}")
        await to.execute(f"DELETE FROM ledger.{table}")
        rows = [tuple(row) for row in await of.fetch(f"SELECT * FROM ledger.{table}")]
        await to.copy_records_to_table(table, schema_name="ledger", records=rows)


@pytest.mark.empty
async def test_a_topic_of_0_1_0_is_restored_with_what_its_entries_lack(
    kafka_place: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
) -> None:
    """As an upgraded database has it: the records of the topic stay what they were."""
    await release.load(connection, "0.1.0")
    await migration.migrate(connection)
    ledger = await store.find_ledger(connection, LEDGER)
    assert ledger is not None
    await first_form.fill(connection, sealer(kafka_place), ledger)
    await put_entries(kafka_place, connection, ledger.position)
    await opening.prepare(tail_connection)
    keys = await connection.fetch("SELECT * FROM ledger.person_key")
    await tail_connection.copy_records_to_table("person_key", schema_name="ledger", records=keys)

    second = kafka_place.model_copy(update={"database_url": second_url})
    done = await restore_ledger(tail_connection, second, LEDGER)

    assert done.written == ledger.position
    for table in ("entry", "sealed_part", "first_form"):
        rows = f"SELECT * FROM ledger.{table} ORDER BY 1, 2, 3"
        assert await tail_connection.fetch(rows) == await connection.fetch(rows)
        assert await connection.fetchval(f"SELECT count(*) FROM ledger.{table}") > 0
    restored = await store.find_ledger(tail_connection, LEDGER)
    assert restored is not None
    assert not restored.restoring
    last = await tables.last_mac(tail_connection, restored)
    head = await tail_connection.fetchval("SELECT head FROM ledger.ledger")
    assert head == sealer(kafka_place).mac(head_of(restored, last))


async def test_it_builds_on_nothing_that_differs(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
) -> None:
    """The same events taken in anew have other nonces: another ledger, and left as it is."""
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    await put_entries(kafka_settings, connection, last)
    await a_ledger(tail_connection, kafka_settings, messy_feed(2))
    before = await ledger_dump(tail_connection, leave_out={})
    second = kafka_settings.model_copy(update={"database_url": second_url})
    with pytest.raises(Refused, match="differs at position 1"):
        await restore_ledger(tail_connection, second, LEDGER)
    assert await ledger_dump(tail_connection, leave_out={}) == before


async def test_it_refuses_a_topic_with_a_gap_also_where_something_else_stands_in_it(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    rows = await unpublished.entries(connection, LEDGER, 0, last, last)
    good = [entry_message(row) for row in rows]
    strange = dataclasses.replace(good[4], headers=[*good[4].headers, ("more", b"1")])
    broken = {
        "lacks position 5": [*good[:4], *good[5:]],
        "lacks position 5 ": [*good[:4], strange, *good[5:]],
    }
    for number, (said, messages) in enumerate(broken.items()):
        prefix = f"{kafka_settings.kafka_prefix}-{number}"
        settings = kafka_settings.model_copy(
            update={"database_url": second_url, "kafka_prefix": prefix}
        )
        await make_topics(settings)
        async with careful_producer(Bootstrap.of(settings), "test", 2**20, "lz4") as producer:
            await publish(producer, ledger_topic(LEDGER, prefix), messages)
        with pytest.raises(Refused, match=said):
            await restore_ledger(tail_connection, settings, LEDGER)
        assert (await unpublished.heads(tail_connection, LEDGER)).accepted == 0


async def test_it_refuses_another_secret_and_knows_kind_and_sample_by_the_entries(
    kafka_place: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
) -> None:
    real = kafka_place.model_copy(update={"ledger_secret": "of this bureau: 0c5d1e7fa2946b38"})
    ledger = await opening.create_ledger(connection, LEDGER, "live", real)
    assert (ledger.kind, ledger.sample) == ("live", False)
    intake = Intake(ledger, real.secret)
    lines = [_live(line) for line in messy_feed(1).lines() if b'"receivedat"' in line]
    await intake.take(connection, [Record(line, f"test:{n}") for n, line in enumerate(lines)])
    last = (await unpublished.heads(connection, LEDGER)).accepted
    assert last > 10
    await put_entries(real, connection, last)

    second = real.model_copy(update={"database_url": second_url})
    for secret in (None, "of another bureau"):
        with pytest.raises(Refused, match="not the secret this ledger was written with"):
            await restore_ledger(
                tail_connection, second.model_copy(update={"ledger_secret": secret}), LEDGER
            )
    await restore_ledger(tail_connection, second, LEDGER)
    row = await store.find_ledger(tail_connection, LEDGER)
    assert row is not None
    assert (row.kind, row.sample, row.position) == ("live", False, last)

    # The public secret tells a sample ledger, whatever secret of one's own is set by now.
    sample = kafka_place.model_copy(update={"kafka_prefix": f"{kafka_place.kafka_prefix}-s"})
    async with postgres.connect(second_url) as other:
        await other.execute("DROP SCHEMA ledger CASCADE")
        await a_ledger(other, sample, messy_feed(1))
        await put_entries(sample, other, 5)
        await other.execute("DROP SCHEMA ledger CASCADE")
        own = sample.model_copy(update={"ledger_secret": "of this bureau: 0c5d1e7fa2946b38"})
        with pytest.raises(Refused, match="without MINGJIAN_LEDGER_SECRET"):
            await restore_ledger(other, own, LEDGER)
        await restore_ledger(other, sample, LEDGER)
        row = await store.find_ledger(other, LEDGER)
        assert row is not None
        assert (row.kind, row.sample) == ("replay", True)


def _live(line: bytes) -> bytes:
    """The same event without its time of receipt, as a live ledger wants it."""
    message = json.loads(line)
    del message["receivedat"]
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


async def test_while_a_relay_publishes_nothing_is_restored(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(1))
    async with RelayApp(kafka_settings, LEDGER) as relay:

        async def done() -> bool:
            return relay.position == last

        await until(done, relay)
        with pytest.raises(Refused, match="stop the relay"):
            await restore_ledger(connection, kafka_settings, LEDGER)
    assert (await restore_ledger(connection, kafka_settings, LEDGER)).compared == last


async def test_the_topic_carries_sealed_parts_as_stored_and_nothing_in_clear(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(5))
    await put_entries(kafka_settings, connection, last)
    said = b""
    travelled: list[tuple[Any, ...]] = []
    for position, record in enumerate(await ledger_topic_records(kafka_settings), start=1):
        key, value, headers, _ = record
        said += key + value + b"".join(name.encode() + text for name, text in headers)
        parts = [text.split(b"\0", 1) for name, text in headers if name == "sealed"]
        travelled += [
            (position, n, p.decode(), part[8:], *struct.unpack(">II", part[:8]))
            for n, (p, part) in enumerate(parts)
        ]
    stored = await connection.fetch(
        "SELECT position, ordinal, person, sealed, start, length FROM ledger.sealed_part"
        " ORDER BY 1, 2"
    )
    assert travelled == [tuple(row) for row in stored]
    assert CLEAR.encode() not in said
    assert b"445199" not in said  # how every number of these persons begins

    # And they are what they should be: with the key, which no topic holds, the person's fields.
    position, _, person, sealed, *_ = travelled[0]
    key = (await keys.load(connection, sealer(kafka_settings), LEDGER, [person]))[person]
    assert key not in said
    value = (await ledger_topic_records(kafka_settings))[position - 1][1]
    assert CLEAR in unseal_person(key, value, sealed).decode()


async def test_keys_are_kept_sealed_for_their_owner_only(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    await a_ledger(connection, kafka_settings, messy_feed(3))
    path = tmp_path / "keys.jsonl"
    code, said = await mingjian(kafka_settings, "keys", "export", str(path))
    stored = await connection.fetch("SELECT person, key FROM ledger.person_key ORDER BY person")
    assert (code, f"{len(stored)} 人" in said) == (0, True)
    assert path.stat().st_mode & 0o777 == 0o600
    written = path.read_bytes()
    persons = [row["person"] for row in stored]
    clear = await keys.load(connection, sealer(kafka_settings), LEDGER, persons)
    assert len(clear) == len(stored)
    assert not any(key in written or key.hex().encode() in written for key in clear.values())
    assert (await mingjian(kafka_settings, "keys", "export", str(path)))[0] == 2
    assert path.read_bytes() == written

    await opening.prepare(tail_connection)
    with pytest.raises(KeysRefused, match="line 1 does not open"):
        await import_keys(tail_connection, Sealer(b"another", LEDGER), LEDGER, path)
    with pytest.raises(KeysRefused, match="line 1 is another's"):
        await import_keys(tail_connection, sealer(kafka_settings), "440000", path)
    assert await tail_connection.fetchval("SELECT count(*) FROM ledger.person_key") == 0
    for _ in range(2):
        found = await import_keys(tail_connection, sealer(kafka_settings), LEDGER, path)
        assert found == len(stored)
    restored = "SELECT person, key FROM ledger.person_key ORDER BY person"
    assert await tail_connection.fetch(restored) == stored

    another = [Key(person, bytes(32), 1) for person in persons]
    await tail_connection.execute("DELETE FROM ledger.person_key")
    await keys.add(tail_connection, sealer(kafka_settings), LEDGER, another)
    with pytest.raises(KeysRefused, match="have another key"):
        await import_keys(tail_connection, sealer(kafka_settings), LEDGER, path)


async def test_a_line_of_keys_cannot_be_passed_off_as_anothers(
    kafka_settings: Settings, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await a_ledger(connection, kafka_settings, messy_feed(3))
    await export_keys(connection, sealer(kafka_settings), LEDGER, tmp_path / "keys.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "keys.jsonl").read_text().splitlines()]
    lines[0]["key"], lines[1]["key"] = lines[1]["key"], lines[0]["key"]
    (tmp_path / "swapped.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(KeysRefused, match="is another's"):
        await import_keys(connection, sealer(kafka_settings), LEDGER, tmp_path / "swapped.jsonl")


async def test_a_record_says_everything_a_row_holds(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(10))
    rows = await unpublished.entries(connection, LEDGER, 0, last, last)
    assert [entry_row(entry_message(row)) for row in rows] == [dict(row) for row in rows]
    assert any(row["breaches"] for row in rows)
