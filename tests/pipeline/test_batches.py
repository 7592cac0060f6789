"""Records with many events, or none: cut anywhere, killed anywhere, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import asyncpg
import pytest
from aiokafka import TopicPartition
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consumers.intake import IntakeApp
from consumers.notices import notices
from consumers.unpacking import unpacked
from infra import failpoint
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from ledger import offsets, unpublished
from ledger.intake import Intake
from ledger.records import Partition
from ledger.wire import Message
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench, event, rolled_back
from tests.support.money import a_household, a_payment
from upkeep import balance

NOWHERE = Settings(kafka="127.0.0.1:1", database_url="postgresql://127.0.0.1:1/none")
OFFICE: Partition = (intake_topic("social-assistance", NOWHERE.kafka_prefix), 0)
BANK: Partition = (intake_topic("payouts", NOWHERE.kafka_prefix), 0)
POINTS = (
    *("intake.begun", "intake.offsets-moved", "intake.judged"),
    *("intake.entries-copied", "intake.written", "intake.committed"),
)


class Killed(BaseException):
    """The process ends here."""


class Topic(NamedTuple):
    """What stands in a partition: at each offset the events of a record, or None for a mark."""

    partition: Partition
    records: list[tuple[bytes, ...] | None]

    def raw(self, start: int, most: int) -> list[Any]:
        """So many records from an offset on, as a poll brings them."""
        topic, partition = self.partition
        return [
            SimpleNamespace(topic=topic, partition=partition, offset=n, value=value, headers=[])
            for n, events in enumerate(self.records)
            if n >= start and events is not None
            for value in [events[0] if len(events) == 1 else b"[%b]" % b",".join(events)]
        ][:most]


async def of(value: Any) -> Any:
    return value


class Run:
    """One process of the intake, on a topic that stands in memory; it ends, and another begins."""

    def __init__(self, connection: asyncpg.Connection, intake: Intake, topics: list[Topic]) -> None:
        self.connection = connection
        self.intake = intake
        self.topics = {topic.partition: topic for topic in topics}

    async def app(self, most: int) -> IntakeApp:
        app = IntakeApp(NOWHERE, LEDGER, max_records=most)
        app._intake = Intake(self.intake.ledger, Settings().secret)
        places = await offsets.claim(self.connection, LEDGER, self.topics)
        app._epochs = {partition: place.epoch for partition, place in places.items()}
        ends = {TopicPartition(*p): len(topic.records) for p, topic in self.topics.items()}
        app.subscriber = SimpleNamespace(
            consumer=SimpleNamespace(
                beginning_offsets=lambda _: of(dict.fromkeys(ends, 0)),
                end_offsets=lambda _: of(ends),
                seek=lambda *_: None,
            )
        )
        return app

    async def until_taken(self, most: int, polled: int) -> None:
        """As the service does: polls so many records of each topic, from where it stands."""
        app = await self.app(most)
        while True:
            places = await offsets.read(self.connection, self.topics)
            starts = {p: place.next_offset for p, place in places.items()}
            raw = [r for p, t in self.topics.items() for r in t.raw(starts[p], polled)]
            if not raw:
                return
            await app._write(self.connection, unpacked(raw))


@contextmanager
def killed_at(point: str, times: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A power cut at the n-th pass of a point."""

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(failpoint, "_name", point)
        patch.setattr(failpoint, "_left", times)
        patch.setattr(failpoint, "os", SimpleNamespace(kill=die, getpid=os.getpid))
        yield


class Stands(NamedTuple):
    """All that a second way must have made, too: entries, what waits, what was refused."""

    entries: list[Any]
    waiting: list[Any]
    refused: list[Any]


async def what_stands(connection: asyncpg.Connection) -> Stands:
    entries = "SELECT position, source, event_id, digest, open FROM ledger.entry ORDER BY 1"
    waiting = (
        "SELECT source, event_id, digest, waits_for, origin FROM ledger.parked"
        " WHERE taken_at IS NULL ORDER BY source, event_id"
    )
    refused = "SELECT reason, digest, origin FROM ledger.quarantine ORDER BY digest"
    found = [await connection.fetch(query) for query in (entries, waiting, refused)]
    return Stands(*([tuple(row) for row in rows] for rows in found))


