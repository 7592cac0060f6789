"""Putting entries back as they were: while a ledger is restored, nothing is taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from domain import corrections
from infra.failpoint import reach
from ledger import journal, retelling, sequences, store, tables
from ledger.journal import Note
from ledger.records import split
from ledger.retelling import Moves
from ledger.seal import Sealer
from ledger.store import ENTRY_COLUMNS, Ledger
from ledger.unpublished import parts_of


async def begin(connection: asyncpg.Connection, name: str, kind: str, *, sample: bool) -> Ledger:
    """Lock the counters, in the caller's transaction; a ledger that is not there is made."""
    await connection.execute(
        "INSERT INTO ledger.ledger (ledger, kind, sample, restoring)"
        " VALUES ($1, $2, $3, true) ON CONFLICT DO NOTHING",
        name,
        kind,
        sample,
    )
    return await lock(connection, name)


async def lock(connection: asyncpg.Connection, name: str) -> Ledger:
    """The counters, locked for the one who restores; raises LedgerMissing."""
    row = await connection.fetchrow(store.LOCK_COUNTERS, name)
    if row is None:
        raise store.LedgerMissing(name)
    return Ledger(*row)


async def write(connection: asyncpg.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Entries (rows as `unpublished.entries` gives them), with their sealed parts and counter."""
    entries = [tuple(row[name] for name in ENTRY_COLUMNS) for row in rows]
    await tables.copy(connection, "entry", ENTRY_COLUMNS, entries)
    reach("restore.entries-copied")
    await tables.copy(connection, "sealed_part", tables.SEALED_COLUMNS, _sealed_rows(rows))
    await _write_corrections(connection, rows)
    last = rows[-1]
    numbers = await sequences.load(connection, last["ledger"])
    for row in rows:
        if (number := _decode_number(row["open"]).sequence) is not None:
            numbers.take(row["source"], int(number), row["position"])
    await numbers.write(connection, last["ledger"])
    recorded_at: datetime = last["recorded_at"]
    await connection.execute(
        "UPDATE ledger.ledger SET position = $2, head = NULL, restoring = true,"
        " last_recorded_at = greatest(last_recorded_at, $3) WHERE ledger = $1",
        last["ledger"],
        last["position"],
        recorded_at,
    )


async def _write_corrections(
    connection: asyncpg.Connection, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Which fact each correction among these entries leads back to."""
    links = [(row, _decode(row["open"])) for row in rows if _may_correct(row["open"])]
    links = [(row, link) for row, link in links if corrections.replaces(link)]
    names = [split(link.corrects or "") for _, link in links]
    roots = await tables.roots_of(connection, rows[0]["ledger"], names)
    made: list[tuple[str, int, int]] = []
    for (row, _), target in zip(links, names, strict=True):
        if (root := roots.get(target)) is not None:
            roots[row["source"], row["event_id"]] = root
            made.append((row["ledger"], row["position"], root))
    await tables.copy(connection, "correction", tables.CORRECTION_COLUMNS, made)


class _Link(msgspec.Struct, gc=False, rename={"correction_kind": "correctionkind"}):
    corrects: str | None = None
    correction_kind: str | None = None


_decode = msgspec.json.Decoder(_Link).decode


class _Number(msgspec.Struct, gc=False):
    sequence: int | str | None = None


_decode_number = msgspec.json.Decoder(_Number).decode


def _may_correct(open_part: bytes) -> bool:
    """Whether it may name another event: the attribute stands there, or escapes may spell it."""
    return b'"corrects"' in open_part or b"\\u" in open_part


def _sealed_rows(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["ledger"], row["position"], *part) for row in rows for part in parts_of(row)]


async def write_journal(connection: asyncpg.Connection, notes: Sequence[Note]) -> Moves:
    """Records of the journal, what they say of rows that are aside, and the counters."""
    await tables.copy(connection, "journal", journal.COLUMNS, notes)
    moves = await retelling.retell(connection, notes)
    numbers = retelling.last_numbers(notes)
    await connection.execute(
        "UPDATE ledger.ledger SET journal = $2, parked = greatest(parked, $3),"
        " quarantined = greatest(quarantined, $4), head = NULL, restoring = true,"
        " last_recorded_at = greatest(last_recorded_at, $5) WHERE ledger = $1",
        notes[-1].ledger,
        notes[-1].number,
        numbers["parked"],
        numbers["quarantine"],
        notes[-1].recorded_at,
    )
    return moves


async def end(
    connection: asyncpg.Connection,
    name: str,
    sealer: Sealer,
    *,
    parked: int,
    quarantined: int,
    journal: int,
) -> None:
    """Let events in again; the numbers are the last ones ever given."""
    await connection.execute(
        "UPDATE ledger.ledger SET parked = $2, quarantined = $3, journal = $4, restoring = false"
        " WHERE ledger = $1",
        name,
        parked,
        quarantined,
        journal,
    )
    await tables.renew_head(connection, sealer, name)
