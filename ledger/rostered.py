"""What a ledger holds of the events of one roster, and whom an earlier one named.

A roster is compared with the ledger: what it says already is not said again, and who is not on it
any more must be named when the ledger is told so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import asyncpg
import msgspec

from ledger import keys, restraints
from ledger.seal import Sealer, unseal_person


class Told(NamedTuple):
    """An entry of a source: its id, and the hash of its row that its maker gave it."""

    event_id: str
    position: int
    row: str | None


async def told(connection: asyncpg.Connection, ledger: str, source: str, prefix: str) -> list[Told]:
    """The entries of a source whose ids begin so, in the order of position."""
    rows = await connection.fetch(
        "SELECT event_id, position, convert_from(open, 'UTF8')::jsonb ->> 'rosterrow'"
        " FROM ledger.entry"
        " WHERE ledger = $1 AND source = $2 AND starts_with(event_id, $3) ORDER BY position",
        ledger,
        source,
        prefix,
    )
    return [Told(*row) for row in rows]


async def waiting(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, source: str, prefix: str
) -> list[Told]:
    """The same of what is parked: it has no position yet. Raises WrongSecret."""
    rows = await connection.fetch(
        "SELECT event_id, sealed FROM ledger.parked WHERE ledger = $1 AND source = $2"
        " AND starts_with(event_id, $3) AND journal_to IS NULL AND sealed <> ''"
        " ORDER BY number",
        ledger,
        source,
        prefix,
    )
    return [
        Told(event_id, 0, msgspec.json.decode(sealer.unbox(sealed)).get("rosterrow"))
        for event_id, sealed in rows
    ]


async def last_month(
    connection: asyncpg.Connection, ledger: str, source: str, name: str
) -> str | None:
    """The last month of which a map's events are entries; its ids are <map>.<month>.…."""
    month: str | None = await connection.fetchval(
        "SELECT max(substr(event_id, length($3) + 1, 7)) FROM ledger.entry"
        " WHERE ledger = $1 AND source = $2 AND starts_with(event_id, $3)",
        ledger,
        source,
        f"{name}.",
    )
    return month


async def person(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    streams: Collection[str],
    ref: str,
) -> dict[str, Any] | None:
    """A person as streams named them last, in clear; None of whom nothing may be read.

    They are forgotten, or restricted, or were never named.

    For the bureau's own events only: it says again of whom it speaks. Raises LedgerAltered, and
    InvalidTag where the sealed part was altered.
    """
    row = await connection.fetchrow(
        "SELECT position, e.open, s.sealed FROM ledger.sealed_part AS s JOIN ledger.entry AS e"
        " USING (ledger, position) WHERE ledger = $1 AND s.person = $2 AND e.stream = ANY($3)"
        " AND e.form > 1 ORDER BY position DESC LIMIT 1",
        ledger,
        ref,
        list(streams),
    )
    if row is None:
        return None
    if await restraints.restriction_of(connection, sealer, ledger, ref) is not None:
        return None
    key = (await keys.held(connection, sealer, ledger, [ref])).at(row["position"]).get(ref)
    if key is None:
        return None
    clear: dict[str, Any] = msgspec.json.decode(unseal_person(key, row["open"], row["sealed"]))
    return clear
