"""What was put aside, asked by everybody in the same words."""

from __future__ import annotations

import asyncpg
import pytest

from ledger import aside
from projections import opening
from tests.support.ledger import LEDGER

LARGEST = 2**63 - 1


async def test_what_it_claims_is_counted_however_much_it_is(connection: asyncpg.Connection) -> None:
    """Two claims of the largest number overflowed the sum, and the service's look at them failed.

    The reader of claims bounds them; a row of an older reader may still hold anything.
    """
    await opening.prepare(connection)
    await connection.executemany(
        "INSERT INTO ledger.parked VALUES ($1, 'office', $2, $3, 'stream:a/b', 't', now(), '', '',"
        " 'f:1', 0, $4, '2024-05-06')",
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
        " 'f:1', 0, 700, '2024-05-06', $4)",
        [(LEDGER, "open", 1, None), (LEDGER, "taken", 2, 9)],
    )

    listed = await aside.rows(connection, aside.PARKED, LEDGER, settled=False)
    everything = await aside.rows(connection, aside.PARKED, LEDGER, settled=True)
    assert [row["event_id"] for row in listed] == ["open"]
    assert [row["event_id"] for row in everything] == ["open", "taken"]
    assert (await aside.claims(connection, LEDGER))["parked"] == (1, 700)
    assert await aside.numbers_of(connection, aside.PARKED, LEDGER, ("office", "taken")) == []


async def test_no_row_shows_content_or_its_hash(connection: asyncpg.Connection) -> None:
    await opening.prepare(connection)
    for table in aside.TABLES:
        assert {"sealed", "digest"}.isdisjoint(table.columns)
        with pytest.raises(aside.NoSuchNumber):
            await aside.row(connection, table, LEDGER, 1)
