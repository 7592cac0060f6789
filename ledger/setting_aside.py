"""What the intake asks of parked and quarantined rows before a batch, and writes of them after it.

Every row follows from the journal but for its sealed bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from domain.faults import Fault
from ledger.store import Ledger

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
    "sequence",
    "journal_from",
    "waits_for",
    "taken_at",
    "journal_to",
)
"""The columns of a new row, in the order in which the intake writes them."""
QUARANTINE_WRITTEN = (
    "ledger",
    "number",
    "received_at",
    "reason",
    "pointer",
    "expected",
    "faults",
    "source",
    "event_id",
    "type",
    "position",
    "claims_fen",
    "claims_on",
    "sequence",
    "digest",
    "size",
    "sealed",
    "origin",
    "journal_from",
)


WITHHELD = b""
"""In place of sealed bytes that are not kept: what its source may fill is full, or whom they named
is forgotten."""
WITHHELD_TOLD = hashlib.sha256(WITHHELD).hexdigest()
"""What the journal says of them."""


async def kept(connection: asyncpg.Connection, ledger: str) -> dict[str, int]:
    """Topic or file → how many sealed bytes are kept in quarantine of what came by it."""
    rows = await connection.fetch(
        "SELECT place, bytes FROM ledger.quarantine_kept WHERE ledger = $1", ledger
    )
    return dict(map(tuple, rows))


async def keep_count(
    connection: asyncpg.Connection, ledger: str, kept: Sequence[tuple[str, int]]
) -> None:
    """Note how much is kept by now."""
    if kept:
        await connection.execute(
            "INSERT INTO ledger.quarantine_kept (ledger, place, bytes)"
            " SELECT $1, p, b FROM unnest($2::text[], $3::bigint[]) AS now (p, b)"
            " ON CONFLICT (ledger, place) DO UPDATE SET bytes = excluded.bytes",
            ledger,
            *map(list, zip(*kept, strict=True)),
        )


async def quarantined(
    connection: asyncpg.Connection, ledger: str, digests: Sequence[bytes]
) -> dict[bytes, int]:
    """Those of keyed hashes that are in quarantine → number there, negative once settled."""
    rows = await connection.fetch(
        "SELECT digest, CASE WHEN journal_to IS NULL THEN number ELSE -number END"
        " FROM ledger.quarantine WHERE ledger = $1 AND digest = ANY($2)",
        ledger,
        digests,
    )
    return dict(map(tuple, rows))


async def holds_open(connection: asyncpg.Connection, ledger: str) -> bool:
    """Whether anything in quarantine may still be mended."""
    query = "SELECT EXISTS (SELECT FROM ledger.quarantine WHERE ledger = $1 AND journal_to IS NULL)"
    return bool(await connection.fetchval(query, ledger))


async def open_under(
    connection: asyncpg.Connection, ledger: str, column: str, wanted: Sequence[tuple[str, str]]
) -> list[tuple[tuple[str, str], int]]:
    """What is open in quarantine of a sender with such an `event_id`, or `origin`: its number."""
    if not wanted:
        return []
    rows = await connection.fetch(
        f"SELECT sender, {column}, number FROM unnest($2::text[], $3::text[]) AS want (s, i)"
        f" JOIN ledger.quarantine ON sender = s AND {column} = i"
        " WHERE ledger = $1 AND journal_to IS NULL",
        ledger,
        *map(list, zip(*wanted, strict=True)),
    )
    return [((row[0], row[1]), row[2]) for row in rows]


async def prerequisites(connection: asyncpg.Connection, ledger: Ledger) -> set[str]:
    """What parked events are parked for."""
    if not ledger.parked:
        return set()
    rows = await connection.fetch(
        "SELECT DISTINCT waits_for FROM ledger.parked WHERE ledger = $1 AND taken_at IS NULL",
        ledger.name,
    )
    return {row[0] for row in rows}


async def told_since(connection: asyncpg.Connection, ledger: str, since: int) -> set[str]:
    """What events were parked for after a number of the journal."""
    rows = await connection.fetch(
        "SELECT DISTINCT convert_from(detail, 'UTF8')::jsonb ->> 'waits_for' FROM ledger.journal"
        " WHERE ledger = $1 AND number > $2 AND kind = 'parked'",
        ledger,
        since,
    )
    return {row[0] for row in rows}


async def parked_for(
    connection: asyncpg.Connection, ledger: str, prerequisite: str, after: int, limit: int
) -> list[asyncpg.Record]:
    """Rows of events that are parked for it, after a number, in the order they were parked."""
    rows: list[asyncpg.Record] = await connection.fetch(
        "SELECT source, event_id, number, type, digest, sealed, origin, waits_for"
        " FROM ledger.parked WHERE ledger = $1 AND waits_for = $2"
        " AND taken_at IS NULL AND sealed <> $5 AND number > $3 ORDER BY number LIMIT $4",
        ledger,
        prerequisite,
        after,
        limit,
        WITHHELD,
    )
    return rows


async def left_to_wake(connection: asyncpg.Connection, ledger: str) -> list[tuple[str, int]]:
    """What has arrived, and the last number that was woken for it; the last comes first."""
    rows = await connection.fetch(
        "SELECT prerequisite, after FROM ledger.waking WHERE ledger = $1 ORDER BY depth", ledger
    )
    return [(row[0], row[1]) for row in rows]


async def leave_to_wake(
    connection: asyncpg.Connection, ledger: str, left: Sequence[tuple[str, int]]
) -> None:
    """Leave the rest of what is to be woken to the next transaction."""
    await connection.execute("DELETE FROM ledger.waking WHERE ledger = $1", ledger)
    await connection.executemany(
        "INSERT INTO ledger.waking (ledger, depth, prerequisite, after) VALUES ($1, $2, $3, $4)",
        [(ledger, depth, *waking) for depth, waking in enumerate(left)],
    )


async def leave_arrived(connection: asyncpg.Connection, ledger: str) -> None:
    """Leave to be woken what is parked though what it waits for is in the ledger.

    A restore brings what had arrived, and not always all that this had woken.
    """
    rows = await connection.fetch(
        "WITH waiting AS (SELECT waits_for, min(number) AS first FROM ledger.parked"
        " WHERE ledger = $1 AND taken_at IS NULL AND sealed <> '' GROUP BY 1)"
        " SELECT waits_for FROM waiting WHERE EXISTS (SELECT FROM ledger.entry"
        " WHERE ledger = $1 AND waits_for LIKE 'stream:%' AND stream = substr(waits_for, 8))"
        " OR EXISTS (SELECT FROM ledger.entry WHERE ledger = $1 AND waits_for LIKE 'event:%'"
        " AND source = split_part(substr(waits_for, 7), '/', 1)"
        " AND event_id = split_part(waits_for, '/', 2)) ORDER BY first DESC",
        ledger,
    )
    await leave_to_wake(connection, ledger, [(prerequisite, 0) for (prerequisite,) in rows])


class Moved(NamedTuple):
    """Where a parked row of an earlier batch now stands."""

    number: int
    prerequisite: str
    settled_at: int | None
    journal_to: int | None


async def move_parked(connection: asyncpg.Connection, ledger: str, moved: Sequence[Moved]) -> None:
    """Store what each parked event now waits for, or where it stopped waiting."""
    if moved:
        await connection.execute(
            "UPDATE ledger.parked SET waits_for = w, taken_at = t, journal_to = j"
            " FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[])"
            " AS moved (n, w, t, j) WHERE ledger = $1 AND number = n",
            ledger,
            *map(list, zip(*moved, strict=True)),
        )


async def give_up(
    connection: asyncpg.Connection, ledger: str, position: int, told: Mapping[int, int]
) -> list[str]:
    """Parked events are waited for no more; number → that of the journal. Returns their origins."""
    rows = await connection.fetch(
        "UPDATE ledger.parked SET taken_at = $2, journal_to = j"
        " FROM unnest($3::bigint[], $4::bigint[]) AS told (n, j)"
        " WHERE ledger = $1 AND number = n RETURNING origin",
        ledger,
        position,
        list(told),
        list(told.values()),
    )
    return [origin for (origin,) in rows]


async def accepted_since(
    connection: asyncpg.Connection, ledger: str
) -> list[tuple[int, str, int, str]]:
    """Number, prerequisite, position and origin of parked events whose entries were restored."""
    rows = await connection.fetch(
        "SELECT number, waits_for, entry.position, origin FROM ledger.parked JOIN ledger.entry"
        " USING (ledger, source, event_id) WHERE ledger = $1 AND taken_at IS NULL"
        " ORDER BY entry.position",
        ledger,
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


class Repaired(NamedTuple):
    """A row of quarantine that an event repaired, named "<source>/<id>", at a position."""

    number: int
    event: str
    position: int
    journal_to: int


async def mark_repaired(
    connection: asyncpg.Connection, ledger: str, repaired: Sequence[Repaired]
) -> None:
    """Note which event repaired each row, and at which position."""
    if repaired:
        await connection.execute(
            "UPDATE ledger.quarantine SET released_by = e, released_at = p, journal_to = j"
            " FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[])"
            " AS repaired (n, e, p, j) WHERE ledger = $1 AND number = n",
            ledger,
            *map(list, zip(*repaired, strict=True)),
        )


async def mark_discarded(
    connection: asyncpg.Connection, ledger: str, discarded: Mapping[int, int]
) -> None:
    """Note that rows of quarantine are waited for no more; number → that of the journal."""
    await connection.execute(
        "UPDATE ledger.quarantine SET journal_to = j"
        " FROM unnest($2::bigint[], $3::bigint[]) AS discarded (n, j)"
        " WHERE ledger = $1 AND number = n",
        ledger,
        list(discarded),
        list(discarded.values()),
    )


async def faults_of(
    connection: asyncpg.Connection, ledger: str, number: int
) -> tuple[Fault, ...] | None:
    """For what a row of quarantine was refused; None where it is not stored yet."""
    row = await connection.fetchrow(
        "SELECT reason, pointer, expected FROM ledger.quarantine WHERE ledger = $1 AND number = $2",
        ledger,
        number,
    )
    return None if row is None else (Fault(*row),)


# A row as the journal tells of it, there and back.

faults_written = msgspec.json.Encoder(order="sorted").encode
"""Faults, as they are told (domain/explaining.py), as the row has them."""
faults_told = msgspec.json.Decoder(list[dict[str, Any]]).decode
"""The same from the row."""

_NOT_TOLD = ("ledger", "position", "journal_from", "journal_to", "taken_at")
"""Columns that the record itself gives, or a later one."""


def facts_of(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """What the journal says of a new row: everything, but of the sealed bytes only their hash."""
    facts: dict[str, Any] = {}
    for name, value in zip(columns, row, strict=False):
        match value:
            case _ if name in _NOT_TOLD:
                continue
            case str() if name == "faults":
                facts[name] = faults_told(value)
            case bytes():
                facts[name] = (hashlib.sha256(value).digest() if name == "sealed" else value).hex()
            case datetime():
                facts["received_at"] = value.astimezone(UTC).isoformat(timespec="microseconds")
            case date():
                facts[name] = value.isoformat()
            case _:
                facts[name] = value
    return facts
