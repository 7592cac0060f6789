"""What the three apps on Kafka share: safe settings, a first fault that ends the process, patience.

FastStream runs the apps: connections, groups, signals, a graceful stop. Its defaults are not used
where they lose events: it logs an exception that leaves a handler and goes on with the next batch,
and its parser fails on a header that is not UTF-8. So batches come raw, nothing leaves a handler,
and the first error that cannot be retried stops the app, so that the process ends with it.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any, Protocol, Self, TypeVar

import asyncpg
from aiokafka.errors import KafkaError
from faststream import FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaAckableMessage

from domain.catalogue import SOURCES
from infra import beat, postgres
from infra import logging as lines
from infra.kafka import topics
from infra.settings import Settings

LEDGER = "445102"
POLL_SECONDS = 0.05
BEAT_SECONDS = 1.0
RETRY_SECONDS = 60.0
STOP_SECONDS = 15.0
"""How long a stop waits for the batch at hand; after that its transaction is rolled back."""
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
log = lines.get("mingjian.kafka")


class Alarm(Exception):
    """The record is in danger: the process ends, and people decide."""


class UnsafeTopics(Alarm):
    """Topics are not as the record needs them."""


class RawRecord(Protocol):
    """The part of a consumed record that we use."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


class Database:
    """One connection to PostgreSQL, made anew when it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stack = AsyncExitStack()
        self._connection: asyncpg.Connection | None = None

    async def attempt(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Do `work`, and do it again while the failure is temporary, for at most a minute.

        What `work` does in the database must be one transaction, or harmless to repeat: whether a
        commit that was interrupted took place is not known.
        """
        pause, left = 0.1, RETRY_SECONDS
        while True:
            try:
                return await work(await self.connection())
            except TEMPORARY as error:
                await self.close()
                if left <= 0:
                    raise
                log.warning("trying again", seconds=pause, exc_info=error)
            await asyncio.sleep(pause)
            left -= pause
            pause = min(2 * pause, 5.0)

    @property
    def lost(self) -> bool:
        """Whether there is no live connection at the moment."""
        return self._connection is None or self._connection.is_closed()

    async def connection(self) -> asyncpg.Connection:
        """The connection, made anew when it is lost."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._stack.enter_async_context(postgres.connect(self._url))
        return self._connection

    async def close(self) -> None:
        """Give the connection up, also when the server does not answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        with suppress(*TEMPORARY):
            await self._stack.aclose()


class App(ABC):
    """One FastStream app and the first error that must end its process."""

    name: str

    def __init__(self, settings: Settings, ledger: str) -> None:
        if settings.kafka is None:
            raise LookupError("MINGJIAN_KAFKA is not set: give the broker's address, host:port")
        self.settings = settings
        self.ledger = ledger
        self.bootstrap = settings.kafka
        self.prefix = settings.kafka_prefix
        self.database = Database(postgres.database_url(settings))
        self.broker = KafkaBroker(
            self.bootstrap,
            client_id=f"{self.prefix}-{self.name}",
            consumer_only=True,  # the relay has a producer of its own, the others need none
            allow_auto_create_topics=False,
            graceful_timeout=STOP_SECONDS,
            apply_types=False,
            logger=logging.getLogger("mingjian.faststream"),
            log_level=logging.DEBUG,
        )
        self.error: BaseException | None = None
        self._failed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.log = lines.get(f"mingjian.{self.name}").bind(ledger=ledger)

    @abstractmethod
    async def open(self) -> None:
        """Before the consumers start: what must stand first. May raise."""

    async def begin(self) -> None:
        """After the consumers have started."""
        self._tasks.append(asyncio.create_task(self._watch()))

    async def halt(self) -> None:
        """Before the consumers stop."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """After the consumers have stopped."""
        await self.database.close()

    def fail(self, error: BaseException) -> None:
        """Note the first error and stop taking work."""
        if self.error is None:
            self.error = error
            self._failed.set()
            sentence = str(error) if isinstance(error, Alarm) else type(error).__name__
            self.log.critical("stopped", fault=sentence, exc_info=error)

    def check(self) -> None:
        """Raise the error that ended the app, if one did."""
        if self.error is not None:
            raise self.error

    async def failed(self) -> None:
        """Wait until an error ends the app."""
        await self._failed.wait()

    async def __aenter__(self) -> Self:
        await self.open()
        await self.broker.start()
        await self.begin()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.halt()
        await self.broker.stop()
        await self.close()

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT, or until an error, which is raised."""
        program = FastStream(
            self.broker,
            logger=None,
            on_startup=(self.open,),
            after_startup=(self.begin,),
            on_shutdown=(self.halt,),
        )

        async def leave() -> None:
            await self.failed()
            program.exit()

        leaving = asyncio.create_task(leave())
        self.log.info("starting", service=self.name)
        try:
            await program.run()
        finally:
            leaving.cancel()
            await self.halt()
            await self.close()
        self.check()
        self.log.info("ended", service=self.name)

    async def ensure_topics(self) -> None:
        """Create the topics that are missing; refuse to work with unsafe ones."""
        wrong = await topics.ensure_topics(
            self.bootstrap, sources=SOURCES, divisions=[self.ledger], prefix=self.prefix
        )
        if wrong:
            raise UnsafeTopics("; ".join(wrong))

    async def _watch(self) -> None:
        """Show that we live, and notice a dead loop of FastStream, which would restart for ever."""
        while self.error is None:
            for subscriber in self.broker.subscribers:
                for task in getattr(subscriber, "tasks", ()):
                    if task.done() and not task.cancelled() and (error := task.exception()):
                        self.fail(error)
            beat.touch(self.settings.home, self.name)
            await asyncio.sleep(BEAT_SECONDS)


async def raw_batch(batch: tuple[RawRecord, ...]) -> KafkaAckableMessage:
    """A batch as it came, for FastStream's `parser`: looks at nothing that could be malformed."""
    first = batch[0]
    return KafkaAckableMessage(
        raw_message=batch,
        body=[record.value or b"" for record in batch],
        headers={},
        batch_headers=[],
        message_id=f"{first.topic}/{first.partition}/{first.offset}",
        correlation_id="-",
        consumer=FAKE_CONSUMER,  # nothing is acknowledged through FastStream
    )


async def raw_records(message: Any) -> Any:
    """The records themselves, for FastStream's `decoder`."""
    return message.raw_message
