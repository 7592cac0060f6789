"""What was put aside: parked events (搁置) and quarantine (隔离). Neither is an entry.

A parked event is settled when it is accepted at last or refused, a quarantined message when a
repair releases it; the row stays, with the position of the ledger at which that happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import asyncpg

from ledger.store import Ledger

Row = dict[str, Any]


class Table(NamedTuple):
    """One of the two tables, and what may be shown of its rows: never content, never a hash."""

    name: str
    title: str
    kind: str
    """The column by which rows are counted: the reason, or the type."""
    settled: str
    """The column with the position at which a row was settled; null until then."""
    columns: tuple[str, ...]
    refused: str = "false"
    """The condition under which a settled row became no entry."""


QUARANTINE = Table(
    "quarantine",
    "隔离",
    "reason",
    "released_at",
    (
        "number",
        "received_at",
        "reason",
        "pointer",
        "expected",
        "source",
        "event_id",
        "type",
        "claims_fen",
        "claims_on",
        "origin",
        "size",
        "position",
        "released_by",
        "released_at",
    ),
)
_ACCEPTED_AT = """
(SELECT entry.position FROM ledger.entry
    WHERE entry.ledger = parked.ledger AND entry.source = parked.source
    AND entry.event_id = parked.event_id AND entry.position <= parked.taken_at)
