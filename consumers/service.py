"""What the three apps on Kafka share: safe settings, a first error that ends the process, patience.

FastStream runs the apps: connections, groups, signals, a graceful stop. Its defaults are not used
where they lose events: it logs an exception that leaves a handler and goes on with the next batch,
and its parser fails on a header that is not UTF-8. So batches come raw, nothing leaves a handler,
and the first error that cannot be retried stops the app, so that the process ends with it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol, Self

from aiokafka.errors import KafkaError
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaAckableMessage

from consumers import selfcheck
from consumers.alarm import Stuck, UnsafeTopics
from consumers.database import Database, patiently
from consumers.vitals import Vitals
from consumers.watchdog import Watchdog
from infra import beat, postgres
from infra import logging as logs
from infra.alarm import Alarm
from infra.kafka import broker, forgiving
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.refusals import FORBIDDEN, NotAuthorised, beginning, named
from infra.probes import Answer, served
from infra.roles import Role
from infra.settings import Settings
from infra.unsafe import sentences
from ledger import adopted

POLL_SECONDS = 0.05
BEAT_SECONDS = 1.0
READY_SECONDS = 0.2
STOP_SECONDS = 15.0
"""How long a stop waits for the batch at hand; after that its transaction is rolled back."""
STUCK_SECONDS = 300.0
"""Longest a batch may be at work: longer than everything in it that is tried again."""


class RawRecord(Protocol):
    """The part of a consumed record that we use."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


