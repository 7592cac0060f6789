"""Intake on Kafka: from each source's topic into the ledger, every record exactly once.

A record holds events in one of the content modes of CloudEvents; from here on each goes its way by
itself. The offset that counts stands in PostgreSQL and moves in the transaction that takes the
events, with how many of the next record are taken. Kafka's committed offset follows as a gauge.

A topic is its source's credential: what arrives there may speak in that source's name only.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from consumers.alarm import NewSources
from consumers.database import TEMPORARY, patiently
from consumers.merge import Merge
from consumers.retention import same_topic, still_there
from consumers.service import BEAT_SECONDS, SAFELY, App, RawRecord
from consumers.unpacking import place, unpacked
from consumers.vitals import IntakeVitals
from infra import logging as logs
from infra.failpoint import reach
from infra.kafka.topics import intake_topic
from infra.roles import Role
from infra.settings import Settings
from ledger import adopted, attempts, clock, offsets
from ledger.ahead import take_and_read
from ledger.intake import Intake
from ledger.outcomes import Taken, Tally
from ledger.records import Gap, Partition, Record, place_of
from projections import opening

MAX_RECORDS = 1_000
"""Events of one transaction."""
BATCHES_AT_ONCE = 4
"""So many are handed over together where so much waits: one is read while another is written."""
PARTITION_BYTES = 4 * 2**20
FETCH_WAIT_MS = 100
"""Other questions to the broker wait behind a fetch that waits for events."""
ALONE_AT_ONCE = 100
"""Events taken one by one within the time limit of one piece of work."""
BUFFER_BYTES = 8 * 2**20
COMMIT_SECONDS = 2.0
QUIET_SECONDS = 5.0
SOURCES_SECONDS = 10.0
"""How often it is asked whether the ledger adopted a folder with other sources."""


async def run_intake(
    settings: Settings, ledger: str, ready: Callable[[], None] = lambda: None
) -> None:
    """Take in until told to stop."""
    logs.configure(settings)
    await IntakeApp(settings, ledger).run(ready)


class IntakeApp(App, ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """One member of the intake group of a ledger."""

    name = "intake"
    role = Role.INTAKE

    def __init__(self, settings: Settings, ledger: str, *, max_records: int = MAX_RECORDS) -> None:
        vitals = IntakeVitals(settings, ledger, lambda: self._epochs)
        super().__init__(settings, ledger, vitals)
        self.max_records = max_records
        self.tally = Tally()
        self._intake: Intake | None = None
        self._merge: Merge | None = None
        self._busy = asyncio.Lock()
        self._epochs: dict[Partition, int] = {}
        self._read_to: dict[Partition, int] = {}
        self._read_again: dict[Partition, int] = {}
        self._heard_at = time.monotonic()
        self._wary = 0
        """So many events are still taken one by one, since runs ended here."""
        self.sources: frozenset[str] = frozenset()
        """Those whose topics are read."""
        self.subscriber: Any = None

    async def begin(self) -> None:
        await super().begin()
        self._tasks.append(asyncio.create_task(self._nudge()))

    async def open(self) -> None:
        async def prepare(connection: asyncpg.Connection) -> None:
            ledger = await opening.open_ledger(connection, self.ledger, self.settings)
            self._intake = Intake(ledger, self.settings.secret, self.settings.quarantine_bytes)
            latest = partial(clock.latest, sample=ledger.sample)
            self._merge = Merge(latest) if ledger.replay else None

        await self.database.attempt(prepare)
        self.sources = await self.ensure_topics()
        self.subscriber = self.broker.subscriber(
            *(intake_topic(source, self.prefix) for source in sorted(self.sources)),
            group_id=f"{self.prefix}.intake.{self.ledger}",
            max_records=BATCHES_AT_ONCE * self.max_records,
            max_partition_fetch_bytes=PARTITION_BYTES,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            rebalance_timeout_ms=60_000,  # the batch at hand is finished first
            listener=self,
            **SAFELY,
        )
        self.subscriber(self._handle)

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        return self.subscriber.consumer

    # Which partitions are ours: called by the group's protocol, which swallows exceptions.

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        partitions = [(tp.topic, tp.partition) for tp in assigned]
        try:
            async with self._busy:
                await patiently(lambda: self._begin(partitions), retried=self.vitals.retried)
        except Exception as error:  # noqa: BLE001
            self.fail(error)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        async with self._busy:
            self._epochs.clear()
            if self._merge is not None:
                self._merge.forget()
        self.log.info("partitions given back", partitions=len(list(revoked)))

    async def _begin(self, partitions: Sequence[Partition]) -> None:
        """Claim the partitions and read on from where the ledger stands."""
        consumer = self._consumer
        ours = [TopicPartition(*partition) for partition in partitions]
        places = await self.database.attempt(lambda c: offsets.claim(c, self.ledger, partitions))
        starts = await consumer.beginning_offsets(ours)
        ends = await consumer.end_offsets(ours)
        for tp in ours:
            partition = (tp.topic, tp.partition)
            next_offset = places[partition].next_offset
            still_there(partition, next_offset, starts[tp])
            same_topic(partition, next_offset, ends[tp])
            try:
                consumer.seek(tp, next_offset)
            except IllegalStateError:
                self._epochs.clear()  # the group moved on meanwhile and will call again
                return
            self._epochs[partition] = places[partition].epoch
            self._read_to[partition] = next_offset
            if self._merge is not None:
                self._merge.begin(partition)
        self.log.info("partitions taken over", partitions=len(ours))
        begun = {
            _name(partition): places[partition].next_offset
            for partition in partitions
            if places[partition].next_offset < ends[TopicPartition(*partition)]
        }
        if await self.database.attempt(lambda c: attempts.begin(c, self.ledger, begun)):
            self.log.warning("runs ended here: records are taken one by one for a while")
            self._wary = 2 * self.max_records

    # Batches.

    async def _handle(self, records: Any) -> None:
        """Nothing leaves: FastStream would log it and go on with the next batch."""
        if self.error is not None:
            return
        reach("intake.polled")
        try:
            async with self._busy, self.working():
                mine = [r for r in records if (r.topic, r.partition) in self._epochs]
                await self._sort_out(mine)
        except Exception as error:  # noqa: BLE001
            self.fail(error)

    async def _sort_out(self, raw: Sequence[RawRecord]) -> None:
        records = unpacked(raw)
        if self._merge is None:
            await self._take(records)
            return
        silent = not records and time.monotonic() - self._heard_at > QUIET_SECONDS
        quiet = frozenset(self._merge.empty()) if silent else frozenset()
        for record in raw:
            self._read_to[record.topic, record.partition] = record.offset + 1
        self._merge.add(records)
        most = BATCHES_AT_ONCE * self.max_records
        while taken := self._merge.take(self._ended(self._merge, quiet), most):
            await self._take(taken)
            records = taken
        if records:
            # While we were at work we did not listen: only from now on may a partition be quiet.
            self._heard_at = time.monotonic()
        self._hold_back(self._merge)

    def _ended(self, merge: Merge, quiet: Collection[Partition]) -> set[Partition]:
        """The partitions of which we have everything there is, by the last answer of the broker.

        One whose last offset holds no event (a transaction's mark) ends by being quiet.
        """
        ended = set(quiet)
        for partition in merge.empty():
            end = self._consumer.highwater(TopicPartition(*partition))
            if end is not None and end <= self._read_to[partition]:
                ended.add(partition)
        return ended

    async def _nudge(self) -> None:
        """Look again at what waits for a partition that has nothing to send after all."""
        looked_at = time.monotonic()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if time.monotonic() - looked_at > SOURCES_SECONDS:
                await self._look_for_sources()
                looked_at = time.monotonic()
            if self._merge is not None and self._merge.holds_records():
                await self._handle(())

    async def _look_for_sources(self) -> None:
        """End where a folder was adopted that names others: with the next start they are heard."""
        with suppress(*TEMPORARY):  # asked again, and told by whoever takes records in
            async with self._busy:
                bureaus = await self.database.attempt(lambda c: adopted.versions(c, self.ledger))
            if new := sorted(bureaus.sources - self.sources):
                self.fail(NewSources(new))

    def _hold_back(self, merge: Merge) -> None:
        """Stop reading partitions that run ahead of the others; memory stays flat."""
        most = 2 * BATCHES_AT_ONCE * self.max_records
        full = {TopicPartition(*partition) for partition in merge.full(most, BUFFER_BYTES)}
        paused = self._consumer.paused()
        self._consumer.pause(*(full - paused))
        self._consumer.resume(*(paused - full))

    async def _take(self, records: Sequence[Record]) -> None:
        """What was read into the ledger, with its offsets; then the gauge."""
        taken = 0
        while self._wary > 0 and taken < len(records):
            some = records[taken : taken + ALONE_AT_ONCE]
            await self.database.attempt(partial(self._write_alone, records=some))
            taken += len(some)
        rest = records[taken:]
        if await self.database.attempt(lambda connection: self._write(connection, rest)) or taken:
            await self._show_lag(records)
            reach("intake.shown")

    async def _write_alone(self, connection: asyncpg.Connection, records: Sequence[Record]) -> None:
        """Event by event, each a transaction of its own."""
        fresh = await self._fresh(connection, records)
        if not fresh or self._intake is None:
            return
        for record in fresh:
            started = time.perf_counter()
            there = record.origin.rpartition("/")[0]
            taken = await self._intake.take_alone(connection, there, record, self._move)
            self._count(taken, time.perf_counter() - started)
            reach("intake.committed")
        self._wary -= len(fresh)
        if self._wary <= 0:
            await attempts.end(connection, self.ledger, map(_name, self._epochs))

    async def _write(self, connection: asyncpg.Connection, records: Sequence[Record]) -> bool:
        """Batch by batch, each a transaction; one is read while the one before is written."""
        fresh = await self._fresh(connection, records)
        if not fresh or self._intake is None:
            return False
        size = self.max_records
        batches = [fresh[start : start + size] for start in range(0, len(fresh), size)]
        items = await self._intake.read(connection, batches[0])
        for following in (*batches[1:], []):
            started = time.perf_counter()
            taken, ahead = await take_and_read(
                connection, self._intake, items, following, self._move
            )
            self._count(taken, time.perf_counter() - started)
            reach("intake.committed")
            items = ahead
        return True

    def _count(self, taken: Taken, seconds: float) -> None:
        tally = taken.tally
        self.tally.add(tally)
        self.metrics.batch.observe(seconds)
        for ((topic, partition), outcome), ended in tally.by_partition.items():
            # Less than nothing is left where parked events went on to another outcome.
            self.metrics.records.labels(topic, partition, outcome).inc(max(0, ended))
        whole = Counter(item.record.partition for item in taken.items if item.record.last)
        for there, number in whole.items():
            self.metrics.read.labels(*(there or ("", 0))).inc(number)
        for record, fault in taken.failures:
            self.metrics.failures.inc()
            self.log.error(
                "our code failed on a record, which is in quarantine now",
                fault=fault.expected,
                **_where(record),
            )
        self.log.info(
            "batch taken",
            events=len(taken.events),
            accepted=tally.accepted,
            duplicate=tally.duplicate,
            parked=tally.parked,
            quarantined=tally.quarantined,
            seconds=round(seconds, 4),
        )

    async def _fresh(
        self, connection: asyncpg.Connection, records: Sequence[Record]
    ) -> list[Record]:
        """Those that are next in their partitions, from where a transaction ended inside a record.

        Never past a gap.
        """
        partitions = {there for record in records if (there := record.partition) is not None}
        stands = await offsets.read(connection, partitions)
        for partition in partitions:
            if stands[partition].epoch != self._epochs[partition]:
                raise offsets.Fenced([partition])
        expected = {p: (stands[p].next_offset, stands[p].taken_of_next) for p in partitions}
        dropped: set[Partition] = set()
        asked: set[Partition] = set()
        fresh: list[Record] = []
        for record in records:
            partition, offset, element = place(record)
            if partition in dropped:
                continue
            next_offset, taken = expected[partition]
            if offset < next_offset:
                if partition not in asked:
                    await self._taken_before(partition, stands[partition].next_offset)
                asked.add(partition)
                continue
            if offset == next_offset and element and element <= taken:
                continue
            if offset > next_offset and not await self._nothing_between(partition, next_offset):
                dropped.add(partition)
                continue
            expected[partition] = (offset + 1, 0) if record.last else (offset, element)
            fresh.append(record)
        return fresh

    async def _taken_before(self, partition: Partition, expected: int) -> None:
        """A record came again. That is harmless, unless the topic began anew."""
        tp = TopicPartition(*partition)
        same_topic(partition, expected, (await self._consumer.end_offsets([tp]))[tp])

    async def _nothing_between(self, partition: Partition, expected: int) -> bool:
        """Whether there is no event between the expected offset and the one that came.

        Retention may have deleted them: that stops us. A failed fetch may have lost them: they are
        read again. If then nothing came, transaction marks of the source stand there.
        """
        tp = TopicPartition(*partition)
        still_there(partition, expected, (await self._consumer.beginning_offsets([tp]))[tp])
        if self._read_again.get(partition) == expected:
            return True
        self._read_again[partition] = expected
        self._consumer.seek(tp, expected)
        if self._merge is not None:
            self._merge.begin(partition)
            self._read_to[partition] = expected
        topic, number = partition
        self.log.warning("reading again", topic=topic, partition=number, offset=expected)
        return False

    async def _move(
        self, connection: asyncpg.Connection, records: Sequence[Record]
    ) -> dict[str, Gap]:
        gaps = await offsets.move(connection, records, self._epochs)
        reach("intake.offsets-moved")
        return gaps

    async def _show_lag(self, records: Sequence[Record]) -> None:
        """Tell Kafka how far we are, for those who watch the lag; nothing depends on it."""
        gauge: dict[Any, int] = {}
        for record in {record.partition: record for record in records}.values():
            partition, offset, _ = place(record)
            gauge[TopicPartition(*partition)] = offset + record.last
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._consumer.commit(gauge)


def _name(partition: Partition) -> str:
    return f"{partition[0]}/{partition[1]}"


def _where(record: Record | None) -> dict[str, Any]:
    """Topic, partition and offset of a record that came by Kafka, for a line of the log."""
    found = None if record is None else place_of(record.origin)
    if found is None:
        return {}
    (topic, partition), offset, element = found
    return {"topic": topic, "partition": partition, "offset": offset, "element": element}