async def booked(connection: asyncpg.Connection) -> dict[Partition, offsets.Book]:
    """The books, which must balance."""
    books = await balance.stored_books(connection, NOWHERE.kafka_prefix, LEDGER)
    assert [book.faults for book in books] == [[] for _ in books]
    found = await offsets.books(connection, LEDGER, NOWHERE.kafka_prefix)
    return {(book.topic, book.partition): book for book in found}


CASES = [event("social-assistance", f"c-{n}", a_household(f"DB-{n}")) for n in range(6)]
PAYMENTS = [
    event("payouts", f"p-{n}", a_payment(f"DB-{n % 8}", 50_000, "2024-03")) for n in range(12)
]
"""Those of DB-6 and DB-7 wait for ever."""
GARBAGE = [
    b'{"specversion":"1.0"}',
    b"7",
    b'{"id":"\\ud800"}',
    CASES[0].replace(b"445102", b"445103"),
]


def topic_of(partition: Partition, events: list[bytes]) -> st.SearchStrategy[Topic]:
    """The events as records of up to five, with marks of transactions between."""

    def cut(sizes: list[int]) -> Topic:
        records: list[tuple[bytes, ...] | None] = []
        left = list(events)
        for size in sizes:
            records.append(None if size < 0 else tuple(left[:size]))
            left = left[max(size, 0) :]
        while left:
            records.append(tuple(left[:3]))
            left = left[3:]
        return Topic(partition, records)

    return st.lists(st.integers(-1, 5), max_size=12).map(cut)


FEEDS = st.tuples(
    st.permutations([*CASES, *CASES[:2], *GARBAGE]).flatmap(lambda e: topic_of(OFFICE, e)),
    st.permutations([*PAYMENTS, *PAYMENTS[:3]]).flatmap(lambda e: topic_of(BANK, e)),
).map(list)
KILLS = st.lists(st.tuples(st.sampled_from(POINTS), st.integers(1, 4)), max_size=5)


@pytest.fixture
def batch(bench: Bench) -> Callable[..., Awaitable[Stands]]:
    """Takes the records of one topic, so many events a transaction; the books must balance."""

    async def take(*records: tuple[bytes, ...] | None, most: int = 1_000) -> Stands:
        run = Run(bench.connection, bench.intake, [Topic(OFFICE, list(records))])
        await run.until_taken(most, 100)
        return await what_stands(bench.connection)

    return take


async def test_a_batch_that_is_larger_than_a_transaction_is_taken_in_several(
    bench: Bench, batch: Callable[..., Awaitable[Stands]]
) -> None:
    stands = await batch(tuple(CASES), most=4)

    assert [row[2] for row in stands.entries] == [f"c-{n}" for n in range(6)]
    (book,) = (await booked(bench.connection)).values()
    assert (book.consumed, book.records, book.events, book.accepted) == (1, 1, 6, 6)


async def test_an_element_says_which_one_it_was_and_its_source_is_told_so(
    bench: Bench, batch: Callable[..., Awaitable[Stands]]
) -> None:
    stands = await batch((CASES[0],), (CASES[1], GARBAGE[1], CASES[1]))

    ((reason, _, origin),) = stands.refused
    assert (reason, origin) == ("not_json", f"{OFFICE[0]}/0/1#2")
    (book,) = (await booked(bench.connection)).values()
    assert (book.records, book.events) == (2, 4)
    assert (book.accepted, book.duplicate, book.quarantined) == (2, 1, 1)
    ((_, receipt), _) = await told(bench.connection)
    assert json.loads(receipt.value or b"")["offset"] == "0/1#2"