"""
"""Of a settled event the position of its entry; null where it was refused and stands in quarantine.
An entry further on has only its id: another event, which came when this one was refused."""
PARKED = Table(
    "parked",
    "搁置",
    "type",
    "taken_at",
    (
        "number",
        "parked_at",
        "source",
        "event_id",
        "type",
        "waits_for",
        "claims_fen",
        "claims_on",
        "origin",
        "position",
        "taken_at",
        f"{_ACCEPTED_AT} AS accepted_at",
    ),
    refused=f"taken_at IS NOT NULL AND {_ACCEPTED_AT} IS NULL",
)
TABLES = (PARKED, QUARANTINE)


# The columns that the intake writes, in the order of its rows.
PARKED_WRITTEN = (
    "number",
    "ledger",
    "source",
    "event_id",
    "type",
    "parked_at",
    "digest",
    "sealed",
    "origin",
    "position",
    "claims_fen",
    "claims_on",
    "waits_for",
    "taken_at",
)
QUARANTINE_WRITTEN = (
    "ledger",
    "number",
    "received_at",
    "reason",
    "pointer",
    "expected",
    "source",
    "event_id",
    "type",
    "position",
    "claims_fen",
    "claims_on",
    "digest",
    "size",
    "sealed",
    "origin",
)


class NoSuchNumber(LookupError):
    """Nothing in this ledger was put aside under that number."""

    def __init__(self, table: Table, ledger: str, number: int) -> None:
        super().__init__(f"账本 {ledger} 的{table.title}中没有编号 {number} / no such number")


class Claims(NamedTuple):
    """How many messages are aside, and the amount (分) that they claim as far as it is readable."""

    events: int
    fen: int


class Count(NamedTuple):
    """Rows of one reason or type: all, those settled, and what the others claim (分)."""

    kind: str
    rows: int
    settled: int
    claims_fen: int
    refused: int
    """Those of the settled that became no entry."""


async def rows(
    connection: asyncpg.Connection,
    table: Table,
    ledger: str,
    *,
    settled: bool,
    limit: int | None = None,
    offset: int = 0,
) -> list[Row]:
    """Rows in the order of their numbers, with the settled ones or without."""
    only = "" if settled else f" AND {table.settled} IS NULL"
    records = await connection.fetch(
        f"SELECT {', '.join(table.columns)} FROM ledger.{table.name}"
        f" WHERE ledger = $1{only} ORDER BY number LIMIT $2 OFFSET $3",
        ledger,
        limit,
        offset,
    )
    return [dict(row) for row in records]


async def row(connection: asyncpg.Connection, table: Table, ledger: str, number: int) -> Row:
    """One row; raises NoSuchNumber."""
    record = await connection.fetchrow(
        f"SELECT {', '.join(table.columns)} FROM ledger.{table.name}"
        " WHERE ledger = $1 AND number = $2",
        ledger,
        number,
    )
    if record is None:
        raise NoSuchNumber(table, ledger, number)
    return dict(record)


async def sealed(connection: asyncpg.Connection, table: Table, ledger: str, number: int) -> bytes:
    """The sealed bytes as they were received; raises NoSuchNumber."""
    content: bytes | None = await connection.fetchval(
        f"SELECT sealed FROM ledger.{table.name} WHERE ledger = $1 AND number = $2", ledger, number
    )
    if content is None:
        raise NoSuchNumber(table, ledger, number)
    return content


async def numbers_of(
    connection: asyncpg.Connection, table: Table, ledger: str, event: tuple[str, str]
) -> list[int]:
    """The numbers under which an event (source, id) is aside and not settled."""
    records = await connection.fetch(
        f"SELECT number FROM ledger.{table.name} WHERE ledger = $1 AND source = $2"
        f" AND event_id = $3 AND {table.settled} IS NULL ORDER BY number",
        ledger,
        *event,
    )
    return [number for (number,) in records]


async def counts(connection: asyncpg.Connection, table: Table, ledger: str) -> list[Count]:
    """How many rows there are of each reason or type, in the order of its name."""
    records = await connection.fetch(
        f"SELECT {table.kind}, count(*), count({table.settled}),"
        f" coalesce(sum(claims_fen) FILTER (WHERE {table.settled} IS NULL), 0),"
        f" count(*) FILTER (WHERE {table.refused})"
        f" FROM ledger.{table.name} WHERE ledger = $1 GROUP BY 1 ORDER BY 1",
        ledger,
    )
    return [
        Count(kind, rows, settled, int(fen), refused)
        for kind, rows, settled, fen, refused in records
    ]


async def claims(connection: asyncpg.Connection, ledger: str) -> dict[str, Claims]:
    """Name of the table → what is not settled there."""
    by_table: dict[str, Claims] = {}
    for table in TABLES:
        events, fen = await connection.fetchrow(
            f"SELECT count(*), coalesce(sum(claims_fen), 0) FROM ledger.{table.name}"
            f" WHERE ledger = $1 AND {table.settled} IS NULL",
            ledger,
        )
        by_table[table.name] = Claims(events, int(fen))
    return by_table


# The same bytes may have been put in quarantine and, understood later, be parked: counted once.
_IN_PERIOD = f"""
SELECT name, count(*), coalesce(sum(claims_fen), 0)
FROM (
    SELECT DISTINCT ON (digest) name, claims_fen, claims_on
    FROM (
        {
    " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, digest, claims_fen, claims_on FROM ledger.{table.name}"
        f" WHERE ledger = $1 AND position <= $2"
        f" AND ({table.settled} IS NULL OR {table.settled} > $2)"
        for table in TABLES
    )
}
    ) AS aside
    ORDER BY digest, name
) AS once
WHERE claims_on BETWEEN $3 AND $4 GROUP BY name
"""


async def claims_in_period(
    connection: asyncpg.Connection, ledger: str, at: int, start: date, end: date
) -> dict[str, Claims]:
    """Name of the table → what was not settled at position `at` and claims a date in the period."""
    by_table = {
        name: Claims(events, int(fen))
        for name, events, fen in await connection.fetch(_IN_PERIOD, ledger, at, start, end)
    }
    return {table.name: by_table.get(table.name, Claims(0, 0)) for table in TABLES}


async def parked_by_partition(connection: asyncpg.Connection, ledger: str) -> dict[str, int]:
    """Partition ("topic/partition") → how many events that came by it are parked."""
    return await _by_partition(connection, PARKED, ledger, f" AND {PARKED.settled} IS NULL")


async def quarantined_by_partition(connection: asyncpg.Connection, ledger: str) -> dict[str, int]:
    """Partition → how many messages that came by it were ever quarantined."""
    return await _by_partition(connection, QUARANTINE, ledger)


async def _by_partition(
    connection: asyncpg.Connection, table: Table, ledger: str, condition: str = ""
) -> dict[str, int]:
    records = await connection.fetch(
        f"SELECT regexp_replace(origin, '/[0-9]+$', ''), count(*) FROM ledger.{table.name}"
        f" WHERE ledger = $1{condition} GROUP BY 1",
        ledger,
    )
    return dict(map(tuple, records))


_NOTICES = {
    "parked": "SELECT number, source, event_id, waits_for FROM ledger.parked",
    "quarantined": "SELECT number, source, event_id, reason, pointer, digest, origin"
    " FROM ledger.quarantine",
}


async def notices(
    connection: asyncpg.Connection, what: str, ledger: str, span: tuple[int, int], limit: int
) -> list[Sequence[Any]]:
    """What sources are told of the rows after the first number of `span`, up to the second."""
    records: list[Sequence[Any]] = await connection.fetch(
        f"{_NOTICES[what]} WHERE ledger = $1 AND number > $2 AND number <= $3"
        " ORDER BY number LIMIT $4",
        ledger,
        *span,
        limit,
    )
    return records


async def settle_accepted(connection: asyncpg.Connection, ledger: str) -> list[str]:
    """Settle parked events whose entries were restored; returns where each had come from."""
    records = await connection.fetch(
        "UPDATE ledger.parked SET taken_at = entry.position FROM ledger.entry"
        " WHERE parked.ledger = $1 AND parked.taken_at IS NULL"
        " AND entry.source = parked.source AND entry.event_id = parked.event_id"
        " RETURNING parked.origin",
        ledger,
    )
    return [origin for (origin,) in records]


# What the intake asks before a batch and writes at its end.


async def quarantined_digests(connection: asyncpg.Connection, ledger: Ledger) -> set[bytes]:
    """The keyed hashes of everything in quarantine."""
    if not ledger.quarantined:
        return set()
    rows = await connection.fetch(
        "SELECT digest FROM ledger.quarantine WHERE ledger = $1", ledger.name
    )
    return {row[0] for row in rows}


async def prerequisites(connection: asyncpg.Connection, ledger: Ledger) -> set[str]:
    """What parked events are parked for."""
    if not ledger.parked:
        return set()
    rows = await connection.fetch(
        "SELECT DISTINCT waits_for FROM ledger.parked WHERE ledger = $1 AND taken_at IS NULL",
        ledger.name,
    )
    return {row[0] for row in rows}


async def parked_for(
    connection: asyncpg.Connection, ledger: str, prerequisites: Sequence[str]
) -> list[asyncpg.Record]:
    """Rows of the events that are parked for any of these, in the order they were parked."""
    if not prerequisites:
        return []
    rows: list[asyncpg.Record] = await connection.fetch(
        "SELECT source, event_id, number, type, digest, sealed, origin, waits_for"
        " FROM ledger.parked"
        " WHERE ledger = $1 AND waits_for = ANY($2) AND taken_at IS NULL ORDER BY number",
        ledger,
        prerequisites,
    )
    return rows


async def move_parked(
    connection: asyncpg.Connection, moved: Sequence[tuple[str, str, str, int | None]]
) -> None:
    """Store what each parked event (source, id) now waits for, or where it stopped waiting."""
    if moved:
        await connection.execute(
            "UPDATE ledger.parked SET waits_for = prerequisite, taken_at = settled_at"
            " FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])"
            " AS moved (s, i, prerequisite, settled_at)"
            " WHERE source = s AND event_id = i AND taken_at IS NULL",
            *map(list, zip(*moved, strict=True)),
        )


async def mark_released(
    connection: asyncpg.Connection, ledger: str, released: Sequence[tuple[bytes, str, int]]
) -> None:
    """Note which event took a quarantined content in, and at which position."""
    if released:
        await connection.execute(
            "UPDATE ledger.quarantine SET released_by = n, released_at = p"
            " FROM unnest($2::bytea[], $3::text[], $4::bigint[]) AS t (d, n, p)"
            " WHERE ledger = $1 AND digest = d AND released_by IS NULL",
            ledger,
            *map(list, zip(*released, strict=True)),
        )


async def release(
    connection: asyncpg.Connection, ledger: str, number: int, event: str, position: int
) -> None:
    """Note which event repaired what stands under a number, named at a position."""
    await connection.execute(
        "UPDATE ledger.quarantine SET released_by = $3, released_at = $4"
        " WHERE ledger = $1 AND number = $2",
        ledger,
        number,
        event,
        position,
    )
