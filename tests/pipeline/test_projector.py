"""Projector: every entry once into the read models, whatever is repeated; never past a gap."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import date

import asyncpg
import pytest

from consumers.projector import EntriesMissing, ProjectorApp
from consumers.relay import RelayApp
from domain.corrections import replaces
from infra.kafka.topics import ledger_topic
from infra.settings import Settings
from ledger import foreign, journal, store, unpublished
from ledger.foreign import Place
from ledger.wire import entry_message, entry_row, message_of, number_in
from projections import checkpoint, findings, projector, tail
from projections.assistance import payments
from projections.read_model import SCHEMA
from rules import working
from tests.support.bureau import SAMPLE
from tests.support.engine import forget_rows, read_entries
from tests.support.forging import forge, with_header
from tests.support.kafka import (
    a_ledger,
    make_topics,
    publish_entries,
    read_model_rows,
    until,
    whole_topic,
)
from tests.support.ledger import LEDGER
from tests.support.mess import messy_feed
from tests.support.money import a_household, a_payment
from tests.support.poison import poisoned
from tests.support.rebuilding import Command
from upkeep.leaving_out import leave_out

pytestmark = pytest.mark.kafka


async def projected(app: ProjectorApp, position: int) -> None:
    async def there() -> bool:
        return app.position >= position

    await until(there, app)


async def test_stopped_anywhere_and_fed_repeats_it_gives_the_rows_of_the_tail(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(30))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, 150)
    async with ProjectorApp(kafka_settings, LEDGER, max_records=7) as first:
        await projected(first, 20)
    stopped_at = await projector.folded_to(connection, LEDGER)
    assert stopped_at >= 20

    await publish_entries(kafka_settings, connection, 140, last)
    await publish_entries(kafka_settings, connection, last - 5, last)
    async with ProjectorApp(kafka_settings, LEDGER, max_records=64) as second:
        assert second.position == stopped_at
        await projected(second, last)
    on_kafka = await read_model_rows(connection)

    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert on_kafka == await read_model_rows(connection)


async def test_findings_follow_what_is_projected(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """By themselves, within seconds; the same as without a broker."""
    feed = messy_feed(6)
    ended = a_household("DB-ended", last="2024-03")
    feed.send("social-assistance", "ended", ended, received=date(2024, 1, 1))
    feed.send("payouts", "undue", a_payment("DB-ended", 50_000, "2024-05"))
    last = await a_ledger(connection, kafka_settings, feed)
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, last)
    query = f"SELECT * FROM {findings.HERE.table} ORDER BY finding, known_from, n"
    async with ProjectorApp(kafka_settings, LEDGER, max_records=7) as app:
        await projected(app, last)

        async def there() -> bool:
            return not await working.behind(connection, LEDGER)

        await until(there, app)
    found = await connection.fetch(query)
    assert found

    await connection.execute(f"TRUNCATE {findings.HERE.table}, {findings.HERE.worked}")
    await working.catch_up(connection, LEDGER)
    assert await connection.fetch(query) == found


async def test_a_gap_stops_it(kafka_settings: Settings, connection: asyncpg.Connection) -> None:
    await a_ledger(connection, kafka_settings, messy_feed(3))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, 10)
    await publish_entries(kafka_settings, connection, 11, 20)
    async with ProjectorApp(kafka_settings, LEDGER) as app:
        await app.failed()
    assert isinstance(app.error, EntriesMissing)
    assert set((await projector.positions(connection, LEDGER)).values()) == {10}


async def test_altered_copies_of_what_is_not_published_yet_are_no_gap(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """Found by killing services while records were forged: it stopped, and again at each start."""
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    await make_topics(kafka_settings)
    topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
    copy, other = [
        entry_message(row) for row in await unpublished.entries_at(connection, LEDGER, [20, last])
    ]
    await publish_entries(kafka_settings, connection, 0, 10)
    await forge(
        kafka_settings,
        topic,
        with_header(copy, "mac", b"00" * 32),
        with_header(copy, "breaches", b"late"),
        dataclasses.replace(copy, headers=copy.headers[:-1]),
        with_header(other, "leaf", b"00" * 32),
    )
    for after, to in ((10, 15), (15, last)):
        await publish_entries(kafka_settings, connection, after, to)
        async with ProjectorApp(kafka_settings, LEDGER) as app:

            async def there(app: ProjectorApp = app, to: int = to) -> bool:
                return app.position == to

            await until(there, app)
        await forge(kafka_settings, topic, with_header(other, "version", b"99"))


async def test_copies_to_the_last_byte_of_what_is_not_published_yet_hold_nobody_up(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """Whoever reads the database and writes to the topic can make them; also over restarts.

    Given a ledger of which the relay published a part, when copies of entries to come stand in the
    topic, then relay and projector go on, and the topic holds every entry in order.
    """
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    await make_topics(kafka_settings)
    topic = ledger_topic(LEDGER, kafka_settings.kafka_prefix)
    await publish_entries(kafka_settings, connection, 0, 10)
    await foreign.note(connection, LEDGER, {topic: Place(10, 10, 9)}, [])
    copies = [
        entry_message(r) for r in await unpublished.entries_at(connection, LEDGER, [15, last])
    ]
    await forge(kafka_settings, topic, *copies)
    async with ProjectorApp(kafka_settings, LEDGER) as app:
        await projected(app, 10)
        async with RelayApp(kafka_settings, LEDGER) as relay:
            await projected(app, last)
            assert relay.position == last
    await forge(kafka_settings, topic, *copies)
    async with (
        RelayApp(kafka_settings, LEDGER) as relay,
        ProjectorApp(kafka_settings, LEDGER) as app,
    ):
        assert app.position == last

        async def there() -> bool:
            return relay.position == last

        await until(there, relay, app)
    told = [number_in(dict(each.headers)) for each in await whole_topic(kafka_settings, topic)]
    assert told == [*range(1, 11), 15, last, *range(11, last + 1), 15, last]


async def test_told_to_stop_as_an_entry_was_folded_it_stops(
    kafka_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait that ended in the same moment swallowed it, and the process went on for ever."""
    monkeypatch.setattr("consumers.projector.FINDING_SECONDS", 0)
    app = ProjectorApp(kafka_settings, LEDGER)

    async def nothing(_: object) -> None:
        return None

    monkeypatch.setattr(app._findings, "attempt", nothing)
    finding = asyncio.create_task(app._find())
    await asyncio.sleep(0.1)
    app._folded.set()
    finding.cancel()
    done, _ = await asyncio.wait({finding}, timeout=5)
    assert done == {finding}


