"""Live operation: how soon an event is visible, and how fast read models come back."""

from __future__ import annotations

import asyncio
import statistics
import time
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import NamedTuple

import asyncpg

from consumers.publisher import careful_producer
from infra import postgres
from infra.kafka.bootstrap import Bootstrap
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from ledger.intake import Intake
from projections import opening, tail
from projections.read_model import SCHEMA
from tests.bench import ours
from tests.bench.place import MINGJIAN, Passage, Place, environment, watch
from tests.bench.work import LEDGER, Payment, Work, expect, results
from upkeep.rebuild import tables as rebuilding

PER_SECOND = 200
LOOK_SECONDS = 0.002
SEEN = f"SELECT coalesce(max(known_from), 0) FROM {SCHEMA}.payment WHERE ledger = $1"

MULTIPLY = """
INSERT INTO ledger.entry (ledger, position, recorded_at, source, event_id, type, stream, version,
    open, digest, breaches)
SELECT ledger, position + $2::bigint * $3::bigint, recorded_at, source, $4 || event_id, type,
    replace(stream, '/DB-', '/D' || $4), version, made.open, sha256(made.open), breaches
FROM ledger.entry, LATERAL (SELECT convert_to(replace(replace(convert_from(open, 'UTF8'),
    'DB-', 'D' || $4), '"id":"', '"id":"' || $4), 'UTF8') AS open) AS made
WHERE ledger = $1 AND position <= $3 ORDER BY position"""
"""The whole ledger once more, under other case numbers and event ids."""


class Latency(NamedTuple):
    """Milliseconds from the call that sends an event until the read model shows its row."""

    p50: float
    p99: float


async def latency(place: Place, name: str, made: Work, seconds: float) -> Latency:
    """One event every 5 ms while all three services run.

    A second connection asks every 2 ms which position the payments' read model has reached: the
    error is at most that and the time of one look (an index look-up, 0.2 ms). Payments are sent in
    order and each is accepted, so the n-th of them is the n-th position after the cases.
    """
    payments = [p for p in made.payments if p.wrong != "unknown-case"]
    payments = payments[: int(PER_SECOND * seconds)]
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        await opening.create_ledger(connection, LEDGER, "live", settings)
        await ours.make_topics(settings)
        with ExitStack() as stack:
            services = [
                stack.enter_context(place.service(service, settings))
                for service in ("intake", "relay", "projector")
            ]
            await ours.send_cases(settings, made)
            first = len(made.cases)
            await watch(lambda: ours.projected(connection), 0, first, *services)
            looking = asyncio.create_task(_look(connection, first + len(payments)))
            sent = await _drip(settings, payments)
            async with asyncio.timeout(60):
                looks = await looking
        wanted = results(payments)
        expect("totals", await ours.totals(connection), wanted.totals)
    return percentiles(sent, looks, first)


async def _look(connection: asyncpg.Connection, end: int) -> list[tuple[int, float]]:
    """Position shown, and when it was first seen there."""
    looks = [(0, time.perf_counter())]
    while looks[-1][0] < end:
        shown = await connection.fetchval(SEEN, LEDGER)
        if shown > looks[-1][0]:
            looks.append((shown, time.perf_counter()))
        await asyncio.sleep(LOOK_SECONDS)
    return looks


async def _drip(settings: Settings, payments: Sequence[Payment]) -> list[float]:
    """Send at the given rate, never waiting for an answer; when each was sent."""
    topic = intake_topic("payouts", settings.kafka_prefix)
    sent: list[float] = []
    answers = []
    async with careful_producer(Bootstrap.of(settings), "bench", 16 * 1024) as producer:
        began = time.perf_counter()
        for number, payment in enumerate(payments):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            sent.append(time.perf_counter())
            answers.append(await producer.send(topic, payment.raw, partition=0))
        await asyncio.gather(*answers)
    return sent


def percentiles(sent: Sequence[float], looks: Sequence[tuple[int, float]], first: int) -> Latency:
    """The n-th event sent is visible at the first look that shows position first + n or more."""
    shown = [position for position, _ in looks]
    waits = [
        1000 * (looks[bisect_left(shown, first + number)][1] - at)
        for number, at in enumerate(sent, start=1)
    ]
    cuts = statistics.quantiles(waits, n=100, method="inclusive")
    return Latency(round(cuts[49], 1), round(cuts[98], 1))


class Rebuilt(NamedTuple):
    """`mingjian rebuild` of all read models, seen from outside."""

    entries: int
    building: Passage
    """All of it: folding, making the indexes, the switch. Nothing was live to compare with."""
    compared_seconds: float
    """Once more, the whole command, compared row by row with the first before the switch."""


async def rebuild(place: Place, name: str, made: Work, times: int) -> Rebuilt:
    """Take the work in once, multiply it in the table, rebuild it twice."""
    wanted = results(made.payments)
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        ledger = await opening.create_ledger(connection, LEDGER, "live", settings)
        intake = Intake(ledger, settings.secret)
        await ours.take(connection, intake, [raw for _, raw in made.cases])
        await ours.take(connection, intake, made.raw)
        entries = await _multiply(connection, times)
        command, env = [*MINGJIAN, "rebuild"], environment(settings)
        with place.running("rebuild", command, env) as process:

            async def done() -> int:
                if process.ended():
                    return await ours.projected(connection)
                with suppress(asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
                    # Not done before it is switched in, although folded to the last entry.
                    return min(await rebuilding.position(connection, LEDGER), entries - 1)
                return 0

            building = await watch(done, 0, entries)
        began = time.perf_counter()
        with place.running("rebuild", command, env) as process:
            await asyncio.to_thread(process.wait)
        seconds = time.perf_counter() - began
        expect("rebuilt", await ours.projected(connection), entries)
        more = {key: (fen * times, n * times) for key, (fen, n) in wanted.totals.items()}
        expect("totals", await ours.totals(connection), more)
    return Rebuilt(entries, building, seconds)


async def verify(place: Place, name: str, made: Work) -> Passage:
    """`mingjian verify` of the work, taken in and projected: the whole command."""
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        ledger = await opening.create_ledger(connection, LEDGER, "live", settings)
        intake = Intake(ledger, settings.secret)
        await ours.take(connection, intake, [raw for _, raw in made.cases])
        await ours.take(connection, intake, made.raw)
        await tail.catch_up(connection, LEDGER)
        entries = await ours.projected(connection)
        began = time.perf_counter()
        with place.running("verify", [*MINGJIAN, "verify"], environment(settings)) as process:
            await asyncio.to_thread(process.wait)
        return Passage(time.perf_counter() - began, entries)


async def _multiply(connection: asyncpg.Connection, times: int) -> int:
    """The ledger `times` as long: valid entries, but for a digest that is not the keyed one."""
    base = await connection.fetchval("SELECT position FROM ledger.ledger WHERE ledger = $1", LEDGER)
    for number in range(1, times):
        await connection.execute(MULTIPLY, LEDGER, number, base, f"{number}-", timeout=300)
    entries = int(base * times)
    await connection.execute(
        "UPDATE ledger.ledger SET position = $2 WHERE ledger = $1", LEDGER, entries
    )
    await connection.execute("VACUUM ANALYZE ledger.entry", timeout=300)
    return entries
