"""What the intake looks up before a batch and writes at its end.

Every function takes an open asyncpg connection inside the batch's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import msgspec

from infra import postgres
from ledger import store
from ledger.history import sized
from ledger.leaf import head_of
from ledger.outcomes import Accepted, Parked
from ledger.seal import Sealer
from ledger.store import Ledger

COPY_SECONDS = 30.0
"""Outer limit around every COPY: the driver can wait for ever on a dead connection."""

CORRECTION_COLUMNS = ("ledger", "position", "root")
SEALED_COLUMNS = ("ledger", "position", "ordinal", "person", "sealed", "start", "length")


class Known(msgspec.Struct, frozen=True, gc=False):
    """An event that is in the ledger or parked: keyed hash of its bytes, its type and stream."""

    digest: bytes
    type: str
    stream: str
    """Empty while it is parked."""
    outcome: Accepted | Parked
    root: int = 0
    """Position of the fact that its corrections lead back to, its own if it corrects none; 0 while
    it is parked."""
    content: bytes | None = None
    """Keyed hash of its value; None where that has still to be worked out."""

    @property
    def parked(self) -> bool:
        """Whether it is still waiting, and not in the ledger."""
        return isinstance(self.outcome, Parked)


async def known_events(
    connection: asyncpg.Connection, ledger: Ledger, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    """(source, id) → what is known of those already in the ledger or parked."""
    pairs = list(names)
    # Two texts, since the driver looks at each element of a list; no name holds the end of a line.
    lists = "string_to_array($1, E'\\n'), string_to_array($2, E'\\n')"
    want = f"FROM unnest({lists}) AS want (s, i) JOIN"
    query = (
        "SELECT source, event_id, digest, type, stream, position, breaches, NULL,"
        " coalesce(root, position), content"
        f" {want} ledger.entry ON source = s AND event_id = i AND ledger = $3"
        " LEFT JOIN ledger.correction USING (ledger, position) UNION ALL "
        f"SELECT source, event_id, digest, type, '', NULL, NULL, waits_for, 0, NULL {want}"
        " ledger.parked ON source = s AND event_id = i AND ledger = $3 AND taken_at IS NULL"
    )
    rows = await connection.fetch(
        sized(query, ledger.position),
        "\n".join([source for source, _ in pairs]),
        "\n".join([event_id for _, event_id in pairs]),
        ledger.name,
    )
    known: dict[tuple[str, str], Known] = {}
    for source, event_id, digest, kind, stream, position, breaches, waits_for, *more in rows:
        accepted = waits_for is None
        outcome = Accepted(position, tuple(breaches or ())) if accepted else Parked(waits_for)
        known[source, event_id] = Known(digest, kind, stream, outcome, *more)
    return known


async def roots_of(
    connection: asyncpg.Connection, ledger: str, names: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """(source, id) of an entry → position of the fact that its corrections lead back to."""
    if not names:
        return {}
    rows = await connection.fetch(
        "SELECT source, event_id, coalesce(root, position)"
        " FROM unnest($2::text[], $3::text[]) AS want (s, i)"
        " JOIN ledger.entry ON ledger = $1 AND source = s AND event_id = i"
        " LEFT JOIN ledger.correction USING (ledger, position)",
        ledger,
        [source for source, _ in names],
        [event_id for _, event_id in names],
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def last_mac(connection: asyncpg.Connection, ledger: Ledger) -> bytes | None:
    """The mac of a ledger's last entry; None if it has none."""
    mac: bytes | None = await connection.fetchval(
        "SELECT coalesce(entry.mac, first_form.mac) FROM ledger.entry"
        " LEFT JOIN ledger.first_form USING (ledger, position) WHERE ledger = $1 AND position = $2",
        ledger.name,
        ledger.position,
    )
    return mac


async def head(connection: asyncpg.Connection, sealer: Sealer, ledger: Ledger) -> bytes:
    """The keyed hash of a ledger's end, 32 bytes."""
    return sealer.mac(head_of(ledger, await last_mac(connection, ledger)))


async def is_headless(connection: asyncpg.Connection, ledger: Ledger) -> bool:
    """Whether nothing tells how a ledger was left, though something stands in it."""
    query = "SELECT head IS NULL FROM ledger.ledger WHERE ledger = $1"
    headless = await connection.fetchval(query, ledger.name)
    return bool(headless) and (ledger.position, ledger.journal) != (0, 0)


async def head_fits(connection: asyncpg.Connection, sealer: Sealer, ledger: Ledger) -> bool:
    """Whether a ledger ends as it was left, by one who has the secret."""
    left: bytes | None = await connection.fetchval(
        "SELECT head FROM ledger.ledger WHERE ledger = $1", ledger.name
    )
    if left is None:
        return ledger.position == ledger.journal == 0
    return await head(connection, sealer, ledger) == left


async def renew_head(connection: asyncpg.Connection, sealer: Sealer, name: str) -> None:
    """Set the head of a ledger that nobody appends to, in the caller's transaction."""
    ledger = Ledger(*await connection.fetchrow(store.LOCK_COUNTERS, name))
    await connection.execute(
        "UPDATE ledger.ledger SET head = $2 WHERE ledger = $1",
        name,
        await head(connection, sealer, ledger),
    )


async def move_on(connection: asyncpg.Connection, ledger: Ledger, new_head: bytes) -> None:
    """Set the ledger's counters; the row is locked since the batch began."""
    await connection.execute(
        "UPDATE ledger.ledger SET position = $2, last_recorded_at = $3, parked = $4,"
        " quarantined = $5, journal = $6, head = $7 WHERE ledger = $1",
        ledger.name,
        ledger.position,
        ledger.last_recorded_at,
        ledger.parked,
        ledger.quarantined,
        ledger.journal,
        new_head,
    )


async def move_journal_on(connection: asyncpg.Connection, ledger: Ledger, new_head: bytes) -> None:
    """Set what a deed moves of the ledger's counters; the row is locked since it began."""
    await connection.execute(
        "UPDATE ledger.ledger SET last_recorded_at = $2, journal = $3, head = $4 WHERE ledger = $1",
        ledger.name,
        ledger.last_recorded_at,
        ledger.journal,
        new_head,
    )


async def copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Any]
) -> None:
    """COPY rows into a table of the schema `ledger`, with an outer time limit."""
    if rows:
        async with postgres.within(connection, COPY_SECONDS):
            await connection.copy_records_to_table(
                table, schema_name="ledger", columns=columns, records=rows
            )
