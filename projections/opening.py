"""Opening a ledger: its tables and those of its read models are there before anything is done."""

from __future__ import annotations

import asyncpg

from infra.settings import Settings
from ledger import store
from projections import projector


async def prepare(connection: asyncpg.Connection) -> None:
    """Create all schemas and tables that do not exist yet."""
    await store.create_schema(connection)
    await projector.create_tables(connection)


async def open_ledger(
    connection: asyncpg.Connection, name: str, kind: str, settings: Settings
) -> store.Ledger:
    """The ledger of a division, created with this kind when there is none."""
    await prepare(connection)
    await store.create_ledger(connection, name, kind, sample=settings.sample)
    ledger = await store.find_ledger(connection, name)
    if ledger is None:
        raise store.LedgerMissing(name)
    return ledger