async def test_what_cannot_be_cut_is_one_record_in_quarantine(
    bench: Bench, batch: Callable[..., Awaitable[Stands]]
) -> None:
    stands = await batch((CASES[0], b'{"id":'), (CASES[1], CASES[2]))

    ((reason, _, origin),) = stands.refused
    assert (reason, origin) == ("not_json", f"{OFFICE[0]}/0/0")
    (book,) = (await booked(bench.connection)).values()
    assert (book.records, book.events, book.accepted, book.quarantined) == (2, 3, 2, 1)


async def test_a_batch_without_events_is_a_record_and_leaves_nothing_to_read(
    bench: Bench, batch: Callable[..., Awaitable[Stands]]
) -> None:
    await batch((), (CASES[0],), None, (), ())

    (book,) = (await booked(bench.connection)).values()
    assert (book.consumed, book.skipped) == (5, 1)
    assert (book.records, book.events, book.accepted) == (4, 1, 1)


async def test_what_a_batch_parked_is_counted_where_it_ends(
    bench: Bench, batch: Callable[..., Awaitable[Stands]]
) -> None:
    waiting = [
        event(
            "social-assistance",
            f"s-{n}",
            a_household("DB-1"),
            corrects="social-assistance/c-1",
            kind="changed",
        )
        for n in (1, 2)
    ]
    await batch((waiting[0], waiting[1], CASES[0]))
    (book,) = (await booked(bench.connection)).values()
    assert (book.events, book.parked, book.accepted) == (3, 2, 1)

    await batch((waiting[0], waiting[1], CASES[0]), (CASES[1], CASES[1]))
    (book,) = (await booked(bench.connection)).values()
    assert (book.events, book.parked, book.accepted, book.duplicate) == (5, 0, 4, 1)


async def told(connection: asyncpg.Connection) -> list[tuple[str, Message]]:
    """Receipts and notices of what was refused."""
    rows = await unpublished.untold(connection, LEDGER, "quarantined", (0, 9), 9)
    prefix = NOWHERE.kafka_prefix
    found = [notices(LEDGER, prefix, SAMPLE.sources, "quarantined", row) for row in rows]
    return sorted((pair for pairs in found for pair in pairs), reverse=True)


@pytest.fixture
def many(ledger_url: str) -> Callable[[Callable[[Bench], Awaitable[Any]]], Any]:
    """Runs something on an empty ledger, and rolls it back."""

    def run(work: Callable[[Bench], Awaitable[Any]]) -> Any:
        async def alone() -> Any:
            async with rolled_back(ledger_url) as bench:
                return await work(bench)

        return asyncio.run(alone())

    return run


def test_however_records_are_cut_and_whenever_it_is_killed_the_ledger_is_the_same(
    many: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Event by event and undisturbed, against transactions that end within records, and kills."""

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(FEEDS, KILLS, st.integers(1, 7), st.integers(1, 9))
    def compare(topics: list[Topic], kills: list[tuple[str, int]], most: int, polled: int) -> None:
        async def plainly(bench: Bench) -> Any:
            # Polled as below: the order between topics is the poll's.
            await Run(bench.connection, bench.intake, topics).until_taken(1, polled)
            return await what_stands(bench.connection)

        async def with_kills(bench: Bench) -> Any:
            run = Run(bench.connection, bench.intake, topics)
            for point, times in kills:
                with killed_at(point, times, monkeypatch):
                    try:
                        await run.until_taken(most, polled)
                    except Killed:
                        await booked(bench.connection)
            await run.until_taken(most, polled)
            books = await booked(bench.connection)
            for topic in topics:
                there = [events for events in topic.records if events is not None]
                if not there:
                    continue
                book = books[topic.partition]
                assert (book.records, book.events) == (len(there), sum(map(len, there)))
                last = max(n for n, events in enumerate(topic.records) if events is not None)
                assert (book.consumed, book.skipped) == (last + 1, last + 1 - len(there))
            return await what_stands(bench.connection)

        one, other = many(plainly), many(with_kills)
        assert (one.waiting, one.refused) == (other.waiting, other.refused)
        if not kills:  # else the topics are polled from elsewhere, and take other turns
            assert one.entries == other.entries
        assert sorted(row[1:] for row in one.entries) == sorted(row[1:] for row in other.entries)

    compare()
