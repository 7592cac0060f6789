"""Why messages are aside, counted: for whoever sent them, and for whoever must act."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import asyncpg

from ledger.aside import QUARANTINE, Table

FIRST = 3
"""Messages that are named of those put aside for one reason."""


class Why(NamedTuple):
    """Why rows were put aside: a reason, or what is waited for; of how many, and the first ones."""

    why: str
    rows: int
    first: list[str]
    """Where the first of them came from."""


class Group(NamedTuple):
    """Messages of a source that are aside for one reason, or that wait for one kind of thing."""

    source: str | None
    """As far as it could be read."""
    why: str
    """The reason; or the beginning of what they wait for, "stream:<kind>" or "event:<source>"."""
    rows: int
    since: datetime
    claims_fen: int
    lacking: int
    """Those whose bytes have not come again since a restore."""


async def reasons_since(
    connection: asyncpg.Connection, table: Table, ledger: str, after: int
) -> list[Why]:
    """Why rows after a number are aside, if they still are: the commonest reason first."""
    why, settled = ("reason", "") if table is QUARANTINE else ("waits_for", " AND taken_at IS NULL")
    rows = await connection.fetch(
        f"SELECT {why}, count(*), (array_agg(origin ORDER BY number))[1:{FIRST}]"
        f" FROM ledger.{table.name} WHERE ledger = $1 AND number > $2{settled}"
        " GROUP BY 1 ORDER BY 2 DESC, 1",
        ledger,
        after,
    )
    return [Why(*row) for row in rows]


async def groups(connection: asyncpg.Connection, table: Table, ledger: str) -> list[Group]:
    """What is aside now and not settled; what has waited longest comes first."""
    why, since = "reason", "received_at"
    if table is not QUARANTINE:
        why, since = "split_part(waits_for, '/', 1)", "parked_at"
    rows = await connection.fetch(
        f"SELECT source, {why}, count(*), min({since}), coalesce(sum(claims_fen), 0)::bigint,"
        f" count(*) FILTER (WHERE lacking) FROM ledger.{table.name}"
        " WHERE ledger = $1 AND journal_to IS NULL GROUP BY 1, 2 ORDER BY 4, 1, 2",
        ledger,
    )
    return [Group(*row) for row in rows]
