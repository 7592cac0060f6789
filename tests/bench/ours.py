"""Our side of the bench: the engine on files, each service alone on Kafka, all three together."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple, Self

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from consumers.publisher import careful_producer, publish
from domain.catalogue import aggregate_of
from domain.corrections import fold
from infra import postgres
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.broker import ensure_topics
from infra.kafka.topics import intake_topic, ledger_topic, receipts_topic
from infra.settings import Settings
from ledger import files, history, states
from ledger.intake import Intake, Tally
from ledger.wire import Message
from projections import opening, projector, tail
from projections.read_model import SCHEMA
from tests.bench.place import MINGJIAN, Passage, Place, watch
from tests.bench.work import LEDGER, MONTHS, Results, Total, Work, case_number, expect, results
from tests.support.bureau import SAMPLE

PRODUCE_AT_ONCE = 5_000
PRODUCER_BYTES = 512 * 1024

TOTALS = f"""
SELECT township, programme, to_char(paid_on, 'YYYY-MM'), sum(amount_fen)::bigint, count(*)
FROM {SCHEMA}.payment WHERE ledger = $1 AND known_to = 9223372036854775807 GROUP BY 1, 2, 3"""
"""Months by township and programme: a question to the read model, asked at the end of a run."""
BREACHES = """
SELECT unnest(breaches), count(*) FROM ledger.entry WHERE ledger = $1 AND breaches IS NOT NULL
GROUP BY 1"""


class Round(NamedTuple):
    """Seconds of one round on a fresh database."""

    ingest: float
    projection: float


# On files: the engine without a broker.


async def on_files(place: Place, name: str, made: Work) -> Round:
    """Take over the cases (not timed), then time the payments, then the projection of it all."""
    wanted = results(made.payments)
    async with place.database(name) as url, postgres.connect(url) as connection:
        ledger = await opening.create_ledger(connection, LEDGER, "live", place.settings(name, url))
        intake = Intake(ledger, place.settings(name, url).secret)
        await take(connection, intake, [raw for _, raw in made.cases])
        began = time.perf_counter()
        tally = await take(connection, intake, made.raw)
        taken = time.perf_counter()
        folded = await tail.catch_up(connection, LEDGER)
        ended = time.perf_counter()
        accepted = len(made.payments) - wanted.unknown
        expect("tally", tally, Tally(accepted=accepted, parked=wanted.unknown))
        expect("entries folded", folded, len(made.cases) + accepted)
        await check(connection, made, wanted)
    return Round(taken - began, ended - taken)


async def take(connection: asyncpg.Connection, intake: Intake, lines: Sequence[bytes]) -> Tally:
    file = io.BytesIO(b"\n".join(lines))
    return await files.ingest(connection, intake, files.batches(files.read_lines(file), "bench"))


async def check(connection: asyncpg.Connection, made: Work, wanted: Results) -> None:
    """Totals and breaches as planned; dense positions; a state that equals its replay."""
    expect("totals", await totals(connection), wanted.totals)
    breaches = dict(await connection.fetch(BREACHES, LEDGER))
    expect("breaches", breaches, wanted.breaches)
    end = len(made.cases) + len(made.payments) - wanted.unknown
    positions = await connection.fetchrow(
        "SELECT count(*), min(position), max(position) FROM ledger.entry WHERE ledger = $1", LEDGER
    )
    expect("positions", tuple(positions), (end, 1, end))
    stream = f"case/{case_number(1)}"
    state = (await states.load(connection, LEDGER, [stream]))[stream]
    replayed = fold(aggregate_of(stream), await history.read_stream(connection, LEDGER, stream))
    expect("state", (state.version, state.state()), (1 + len(MONTHS), replayed.state()))
    expect("checkpoints", await projected(connection), end)


async def totals(connection: asyncpg.Connection) -> dict[Total, tuple[int, int]]:
    rows = await connection.fetch(TOTALS, LEDGER)
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}


async def projected(connection: asyncpg.Connection) -> int:
    """Up to which position all read models are."""
    return await projector.folded_to(connection, LEDGER)


async def taken(connection: asyncpg.Connection) -> int:
    """How many events found their place: in the ledger, or among those that wait."""
    sql = "SELECT position + parked FROM ledger.ledger WHERE ledger = $1"
    return int(await connection.fetchval(sql, LEDGER) or 0)


# On Kafka.


async def produce(settings: Settings, source: str, messages: Sequence[bytes]) -> None:
    """Send to a source's topic, as upstream systems would, only faster."""
    producer = careful_producer(Bootstrap.of(settings), "bench", PRODUCER_BYTES)
    topic = intake_topic(source, settings.kafka_prefix)
    async with producer:
        for start in range(0, len(messages), PRODUCE_AT_ONCE):
            part = messages[start : start + PRODUCE_AT_ONCE]
            await publish(producer, topic, [Message(None, raw) for raw in part])


