"""What the intake looks up before a batch and writes at its end.

Every function takes an open asyncpg connection inside the batch's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg

from domain.aggregate import Aggregate
from infra import postgres
from ledger.store import Ledger

COPY_SECONDS = 30.0
"""Outer limit around every COPY: the driver can wait for ever on a dead connection."""

SEALED_COLUMNS = ("ledger", "position", "ordinal", "person", "sealed")
PARKED_COLUMNS = (
    "ledger",
    "source",
    "event_id",
    "number",
    "waits_for",
    "type",
    "parked_at",
    "digest",
    "sealed",
    "origin",
    "position",
    "claims_fen",
    "claims_on",
)
QUARANTINE_COLUMNS = (
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


class Known(NamedTuple):
    """An event id already used: keyed hash of its bytes, its type and stream, whether it waits."""

    digest: bytes
    type: str
    stream: str
    parked: bool


async def known_events(
    connection: asyncpg.Connection, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    """(source, id) → what is known of those already in the ledger or parked."""
    pairs = list(names)
    want = "FROM unnest($1::text[], $2::text[]) AS want (s, i) JOIN"
    rows = await connection.fetch(
        f"SELECT source, event_id, digest, type, stream, false {want} ledger.entry"
        " ON source = s AND event_id = i UNION ALL "
        f"SELECT source, event_id, digest, type, '', true {want} ledger.parked"
        " ON source = s AND event_id = i AND taken_at IS NULL",
        [source for source, _ in pairs],
        [event_id for _, event_id in pairs],
    )
    return {(row[0], row[1]): Known(row[2], row[3], row[4], parked=row[5]) for row in rows}


async def quarantined_digests(connection: asyncpg.Connection, ledger: Ledger) -> set[bytes]:
    """The keyed hashes of everything in quarantine."""
    if not ledger.quarantined:
        return set()
    rows = await connection.fetch(
        "SELECT digest FROM ledger.quarantine WHERE ledger = $1", ledger.name
    )
    return {row[0] for row in rows}


async def awaited_keys(connection: asyncpg.Connection, ledger: Ledger) -> set[str]:
    """What parked events wait for."""
    if not ledger.parked:
        return set()
    rows = await connection.fetch(
        "SELECT DISTINCT waits_for FROM ledger.parked WHERE ledger = $1 AND taken_at IS NULL",
        ledger.name,
    )
    return {row[0] for row in rows}


async def waiting_for(
    connection: asyncpg.Connection, ledger: str, keys: Sequence[str]
) -> list[dict[str, Any]]:
    """Parked events that wait for any of these keys, in the order they were parked."""
    if not keys:
        return []
    rows = await connection.fetch(
        "SELECT * FROM ledger.parked WHERE ledger = $1 AND waits_for = ANY($2)"
        " AND taken_at IS NULL ORDER BY number",
        ledger,
        keys,
    )
    return [dict(row) for row in rows]


async def mark_taken(connection: asyncpg.Connection, taken: Mapping[tuple[str, str], int]) -> None:
    """Note the position at which parked events were accepted at last."""
    if taken:
        await connection.execute(
            "UPDATE ledger.parked SET taken_at = p"
            " FROM unnest($1::text[], $2::text[], $3::bigint[]) AS t (s, i, p)"
            " WHERE source = s AND event_id = i",
            [source for source, _ in taken],
            [event_id for _, event_id in taken],
            list(taken.values()),
        )


async def wait_again(connection: asyncpg.Connection, waits: Mapping[tuple[str, str], str]) -> None:
    """Note what parked events wait for next."""
    if waits:
        await connection.execute(
            "UPDATE ledger.parked SET waits_for = k FROM unnest($1::text[], $2::text[], $3::text[])"
            " AS t (s, i, k) WHERE source = s AND event_id = i",
            [source for source, _ in waits],
            [event_id for _, event_id in waits],
            list(waits.values()),
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


async def save_states(
    connection: asyncpg.Connection, ledger: str, states: Sequence[Aggregate]
) -> None:
    """Renew the state rows of long streams."""
    if states:
        await connection.execute(
            "INSERT INTO ledger.stream_state SELECT $1, s, v, b"
            " FROM unnest($2::text[], $3::int[], $4::bytea[]) AS t (s, v, b)"
            " ON CONFLICT (ledger, stream) DO UPDATE SET version = excluded.version,"
            " state = excluded.state",
            ledger,
            [state.id for state in states],
            [state.version for state in states],
            [state.state() for state in states],
        )


async def load_keys(
    connection: asyncpg.Connection, ledger: str, people: Sequence[str]
) -> dict[str, bytes]:
    """The keys of those persons that have one."""
    rows = await connection.fetch(
        "SELECT person, key FROM ledger.person_key WHERE ledger = $1 AND person = ANY($2)",
        ledger,
        people,
    )
    return {row[0]: row[1] for row in rows}


async def move_on(connection: asyncpg.Connection, ledger: Ledger) -> None:
    """Set the ledger's counters; the row is locked since the batch began."""
    await connection.execute(
        "UPDATE ledger.ledger SET position = $2, last_recorded_at = $3, parked = $4,"
        " quarantined = $5 WHERE ledger = $1",
        ledger.name,
        ledger.position,
        ledger.last_recorded_at,
        ledger.parked,
        ledger.quarantined,
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
