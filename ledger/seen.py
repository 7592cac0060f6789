"""When something of a source was last recorded: an entry, an event that waits, or a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import asyncpg

_LAST = """
    SELECT greatest(
        (SELECT recorded_at FROM ledger.entry WHERE ledger = $1 AND source = $2
            AND EXISTS (SELECT FROM ledger.entry WHERE source = $2 AND ledger = $1)
            ORDER BY position DESC LIMIT 1),
        (SELECT max(parked_at) FROM ledger.parked WHERE ledger = $1 AND source = $2),
        (SELECT max(received_at) FROM ledger.quarantine WHERE ledger = $1 AND sender = $2)
    )
"""
"""The index says first whether there is anything to look for from the end."""
_REFUSED = """
    SELECT count(*) FROM ledger.quarantine
    WHERE ledger = $1 AND sender = $2 AND received_at >= $3 AND reason = 'source_suspended'
"""


async def last(
    connection: asyncpg.Connection, ledger: str, sources: Iterable[str]
) -> dict[str, datetime | None]:
    """Source → when it was last seen; None of one that was never."""
    return {name: await connection.fetchval(_LAST, ledger, name) for name in sources}


async def refused_since(
    connection: asyncpg.Connection, ledger: str, source: str, since: datetime
) -> int:
    """How many events of a suspended source were refused since then."""
    count: int = await connection.fetchval(_REFUSED, ledger, source, since)
    return count
