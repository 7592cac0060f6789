"""Without a broker the projector follows the ledger table: the path that a rebuild uses too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import asyncpg

from infra import postgres
from ledger import adopted, store
from projections import projector
from projections.catalogue import READ_MODELS
from projections.decoding import Decoded, decode
from projections.read_model import SCHEMA, VERSION, ReadModel
from projections.snapshot import serving

BATCH = 5_000
PROJECT_SECONDS = 120.0
"""Longest that writing one batch may take."""


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

    async def write(entries: Decoded) -> None:
        async with postgres.within(connection, PROJECT_SECONDS):
            await projector.project(connection, ledger, entries, models)

    if await serving(connection) != VERSION:
        return 0
    done = 0
    after = await projector.folded_to(connection, ledger, models)
    rows = await store.read_rows(connection, ledger, after, batch)
    bureaus = await adopted.versions(connection, ledger)
    entries = await decode(ledger, rows, bureaus, models)
    while entries.rows:
        rows = await store.read_rows(connection, ledger, entries.rows[-1][0], batch)
        bureaus = await adopted.versions(connection, ledger)
        # The next entries are decoded and worked out while PostgreSQL writes the rows of these.
        _, ahead = await asyncio.gather(write(entries), decode(ledger, rows, bureaus, models))
        done += len(entries.rows)
        progress(len(entries.rows))
        entries = ahead
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
