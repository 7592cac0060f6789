"""What the relay publishes: entries as stored, receipts and quarantine notices, in dense order.

Entries resume from what their topic holds. For receipts and notices, which go to many topics, a
row per kind says how far they are published.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import asyncpg

from ledger import aside
from ledger.store import ENTRY_COLUMNS

_SPAN = struct.Struct(">II")

What = Literal["accepted", "parked", "quarantined"]
Row = Sequence[Any]

KINDS: tuple[What, ...] = ("accepted", "parked", "quarantined")
"""What a source is told of; each has dense numbers of its own."""

_ENTRIES = f"""
SELECT {", ".join(ENTRY_COLUMNS)}, sealed FROM ledger.entry LEFT JOIN (
    SELECT position, array_agg(
        convert_to(person, 'UTF8') || '\\x00'::bytea
        || coalesce(int4send(start) || int4send(length), '') || sealed ORDER BY ordinal
    ) AS sealed
    FROM ledger.sealed_part WHERE ledger = $1 AND {{0}}
    GROUP BY position
) AS parts USING (position)
WHERE ledger = $1 AND {{0}} ORDER BY position
"""
# Positions are dense, so a span of them is as good as a LIMIT, and bounds the sealed parts as well.
_SPAN_OF = _ENTRIES.format("position > $2 AND position <= $3")
_THESE = _ENTRIES.format("position = ANY($2::bigint[])")


_PUBLISHER = "hashtextextended('mingjian relay ' || $1, 0)"


async def become_publisher(connection: asyncpg.Connection, ledger: str) -> bool:
    """Take the right to publish this ledger, as long as the connection lasts; False if taken."""
    return bool(await connection.fetchval(f"SELECT pg_try_advisory_lock({_PUBLISHER})", ledger))


async def resign(connection: asyncpg.Connection, ledger: str) -> None:
    """Give the right to publish back before the connection ends."""
    await connection.execute(f"SELECT pg_advisory_unlock({_PUBLISHER})", ledger)


@dataclass(frozen=True, slots=True)
class Heads:
    """The last numbers given in a ledger, all of one moment."""

    accepted: int
    parked: int
    quarantined: int
    journal: int = 0


async def heads(connection: asyncpg.Connection, ledger: str) -> Heads:
    """How far the ledger, what is aside and its journal go; zeros when there is none."""
    row = await connection.fetchrow(
        "SELECT position, parked, quarantined, journal FROM ledger.ledger WHERE ledger = $1", ledger
    )
    return Heads(0, 0, 0) if row is None else Heads(*row)


async def entries(
    connection: asyncpg.Connection, ledger: str, after: int, to: int, limit: int
) -> list[Mapping[str, Any]]:
    """Whole entries in position order, each with its sealed parts in theirs.

    A sealed part is the person's pseudonym, a zero byte, from form 2 on the span (`start` and
    `length`, four bytes each, the high byte first), and the ciphertext.
    """
    rows: list[Mapping[str, Any]] = await connection.fetch(
        _SPAN_OF, ledger, after, min(to, after + limit)
    )
    return rows


async def entries_at(
    connection: asyncpg.Connection, ledger: str, positions: Sequence[int]
) -> list[Mapping[str, Any]]:
    """The same of these positions, as far as there are such entries."""
    rows: list[Mapping[str, Any]] = await connection.fetch(_THESE, ledger, positions)
    return rows


def parts_of(row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The sealed parts of a whole entry, in the columns of `tables.SEALED_COLUMNS` after position.

    Raises struct.error or UnicodeDecodeError when one is not as `entries` makes it.
    """
    parts: list[tuple[Any, ...]] = []
    for ordinal, part in enumerate(row["sealed"] or ()):
        person, _, sealed = part.partition(b"\0")
        span = (None, None) if row["form"] == 1 else _SPAN.unpack(sealed[: _SPAN.size])
        if row["form"] != 1:
            sealed = sealed[_SPAN.size :]
        parts.append((ordinal, person.decode(), sealed, *span))
    return parts


async def untold(
    connection: asyncpg.Connection, ledger: str, what: What, span: tuple[int, int], limit: int
) -> list[Row]:
    """Rows to tell sources about: those after the first number of `span`, up to the second."""
    if what != "accepted":
        return await aside.notices(connection, what, ledger, span, limit)
    rows: list[Row] = await connection.fetch(
        "SELECT position, source, event_id, type, breaches, recorded_at FROM ledger.entry"
        " WHERE ledger = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4",
        ledger,
        *span,
        limit,
    )
    return rows


async def told(connection: asyncpg.Connection, ledger: str) -> dict[What, int]:
    """How far each kind of notice has been published."""
    rows = await connection.fetch(
        "SELECT what, number FROM ledger.relayed WHERE ledger = $1", ledger
    )
    known = {row[0]: row[1] for row in rows}
    return {what: known.get(what, 0) for what in KINDS}


async def tell(connection: asyncpg.Connection, ledger: str, what: What, number: int) -> None:
    """Note that notices up to this number were acknowledged by the broker."""
    await connection.execute(
        "INSERT INTO ledger.relayed VALUES ($1, $2, $3) ON CONFLICT (ledger, what)"
        " DO UPDATE SET number = greatest(relayed.number, excluded.number)",
        ledger,
        what,
        number,
    )
