"""Writing the access log: beside the requests, a few milliseconds after each.

Lines wait in memory while earlier ones are written, no longer. So a process that is killed loses
those of the moment before, at most `MOST_WAITING`; one that is told to stop loses none. While the
database takes none they are kept, and once `MOST_WAITING` wait, nothing more is shown: what cannot
be written down is not answered. Looks at persons are no part of this: they are written before.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from itertools import islice

import asyncpg

from api import problems
from infra import logging as logs
from ledger import access
from ledger.access import Line

MOST_WAITING = 2_000
AT_ONCE = 500
AGAIN_SECONDS = 1.0
STOP_SECONDS = 5.0
OUT_OF_REACH = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_log = logs.get("mingjian.api")


class Noting:
    """The lines that are still to be written."""

    def __init__(self, ledger: str) -> None:
        self._ledger = ledger
        self._waiting: deque[Line] = deque()
        self._some = asyncio.Event()
        self._writing = asyncio.Lock()

    def require_room(self) -> None:
        """Raise Problem while lines cannot be written."""
        if len(self._waiting) >= MOST_WAITING:
            raise problems.database()

    def note(self, line: Line) -> None:
        """Have a line written."""
        self._waiting.append(line)
        self._some.set()

    async def follow(self, pool: asyncpg.Pool) -> None:
        """Write lines until cancelled."""
        while True:
            await self._some.wait()
            try:
                await self._write(pool)
            except OUT_OF_REACH as error:
                _log.warning("lines of the access log wait", exc_info=error)
                await asyncio.sleep(AGAIN_SECONDS)

    async def stop(self, pool: asyncpg.Pool) -> None:
        """Write what is left."""
        with suppress(*OUT_OF_REACH):
            async with asyncio.timeout(STOP_SECONDS):
                await self._write(pool)
        if self._waiting:
            _log.error("lines of the access log are lost", number=len(self._waiting))

    async def _write(self, pool: asyncpg.Pool) -> None:
        """Write all that waits. What cannot be written waits on."""
        async with self._writing:
            while lines := list(islice(self._waiting, AT_ONCE)):
                async with pool.acquire() as connection:
                    await access.write(connection, self._ledger, lines)
                for _ in lines:
                    self._waiting.popleft()
            self._some.clear()
