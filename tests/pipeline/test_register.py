"""The register on Kafka: what a suspended source had written is refused, and stays so."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from consumers.intake import IntakeApp
from infra.kafka.rights import source_user
from infra.settings import Settings
from ledger import broker_users, register
from ledger.broker_users import Changed
from ledger.journal import Said
from ledger.seal import Sealer
from projections import opening
from sample.feed import Feed
from sample.sending import Sent
from tests.support.engine import ledger_dump
from tests.support.history import BANK, OFFICE
from tests.support.kafka import all_taken, run_through, send, until
from tests.support.ledger import LEDGER
from tests.support.money import a_household, a_payment
from upkeep.keys import export_keys, import_keys
from upkeep.restore import restore_ledger

pytestmark = pytest.mark.kafka
SAID = Said("李明", "密钥外泄")
STATES = "SELECT event_id, reason, journal_to IS NOT NULL FROM ledger.quarantine ORDER BY number"


def paid(*months: int) -> Feed:
    feed = Feed()
    for month in months:
        fact = a_payment("DB-1", 50_000, f"2024-{month:02}")
        feed.send(BANK, f"p-{month}", fact, received=date(2024, month, 20))
    return feed


async def test_after_a_restore_the_same_stands_where_a_source_was_suspended_and_resumed(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    """Two were refused, one of which was sent again; both databases know the same of all."""
    first = kafka_settings
    sealer = Sealer(first.secret, LEDGER)
    opened = paid(1)
    opened.send(OFFICE, "c-1", a_household("DB-1"), received=date(2024, 1, 2))
    sent = await send(first, opened, tmp_path)
    await run_through(first, connection, sent)
    for deed, months in ((register.suspend, (2, 3)), (register.resume, (4,))):
        await deed(connection, sealer, LEDGER, BANK, SAID)
        more = await send(first, paid(*months), tmp_path)
        sent = Sent(sent.lines + more.lines, sent.ends | more.ends)
        await run_through(first, connection, sent)
    user = source_user(BANK, first.kafka_prefix)
    await broker_users.note(
        connection, first.secret, first.kafka_prefix, [Changed(user, made=True)], SAID
    )
    again = await send(first, paid(3), tmp_path)
    sent = Sent(sent.lines + again.lines, sent.ends | again.ends)
    await run_through(first, connection, sent)
    expected = [("p-2", "source_suspended", False), ("p-3", "source_suspended", True)]
    assert [tuple(row) for row in await connection.fetch(STATES)] == expected

    second = first.model_copy(update={"database_url": second_url})
    await export_keys(connection, sealer, LEDGER, tmp_path / "keys.jsonl")
    await opening.prepare(tail_connection)
    await import_keys(tail_connection, sealer, LEDGER, tmp_path / "keys.jsonl")
    await restore_ledger(tail_connection, second, LEDGER)
    async with IntakeApp(second, LEDGER) as intake:
        await until(partial(all_taken, tail_connection, sent), intake)
    assert [tuple(row) for row in await tail_connection.fetch(STATES)] == expected
    ours, theirs = [await ledger_dump(each) for each in (connection, tail_connection)]
    for table in ("ledger", "entry", "journal", "quarantine"):
        assert theirs[table] == ours[table], table
    stands = [await register.read(each, sealer, LEDGER) for each in (connection, tail_connection)]
    assert stands[0] == stands[1]
    assert stands[0].of(BANK).active
    users = [
        await broker_users.of_sources(each, sealer, LEDGER, [BANK])
        for each in (connection, tail_connection)
    ]
    assert users[0] == users[1]
    assert users[0][BANK].there
