"""Whose business a record is: the line (条线) that began its stream, the township it names last."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import asyncpg

_BEGUN = "SELECT type FROM ledger.entry WHERE ledger = $1 AND stream = $2 ORDER BY version LIMIT 1"
_NAMED = """
SELECT coalesce(data ->> 'township', left(data ->> 'village', 9))
FROM (
    SELECT e.position, convert_from(open, 'UTF8')::jsonb -> 'data' AS data
    FROM ledger.entry AS e LEFT JOIN ledger.correction AS own USING (ledger, position)
    WHERE ledger = $1 AND stream = $2 AND position <= $3
    AND convert_from(open, 'UTF8')::jsonb ->> 'correctionkind' IS DISTINCT FROM 'revoked'
    AND NOT EXISTS (SELECT FROM ledger.correction AS c WHERE c.ledger = $1 AND c.position <= $3
        AND c.position > e.position AND c.root = coalesce(own.root, e.position))
) AS told
WHERE coalesce(data ->> 'township', data ->> 'village') IS NOT NULL
ORDER BY position DESC LIMIT 1
"""
"""In the version that stands: a township that was corrected was never the right one."""


class Scope(NamedTuple):
    """Of which business lines and townships somebody may see records; none = all."""

    lines: Collection[str] = ()
    townships: Collection[str] = ()


async def within(
    connection: asyncpg.Connection, ledger: str, scope: Scope, stream: str, at: int
) -> bool:
    """Whether a stream is in a scope, as known at a position.

    What is nowhere said to be of a township is not for who has some townships only.
    """
    if scope.lines:
        kind = await connection.fetchval(_BEGUN, ledger, stream)
        if kind is None or kind.partition(".")[0] not in scope.lines:
            return False
    if not scope.townships:
        return True
    return await connection.fetchval(_NAMED, ledger, stream, at) in scope.townships
