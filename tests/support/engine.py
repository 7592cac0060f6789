"""Looking at everything a ledger holds, and small messages to send it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg

from domain.aggregate import Entry
from ledger import adopted, store
from ledger.intake import Intake, Record, Tally
from projections.catalogue import READ_MODELS
from projections.read_model import MAX_POSITION, SCHEMA, ReadModel

Rows = list[tuple[Any, ...]]

RANDOM = {
    "ledger": {"head"},
    "entry": {"leaf", "mac"},
    "sealed_part": {"sealed"},
    "person_key": {"key"},
}
"""Columns that hold nonces or keys, or hashes over such, by table: all that may differ between two
equal ledgers."""
_LEDGER_TABLES = (
    "ledger",
    "entry",
    "sealed_part",
    "person_key",
    "parked",
    "quarantine",
    "journal",
    "correction",
    "stream_state",
)


async def _rows(connection: asyncpg.Connection, table: str, leave_out: Iterable[str]) -> Rows:
    columns = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0",
        table,
    )
    named = ", ".join(f'"{row[0]}"' for row in columns if row[0] not in leave_out)
    found = await connection.fetch(f"SELECT {named} FROM {table}")
    return sorted((tuple(row) for row in found), key=repr)


async def ledger_dump(
    connection: asyncpg.Connection, *, leave_out: Mapping[str, set[str]] = RANDOM
) -> dict[str, Rows]:
    """Every row of the ledger's tables but for their random columns."""
    return {
        table: await _rows(connection, f"ledger.{table}", leave_out.get(table, ()))
        for table in _LEDGER_TABLES
    }


async def read_dump(connection: asyncpg.Connection) -> dict[str, Rows]:
    """Every row of every read model, ended ones too."""
    return {model.name: await _rows(connection, model.table, ()) for model in READ_MODELS}


POSITIONS = {"fact", "answered_at"}
"""Columns that hold a position: another where events came in another order."""


async def rows_at_head(connection: asyncpg.Connection) -> dict[str, Rows]:
    """What every read model says now, leaving aside which positions made it."""
    found: dict[str, Rows] = {}
    for model in READ_MODELS:
        columns = ", ".join(name for name in model.columns if name not in POSITIONS)
        rows = await connection.fetch(
            f"SELECT stream, {columns} FROM {model.table} WHERE known_to = $1",
            MAX_POSITION,
        )
        found[model.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def without_positions(model: ReadModel, row: Sequence[Any]) -> list[Any]:
    """The same of a row as a fold makes it."""
    named = zip(model.columns, row, strict=True)
    return [value for name, value in named if name not in POSITIONS]


def altered(line: bytes, data: Mapping[str, Any] | None = None, **attributes: Any) -> bytes:
    """The message with other envelope attributes and fields of its data; None leaves one out."""
    message = json.loads(line)
    message = {k: v for k, v in (message | attributes).items() if v is not None}
    if data is not None:
        message["data"] = {k: v for k, v in (message["data"] | dict(data)).items() if v is not None}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


async def take(
    connection: asyncpg.Connection, intake: Intake, *lines: bytes, batch: int = 1_000
) -> Tally:
    """Send lines in batches, without folding them."""
    tally = Tally()
    for start in range(0, len(lines), batch):
        part = enumerate(lines[start : start + batch], start=start)
        records = [Record(line, f"test:{number}") for number, line in part]
        tally.add((await intake.take(connection, records)).tally)
    return tally


async def read_entries(
    connection: asyncpg.Connection, ledger: str, after: int, limit: int
) -> list[Entry]:
    """Entries in position order, after a position, at most `limit`."""
    rows = await store.read_rows(connection, ledger, after, limit)
    bureaus = await adopted.versions(connection, ledger)
    return [bureaus.entry(row) for row in rows]


async def forget_rows(
    connection: asyncpg.Connection, ledger: str, models: Sequence[ReadModel] = READ_MODELS
) -> None:
    """Delete the rows and checkpoints of these read models for one ledger, to fold them again."""
    async with connection.transaction():
        for model in models:
            await connection.execute(f"DELETE FROM {model.table} WHERE ledger = $1", ledger)
            await connection.execute(
                f"DELETE FROM {SCHEMA}.checkpoint WHERE ledger = $1 AND read_model = $2",
                ledger,
                model.name,
            )
