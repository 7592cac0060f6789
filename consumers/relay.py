"""Relay: the ledger table onto Kafka, every entry once and in order of position.

The topic itself says where to go on: after the last of the ledger's own records. What others put
into its topics is named and passed (consumers/foreign_records.py). Receipts (回执) tell each source
what became of its events; notices of quarantine carry id, reason and keyed hash, nothing of the
content.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, takewhile
from typing import TypeVar

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from consumers import selfcheck
from consumers.database import TEMPORARY
from consumers.foreign_records import ForeignRecords, Named, Told
from consumers.notices import notices, of_finding
from consumers.publisher import SEND_SECONDS, careful_producer, publish_each
from consumers.service import POLL_SECONDS, App
from consumers.vitals import RelayVitals
from infra import logging as logs
from infra.alarm import Alarm
from infra.failpoint import reach
from infra.kafka.refusals import beginning
from infra.kafka.topics import journal_topic, ledger_topic
from infra.roles import Role
from infra.settings import Settings
from ledger import adopted, journal, secret, unpublished
from ledger.published import ENTRIES, JOURNAL
from ledger.seal import Sealer
from ledger.unpublished import What
from ledger.wire import Message, entry_message, note_message
from projections import opening
from rules import told as findings

ROWS = 2_000
BATCH_BYTES = 2**20
WAIT_SECONDS = 1.0
FINDINGS_SECONDS = 1.0
"""Between two looks for findings to be told, where there was none."""
LOOK_SECONDS = 2.0
"""Between two looks for records of others."""

T = TypeVar("T")


class ForeignTopic(Alarm):
    """A topic of the ledger holds records of its own that this database lacks."""

    def __init__(self, topic: str, number: int) -> None:
        super().__init__(
            f"{topic} holds record {number}, made with this ledger's secret, and this database"
            " lacks it or holds another: mingjian restore brings an old or empty database up to"
            " it; mingjian verify tells whether one was altered"
        )


async def run_relay(
    settings: Settings, ledger: str, ready: Callable[[], None] = lambda: None
) -> None:
    """Publish until told to stop."""
    logs.configure(settings)
    await RelayApp(settings, ledger).run(ready)


class RelayApp(App):
    """The one publisher of a ledger."""

    name = "relay"
    role = Role.RELAY

    def __init__(self, settings: Settings, ledger: str) -> None:
        vitals = RelayVitals(
            settings,
            ledger,
            lambda: self.position if self.leading else None,
            self._published,
            lambda: self._beside.topics(self.sources),
        )
        super().__init__(settings, ledger, vitals)
        self.topic = ledger_topic(ledger, self.prefix)
        self.journal_topic = journal_topic(ledger, self.prefix)
        self.leading = False
        """Whether this relay is the one that publishes; another one waits for its lock."""
        self.position = 0
        """Last position known to stand in the topic."""
        self.number = 0
        """Last number of the journal known to stand in its topic."""
        self.sources: frozenset[str] = frozenset()
        """Those that are told what became of their events."""
        self.public_address = ""
        """Where the pages are seen, to which receipts link."""
        self._look_at = 0.0
        """When findings are looked for again (time.monotonic)."""
        self._look_beside_at = 0.0
        """When records of others are looked for again."""
        self._named = Named(self.log, self.metrics)
        self._beside = self._blank()
        self._sealer = Sealer(settings.secret, ledger)
        self.told: dict[What, int] = {}
        """How far receipts and notices are published."""

    def _blank(self) -> ForeignRecords:
        logs = {self.topic: ENTRIES, self.journal_topic: JOURNAL}
        where = (self.bootstrap, self.prefix, self.ledger)
        return ForeignRecords(*where, logs, self._named.tell)

    def _published(self) -> dict[str, int]:
        """How far each kind of notice is told, and the journal published."""
        return {**{str(what): number for what, number in self.told.items()}, "journal": self.number}

    async def open(self) -> None:
        await self.database.attempt(lambda c: opening.require_ledger(c, self.ledger, self.settings))
        await self.database.attempt(lambda c: secret.prove(c, self._sealer, self.ledger))
        self.sources = await self.ensure_topics()

    async def begin(self) -> None:
        await super().begin()
        self._tasks.append(asyncio.create_task(self._work()))

    async def _work(self) -> None:
        """Publish; after any failure look up anew where the topic ends and go on from there."""
        try:
            while True:
                try:
                    await self._publish_all()
                except TEMPORARY as error:
                    self.vitals.retried(error)
                    self.log.warning("starting over", seconds=WAIT_SECONDS, exc_info=error)
                    await self.database.close()
                    await asyncio.sleep(WAIT_SECONDS)
        except Exception as error:  # noqa: BLE001  the app ends with it
            self.fail(error)

    async def _publish_all(self) -> None:
        await self._alone()
        producer = careful_producer(
            self.bootstrap, f"{self.prefix}-{self.name}", BATCH_BYTES, "zstd"
        )
        try:
            async with beginning(self.bootstrap):
                await producer.start()
            selfcheck.refuse(selfcheck.producer_faults(producer))
            await self._begin_where_the_topics_end()
            self.told = await self._one(lambda c: unpublished.told(c, self.ledger))
            self.leading = True
            self.log.info("publishing", position=self.position)
            while True:
                async with self.working():
                    anything = await self._round(producer)
                    await self._look_beside()
                if not anything:
                    await asyncio.sleep(POLL_SECONDS)
        finally:
            self.leading = False
            # After an error its sequence numbers are not to be trusted, so it is never used again.
            with suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(SEND_SECONDS):
                    await producer.stop()

    async def _alone(self) -> None:
        """Wait until no other relay publishes this ledger.

        The lock lasts as long as the connection, and everything published is read on that one.
        """
        said = False
        while not await self.database.attempt(
            lambda c: unpublished.become_publisher(c, self.ledger)
        ):
            if not said:
                self.log.info("waiting for the other relay of this ledger to end")
                said = True
            await asyncio.sleep(WAIT_SECONDS)

    async def _begin_where_the_topics_end(self) -> None:
        """Go on after the last of our own records, wherever others put theirs."""
        self._beside = self._blank()
        # However much stands there: nothing is written meanwhile, so there is no limit of time.
        stands = await self._beside.begin(
            await self.database.connection(), self._sealer, self.sources
        )
        for topic, found in stands.items():
            if found.lacking is not None:
                raise ForeignTopic(topic, found.lacking)
        self.position = stands[self.topic].place.number
        self.number = stands[self.journal_topic].place.number
        self._look_beside_at = 0.0

    async def _look_beside(self) -> None:
        """Name what others put into our topics."""
        if time.monotonic() < self._look_beside_at:
            return
        told = Told(self.sources, self.public_address)
        ends = self.vitals.ends
        await self._one(lambda c: self._beside.look(c, told, ends))
        self._look_beside_at = time.monotonic() + LOOK_SECONDS

    async def _publish(
        self,
        producer: AIOKafkaProducer,
        topic: str,
        messages: Sequence[Message],
        number: int | None = None,
    ) -> None:
        """Publish in order; the last message has this number of a log."""
        self._beside.sent(topic, await publish_each(producer, topic, messages), number)

    async def _round(self, producer: AIOKafkaProducer) -> bool:
        """Publish what is new; whether anything was."""
        heads = await self._one(lambda c: unpublished.heads(c, self.ledger))
        before = (self.position, self.number, *self.told.values())
        # Parked before accepted: whoever waits hears of it in that order.
        await self._tell(producer, "parked", heads.parked)
        await self._tell(producer, "quarantined", heads.quarantined)
        if self.position < heads.accepted:
            await self._publish_entries(producer, heads.accepted)
        await self._publish_journal(producer)
        await self._tell(producer, "accepted", heads.accepted)
        found = await self._tell_findings(producer)
        return found or before != (self.position, self.number, *self.told.values())

    async def _publish_entries(self, producer: AIOKafkaProducer, to: int) -> None:
        rows = await self._one(
            lambda c: unpublished.entries(c, self.ledger, self.position, to, ROWS)
        )
        if not rows or rows[0]["position"] != self.position + 1:
            raise Alarm(f"the ledger {self.ledger} has no entry after position {self.position}")
        reach("relay.read")
        started = time.perf_counter()
        last = rows[-1]["position"]
        await self._publish(producer, self.topic, [entry_message(row) for row in rows], last)
        reach("relay.entries-sent")
        self.position = last
        self.metrics.entries.inc(len(rows))
        self.metrics.batch.observe(time.perf_counter() - started)
        self.log.info("entries published", entries=len(rows), position=self.position)

    async def _publish_journal(self, producer: AIOKafkaProducer) -> None:
        """Publish what the journal says up to the entries that stand in their topic.

        So the journal that a restore finds there never speaks of an entry that is lost. Records of
        an upgrade wait until the ledger was opened with its secret.
        """
        notes = await self._one(
            lambda c: journal.read(c, self.ledger, self.number, limit=ROWS, at=self.position)
        )
        known = list(takewhile(lambda note: note.mac is not None, notes))
        if known:
            last = known[-1].number
            messages = [note_message(note) for note in known]
            await self._publish(producer, self.journal_topic, messages, last)
            reach("relay.journal-sent")
            self.number = last

    async def _send(self, producer: AIOKafkaProducer, told: Iterable[tuple[str, Message]]) -> None:
        """Publish messages, each to its topic."""
        by_topic: dict[str, list[Message]] = {}
        for topic, message in told:
            by_topic.setdefault(topic, []).append(message)
        for topic, messages in by_topic.items():
            await self._publish(producer, topic, messages)
            reach("relay.notices-sent")

    async def _tell(self, producer: AIOKafkaProducer, what: What, to: int) -> None:
        """Publish notices of one kind, then note how far: each is told at least once."""
        after = self.told[what]
        if after >= to:
            return
        rows = await self._one(
            lambda c: unpublished.untold(c, self.ledger, what, (after, to), ROWS)
        )
        await self._meet_new_sources()
        of_row = partial(
            notices, self.ledger, self.prefix, self.sources, what, base=self.public_address
        )
        await self._send(producer, chain.from_iterable(map(of_row, rows)))
        number = rows[-1][0] if rows else to
        await self._one(lambda c: unpublished.tell(c, self.ledger, what, number))
        reach("relay.told")
        self.metrics.notices.labels(what).inc(len(rows))
        self.told[what] = number

    async def _tell_findings(self, producer: AIOKafkaProducer) -> bool:
        """Publish what began to be found, and what is found no more; whether anything was."""
        if time.monotonic() < self._look_at:
            return False
        changes, told = await self._one(lambda c: findings.untold(c, self.ledger))
        if not told:
            self._look_at = time.monotonic() + FINDINGS_SECONDS
            return False
        if changes:
            await self._meet_new_sources()
        of_change = partial(of_finding, self.ledger, self.prefix, self.sources)
        await self._send(producer, chain.from_iterable(map(of_change, changes)))
        await self._one(lambda c: findings.tell(c, self.ledger, told))
        reach("relay.told")
        self.metrics.notices.labels("finding").inc(len(changes))
        return True

    async def _meet_new_sources(self) -> None:
        """A folder that was adopted since may name others, whose topics are lacking still."""
        bureaus = await self._one(lambda c: adopted.versions(c, self.ledger))
        self.public_address = bureaus.latest.site.url
        if bureaus.sources != self.sources:
            self.sources = await self.ensure_topics()

    async def _one(self, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Work on the connection that holds the lock; a lost one starts everything over."""
        if self.database.lost:
            raise ConnectionError("the connection with the relay's lock is lost")
        return await self.database.once(work)
