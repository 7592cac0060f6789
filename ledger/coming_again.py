"""What came again (重复): a trace of each duplicate, as far as there is room for it.

A source that sends one thing a million times fills no disk with it: of a source and a day the first
ones are named, and all are counted. None of this is signed: a duplicate changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import asyncpg

from ledger import tables

MOST_NAMED = 1_000
"""So many duplicates of a source are named on a day."""
_COLUMNS = (
    *("ledger", "number", "source", "event_id", "received_at", "origin"),
    *("of_outcome", "of_number"),
)


class Again(NamedTuple):
    """A record that had come before; `of` says what had become of the first, and where it is."""

    source: str
    """Who sent it; empty where nobody can tell."""
    event_id: str | None
    received_at: datetime
    origin: str
    of_outcome: str
    of_number: int | None


async def note(
    connection: asyncpg.Connection, ledger: str, again: Sequence[tuple[date, Again]]
) -> None:
    """Write what came again, each with its day (Asia/Shanghai), in the caller's transaction."""
    if not again:
        return
    new = Counter((each.source, day) for day, each in again)
    rows = await connection.fetch(
        "INSERT INTO ledger.duplicates_of_day (ledger, source, day, count)"
        " SELECT $1, * FROM unnest($2::text[], $3::date[], $4::bigint[])"
        " ON CONFLICT (ledger, source, day)"
        " DO UPDATE SET count = duplicates_of_day.count + excluded.count"
        " RETURNING source, day, count",
        ledger,
        [source for source, _ in new],
        [day for _, day in new],
        list(new.values()),
    )
    room = {
        (source, day): max(0, MOST_NAMED - (count - new[source, day]))
        for source, day, count in rows
    }
    if not any(room.values()):
        return
    number: int = await connection.fetchval(
        "SELECT coalesce(max(number), 0) FROM ledger.duplicate WHERE ledger = $1", ledger
    )
    named = []
    for day, each in again:
        if room[each.source, day] > 0:
            room[each.source, day] -= 1
            number += 1
            named.append((ledger, number, *each))
    await tables.copy(connection, "duplicate", _COLUMNS, named)
