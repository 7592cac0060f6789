"""Values, each worked out once, however many ask, in a task that nobody's going away ends.

A question holds no connection while it waits for a value, nor while its answer is read: a value is
worked out on a connection of its own, in a snapshot of its own. That is no other view of things,
for what was known at a position never changes, but where a rebuild was switched in, or a text is
withheld, meanwhile: then
the question is to be asked again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg

from projections.snapshot import generation as stands_at
from projections.snapshot import snapshot

REMEMBERED = 2_000
ACQUIRE_SECONDS = 5.0
WORKERS = 5
"""Connections that values are worked out on at a time; the others are for new questions."""
T = TypeVar("T")
Key = tuple[Hashable, ...]


class Switched(Exception):
    """Other read models serve than did when the question came: it is to be asked again."""


class Values:
    """What was worked out from one generation (projections/snapshot.py) to the next."""

    def __init__(self, pool: asyncpg.Pool, generation: int = 0) -> None:
        self._pool = pool
        self.generation = generation
        self.rested: dict[Key, int] = {}
        """Of publications: where what they read had changed last."""
        self._values: OrderedDict[Key, asyncio.Future[Any]] = OrderedDict()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._workers = asyncio.Semaphore(WORKERS)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection, in a snapshot of these read models. Raises Switched."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection, snapshot(connection):
            if await stands_at(connection) != self.generation:
                raise Switched
            yield connection

    async def get(self, key: Key, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """The value under the key, worked out at the first call."""

        async def one(connection: asyncpg.Connection, _: Sequence[Key]) -> Sequence[T]:
            return [await work(connection)]

        (value,) = await self.several([key], one)
        return value

    async def several(
        self,
        keys: Sequence[Key],
        work: Callable[[asyncpg.Connection, Sequence[Key]], Awaitable[Sequence[T]]],
    ) -> list[T]:
        """The values under the keys; `work` is asked for those not yet known, in their order."""
        if unknown := [key for key in dict.fromkeys(keys) if key not in self._values]:
            loop = asyncio.get_running_loop()
            working = {key: loop.create_future() for key in unknown}
            self._values |= working
            self._begin(self._work_out(working, work))
        found: list[asyncio.Future[T]] = [self._values[key] for key in keys]
        for key in keys:
            self._values.move_to_end(key)
        while len(self._values) > REMEMBERED:
            self._values.popitem(last=False)
        if found:
            await asyncio.wait(found)
        return [value.result() for value in found]

    async def _work_out(
        self,
        working: dict[Key, asyncio.Future[Any]],
        work: Callable[[asyncpg.Connection, Sequence[Key]], Awaitable[Sequence[Any]]],
    ) -> None:
        keys = list(working)
        try:
            async with self._workers, self.reading() as connection:
                found = await work(connection, keys)
            for key, value in zip(keys, found, strict=True):
                working[key].set_result(value)
        except BaseException as error:
            for key, future in working.items():
                if not future.done():
                    future.set_exception(error)
                    future.exception()  # asked for, lest it be told that nobody did
                    if self._values.get(key) is future:
                        del self._values[key]
            raise

    def stop(self) -> None:
        """End what is still being worked out."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Whoever waits for it is told of its failure; and it may be that nobody does."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()


class Memory:
    """What is remembered, until a rebuild, or a text that is withheld, may say otherwise."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._values = Values(pool)
        self._pool = pool

    def since(self, generation: int) -> Values:
        """What was worked out since that generation began. Raises Switched."""
        if generation > self._values.generation:
            self._values = Values(self._pool, generation)
        if generation < self._values.generation:
            raise Switched
        return self._values

    def stop(self) -> None:
        """End what is still being worked out."""
        self._values.stop()


class Shared:
    """One asking at a time under a key, whose answer is for all who came before it began."""

    def __init__(self) -> None:
        self._begun: dict[Key, asyncio.Task[Any]] = {}
        self._next: dict[Key, asyncio.Task[Any]] = {}

    async def get(self, key: Key, work: Callable[[], Awaitable[T]]) -> T:
        """An answer as of now or later."""
        task = self._next.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(key, self._begun.get(key), work))
            self._next[key] = task
        await asyncio.wait([task])
        value: T = task.result()
        return value

    async def _ask(
        self, key: Key, before: asyncio.Task[Any] | None, work: Callable[[], Awaitable[T]]
    ) -> T:
        if before is not None:
            await asyncio.wait([before])
        task = self._begun[key] = self._next.pop(key)
        try:
            return await work()
        finally:
            if self._begun[key] is task:
                del self._begun[key]
