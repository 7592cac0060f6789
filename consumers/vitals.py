"""Vital signs of a service on Kafka: its backlog, since when nothing moved, whether it can work.

Looked up every few seconds on connections of its own, so that nothing here waits behind a batch and
no batch waits for it. Ages in a live ledger are by recording time; in a replay ledger that lies in
the past, so there it counts since when this process has seen the entry wait.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from typing import NamedTuple

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from consumers.lookup import waiting_since
from domain.carriage import MOST_EVENTS
from infra import beat, postgres
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.reader import close_reader, open_reader
from infra.kafka.topics import ledger_topic
from infra.metrics import ServiceMetrics
from infra.probes import Answer
from infra.roles import Role
from infra.settings import Settings
from ledger import aside, migration, offsets, store, unpublished
from ledger.migration import Unfit
from ledger.records import Partition

LOOK_SECONDS = 5.0
ANSWER_SECONDS = 4.0
ASIDE_EVERY = 3
"""Looks from one count of parked and quarantined events to the next."""
OUT_OF_REACH = (
    OSError,
    TimeoutError,
    KafkaError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Backlog(NamedTuple):
    """The untaken records of a partition: how many, and since when (Unix time) the oldest waits."""

    partition: Partition
    records: int
    since: float | None


class Seen(NamedTuple):
    """One look: a number that grows with progress, the backlogs, and notices not told yet."""

    progress: int
    backlogs: list[Backlog]
    untold: int = 0


def kind_of(error: BaseException) -> str:
    """Whose failure it was, in one of four words."""
    if isinstance(error, KafkaError):
        return "kafka"
    if type(error).__module__.startswith("asyncpg"):
        return "postgresql"
    return "timeout" if isinstance(error, TimeoutError) else "network"


class Vitals(ABC):
    """The vital signs of one service."""

    def __init__(self, service: str, settings: Settings, ledger: str) -> None:
        self.service = service
        self.settings = settings
        self.ledger = ledger
        self.metrics = ServiceMetrics(service, ledger)
        self.error: str | None = None
        self.begun = False
        self.ends: Mapping[Partition, int] = {}
        """Where Kafka's partitions end, as of this look."""
        self._consumer: AIOKafkaConsumer | None = None
        self._faults: dict[str, str] = {}
        self._seen: Seen | None = None
        self._moved_at = time.time()
        self._head_since: dict[Partition, tuple[int, float]] = {}
        self.looks = 0
        if (alarm := beat.last_alarm(settings.home, service)) is not None:
            self.metrics.alarm.labels(alarm.name).set(alarm.at)

    # What the service reports.

    def retried(self, error: BaseException) -> None:
        """Work begins anew after a failure that was temporary."""
        self.metrics.retries.labels(kind_of(error)).inc()

    def stopped(self, error: BaseException) -> None:
        """The service ends itself with this error."""
        self.error = type(error).__name__
        self.metrics.alarm.labels(self.error).set(time.time())
        beat.note_alarm(self.settings.home, self.service, self.error)

    # What others ask.

    async def healthy(self) -> Answer:
        """Whether the process is worth keeping."""
        return Answer([] if self.error is None else [f"已停止 / stopped: {self.error}"])

    async def ready(self) -> Answer:
        """Whether it can work now; what was found at the last look."""
        wrong = (await self.healthy()).wrong + list(self._faults.values())
        if not self.begun:
            wrong.append("正在启动，自检未完成 / starting, self-check not passed yet")
        elif self._seen is None:
            wrong.append("积压未知 / lag not known yet")
        more: dict[str, object] = {"service": self.service, "ledger": self.ledger}
        if self._seen is not None:
            more["lag"] = sum(b.records for b in self._seen.backlogs)
        return Answer(wrong + self.missing(), more | self.state())

    def missing(self) -> list[str]:
        """What this kind of service needs beside the servers, and has not."""
        return []

    def state(self) -> dict[str, object]:
        """What is worth knowing of this kind of service."""
        return {}

    # Looking.

    @abstractmethod
    def partitions(self) -> Collection[Partition]:
        """The partitions whose ends are asked of Kafka."""

    @abstractmethod
    async def see(self, connection: asyncpg.Connection) -> Seen:
        """The backlog of this service."""

    async def watch(self) -> None:
        """Look until cancelled."""
        self.begun = True
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._forget_consumer()

    async def look(self) -> None:
        """Look once; a server that does not answer is noted, and asked again next time."""
        seen: Seen | None = None

        async def ask_kafka() -> None:
            self.ends = await self._ask_ends()

        async def ask_postgres() -> None:
            nonlocal seen
            async with postgres.connect(self._url()) as connection:
                await migration.pending(connection)
                seen = await self.see(connection)

        answered = await self._asked("Kafka", ask_kafka)
        answered = await self._asked("PostgreSQL", ask_postgres) and answered
        self.looks += 1
        if answered and seen is not None:
            self._show(seen)
            self.metrics.looked.set_to_current_time()
        self._judge_progress(seen if answered else None)

    def _url(self) -> str:
        return postgres.database_url(self.settings, Role[self.service.upper()])

    async def _asked(self, server: str, question: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await question()
        except Unfit as error:
            self._faults[server] = str(error)
            return False
        except OUT_OF_REACH as error:
            self._faults[server] = f"{server} 没有答复 / gives no answer ({type(error).__name__})"
            if server == "Kafka":
                await self._forget_consumer()
            return False
        self._faults.pop(server, None)
        return True

    def _show(self, seen: Seen) -> None:
        now = time.time()
        self.metrics.lag.clear()
        self.metrics.age.clear()
        for (topic, partition), records, since in seen.backlogs:
            self.metrics.lag.labels(topic, partition).set(records)
            age = 0.0 if since is None or not records else max(0.0, now - since)
            self.metrics.age.labels(topic, partition).set(age)

    def _judge_progress(self, seen: Seen | None) -> None:
        """Without an answer no progress can be seen, and the backlog stays as it was."""
        if seen is not None and (self._seen is None or seen.progress != self._seen.progress):
            self._moved_at = time.time()
            stalled = False
        else:
            last = seen or self._seen
            stalled = last is not None and bool(sum(b.records for b in last.backlogs) + last.untold)
            if not stalled:
                self._moved_at = time.time()
        self._seen = seen or self._seen
        self.metrics.stalled.set(self._moved_at if stalled else 0)

    def seen_since(self, partition: Partition, head: int) -> float:
        """Since when this process has seen `head` be the next one at a partition."""
        known = self._head_since.get(partition)
        if known is None or known[0] != head:
            known = self._head_since[partition] = (head, time.time())
        return known[1]

    # Kafka.

    async def _ask_ends(self) -> dict[Partition, int]:
        consumer = await self.reader()
        asked = [TopicPartition(*partition) for partition in self.partitions()]
        ends = await consumer.end_offsets(asked)
        return {(tp.topic, tp.partition): end for tp, end in ends.items()}

    async def reader(self) -> AIOKafkaConsumer:
        """A consumer without a group, kept from one look to the next."""
        if self._consumer is None:
            client = f"{self.settings.kafka_prefix}-{self.service}-health"
            self._consumer = await open_reader(Bootstrap.of(self.settings), client)
        return self._consumer

    async def _forget_consumer(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaError):
                await close_reader(consumer)


class IntakeVitals(Vitals):
    """The backlog in the topics of the sources."""

    def __init__(
        self, settings: Settings, ledger: str, partitions: Callable[[], Collection[Partition]]
    ) -> None:
        super().__init__("intake", settings, ledger)
        self._partitions = partitions

    def partitions(self) -> Collection[Partition]:
        return list(self._partitions())

    def missing(self) -> list[str]:
        return [] if self._partitions() else ["未分到分区 / no partitions assigned"]

    def state(self) -> dict[str, object]:
        return {"partitions": len(self._partitions())}

    async def see(self, connection: asyncpg.Connection) -> Seen:
        stands = await offsets.read(connection, self.ends)
        places = {partition: place.next_offset for partition, place in stands.items()}
        behind = {
            partition: max(0, self.ends[partition] - place) for partition, place in places.items()
        }
        late = {partition: place for partition, place in places.items() if behind[partition]}
        since = await waiting_since(await self.reader(), late, self.ends) if late else {}
        backlogs = [
            Backlog(partition, 0, None)
            if since.get(partition, 0.0) is None  # only marks of transactions are left
            else Backlog(
                partition,
                behind[partition],
                since.get(partition, self.seen_since(partition, place)),
            )
            for partition, place in places.items()
        ]
        heads = await unpublished.heads(connection, self.ledger)
        self.metrics.position.set(heads.accepted)
        if self.looks % ASIDE_EVERY == 0:
            for table, (events, fen) in (await aside.claims(connection, self.ledger)).items():
                self.metrics.aside.labels(table).set(events)
                self.metrics.claimed.labels(table).set(fen)
        done = sum(s.next_offset * (MOST_EVENTS + 1) + s.taken_of_next for s in stands.values())
        return Seen(done, backlogs)


class LedgerVitals(Vitals):
    """What of the ledger is not published yet, or not projected."""

    def __init__(
        self, service: str, settings: Settings, ledger: str, position: Callable[[], int | None]
    ) -> None:
        """`position` is the last one done, or None while another one does the work."""
        super().__init__(service, settings, ledger)
        self._part = (ledger_topic(ledger, settings.kafka_prefix), 0)
        self._position = position

    def partitions(self) -> Collection[Partition]:
        return [self._part]

    def state(self) -> dict[str, object]:
        return {"position": self._position(), "standby": self._position() is None}

    async def see(self, connection: asyncpg.Connection) -> Seen:
        done = self._position()
        self.metrics.standby.set(done is None)
        if done is None:
            return Seen(0, [])
        self.metrics.position.set(done)
        ledger = await store.find_ledger(connection, self.ledger)
        since = self.seen_since(self._part, done + 1)
        if ledger is None:
            return Seen(done, [Backlog(self._part, 0, since)])
        if not ledger.replay:
            recorded_at = await store.recorded_at(connection, self.ledger, done + 1)
            since = since if recorded_at is None else recorded_at.timestamp()
        return Seen(done, [Backlog(self._part, max(0, ledger.position - done), since)])


class RelayVitals(LedgerVitals):
    """The relay has notices to tell, too."""

    def __init__(
        self,
        settings: Settings,
        ledger: str,
        position: Callable[[], int | None],
        told: Callable[[], Mapping[str, int]],
        topics: Callable[[], Collection[str]],
    ) -> None:
        """`told`: how far each kind of notice is told, and the journal published.

        `topics`: those that the relay writes.
        """
        super().__init__("relay", settings, ledger, position)
        self._told = told
        self._topics = topics

    def partitions(self) -> Collection[Partition]:
        return [(topic, 0) for topic in self._topics()]

    async def see(self, connection: asyncpg.Connection) -> Seen:
        seen = await super().see(connection)
        if self._position() is None:
            return seen
        heads = await unpublished.heads(connection, self.ledger)
        told = self._told()
        behind = {kind: getattr(heads, kind) - number for kind, number in told.items()}
        for kind, notices in behind.items():
            self.metrics.notices_lag.labels(kind).set(max(0, notices))
        return Seen(seen.progress + sum(told.values()), seen.backlogs, sum(behind.values()))
