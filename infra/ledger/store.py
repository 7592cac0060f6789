"""The ledger's tables: what the intake reads before a batch and writes after it, and what others read.

Every function takes an open asyncpg connection; transactions are the caller's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import asyncpg
from pydantic_core import from_json

from domain.aggregate import Aggregate, Entry, fold, replaces
from domain.catalogue import aggregate_of

COPY_SECONDS = 60.0
"""Outer limit around every COPY: the driver can wait for ever on a dead connection."""

ENTRY_COLUMNS = (
    "ledger",
    "position",
    "recorded_at",
    "source",
    "event_id",
    "type",
    "stream",
    "version",
    "open",
    "digest",
    "breaches",
)
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
    "claims_fen",
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
    "claims_fen",
    "claims_on",
    "digest",
    "size",
    "sealed",
    "origin",
)
_READ = "SELECT position, recorded_at, source, event_id, type, stream, version, open FROM ledger.entry"


class LedgerMissing(LookupError):
    """There is no ledger of that division; create it by taking events in."""

    def __init__(self, name: str) -> None:
        super().__init__(f"没有账本 {name};先执行 mingjian ingest 或 mingjian demo")


@dataclass(frozen=True, slots=True)
class Ledger:
    """One row of the counter table."""

    name: str
    kind: str
    sample: bool
    position: int
    last_recorded_at: datetime | None
    parked: int = 0
    quarantined: int = 0

    @property
    def replay(self) -> bool:
        """Whether recording time is the event's `receivedat`."""
        return self.kind == "replay"


async def create_schema(connection: asyncpg.Connection) -> None:
    """Create what does not exist yet; safe to call again and from several processes."""
    await connection.execute("SELECT pg_advisory_lock(4451020)")
    try:
        await connection.execute(resources.files("infra.ledger").joinpath("schema.sql").read_text())
    finally:
        await connection.execute("SELECT pg_advisory_unlock(4451020)")


async def create_ledger(
    connection: asyncpg.Connection, name: str, kind: str, *, sample: bool
) -> None:
    """Create a ledger if there is none; its kind is fixed at creation."""
    await connection.execute(
        "INSERT INTO ledger.ledger (ledger, kind, sample) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        name,
        kind,
        sample,
    )


async def find_ledger(
    connection: asyncpg.Connection, name: str, *, lock: bool = False
) -> Ledger | None:
    """The ledger's counter row, locked for the transaction if asked; None if there is none."""
    row = await connection.fetchrow(
        "SELECT ledger, kind, sample, position, last_recorded_at, parked, quarantined"
        " FROM ledger.ledger WHERE ledger = $1"
        + (" FOR UPDATE" if lock else ""),
        name,
    )
    return None if row is None else Ledger(*row)


def entry_of(row: Sequence[Any]) -> Entry:
    """A row of `_READ` as an entry; parses the open part."""
    position, recorded_at, source, event_id, type_name, stream, version, open_part = row
    message = from_json(open_part)
    return Entry(
        stream,
        version,
        recorded_at,
        position,
        type_name,
        source,
        event_id,
        message["data"],
        message.get("corrects"),
        message.get("correctionkind"),
        message["sequence"],
        message["time"],
    )


async def read_entries(
    connection: asyncpg.Connection, ledger: str, after: int, limit: int, to: int | None = None
) -> list[Entry]:
    """Entries in position order, after a position, at most `limit`."""
    rows = await connection.fetch(
        _READ + " WHERE ledger = $1 AND position > $2 AND position <= $4 ORDER BY position LIMIT $3",
        ledger,
        after,
        limit,
        2**62 if to is None else to,
    )
    return [entry_of(row) for row in rows]


async def read_stream(
    connection: asyncpg.Connection, ledger: str, stream: str, to: int | None = None
) -> list[Entry]:
    """All entries of one stream in version order, up to position `to`."""
    rows = await connection.fetch(
        _READ + " WHERE ledger = $1 AND stream = $2 AND position <= $3 ORDER BY version",
        ledger,
        stream,
        2**62 if to is None else to,
    )
    return [entry_of(row) for row in rows]


async def read_streams(
    connection: asyncpg.Connection, ledger: str, streams: Sequence[str], to: int
) -> dict[str, list[Entry]]:
    """`read_stream` for many streams in one query."""
    rows = await connection.fetch(
        _READ + " WHERE ledger = $1 AND stream = ANY($2) AND position <= $3 ORDER BY stream, version",
        ledger,
        streams,
        to,
    )
    found: dict[str, list[Entry]] = {stream: [] for stream in streams}
    for row in rows:
        found[row["stream"]].append(entry_of(row))
    return found


