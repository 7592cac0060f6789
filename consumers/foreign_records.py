"""Foreign records (外来消息) in the topics that the relay writes: found, named, counted, noted.

Nobody else writes there, so what stands at an offset that the broker did not give to the relay is
looked at. Records of the ledger's own may stand there, too: sent again, or sent before a crash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from consumers.lookup import FETCH_BYTES, Standing, each_of, standing
from consumers.notices import notices
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.reader import reading
from infra.kafka.topics import quarantine_topic, receipts_topic
from ledger import foreign, unpublished
from ledger.foreign import KEPT, Foreign, Place, named
from ledger.published import FAULTS, Log, held, judge
from ledger.records import Partition
from ledger.seal import Sealer
from ledger.unpublished import KINDS
from ledger.wire import Message, message_of, position_of

LOOK_RECORDS = 20_000
"""Most records of one look at a topic: a flood holds no receipt up for long."""
LOGGED = 20
"""So many of each topic are logged one by one in a run of a service, then each thousandth."""
Tell = Callable[[str, int, str, int | None], None]
"""Is told topic, offset, fault and the number that a foreign record claims."""


class Named:
    """Foreign records in the log and the metrics of one service, in bounds."""

    def __init__(self, log: Any, metrics: Any) -> None:
        self._log = log
        self._metrics = metrics
        self._counts: dict[str, int] = defaultdict(int)

    def tell(self, topic: str, offset: int, fault: str, claims: int | None) -> None:
        """One more is passed."""
        self._metrics.foreign.labels(topic).inc()
        self._counts[topic] += 1
        count = self._counts[topic]
        if count <= LOGGED or count % 1_000 == 0:
            more = {} if claims is None else {"number": claims}
            said = FAULTS[fault]
            self._log.error(
                "foreign record passed",
                topic=topic,
                offset=offset,
                fault=said,
                records=count,
                **more,
            )


class Told(NamedTuple):
    """What the relay tells sources with, to tell it again."""

    sources: Collection[str]
    url: str
    """The public address of the pages."""


class ForeignRecords:
    """What one relay knows of its topics."""

    def __init__(
        self, bootstrap: Bootstrap, prefix: str, ledger: str, logs: Mapping[str, Log], tell: Tell
    ) -> None:
        """`logs`: the topics of the ledger's two logs."""
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._ledger = ledger
        self._logs = logs
        self._tell = tell
        self._places: dict[str, Place] = {}
        self._noted: dict[str, Place] = {}
        self._begun: dict[str, int] = {}
        """Topic → where it ended when this relay first looked."""
        self._ours: dict[str, list[range]] = defaultdict(list)
        """Offsets that the broker gave to the relay, where something unknown stands before."""

    def topics(self, sources: Collection[str]) -> list[str]:
        """All topics that the relay writes."""
        told = (receipts_topic(source, self._prefix) for source in sorted(sources))
        return [*self._logs, quarantine_topic(self._prefix), *told]

    async def begin(
        self, connection: asyncpg.Connection, sealer: Sealer, sources: Collection[str]
    ) -> dict[str, Standing]:
        """Topic → where each of the ledger's logs stands; what came meanwhile is noted."""
        self._places = await foreign.places(connection, self._ledger)
        self._noted = dict(self._places)
        parts = [TopicPartition(topic, 0) for topic in self.topics(sources)]
        async with reading(self._bootstrap, committed=False) as consumer:
            ends = {part.topic: end for part, end in (await consumer.end_offsets(parts)).items()}
        self._begun = ends
        for topic in ends.keys() - self._logs.keys():
            place = self._places.get(topic)
            if place is None or place.next_offset > ends[topic]:  # not known, or another topic
                self._places[topic] = Place(ends[topic])
        where = (connection, self._bootstrap, sealer, self._ledger)
        found = {
            topic: await standing(*where, topic, log, self._places.get(topic))
            for topic, log in self._logs.items()
        }
        for topic, stands in found.items():
            self._places[topic] = stands.place
            for each in stands.foreign:
                self._tell(topic, each.offset, each.fault, each.claims)
        await self._note(connection, [each for s in found.values() for each in s.foreign])
        return found

    def sent(self, topic: str, offsets: Sequence[int], number: int | None = None) -> None:
        """The broker gave these offsets to the relay, the last of them to this number of a log."""
        place = self._places.get(topic)
        if place is None or not offsets:
            return
        if number is not None:
            place = replace(place, number=number, number_offset=offsets[-1])
        for run in _runs(offsets):
            if run.start == place.next_offset:
                place = replace(place, next_offset=run.stop)
            else:
                self._ours[topic].append(run)
        self._places[topic] = place

    async def look(
        self, connection: asyncpg.Connection, told: Told, ends: Mapping[Partition, int]
    ) -> None:
        """See whether anything came that the relay did not send; note how far that is known.

        `ends` are those of a moment ago.
        """
        found: list[Foreign] = []
        for topic in self.topics(told.sources):
            end, place = ends.get((topic, 0), 0), self._places.setdefault(topic, Place(0))
            if place.next_offset < end:
                async with reading(self._bootstrap, fetch_bytes=FETCH_BYTES, committed=False) as c:
                    found += await self._look_at(c, connection, topic, end, told)
        await self._note(connection, found)

    async def _look_at(
        self,
        consumer: AIOKafkaConsumer,
        connection: asyncpg.Connection,
        topic: str,
        end: int,
        told: Told,
    ) -> list[Foreign]:
        """What stands in a topic from where it is known on; the foreign records to be kept."""
        place = self._places[topic]
        ours = self._ours.pop(topic, [])
        end = min(end, place.next_offset + LOOK_RECORDS)
        log = self._logs.get(topic)
        kept: list[Foreign] = []
        part = TopicPartition(topic, 0)
        consumer.assign([part])
        for first, last in _gaps(place.next_offset, end, ours):
            async for records in each_of(consumer, part, first, last):
                messages = list(map(message_of, records))
                if log is None:
                    faults = await self._faults_of_told(connection, topic, records, told)
                else:
                    stored = await held(connection, self._ledger, log, messages)
                    judged = (judge(self._ledger, log, message, stored) for message in messages)
                    faults = [fault if isinstance(fault, str) else None for fault in judged]
                for record, message, fault in zip(records, messages, faults, strict=True):
                    if fault is not None:
                        place = replace(place, foreign=place.foreign + 1)
                        one = named(topic, record.offset, message, fault, log)
                        self._tell(topic, one.offset, fault, one.claims)
                        kept += [one] if place.foreign <= KEPT else []
        self._places[topic] = replace(place, next_offset=end)
        if later := [range(max(run.start, end), run.stop) for run in ours if run.stop > end]:
            self._ours[topic] = later
        return kept

    async def _faults_of_told(
        self,
        connection: asyncpg.Connection,
        topic: str,
        records: Sequence[Any],
        told: Told,
    ) -> list[str | None]:
        """What is wrong with records that should be receipts, or notices of quarantine.

        Each is what would be told today. Of findings, which change, nothing is told twice: those
        from before this run are taken for the relay's own.
        """
        heads = await unpublished.heads(connection, self._ledger)
        claims = [_claim(self._ledger, record) for record in records]
        expected: dict[tuple[str, int], list[Message]] = defaultdict(list)
        for what in KINDS:
            head = getattr(heads, what)
            numbers = sorted({n for kind, n in claims if kind == what and 0 < n <= head})
            for run in _runs(numbers):
                span = (run.start - 1, run.stop - 1)
                for row in await unpublished.untold(connection, self._ledger, what, span, len(run)):
                    made = notices(
                        self._ledger, self._prefix, told.sources, what, row, base=told.url
                    )
                    expected[what, row[0]] += [message for there, message in made if there == topic]
        return [
            self._fault_of_told(topic, record, claim, expected.get(claim, ()))
            for record, claim in zip(records, claims, strict=True)
        ]

    def _fault_of_told(
        self, topic: str, record: Any, claim: tuple[str, int], expected: Sequence[Message]
    ) -> str | None:
        said = (record.key, record.value, list(record.headers))
        if any(said == (m.key, m.value, m.headers) for m in expected):
            return None
        if claim[0] == "finding" and record.offset < self._begun.get(topic, 0):
            return None
        return "not-told"

    async def _note(self, connection: asyncpg.Connection, found: Sequence[Foreign]) -> None:
        """Into the database, where anything is new."""
        moved = {t: p for t, p in self._places.items() if self._noted.get(t) != p}
        if moved or found:
            await foreign.note(connection, self._ledger, moved, found)
            self._noted |= moved


def _claim(ledger: str, record: Any) -> tuple[str, int]:
    """Kind and number that a receipt says it has; ("", 0) where it says none of this ledger's."""
    message = message_of(record)
    said = dict(message.headers)
    kind = said.get("kind") or b""
    if said.get("ledger") != ledger.encode():
        return "", 0
    return kind.decode(errors="replace"), position_of(message, "number") or 0


def _runs(numbers: Sequence[int]) -> Iterator[range]:
    """Ascending numbers as runs of neighbours."""
    if not numbers:
        return
    first = numbers[0]
    for before, after in pairwise(numbers):
        if after != before + 1:
            yield range(first, before + 1)
            first = after
    yield range(first, numbers[-1] + 1)


def _gaps(first: int, end: int, ours: Sequence[range]) -> Iterator[tuple[int, int]]:
    """The offsets of a span that are not ours, as spans (from, before)."""
    for run in sorted(ours, key=lambda run: run.start):
        if run.start >= end:
            break
        if run.start > first:
            yield first, run.start
        first = max(first, run.stop)
    if first < end:
        yield first, end
