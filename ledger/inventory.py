"""All that a ledger holds, row by row in the order of streams: for those who check it.

To be read in a transaction that stays as it is. The order is that of the bytes of a stream's name,
whatever the collation of the database, so that rows of several tables can be put side by side.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg

from domain.aggregate import STATE_FORM
from ledger.store import READ_COLUMNS

ROWS = 2_000
"""Rows fetched at once."""
BY_STREAM = 'ORDER BY stream COLLATE "C"'

_ENTRIES = (
    f"SELECT {', '.join(READ_COLUMNS)}, open, root FROM ledger.entry"
    " LEFT JOIN ledger.correction USING (ledger, position)"
    f" WHERE ledger = $1 {BY_STREAM}, version"
)
_STATES = (
    "SELECT stream, version, state FROM ledger.stream_state"
    f" WHERE ledger = $1 AND form = $2 {BY_STREAM}"
)
_STRAYS = """
SELECT '封存部分 sealed_part', position FROM ledger.sealed_part
    LEFT JOIN ledger.entry USING (ledger, position)
    WHERE ledger = $1 AND entry.position IS NULL
UNION ALL
SELECT '更正 correction', position FROM ledger.correction
    LEFT JOIN ledger.entry USING (ledger, position)
    WHERE ledger = $1 AND entry.position IS NULL
UNION ALL
SELECT '旧式记录 first_form', position FROM ledger.first_form
    LEFT JOIN ledger.entry USING (ledger, position)
    WHERE ledger = $1 AND form IS DISTINCT FROM 1
ORDER BY position
"""


class Sorted:
    """Rows of a query whose first column is the stream, in that order: taken stream by stream."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._rows: list[Any] = []
        self._next = 0
        self.stream: str | None = None
        """That of the next row; None at the end."""

    @classmethod
    async def open(cls, connection: asyncpg.Connection, query: str, *parameters: Any) -> Sorted:
        """Begin with the first row; within a transaction."""
        made = cls(await connection.cursor(query, *parameters))
        await made._fetch()
        return made

    async def _take(self, stream: str) -> list[Any]:
        """The rows of a stream, if it comes next."""
        taken: list[Any] = []
        while self.stream == stream:
            taken.append(self._rows[self._next])
            self._next += 1
            if self._next == len(self._rows):
                await self._fetch()
            else:
                self.stream = self._rows[self._next][0]
        return taken

    async def up_to(self, stream: str | None) -> AsyncIterator[tuple[str, list[Any]]]:
        """Streams with their rows, up to this one, if it is there; None: all that are left."""
        while (head := self.stream) is not None and (stream is None or head <= stream):
            yield head, await self._take(head)

    async def _fetch(self) -> None:
        self._rows, self._next = await self._cursor.fetch(ROWS), 0
        self.stream = self._rows[0][0] if self._rows else None


async def states(connection: asyncpg.Connection, ledger: str) -> Sorted:
    """Rows of (stream, version, state); those that are written in another form are never read."""
    return await Sorted.open(connection, _STATES, ledger, STATE_FORM)


async def streams(
    connection: asyncpg.Connection, ledger: str
) -> AsyncIterator[list[Mapping[str, Any]]]:
    """The entries of each stream in version order: the columns of `store.entry_of`, and the root.

    That is the position of the fact that a correction leads back to, as it is stored.
    """
    cursor = await connection.cursor(_ENTRIES, ledger)
    group: list[Mapping[str, Any]] = []
    while rows := await cursor.fetch(ROWS):
        for row in rows:
            if group and group[0]["stream"] != row["stream"]:
                yield group
                group = []
            group.append(row)
    if group:
        yield group


async def strays(connection: asyncpg.Connection, ledger: str) -> list[tuple[str, int]]:
    """What stands beside entries that are not there: table and position."""
    return [(row[0], row[1]) for row in await connection.fetch(_STRAYS, ledger)]


async def put_aside(
    connection: asyncpg.Connection, table: str, ledger: str
) -> AsyncIterator[Mapping[str, Any]]:
    """The rows of parked events or of quarantine in the order of their numbers, all columns."""
    query = f"SELECT * FROM ledger.{table} WHERE ledger = $1 ORDER BY number"
    async for row in connection.cursor(query, ledger, prefetch=ROWS):
        yield row


async def last_position(connection: asyncpg.Connection, ledger: str) -> int:
    """The highest position at which an entry stands, whatever the counter says."""
    last: int = await connection.fetchval(
        "SELECT coalesce(max(position), 0) FROM ledger.entry WHERE ledger = $1", ledger
    )
    return last