async def load_states(
    connection: asyncpg.Connection, ledger: str, streams: Sequence[str]
) -> dict[str, Aggregate]:
    """The state of each stream that exists: its state row, then what came after, in two queries."""
    states: dict[str, Aggregate] = {}
    rows = await connection.fetch(
        "SELECT stream, version, state FROM ledger.stream_state WHERE ledger = $1 AND stream = ANY($2)",
        ledger,
        streams,
    )
    start = datetime.fromtimestamp(0).astimezone()
    for stream, version, state in rows:
        states[stream] = aggregate_of(stream).restore(stream, version, start, state)
    tails = await connection.fetch(
        _READ.replace(
            "FROM ledger.entry",
            "FROM unnest($2::text[], $3::int[]) AS want (s, v)"
            " JOIN ledger.entry ON ledger = $1 AND stream = s AND version > v",
        )
        + " ORDER BY stream, version",
        ledger,
        streams,
        [states[stream].version if stream in states else 0 for stream in streams],
    )
    corrected: set[str] = set()
    for row in tails:
        entry = entry_of(row)
        if replaces(entry):
            corrected.add(entry.stream)
        if entry.stream not in states:
            blank = aggregate_of(entry.stream).blank(entry.stream, entry.timestamp)
            states[entry.stream] = blank
        entry.mutate(states[entry.stream])
    for stream in corrected:
        entries = await read_stream(connection, ledger, stream)
        states[stream] = fold(aggregate_of(stream), entries)
    return states


@dataclass(frozen=True, slots=True)
class Known:
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
        f"SELECT source, event_id, digest, type, stream, false {want} ledger.entry"  # noqa: S608
        " ON source = s AND event_id = i UNION ALL "
        f"SELECT source, event_id, digest, type, '', true {want} ledger.parked"
        " ON source = s AND event_id = i AND taken_at IS NULL",
        [source for source, _ in pairs],
        [event_id for _, event_id in pairs],
    )
    return {(row[0], row[1]): Known(row[2], row[3], row[4], parked=row[5]) for row in rows}


async def quarantined_digests(
    connection: asyncpg.Connection, ledger: str, digests: Sequence[bytes]
) -> set[bytes]:
    """Those of the keyed hashes that are in quarantine already."""
    rows = await connection.fetch(
        "SELECT digest FROM ledger.quarantine WHERE ledger = $1 AND digest = ANY($2)",
        ledger,
        digests,
    )
    return {row[0] for row in rows}


async def waiting_for(
    connection: asyncpg.Connection, ledger: str, keys: Sequence[str]
) -> list[dict[str, Any]]:
    """Parked events that wait for any of these keys, in the order they were parked."""
    rows = await connection.fetch(
        "SELECT * FROM ledger.parked WHERE ledger = $1 AND waits_for = ANY($2)"
        " AND taken_at IS NULL ORDER BY number",
        ledger,
        keys,
    )
    return [dict(row) for row in rows]


async def mark_taken(
    connection: asyncpg.Connection, taken: Mapping[tuple[str, str], int]
) -> None:
    """Note the position at which parked events were accepted at last."""
    if taken:
        await connection.execute(
            "UPDATE ledger.parked SET taken_at = p FROM unnest($1::text[], $2::text[], $3::bigint[])"
            " AS t (s, i, p) WHERE source = s AND event_id = i",
            [source for source, _ in taken],
            [event_id for _, event_id in taken],
            list(taken.values()),
        )


async def wait_again(
    connection: asyncpg.Connection, waits: Mapping[tuple[str, str], str]
) -> None:
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
    connection: asyncpg.Connection, ledger: str, released: Sequence[tuple[bytes, str]]
) -> None:
    """Note which event took a quarantined content in."""
    if released:
        await connection.execute(
            "UPDATE ledger.quarantine SET released_by = n FROM unnest($2::bytea[], $3::text[])"
            " AS t (d, n) WHERE ledger = $1 AND digest = d",
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


async def move_on(
    connection: asyncpg.Connection,
    ledger: str,
    position: int,
    recorded_at: datetime | None,
    parked: int,
    quarantined: int,
) -> None:
    """Set the ledger's counters; the row is locked since the batch began."""
    await connection.execute(
        "UPDATE ledger.ledger SET position = $2, last_recorded_at = $3, parked = $4,"
        " quarantined = $5 WHERE ledger = $1",
        ledger,
        position,
        recorded_at,
        parked,
        quarantined,
    )


async def copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Any]
) -> None:
    """COPY rows into a table of the schema `ledger`, with an outer time limit."""
    if rows:
        await asyncio.wait_for(
            connection.copy_records_to_table(
                table, schema_name="ledger", columns=columns, records=rows
            ),
            COPY_SECONDS,
        )


async def position_at(connection: asyncpg.Connection, ledger: str, known: datetime) -> int:
    """The last position recorded at or before `known` (0 when none).

    Recording times never decrease with the position, so this is a binary search on the key.
    """
    low, high = 0, int(
        await connection.fetchval("SELECT position FROM ledger.ledger WHERE ledger = $1", ledger) or 0
    )
    while low < high:
        middle = (low + high + 1) // 2
        recorded_at = await connection.fetchval(
            "SELECT recorded_at FROM ledger.entry WHERE ledger = $1 AND position = $2",
            ledger,
            middle,
        )
        if recorded_at <= known:
            low = middle
        else:
            high = middle - 1
    return low
