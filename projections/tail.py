"""Without a broker the projector follows the ledger table: the path that a rebuild uses too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from domain.aggregate import Entry
from infra import postgres
from ledger import store
from projections import projector
from projections.catalogue import READ_MODELS
from projections.projector import Adds
from projections.read_model import SCHEMA, VERSION, ReadModel
from projections.snapshot import serving

BATCH = 5_000
PROJECT_SECONDS = 120.0
"""Longest that writing one batch may take."""
DECODE_AT_ONCE = 200
"""Entries decoded before a transaction under way gets its turn."""


async def catch_up(
    connection: asyncpg.Connection,
    ledger: str,
    models: Sequence[ReadModel] = READ_MODELS,
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Fold everything the ledger holds into the read models; returns how many entries were read.

    While read models of an older version serve, nothing is folded: those stay as they are.
    """

    async def write(entries: list[Entry], adds: Adds) -> None:
        async with postgres.within(connection, PROJECT_SECONDS):
            await projector.project(connection, ledger, entries, models, adds)

    if await serving(connection) != VERSION:
        return 0
    done = 0
    after = await projector.folded_to(connection, ledger, models)
    rows = await store.read_rows(connection, ledger, after, batch)
    entries, adds = await decode(ledger, rows, models)
    while entries:
        rows = await store.read_rows(connection, ledger, entries[-1].position, batch)
        # The next entries are decoded and worked out while PostgreSQL writes the rows of these.
        _, ahead = await asyncio.gather(write(entries, adds), decode(ledger, rows, models))
        done += len(entries)
        progress(len(entries))
        entries, adds = ahead
    return done


async def may_fold(connection: asyncpg.Connection) -> bool:
    """Whether this database user may write read models; who may only read sees them as they are."""
    allowed: bool | None = await connection.fetchval(
        "SELECT has_table_privilege(table_, 'INSERT') AND has_table_privilege(table_, 'UPDATE')"
        " AND NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'"
        " FROM to_regclass($1) AS table_",
        f"{SCHEMA}.checkpoint",
    )
    return bool(allowed)


async def behind(connection: asyncpg.Connection, ledger: str) -> int:
    """How many entries `catch_up` would fold."""
    found = await store.find_ledger(connection, ledger)
    if found is None or await serving(connection) != VERSION:
        return 0
    folded = await projector.folded_to(connection, ledger)
    return found.position - folded


async def decode(
    ledger: str, rows: Sequence[Sequence[Any]], models: Sequence[ReadModel] = READ_MODELS
) -> tuple[list[Entry], Adds]:
    """Entries of rows as `store.read_rows` gives them, and what they add, a slice at a time."""
    entries: list[Entry] = []
    adds: Adds = {model.name: {} for model in models}
    for start in range(0, len(rows), DECODE_AT_ONCE):
        piece = list(map(store.entry_of, rows[start : start + DECODE_AT_ONCE]))
        entries += piece
        for name, added in projector.work_out(ledger, piece, models).items():
            adds[name].update(added)
        await asyncio.sleep(0)
    return entries, adds