async def test_it_waits_while_older_read_models_serve_and_says_why(
    kafka_settings: Settings, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade, until a rebuild: nothing is folded, nothing fails, then it goes on."""
    monkeypatch.setattr("consumers.projector.WAIT_SECONDS", 0.2)
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, 10)
    await connection.execute(
        f"ALTER SCHEMA {SCHEMA} RENAME TO read_0; UPDATE read.serving SET version = 0"
    )
    async with ProjectorApp(kafka_settings, LEDGER) as app:
        assert "mingjian rebuild" in str((await app.vitals.ready()).more["waits"])
        await asyncio.sleep(1)
        app.check()
        assert await connection.fetchval("SELECT count(*) FROM read_0.checkpoint") == 0
        result = await Command(kafka_settings.database_url or "", kafka_settings.home).run(
            models=()
        )
        assert result.exit_code == 0, result.output
        await publish_entries(kafka_settings, connection, 10, last)
        await projected(app, last)
        assert "waits" not in (await app.vitals.ready()).more
    rows = await read_model_rows(connection)

    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_model_rows(connection) == rows


async def test_a_read_model_that_cannot_fold_an_entry_halts_and_the_others_go_on(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    """Also over a restart; and once the entry is left out it goes on, while the projector runs."""
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, last - 5)
    entries = await read_entries(connection, LEDGER, 0, last)
    poison = next(e.position for e in entries[9:] if e.type in payments.types and not replaces(e))
    with poisoned(payments, poison):
        async with ProjectorApp(kafka_settings, LEDGER, max_records=7) as first:
            await projected(first, last - 10)
        async with ProjectorApp(kafka_settings, LEDGER, max_records=7) as second:
            await projected(second, last - 5)
            await second.watched.see(connection)
            assert (await second.vitals.ready()).more["halted"] == ["payment"]
            stand = (await checkpoint.stands(connection, LEDGER))["payment"]
            assert stand.halt is not None
            assert stand.halt.position == poison

            secret, said = kafka_settings.secret, journal.said("示例经办人", "读不了")
            await leave_out(connection, secret, LEDGER, "payment", poison, said)
            await publish_entries(kafka_settings, connection, last - 5, last)
            await projected(second, last)
            await second.watched.see(connection)
            assert "halted" not in (await second.vitals.ready()).more
    assert set((await projector.positions(connection, LEDGER)).values()) == {last}
    on_kafka = await read_model_rows(connection)

    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_model_rows(connection) == on_kafka


async def test_an_entry_from_the_topic_equals_that_of_the_table(
    kafka_settings: Settings, connection: asyncpg.Connection
) -> None:
    last = await a_ledger(connection, kafka_settings, messy_feed(3))
    await make_topics(kafka_settings)
    await publish_entries(kafka_settings, connection, 0, last)
    records = await whole_topic(kafka_settings, ledger_topic(LEDGER, kafka_settings.kafka_prefix))
    whole = [entry_row(message_of(record)) for record in records]
    rows = [(*(row[name] for name in store.READ_COLUMNS), row["open"]) for row in whole]
    entries = await read_entries(connection, LEDGER, 0, last)
    assert [store.entry_of(row, SAMPLE) for row in rows] == entries
