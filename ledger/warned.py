"""Entries at which what an earlier one is worth may change, and their streams: for audit rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import asyncpg

from domain.aggregate import Entry
from ledger.adopted import Versions, entries
from ledger.history import sized
from ledger.store import READ


async def positions(connection: asyncpg.Connection, ledger: str, after: int, to: int) -> list[int]:
    """Positions after one and up to another of entries taken with warnings, and of corrections."""
    rows = await connection.fetch(
        "SELECT position FROM ledger.entry"
        " WHERE ledger = $1 AND position > $2 AND position <= $3 AND breaches IS NOT NULL"
        " UNION SELECT position FROM ledger.correction"
        " WHERE ledger = $1 AND position > $2 AND position <= $3 ORDER BY position",
        ledger,
        after,
        to,
    )
    return [row[0] for row in rows]


async def streams(
    connection: asyncpg.Connection,
    ledger: str,
    span: tuple[int, int],
    deciding: Collection[str],
    warned: Collection[int],
    watched: Collection[str],
) -> dict[str, bool]:
    """Streams in which something may be judged otherwise by what entries of a span tell.

    Those with an entry at one of the positions `warned`, or told anything of `watched`: True. Those
    with no more than a decision that is not their first entry, of a type of `deciding`: False.
    """
    rows = await connection.fetch(
        "SELECT stream, bool_or(position = ANY($5) OR stream = ANY($6)) FROM ledger.entry"
        " WHERE ledger = $1 AND position > $2 AND position <= $3"
        " AND (type = ANY($4) AND version > 1 OR position = ANY($5) OR stream = ANY($6))"
        " GROUP BY stream ORDER BY stream",
        ledger,
        *span,
        list(deciding),
        list(warned),
        list(watched),
    )
    return {row[0]: row[1] for row in rows}


async def of_kinds(
    connection: asyncpg.Connection, ledger: str, kinds: Collection[str] | None, at: int
) -> list[str]:
    """All streams of these kinds (None = of any) that there were at a position."""
    rows = await connection.fetch(
        "SELECT stream FROM ledger.entry WHERE ledger = $1 AND position <= $2 AND version = 1"
        " AND ($3::text[] IS NULL OR split_part(stream, '/', 1) = ANY($3)) ORDER BY stream",
        ledger,
        at,
        None if kinds is None else list(kinds),
    )
    return [row[0] for row in rows]


async def read_streams(
    connection: asyncpg.Connection,
    ledger: str,
    streams: Mapping[str, bool],
    to: int,
    bureaus: Versions,
    without: Collection[str] = (),
) -> dict[str, list[Entry]]:
    """Stream → its entries up to a position, in the order of telling.

    Of those that are not wanted whole (False) the types `without` are left out.
    """
    rows: list[Sequence[Any]] = []
    for whole, which in ((True, ""), (False, " AND type <> ALL($4)")):
        if names := [name for name, wanted in streams.items() if wanted is whole]:
            query = READ + " WHERE ledger = $1 AND stream = ANY($2) AND position <= $3"
            given = (ledger, names, to) if whole else (ledger, names, to, list(without))
            rows += await connection.fetch(sized(f"{query}{which} ORDER BY position", to), *given)
    found: dict[str, list[Entry]] = {stream: [] for stream in streams}
    for entry in await entries(connection, ledger, rows, bureaus=bureaus):
        found[entry.stream].append(entry)
    return found


async def count_by_type(connection: asyncpg.Connection, ledger: str, at: int) -> dict[str, int]:
    """Type → how many facts of it were told up to a position; corrections are none."""
    rows = await connection.fetch(
        "SELECT type, count(*) FROM ledger.entry AS e WHERE ledger = $1 AND position <= $2"
        " AND NOT EXISTS (SELECT FROM ledger.correction AS c"
        " WHERE c.ledger = e.ledger AND c.position = e.position) GROUP BY type",
        ledger,
        at,
    )
    return {row[0]: row[1] for row in rows}