async def make_topics(settings: Settings) -> None:
    await ensure_topics(
        Bootstrap.of(settings),
        sources=SAMPLE.sources,
        divisions=[LEDGER],
        prefix=settings.kafka_prefix,
    )


async def send_cases(settings: Settings, made: Work) -> None:
    for source in sorted({source for source, _ in made.cases}):
        await produce(settings, source, [raw for of, raw in made.cases if of == source])


class Stages(NamedTuple):
    """Each service alone, the work for it complete before it starts."""

    intake: Passage
    relay: Passage
    projector: Passage


async def stages(place: Place, name: str, made: Work) -> Stages:
    """Intake, then relay, then projector, one at a time, over the whole work."""
    wanted = results(made.payments)
    cases, end = len(made.cases), len(made.cases) + len(made.payments)
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        await opening.create_ledger(connection, LEDGER, "live", settings)
        await make_topics(settings)
        await send_cases(settings, made)
        with place.service("intake", settings) as process:
            await watch(lambda: taken(connection), 0, cases, process)
        await produce(settings, "payouts", made.raw)
        with place.service("intake", settings) as process:
            intake = await watch(lambda: taken(connection), cases, end, process)
        entries = end - wanted.unknown
        async with Ends(settings) as ends:
            with place.service("relay", settings) as process:
                relay = await watch(lambda: ends.relayed(entries), 0, entries, process)
        with place.service("projector", settings) as process:
            projection = await watch(lambda: projected(connection), 0, entries, process)
        await check(connection, made, wanted)
    return Stages(intake, relay, projection)


class Ends:
    """How far the relay is: entries whose record and receipt are both on Kafka."""

    def __init__(self, settings: Settings) -> None:
        prefix = settings.kafka_prefix
        self._ledger = TopicPartition(ledger_topic(LEDGER, prefix), 0)
        self._receipts = [
            TopicPartition(receipts_topic(source, prefix), 0) for source in SAMPLE.sources
        ]
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka, enable_auto_commit=False
        )

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._consumer.stop()

    async def relayed(self, limit: int) -> int:
        """Receipts of parked events come on top; they are sent first and so only hide a moment."""
        ends = await self._consumer.end_offsets([self._ledger, *self._receipts])
        receipts = sum(int(ends[part]) for part in self._receipts)
        return min(int(ends[self._ledger]), receipts, limit)


async def end_to_end(
    place: Place, name: str, made: Work, program: Sequence[str] = MINGJIAN
) -> float:
    """Seconds from the first payment produced until the totals hold the last one.

    The three services are up and idle: they have just taken the cases over.
    """
    wanted = results(made.payments)
    cases = len(made.cases)
    entries = cases + len(made.payments) - wanted.unknown
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        await opening.create_ledger(connection, LEDGER, "live", settings)
        await make_topics(settings)
        with ExitStack() as stack:
            services = [
                stack.enter_context(place.service(service, settings, program))
                for service in ("intake", "relay", "projector")
            ]
            await send_cases(settings, made)
            await watch(lambda: projected(connection), 0, cases, *services)
            began = time.perf_counter()
            producing = asyncio.create_task(produce(settings, "payouts", made.raw))
            await watch(lambda: projected(connection), cases, entries, *services)
            await totals(connection)
            seconds = time.perf_counter() - began
            await producing
        await check(connection, made, wanted)
    return seconds
