"""What PostgreSQL knows of tables that grow fast: by itself it looks about once a minute."""

from __future__ import annotations

from collections.abc import Collection

import asyncpg

LARGE = 2**18
"""Bytes of a table below which it does not matter what is known of it."""
GROWN = 4
"""A table that is so many times as large as when it was last looked at is looked at again."""


async def take(connection: asyncpg.Connection, schema: str, tables: Collection[str]) -> None:
    """Have PostgreSQL look at those tables of a schema that have outgrown what it knows of them.

    A query over a table that it takes for an empty one is planned as a walk through all rows for
    each of them. Who may not have that done goes without.
    """
    rows = await connection.fetch(
        "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = $1::text::regnamespace"
        " AND relname = ANY($2) AND relkind = 'r'"
        " AND pg_relation_size(oid) > greatest($4,"
        " $3 * relpages::bigint * current_setting('block_size')::int)",
        schema,
        list(tables),
        GROWN,
        LARGE,
    )
    if rows:
        await connection.execute(f"ANALYZE {', '.join(row[0] for row in rows)}")
