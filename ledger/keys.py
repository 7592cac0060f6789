"""The persons' keys (人员密钥), as their copy is written and read back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import asyncpg

ROWS = 1_000
"""Keys fetched at once."""


async def all_of(connection: asyncpg.Connection, ledger: str) -> AsyncIterator[tuple[str, bytes]]:
    """Every person with the key, in the caller's transaction."""
    async for person, key in connection.cursor(
        "SELECT person, key FROM ledger.person_key WHERE ledger = $1 ORDER BY person",
        ledger,
        prefetch=ROWS,
    ):
        yield person, key


async def add(
    connection: asyncpg.Connection, ledger: str, keys: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Add those that are not there; returns what each of these persons has now."""
    rows = await connection.fetch(
        "INSERT INTO ledger.person_key SELECT $1, p, k FROM unnest($2::text[], $3::bytea[])"
        " AS given (p, k) ON CONFLICT (ledger, person) DO UPDATE SET key = person_key.key"
        " RETURNING person, key",
        ledger,
        list(keys),
        list(keys.values()),
    )
    return dict(map(tuple, rows))


async def persons_without(connection: asyncpg.Connection, ledger: str) -> int:
    """How many persons have sealed parts that nobody can open."""
    count: int = await connection.fetchval(
        "SELECT count(DISTINCT person) FROM ledger.sealed_part LEFT JOIN ledger.person_key"
        " USING (ledger, person) WHERE ledger = $1 AND key IS NULL",
        ledger,
    )
    return count
