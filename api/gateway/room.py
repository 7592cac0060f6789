"""How much may wait in this process: beyond it, others are asked to come again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from api.gateway import problems

MOST_EVENTS = 20_000
MOST_BYTES = 64 * 2**20
WAIT_SECONDS = 10.0
LOOK_SECONDS = 0.02


class Room:
    """Events that were read and are not durable yet."""

    def __init__(self, events: int = MOST_EVENTS, size: int = MOST_BYTES) -> None:
        self._events = events
        self._bytes = size
        self.waiting = 0

    @contextmanager
    def of(self, events: int, size: int) -> Iterator[None]:
        """Room for so many events, of so many bytes. Raises Problem where there is none."""
        if events > self._events or size > self._bytes:
            raise problems.full()
        self._events -= events
        self._bytes -= size
        self.waiting += events
        try:
            yield
        finally:
            self._events += events
            self._bytes += size
            self.waiting -= events

    @asynccontextmanager
    async def in_turn(self, events: int, size: int) -> AsyncIterator[None]:
        """The same for one who can wait a while: a stream is not read on meanwhile."""
        until = asyncio.get_running_loop().time() + WAIT_SECONDS
        while events > self._events or size > self._bytes:
            if asyncio.get_running_loop().time() > until:
                raise problems.full()
            await asyncio.sleep(LOOK_SECONDS)
        with self.of(events, size):
            yield
