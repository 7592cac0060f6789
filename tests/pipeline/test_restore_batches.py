"""Restore where records of the intake topics held many events: each is found again, once.

A record is an offset, an event a fact: both are counted, apart, before the loss and after it.
"""

from __future__ import annotations

from datetime import date
from functools import cache, partial
from pathlib import Path

import asyncpg
import pytest

from consumers.intake import IntakeApp
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from ledger import offsets
from ledger.seal import Sealer
from projections import opening, tail
from sample.sending import Sent
from tests.pipeline.test_restore import EXACT, exact, publish_all
from tests.support.engine import ledger_dump, read_dump
from tests.support.kafka import all_taken, make_topics, put, run_through, until
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment
from upkeep import balance
from upkeep.keys import export_keys, import_keys
from upkeep.reconcile import compare_entries, compare_journal
from upkeep.restore import restore_ledger
from upkeep.verification.driver import verify

pytestmark = pytest.mark.kafka

Headers = list[tuple[str, bytes | None]]
BATCH: Headers = [("content-type", b"application/cloudevents-batch+json")]
ONE: Headers = [("content-type", b"application/cloudevents+json")]
OFFICE, BANK = "social-assistance", "payouts"


@cache  # who sends again sends the same bytes
def case(n: int) -> bytes:
    return event(OFFICE, f"c-{n}", a_household(f"DB-{n}"), received=date(2024, 2, 1))


@cache
def paid(n: int, case_number: str) -> bytes:
    return event(
        *(BANK, f"p-{n}", a_payment(case_number, 50_000, "2024-03")), received=date(2024, 4, 1)
    )


def listed(*events: bytes) -> bytes:
    return b"[" + b",".join(events) + b"]"


FOREIGN = case(9).replace(b'"445102"', b'"445103"')
WRONG = paid(9, "DB-1").replace(b'"amount_fen":50000', b'"amount_fen":-1')
FROM_OFFICE: tuple[tuple[bytes | None, Headers], ...] = (
    (listed(case(1), FOREIGN, case(2)), BATCH),  # the one between them is refused
    (case(3), ONE),
    (listed(case(1), case(3)), BATCH),  # both have come before
    (listed(), BATCH),  # a record without events
    (b'[{"id":', BATCH),  # a record that nobody can cut
)
FROM_BANK: tuple[tuple[bytes | None, Headers], ...] = (
    (listed(paid(1, "DB-1"), WRONG, paid(2, "DB-never"), paid(3, "DB-3")), BATCH),
    (listed(paid(4, "DB-2"), b"7", paid(1, "DB-1"), paid(5, "DB-later")), BATCH),
    (paid(6, "DB-1"), ONE),
)
"""Two payments are for cases that nobody has told of yet."""
BOOKS = {
    # records, events, accepted, duplicate, parked, quarantined: counted by hand from the above;
    # what cannot be cut is one event.
    OFFICE: (5, 7, 3, 2, 0, 2),
    BANK: (3, 9, 4, 1, 2, 2),
}


async def booked(
    connection: asyncpg.Connection, settings: Settings
) -> dict[str, tuple[int, int, int, int, int, int]]:
    """What each source's book says, which must balance."""
    whole = await balance.books(connection, Bootstrap.of(settings), settings.kafka_prefix, LEDGER)
    assert {book.topic: book.faults for book in whole if book.faults} == {}
    stored = {
        book.topic: book for book in await offsets.books(connection, LEDGER, settings.kafka_prefix)
    }
    return {
        source: stored[intake_topic(source, settings.kafka_prefix)][4:] for source in (OFFICE, BANK)
    }


async def test_a_ledger_of_batches_comes_back_as_it_was(
    kafka_settings: Settings,
    connection: asyncpg.Connection,
    tail_connection: asyncpg.Connection,
    second_url: str,
    tmp_path: Path,
) -> None:
    """Entries from their topic; what waited and what was refused from the intake topics."""
    first, prefix = kafka_settings, kafka_settings.kafka_prefix
    await make_topics(first)
    office, bank = intake_topic(OFFICE, prefix), intake_topic(BANK, prefix)
    await put(first, office, *FROM_OFFICE)
    await opening.create_ledger(connection, LEDGER, "replay", first)
    async with IntakeApp(first, LEDGER) as intake:  # so that the cases are there first
        sent = Sent(0, {office: len(FROM_OFFICE)})
        await until(partial(all_taken, connection, sent), intake)
    await put(first, bank, *FROM_BANK)
    sent.ends[bank] = len(FROM_BANK)
    await run_through(first, connection, sent)
    assert await booked(connection, first) == BOOKS
    before = await ledger_dump(connection)
    await export_keys(connection, Sealer(first.secret, LEDGER), LEDGER, tmp_path / "keys.jsonl")

    # The database is lost: a new one, the keys from their file, the rest from the topics.
    second = first.model_copy(update={"database_url": second_url})
    await opening.prepare(tail_connection)
    sealer = Sealer(second.secret, LEDGER)
    await import_keys(tail_connection, sealer, LEDGER, tmp_path / "keys.jsonl")
    done = await restore_ledger(tail_connection, second, LEDGER)
    assert (done.written, done.compared, done.without_key) == (7, 0, 0)
    assert await exact(tail_connection) == await exact(connection)
    async with IntakeApp(second, LEDGER) as intake:
        await until(partial(all_taken, tail_connection, sent), intake)

    after = await ledger_dump(tail_connection)
    for table in (*EXACT, "parked", "quarantine"):
        assert after[table] == before[table], table
    records_and_events = {source: counts[:2] for source, counts in BOOKS.items()}
    found = await booked(tail_connection, second)
    assert {source: counts[:2] for source, counts in found.items()} == records_and_events
    assert {source: counts[4:] for source, counts in found.items()} == {
        source: counts[4:] for source, counts in BOOKS.items()
    }
    for database in (connection, tail_connection):
        await tail.catch_up(database, LEDGER)
    assert await read_dump(tail_connection) == await read_dump(connection)

    # And it goes on: the case that a payment of a batch waits for comes, on either side.
    later = event(OFFICE, "c-later", a_household("DB-later"), received=date(2024, 5, 1))
    await put(first, office, (listed(later, case(1)), BATCH))
    sent.ends[office] += 1
    for settings, database in ((first, connection), (second, tail_connection)):
        async with IntakeApp(settings, LEDGER) as intake:
            await until(partial(all_taken, database, sent), intake)
        counts = await booked(database, settings)
        assert (counts[OFFICE][:2], counts[BANK][4]) == ((6, 9), 1)
    assert (await ledger_dump(tail_connection))["entry"] == (await ledger_dump(connection))["entry"]

    await publish_all(second, tail_connection)
    places = (Bootstrap.of(second), second.kafka_prefix, LEDGER)
    assert (await compare_entries(tail_connection, *places)).equal
    assert (await compare_journal(tail_connection, *places)).equal
    told = await balance.receipts(tail_connection, *places, read=True)
    assert [kind.missing for kind in told.kinds] == [0, 0, 0]
    made = await verify(
        tail_connection, second.secret, LEDGER, second.kafka_prefix, lambda *_: lambda _: None
    )
    assert made.differences.as_json() == []
