"""One view of all read models: while a rebuild switches its tables in, all old ones or all new.

A snapshot alone does not do: PostgreSQL finds a table by its name when a query first uses it, so a
transaction could read one table from before a switch and another from after it. Whoever reads here
holds the checkpoint table from before its snapshot to its end, and a switch waits for that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from projections.read_model import SCHEMA


@asynccontextmanager
async def snapshot(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """A read-only transaction in which nothing changes, tables included."""
    outermost = not connection.is_in_transaction()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        if outermost:
            await connection.execute(f"LOCK TABLE {SCHEMA}.checkpoint IN ACCESS SHARE MODE")
        yield
