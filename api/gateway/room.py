"""How much may wait in this process: beyond it, others are asked to come again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from api.gateway import problems

MOST_EVENTS = 20_000
MOST_BYTES = 128 * 2**20
MOST_OF_ONE = MOST_BYTES // 2
"""Bytes of the bodies of one key: whoever sends much keeps out no other source."""
WAIT_SECONDS = 10.0
LOOK_SECONDS = 0.02


class Room:
    """Events that were read and are not durable yet, and bodies as far as they have come."""

    def __init__(self, events: int = MOST_EVENTS, size: int = MOST_BYTES) -> None:
        self._events = events
        self._bytes = size
        self._of_one: Counter[str] = Counter()
        self.waiting = 0

    @contextmanager
    def body(self, who: str) -> Iterator[Callable[[int], None]]:
        """Room for a body, until it is done with: called with the bytes of each part that came.

        It raises Problem where there is none. What a client only announces takes no room.
        """
        held = 0

        def more(size: int) -> None:
            nonlocal held
            if size > self._bytes or self._of_one[who] + size > MOST_OF_ONE:
                raise problems.full()
            held += size
            self._bytes -= size
            self._of_one[who] += size

        try:
            yield more
        finally:
            self._bytes += held
            self._of_one[who] -= held
            if not self._of_one[who]:
                del self._of_one[who]

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
