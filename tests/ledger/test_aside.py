"""What was put aside, asked by everybody in the same words."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import asyncpg
import pytest

from ledger import aside
from ledger.records import Record, legible
from ledger.store import Ledger
from projections import opening
from tests.support.bureau import SAMPLE
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment, an_id

LARGEST = 2**63 - 1


async def test_what_it_claims_is_counted_however_much_it_is(connection: asyncpg.Connection) -> None:
    """Two claims of the largest number overflowed the sum, and the service's look at them failed.

    The reader of claims bounds them; a row of an older reader may still hold anything.
    """
    await opening.prepare(connection)
    await connection.executemany(
        "INSERT INTO ledger.parked VALUES ($1, 'office', $2, $3, 'stream:a/b', 't', now(), '', '',"
        " 'f:1', 0, $4, '2024-05-06', NULL, $3)",
        [(LEDGER, f"e{number}", number, LARGEST) for number in (1, 2)],
    )

    assert (await aside.claims(connection, LEDGER))["parked"] == (2, 2 * LARGEST)
    (counted,) = await aside.counts(connection, aside.PARKED, LEDGER)
    assert (counted.rows, counted.settled, counted.claims_fen) == (2, 0, 2 * LARGEST)


async def test_what_is_settled_is_listed_when_asked_for_and_claims_nothing(
    connection: asyncpg.Connection,
) -> None:
    await opening.prepare(connection)
    await connection.executemany(
        "INSERT INTO ledger.parked VALUES ($1, 'office', $2, $3, 'stream:a/b', 't', now(), '', '',"
        " 'f:1', 0, 700, '2024-05-06', $4, $3, $5)",
        [(LEDGER, "open", 1, None, None), (LEDGER, "taken", 2, 9, 3)],
    )
    await connection.execute(
        "INSERT INTO ledger.journal VALUES"
        " ($1, 3, now(), 9, 'taken-up', 'parked/2', NULL, NULL, '{}', NULL)",
        LEDGER,
    )

    listed = await aside.rows(connection, aside.PARKED, LEDGER, settled=False)
    everything = await aside.rows(connection, aside.PARKED, LEDGER, settled=True)
    assert [row["event_id"] for row in listed] == ["open"]
    assert [row["event_id"] for row in everything] == ["open", "taken"]
    assert (await aside.claims(connection, LEDGER))["parked"] == (1, 700)
    assert await aside.numbers_of(connection, aside.PARKED, LEDGER, ("office", "taken")) == []


@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_a_refused_event_stays_refused_when_another_takes_its_id(
    connection: asyncpg.Connection, size: int
) -> None:
    """In one batch it was given the position at which the other was accepted."""
    bench = await Bench.open(connection)
    wrong = event(
        BANK, "p-2", a_payment("DB-2", 1, "2024-01"), corrects=f"{BANK}/p-1", kind="changed"
    )
    await bench.take(
        event(OFFICE, "c-1", a_household("DB-1")),
        event(OFFICE, "c-2", a_household("DB-2")),
        wrong,
        event(BANK, "p-1", a_payment("DB-1", 2, "2024-01")),
        event(BANK, "p-2", a_payment("DB-2", 3, "2024-01")),
        batch=size,
    )

    (row,) = await aside.rows(connection, aside.PARKED, LEDGER, settled=True)
    assert (row["taken_at"], row["accepted_at"]) == (3, None)
    (counted,) = await aside.counts(connection, aside.PARKED, LEDGER)
    assert (counted.rows, counted.settled, counted.refused) == (1, 1, 1)


async def test_no_row_shows_content_or_its_hash(connection: asyncpg.Connection) -> None:
    await opening.prepare(connection)
    for table in aside.TABLES:
        shown = [column.rpartition(" AS ")[2] for column in table.columns]
        assert not any(word in name for name in shown for word in ("sealed", "digest"))
        with pytest.raises(aside.NoSuchNumber):
            await aside.row(connection, table, LEDGER, 1)


def test_a_persons_number_is_no_label_of_what_was_refused() -> None:
    """Labels stand in clear in the journal and its topic for ever; long machine names may too."""
    received = datetime(2024, 3, 1, tzinfo=UTC)

    ledger = Ledger(LEDGER, "live", sample=True, position=1, last_recorded_at=received)

    def label(event_id: str) -> str | None:
        record = Record(json.dumps({"id": event_id}).encode(), "test:1")
        return legible(record, ledger, SAMPLE, 1, received).event_id

    assert label(an_id()) is None
    assert label(f"p-{an_id()}-1".lower()) is None
    assert label("20240301120000123456") == "20240301120000123456"
