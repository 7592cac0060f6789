"""A service's connection to PostgreSQL: checked, bounded in time, made anew when it is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import TypeVar

import asyncpg
from aiokafka.errors import KafkaError

from consumers import selfcheck
from infra import logging as logs
from infra import postgres
from infra.kafka.refusals import FORBIDDEN
from ledger import mighty, migration

WORK_SECONDS = 60.0
"""Longest one piece of work may take; then its connection is cut and it is done again.

So long at most does a process that is stopped in a batch hold up its ledger.
"""
RETRY_SECONDS = 240.0
"""How long work is tried again. Less than max.poll.interval.ms, after which partitions are lost."""
LONGEST_PAUSE = 5.0
TEMPORARY: tuple[type[BaseException], ...] = (
    OSError,
    TimeoutError,
    KafkaError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says at times of a connection cut under way
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
)
"""A server out of reach, starting, stopping or overloaded: the same work may be tried again."""

T = TypeVar("T")
Retried = Callable[[BaseException], None]
log = logs.get("mingjian.kafka")


async def patiently(
    work: Callable[[], Awaitable[T]],
    again: Callable[[], Awaitable[None]] | None = None,
    retried: Retried = lambda _: None,
) -> T:
    """Do `work`, and do it again while the failure is temporary, for at most four minutes.

    `again` is awaited before each new try; `retried` is told of each failure. `work` must be
    harmless to repeat: whether a commit that was interrupted took place is not known.
    """
    pause, until = 0.1, time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return await work()
        except FORBIDDEN:  # nothing that waiting mends
            raise
        except TEMPORARY as error:
            if again is not None:
                await again()
            if time.monotonic() > until:
                raise
            retried(error)
            log.warning("trying again", seconds=pause, exc_info=error)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


class Database:
    """One connection, made anew when it is lost."""

    def __init__(self, url: str, retried: Retried) -> None:
        """`retried` is told of each failure after which the work is done again."""
        self._url = url
        self._retried = retried
        self._stack = AsyncExitStack()
        self._connection: asyncpg.Connection | None = None

    async def attempt(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Do `work` on a connection, patiently.

        What `work` does in the database must be one transaction, or harmless to repeat.
        """
        return await patiently(lambda: self.once(work), self.close, self._retried)

    async def once(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Do `work` within its time limit."""
        connection = await self.connection()
        async with postgres.within(connection, WORK_SECONDS):
            return await work(connection)

    @property
    def lost(self) -> bool:
        """Whether there is no live connection at the moment."""
        return self._connection is None or self._connection.is_closed()

    async def connection(self) -> asyncpg.Connection:
        """The connection, made anew when lost; raises UnsafeSettings, Unfit, TooMighty."""
        if self._connection is None or self._connection.is_closed():
            new = await self._stack.enter_async_context(postgres.connect(self._url))
            self._connection = new
            async with postgres.within(new, WORK_SECONDS):
                selfcheck.refuse(await selfcheck.database_faults(new))
                await migration.pending(new)
                await mighty.refuse(new)
                # A process that is stopped in a batch (SIGSTOP, a paused machine) keeps its
                # connection and the ledger's lock. Only the server can end that for the others.
                await new.execute(f"SET transaction_timeout = '{WORK_SECONDS:.0f}s'")
        return self._connection

    async def close(self) -> None:
        """Give the connection up, also when the server does not answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        with suppress(*TEMPORARY):
            await self._stack.aclose()