class App(ABC):
    """One FastStream app and the first error that must end its process."""

    name: str
    isolation = "read_committed"
    """Whether its consumers see what a transaction has not committed."""
    role: Role
    """As whom it works in the database."""

    def __init__(self, settings: Settings, ledger: str, vitals: Vitals) -> None:
        forgiving.install()
        self.settings = settings
        self.ledger = ledger
        self.bootstrap = Bootstrap.of(settings)
        self.prefix = settings.kafka_prefix
        self.vitals = vitals
        self.metrics = vitals.metrics
        self.database = Database(postgres.database_url(settings, self.role), vitals.retried)
        self.broker = KafkaBroker(
            self.bootstrap.servers,
            security=self.bootstrap.security(),
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
        self._watchdog = Watchdog()
        self._working_since: float | None = None
        self.log = logs.get(f"mingjian.{self.name}").bind(ledger=ledger)

    @abstractmethod
    async def open(self) -> None:
        """Before the consumers start: what must stand first. May raise."""

    async def begin(self) -> None:
        """After the consumers have started; raises UnsafeSettings."""
        for subscriber in self.broker.subscribers:
            if (consumer := getattr(subscriber, "consumer", None)) is not None:
                selfcheck.refuse(selfcheck.consumer_faults(consumer, self.isolation))
                consumer.getmany = self._telling(consumer.getmany)
        self._tasks.append(asyncio.create_task(self._watch()))
        self._tasks.append(asyncio.create_task(self._look()))

    async def halt(self) -> None:
        """Before the consumers stop."""
        self._watchdog.stopping()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """After the consumers have stopped."""
        await self.database.close()

    def _telling(self, getmany: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The same, but for a refusal: FastStream would log it, and ask again for ever."""

        async def told(*args: Any, **options: Any) -> Any:
            try:
                return await getmany(*args, **options)
            except FORBIDDEN as error:
                read = named(error, f"{self.prefix}.*")
                self.fail(NotAuthorised(self.bootstrap.principal, "Read", read))
                raise

        return told

    async def _look(self) -> None:
        """Vital signs; where the broker lets us in no more, the app ends."""
        try:
            await self.vitals.watch()
        except Alarm as alarm:
            self.fail(alarm)

    def fail(self, error: BaseException) -> None:
        """Note the first error and stop taking work."""
        if self.error is None:
            self.error = error
            self.vitals.stopped(error)
            self._failed.set()
            sentence = str(error) if isinstance(error, Alarm) else type(error).__name__
            self.log.critical("stopped", fault=sentence, exc_info=error)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Around a batch: how long it has been at work is watched."""
        self._working_since = time.monotonic()
        try:
            yield
        finally:
            self._working_since = None

    def check(self) -> None:
        """Raise the error that ended the app, if one did."""
        if self.error is not None:
            raise self.error

    async def failed(self) -> None:
        """Wait until an error ends the app."""
        await self._failed.wait()

    async def __aenter__(self) -> Self:
        await self.open()
        async with beginning(self.bootstrap):
            await self.broker.start()
        await self.begin()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.halt()
        await self.broker.stop()
        await self.close()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Run until SIGTERM or SIGINT, or until an error, which is raised.

        `ready` is called once, when it can work: as /readyz says it.
        """
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
        living = asyncio.create_task(self._live())
        saying = asyncio.create_task(self._say_ready(ready))
        self.log.info("starting", service=self.name)
        self._watchdog.start()
        vitals = self.vitals
        try:
            async with (
                served(self.settings, self.metrics, vitals.healthy, vitals.ready),
                beginning(self.bootstrap),
            ):
                await program.run()
        except Alarm as alarm:  # raised before the consumers had started
            vitals.stopped(alarm)
            with suppress(KafkaError):
                await self.broker.stop()
            raise
        finally:
            leaving.cancel()
            living.cancel()
            saying.cancel()
            await self.halt()
            await self.close()
            self._watchdog.end()
        self.check()
        self.log.info("ended", service=self.name)

    async def ensure_topics(self, *, of_sources: bool = True) -> frozenset[str]:
        """Create the topics that are missing; refuse to work with unsafe ones.

        Returns the sources that the ledger has, or had, by what it adopted of its bureau. Whoever
        reads none of theirs leaves their topics to others.
        """
        bureaus = await self.database.attempt(lambda c: adopted.versions(c, self.ledger))
        wrong = await patiently(
            lambda: broker.ensure_topics(
                self.bootstrap,
                sources=bureaus.sources if of_sources else (),
                divisions=[self.ledger],
                prefix=self.prefix,
            ),
            retried=self.vitals.retried,
        )
        if wrong:
            raise UnsafeTopics(sentences(wrong))
        return bureaus.sources

    async def _live(self) -> None:
        """Tell the watchdog that the loop turns, from before the first wait for a server."""
        while True:
            self._watchdog.alive()
            await asyncio.sleep(BEAT_SECONDS)

    async def _say_ready(self, ready: Callable[[], None]) -> None:
        while True:
            if _at_work(await self.vitals.ready()):
                return ready()
            await asyncio.sleep(READY_SECONDS)

    async def _watch(self) -> None:
        """Show that we live; notice work that is stuck, and a dead loop of FastStream.

        FastStream would restart its loop for ever.
        """
        while self.error is None:
            since = self._working_since
            if since is not None and time.monotonic() - since > STUCK_SECONDS:
                self.fail(Stuck(f"a batch has been at work for more than {STUCK_SECONDS:.0f} s"))
            for subscriber in self.broker.subscribers:
                for task in getattr(subscriber, "tasks", ()):
                    if task.done() and not task.cancelled() and (error := task.exception()):
                        self.fail(error)
            beat.touch(self.settings.home, self.name)
            await asyncio.sleep(BEAT_SECONDS)


def _at_work(answer: Answer) -> bool:
    """Whether it works now, neither beside another one nor waiting for a rebuild."""
    return not (answer.wrong or answer.more.get("standby") or answer.more.get("waits"))


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


FETCH_BYTES = 8 * 2**20
SAFELY: dict[str, Any] = {
    "batch": True,
    "ack_policy": AckPolicy.MANUAL,
    "auto_offset_reset": "earliest",
    "isolation_level": "read_committed",
    "batch_timeout_ms": 20,
    "fetch_max_bytes": FETCH_BYTES,
    "parser": raw_batch,
    "decoder": raw_records,
}
"""How every subscriber reads: from the first record on, and nothing is acknowledged unseen."""
