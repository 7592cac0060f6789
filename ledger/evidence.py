"""Entries as evidence: one of them, the history of a stream, and what an auditor or doctor counts.

Rows are mappings of the columns named here. Open parts only: nothing here reads a sealed part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

Row = Mapping[str, Any]

_ENTRY = (
    "SELECT position, recorded_at, source, event_id, type, stream, version, open,"
    " encode(sha256(open), 'hex') AS sha256, breaches"
    " FROM ledger.entry WHERE ledger = $1"
)


async def entry(connection: asyncpg.Connection, ledger: str, position: int) -> Row | None:
    """The entry at a position; None if there is no such entry."""
    row: Row | None = await connection.fetchrow(_ENTRY + " AND position = $2", ledger, position)
    return row


class Told(NamedTuple):
    """When an entry was recorded, and the position of the fact it is, or leads back to."""

    position: int
    root: int
    recorded_at: datetime


async def told(connection: asyncpg.Connection, ledger: str, positions: Sequence[int]) -> list[Told]:
    """Of the entries at these positions that there are, in no order."""
    rows = await connection.fetch(
        "SELECT position, coalesce(root, position), recorded_at FROM ledger.entry"
        " LEFT JOIN ledger.correction USING (ledger, position)"
        " WHERE ledger = $1 AND position = ANY($2)",
        ledger,
        positions,
    )
    return [Told(*row) for row in rows]


async def holds(connection: asyncpg.Connection, ledger: str, event: tuple[str, str]) -> bool:
    """Whether the ledger holds the event (source, id)."""
    query = "SELECT EXISTS (SELECT FROM ledger.entry WHERE ledger = $1 AND source = $2"
    return bool(await connection.fetchval(query + " AND event_id = $3)", ledger, *event))


async def holds_form(connection: asyncpg.Connection, ledger: str, form: int) -> bool:
    """Whether the ledger holds an entry of that form."""
    query = "SELECT EXISTS (SELECT FROM ledger.entry WHERE ledger = $1 AND form = $2)"
    return bool(await connection.fetchval(query, ledger, form))


async def corrections_of(
    connection: asyncpg.Connection, ledger: str, corrected: Row, to: int
) -> list[Row]:
    """Position and kind of the corrections of an entry, up to a position."""
    rows: list[Row] = await connection.fetch(
        "SELECT position, convert_from(open, 'UTF8')::jsonb ->> 'correctionkind' AS kind"
        " FROM ledger.entry WHERE ledger = $1 AND stream = $2 AND position > $3 AND position <= $5"
        " AND convert_from(open, 'UTF8')::jsonb ->> 'corrects' = $4 ORDER BY position",
        ledger,
        corrected["stream"],
        corrected["position"],
        f"{corrected['source']}/{corrected['event_id']}",
        to,
    )
    return rows


class Correction(NamedTuple):
    """A correction (更正, 撤销): its kind, and when it was recorded."""

    position: int
    kind: str
    recorded_at: datetime


def corrects(position: str) -> str:
    """SQL: whether the entry of ledger $1 at a position (an SQL expression) corrects another."""
    found = f"SELECT FROM ledger.correction AS c WHERE c.ledger = $1 AND c.position = {position}"
    return f"EXISTS ({found})"


async def corrections(
    connection: asyncpg.Connection, ledger: str, positions: Sequence[int]
) -> list[Correction]:
    """The entries at these positions, which correct others."""
    rows = await connection.fetch(
        "SELECT position, convert_from(open, 'UTF8')::jsonb ->> 'correctionkind', recorded_at"
        " FROM ledger.entry WHERE ledger = $1 AND position = ANY($2)",
        ledger,
        positions,
    )
    return [Correction(*row) for row in rows]


async def length_of(connection: asyncpg.Connection, ledger: str, stream: str, to: int) -> int:
    """How many entries a stream has, up to a position."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM ledger.entry WHERE ledger = $1 AND stream = $2 AND position <= $3",
        ledger,
        stream,
        to,
    )
    return count


async def types_of(connection: asyncpg.Connection, ledger: str, stream: str, to: int) -> list[str]:
    """The types of the facts that a stream holds, up to a position."""
    rows = await connection.fetch(
        "SELECT DISTINCT type FROM ledger.entry"
        " WHERE ledger = $1 AND stream = $2 AND position <= $3",
        ledger,
        stream,
        to,
    )
    return [row[0] for row in rows]


async def types_at(
    connection: asyncpg.Connection, ledger: str, positions: Collection[int]
) -> list[str]:
    """The types of the entries at these positions."""
    rows = await connection.fetch(
        "SELECT DISTINCT type FROM ledger.entry WHERE ledger = $1 AND position = ANY($2)",
        ledger,
        list(positions),
    )
    return [row[0] for row in rows]


async def history(
    connection: asyncpg.Connection, ledger: str, stream: str, to: int, limit: int, offset: int
) -> list[Row]:
    """A part of a stream, in the order of its versions, up to a position."""
    rows: list[Row] = await connection.fetch(
        _ENTRY + " AND stream = $2 AND position <= $3 ORDER BY version LIMIT $4 OFFSET $5",
        ledger,
        stream,
        to,
        limit,
        offset,
    )
    return rows


async def count_and_last(connection: asyncpg.Connection, ledger: str) -> tuple[int, int]:
    """How many entries there are, and the last position: equal where the positions are dense."""
    count, last = await connection.fetchrow(
        "SELECT count(*), coalesce(max(position), 0) FROM ledger.entry WHERE ledger = $1", ledger
    )
    return count, last


async def count_by_source(connection: asyncpg.Connection, ledger: str) -> dict[str, int]:
    """Source → how many entries are of it."""
    rows = await connection.fetch(
        "SELECT source, count(*) FROM ledger.entry WHERE ledger = $1 GROUP BY 1", ledger
    )
    return dict(map(tuple, rows))


async def telling(connection: asyncpg.Connection, ledger: str) -> Row | None:
    """The last entry that tells which secret it was written with: for `seal.wrote`."""
    row: Row | None = await connection.fetchrow(
        "SELECT open, digest, form, leaf, mac, NULL AS sealed FROM ledger.entry AS e"
        " WHERE ledger = $1 AND (form > 1 OR NOT EXISTS (SELECT FROM ledger.sealed_part AS s"
        " WHERE s.ledger = e.ledger AND s.position = e.position))"
        " ORDER BY position DESC LIMIT 1",
        ledger,
    )
    return row
