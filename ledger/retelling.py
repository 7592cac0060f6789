"""From the journal back to the rows that it tells of: all of what is aside but its sealed bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from ledger import copies, keys
from ledger.journal import Note
from ledger.outcomes import OutcomeKind
from ledger.records import Partition, partition_of
from ledger.setting_aside import (
    PARKED_WRITTEN,
    QUARANTINE_WRITTEN,
    faults_written,
)

_READ = {
    "claims_on": date.fromisoformat,
    "digest": bytes.fromhex,
    "faults": lambda told: faults_written(told).decode(),
    "parked_at": datetime.fromisoformat,
    "received_at": datetime.fromisoformat,
}
_TIMES = {"parked": "parked_at", "quarantine": "received_at"}
_COLUMNS = {"parked": PARKED_WRITTEN, "quarantine": QUARANTINE_WRITTEN}

Moves = Counter[tuple[Partition, OutcomeKind]]
"""Partition and outcome → how many records leave it, or come to it, in the books."""


def row_of(table: str, note: Note) -> dict[str, Any]:
    """The row that a record put aside, with what later records may change as it was then.

    Its bytes are lacking, also where they were not kept: the books count a row when its record
    comes again, and only then it is known that nothing of it is to be kept.
    """
    told = note.facts | {"ledger": note.ledger, "position": note.position, "sealed": None}
    told |= {_TIMES[table]: told["received_at"], "journal_from": note.number}
    return {
        name: _READ[name](told[name]) if name in _READ and told.get(name) else told.get(name)
        for name in _COLUMNS[table]
    }


async def retell(connection: asyncpg.Connection, notes: Iterable[Note]) -> Moves:
    """Do to the rows what these records say was done; returns what that moves in the books.

    The books count a row while its bytes are here.
    """
    moves: Moves = Counter()
    for note in notes:
        if note.kind == "person-forgotten":
            facts = note.facts
            await keys.destroy(connection, note.ledger, facts["persons"], note.position)
            await copies.blank(connection, note.ledger, facts)
        if note.row is None:
            continue
        table, number = note.row
        if "digest" in note.facts:
            row = row_of(table, note)
            names = ", ".join(row)
            places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
            await connection.execute(
                f"INSERT INTO ledger.{table} ({names}) VALUES ({places})", *row.values()
            )
        else:
            await _change(connection, table, number, note, moves)
    return moves


async def _change(
    connection: asyncpg.Connection, table: str, number: int, note: Note, moves: Moves
) -> None:
    facts, where = note.facts, (note.ledger, number)
    match table, note.kind:
        case "parked", "parked":
            await connection.execute(
                "UPDATE ledger.parked SET waits_for = $3 WHERE ledger = $1 AND number = $2",
                *where,
                facts["waits_for"],
            )
        case "parked", _:
            digest, origin, sealed = await connection.fetchrow(
                "UPDATE ledger.parked SET taken_at = $3, journal_to = $4"
                " WHERE ledger = $1 AND number = $2 RETURNING digest, origin, sealed",
                *where,
                facts.get("entry", note.position),
                note.number,
            )
            became: OutcomeKind = "accepted" if note.kind == "taken-up" else "duplicate"
            if note.kind == "refused":
                filled = await connection.execute(
                    "UPDATE ledger.quarantine SET sealed = $3"
                    " WHERE ledger = $1 AND digest = $2 AND lacking",
                    note.ledger,
                    digest,
                    sealed,
                )
                became = "quarantined" if filled == "UPDATE 1" else "duplicate"
            if sealed is not None and (partition := partition_of(origin)) is not None:
                moves[partition, "parked"] -= 1
                moves[partition, became] += 1
        case _:
            taken_up = note.kind == "taken-up"
            await connection.execute(
                "UPDATE ledger.quarantine SET released_by = $3, released_at = $4, journal_to = $5"
                " WHERE ledger = $1 AND number = $2",
                *where,
                facts.get("event"),
                note.position if taken_up else None,
                note.number,
            )


def last_numbers(notes: Sequence[Note]) -> dict[str, int]:
    """Table → the last number given there by these records."""
    rows = [note.row for note in notes if note.row is not None]
    return {
        table: max((number for name, number in rows if name == table), default=0)
        for table in _COLUMNS
    }
