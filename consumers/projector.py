"""Projector: the ledger topic into the read models, by the same fold as the tail and a rebuild.

It belongs to no group: how far it is stands with the rows, in one transaction. A record is believed
where the ledger holds that entry, and then the ledger's own row is folded. One at or below that
position is dropped (the relay may repeat its last ones), any other is foreign: named and passed. A
gap stops the projector, but before a copy of what the relay has yet to publish.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as Partition
from faststream.kafka import TopicPartition

from consumers.database import Database
from consumers.foreign_records import Named
from consumers.service import FETCH_BYTES, SAFELY, App, RawRecord
from consumers.vitals import LedgerVitals, Seen
from infra import logging as logs
from infra import postgres
from infra.alarm import Alarm
from infra.failpoint import reach
from infra.kafka.topics import ledger_topic
from infra.roles import Role
from infra.settings import Settings
from ledger import adopted, foreign, store
from ledger.adopted import Versions
from ledger.foreign import Place
from ledger.published import fault_of, is_whole
from ledger.wire import message_of, number_in
from projections import checkpoint, opening, projector
from projections.checkpoint import Halt
from projections.decoding import Decoded, Row, decode
from projections.read_model import VERSION
from projections.snapshot import old_notice, serving
from rules import working
from rules.rule import looking_rules

MAX_RECORDS = 2_000
"""Entries of one transaction."""
BATCHES_AT_ONCE = 4
"""So many are handed over together where so much waits: one is decoded, another written."""
FINDING_SECONDS = 0.5
"""Between two rounds of findings: what is folded meanwhile is worked out together."""
GIVES_WAY = 9
"""While entries are being folded, findings rest so many times as long as they took: a tenth of the
time is theirs. Where nothing comes, they do not rest."""
WAIT_SECONDS = 5.0
"""Between two looks whether the read models of this program serve."""


class EntriesMissing(Alarm):
    """The ledger topic lacks entries that the read models need."""


class ProjectorVitals(LedgerVitals):
    """The projector may have to wait until its read models are built."""

    waits = ""
    """Why it waits, for people."""
    halted: tuple[str, ...] = ()
    """Read models that cannot fold an entry, and rules that cannot look at it; others go on."""

    def state(self) -> dict[str, object]:
        more: dict[str, object] = {"waits": self.waits} if self.waits else {}
        return super().state() | more | ({"halted": list(self.halted)} if self.halted else {})

    async def see(self, connection: asyncpg.Connection) -> Seen:
        if not self.waits:
            stands = await checkpoint.stands(connection, self.ledger)
            stands |= await working.stands(connection, self.ledger, looking_rules())
            self.halted = tuple(name for name, stand in sorted(stands.items()) if stand.halt)
            self.metrics.halted.set(len(self.halted))
        return await super().see(connection)


async def run_projector(
    settings: Settings, ledger: str, ready: Callable[[], None] = lambda: None
) -> None:
    """Project until told to stop."""
    logs.configure(settings)
    await ProjectorApp(settings, ledger).run(ready)


class ProjectorApp(App):
    """Keeps the read models of one ledger up to date."""

    name = "projector"
    # What it reads is checked against the ledger; a transaction that somebody leaves open there
    # would hold it up.
    isolation = "read_uncommitted"
    role = Role.PROJECTOR

    def __init__(self, settings: Settings, ledger: str, *, max_records: int = MAX_RECORDS) -> None:
        self.watched = ProjectorVitals(self.name, settings, ledger, lambda: self.position)
        super().__init__(settings, ledger, self.watched)
        self._max_records = max_records
        self.topic = ledger_topic(ledger, self.prefix)
        self.position = 0
        """Last position that all read models hold."""
        self._place = 0
        """The offset from which it reads on: that of the next entry, or before it."""
        self._looked_again_at = -1
        self._foreign = Named(self.log, self.metrics)
        self._judged_to = 0
        """Before this offset foreign records are named."""
        self._findings = Database(postgres.database_url(settings, self.role), self.vitals.retried)
        """For findings, which hold up no folding."""
        url = postgres.database_url(settings, self.role)
        self._ledger = Database(url, self.vitals.retried)
        """For what the ledger holds, read while a batch before is written."""
        self._folded = asyncio.Event()
        self.subscriber = self.broker.subscriber(
            partitions=[TopicPartition(self.topic, 0)],
            max_records=BATCHES_AT_ONCE * max_records,
            max_partition_fetch_bytes=FETCH_BYTES,
            **SAFELY | {"isolation_level": self.isolation},
        )
        self.subscriber(self._handle)

    async def open(self) -> None:
        await self.database.attempt(lambda c: opening.require_ledger(c, self.ledger, self.settings))
        await self.ensure_topics(of_sources=False)
        await self._take_up()

    async def _take_up(self) -> bool:
        """Go on from where the read models stand; False while those of an older version serve."""

        async def look(connection: asyncpg.Connection) -> tuple[int, Place | None] | None:
            version = await serving(connection)
            if version != VERSION:
                self.watched.waits = old_notice(version)
                return None
            known = (await foreign.places(connection, self.ledger)).get(self.topic)
            return await projector.folded_to(connection, self.ledger), known

        found = await self.database.attempt(look)
        if found is None:
            self.log.warning("waiting", until=self.watched.waits)
            return False
        self.watched.waits = ""
        self.position, known = found
        self._place = _place(self.position, known)
        return True

    async def begin(self) -> None:
        await super().begin()
        self._seek(self._place)
        self._tasks.append(asyncio.create_task(self._find()))
        self.log.info("projecting", position=self.position)

    async def close(self) -> None:
        await super().close()
        await self._findings.close()
        await self._ledger.close()

    async def _find(self) -> None:
        """Work findings out after what was folded, as much as there is by then at once."""
        looking = looking_rules()
        tried: set[str] = set()

        async def step(connection: asyncpg.Connection) -> int | None:
            return await working.step(connection, self.ledger, looking, tried, size=MAX_RECORDS)

        try:
            while True:
                self._folded.clear()
                before = set(tried)
                moved: int | None = 0
                while moved is not None:
                    began = time.monotonic()
                    moved = await self._findings.attempt(step)
                    if moved is not None:
                        await self._give_way(GIVES_WAY * (time.monotonic() - began))
                for code in sorted(tried - before):
                    self.log.error("rule halted", rule=code)
                await asyncio.sleep(FINDING_SECONDS)
                with suppress(TimeoutError):
                    async with asyncio.timeout(WAIT_SECONDS):
                        await self._folded.wait()
        except Exception as error:  # noqa: BLE001  the app ends with it
            self.fail(error)

    async def _give_way(self, seconds: float) -> None:
        """Rest for so long, but only while entries are being folded; another step follows."""
        until = time.monotonic() + seconds
        while self._folded.is_set() and time.monotonic() < until:
            self._folded.clear()
            await asyncio.sleep(min(FINDING_SECONDS, max(0.0, until - time.monotonic())))

    def _seek(self, offset: int) -> None:
        """Go to an offset. The entry after position p stands at offset p or later."""
        consumer: AIOKafkaConsumer | None = self.subscriber.consumer
        if consumer is not None:
            consumer.seek(Partition(self.topic, 0), offset)

    async def _handle(self, records: Any) -> None:
        """Nothing leaves: FastStream would log it and go on with the next batch."""
        if self.error is not None:
            return
        reach("projector.polled")
        try:
            if self.watched.waits:
                if not await self._take_up():
                    await asyncio.sleep(WAIT_SECONDS)
                self._seek(self._place)
                return
            async with self.working():
                await self._fold_all(records)
        except Exception as error:  # noqa: BLE001
            self.fail(error)

    async def _fold_all(self, records: Sequence[RawRecord]) -> None:
        """Batch by batch, each a transaction; one is decoded while the one before is written."""
        size = self._max_records
        batches = [records[start : start + size] for start in range(0, len(records), size)]
        bureaus = await self.database.attempt(lambda c: adopted.versions(c, self.ledger))
        entries = await self._decode(batches[0], bureaus)
        for following in (*batches[1:], ()):
            reading = self._decode(following, bureaus)
            goes_on, ahead = await asyncio.gather(self._fold(entries), reading)
            if not goes_on:
                return
            entries = ahead

    async def _decode(self, records: Sequence[RawRecord], bureaus: Versions) -> Decoded:
        return await decode(self.ledger, await self._own(records), bureaus)

    async def _own(self, records: Sequence[RawRecord]) -> list[Row]:
        """The entries among them, as the ledger holds them; what else there is is named.

        A record only says that its entry is published: what is folded is the ledger's own row. At
        a gap that is looked at again it must say all that the ledger holds: else an altered copy of
        an entry that is not published yet would stand before those that it follows.
        """
        at_a_gap = self._looked_again_at == self.position
        claimed: list[tuple[RawRecord, dict[str, bytes | None], int]] = []
        for record in records:
            headers = dict(record.headers)
            position = number_in(headers) or 0
            if not 0 < position <= self.position:
                claimed.append((record, headers, position))
        wanted = {position for _, _, position in claimed if position}
        held = await self._ledger.attempt(lambda c: store.rows_at(c, self.ledger, wanted))
        marks: Mapping[int, tuple[Any, ...]] = {}
        if at_a_gap:
            marks = await self._ledger.attempt(
                lambda c: store.columns_at(c, self.ledger, wanted, "leaf", "mac")
            )
        rows: list[Row] = []
        for record, headers, position in claimed:
            row, digest = held.get(position, (None, b""))
            if (
                row is not None
                and record.value == row[-1]
                and headers.get("digest") == digest.hex().encode()
                and headers.get("ledger") == self.ledger.encode()
                and (not at_a_gap or is_whole(message_of(record), *marks[position]))
            ):
                rows.append(row)
            elif record.offset >= self._judged_to:
                fault = fault_of(self.ledger, headers, position, held=row is not None)
                self._foreign.tell(self.topic, record.offset, fault, position or None)
        if records:
            self._judged_to = max(self._judged_to, records[-1].offset + 1)
        return rows

    async def _fold(self, received: Decoded) -> bool:
        """Fold what is new, up to a gap; whether what follows may be folded, too."""
        after, goes_on = self.position, True
        for position, *_ in received.rows:
            if position > after + 1:
                if self._looked_again_at == after:
                    if not await self._is_published(position):
                        self.log.warning("copy of an entry to come passed", position=position)
                        continue
                    raise EntriesMissing(
                        f"{self.topic} goes from position {after} to {position}; the read"
                        " models can be rebuilt from the ledger: mingjian rebuild"
                    )
                # A failed fetch may have lost what lies between: read it again, once.
                self._looked_again_at = after
                self._seek(after)
                goes_on = False
                break
            if position == after + 1:
                after += 1
        if (count := after - self.position) == 0:
            return goes_on
        entries = received.within(self.position, after)
        started = time.perf_counter()
        try:
            halts = await self.database.attempt(lambda c: self._project(c, entries))
        except projector.Gap:
            # One that had halted goes on, since what it halted at is left out of it.
            if not await self._goes_back():
                raise
            return False
        self.metrics.batch.observe(time.perf_counter() - started)
        self.metrics.entries.inc(count)
        reach("projector.committed")
        self.position = after
        self._folded.set()
        self.log.info("entries projected", entries=count, position=after)
        for halt in halts:
            self.log.error(
                "read model halted",
                read_model=halt.read_model,
                position=halt.position,
                where=halt.error,
            )
        return goes_on

    async def _is_published(self, position: int) -> bool:
        """Whether the relay published an entry, as far as it noted; where it noted nothing, yes."""
        places = await self.database.attempt(lambda c: foreign.places(c, self.ledger))
        known = places.get(self.topic)
        return known is None or position <= known.number

    async def _goes_back(self) -> bool:
        """Go back to where the last of the read models stands; False if they stand no earlier."""
        before = self.position
        await self._take_up()
        self._seek(self._place)
        return self.position < before

    async def _project(self, connection: asyncpg.Connection, entries: Decoded) -> list[Halt]:
        # What decisions and corrections rest on is read from the table: it holds as much.
        return await projector.project(connection, self.ledger, entries)


def _place(position: int, known: Place | None) -> int:
    """The offset from which to read on after a position; `known` is how far the relay was."""
    if known is not None and 0 < known.number <= position:
        return max(position, known.number_offset)
    return position
