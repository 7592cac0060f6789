"""Faults of the servers and of the way to them: restarts, crashes, outages, lost replies, cuts."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiokafka import AIOKafkaProducer

from domain.reporting import ReportSectionWritten
from infra.kafka.topics import intake_topic
from tests.faults.harness import Harness, Wrong, fault, free_port
from tests.faults.kills import SLOWLY, kill_broker, kill_postgres
from tests.faults.proxy import Fault, Proxy
from tests.faults.run import Run
from tests.support.ledger import event

OUTAGE_SECONDS = 60.0
QUICK_SECONDS = 4.0
CHAPTERS = 120
"""So many chapters of 60 kB are more than what the buffers of a connection hold."""


@fault("F5", "the broker restarts, cleanly and by a crash")
async def broker_restarts(harness: Harness) -> None:
    async with harness.run() as run:
        run.keep_all()
        producer = run.produce(*SLOWLY)
        for crash in (False, True) if harness.quick else (False, True) * 3:
            await run.grown_to(await run.position() + 60, 120)
            if crash:
                await kill_broker(run)
            else:
                await asyncio.to_thread(run.servers.kafka.stop)
                await run.servers.restart_kafka()
        await harness.finish(run, producer)


@fault("F12", "PostgreSQL restarts, cleanly and by a crash")
async def database_restarts(harness: Harness) -> None:
    async with harness.run() as run:
        run.keep_all()
        producer = run.produce(*SLOWLY)
        for crash in (False, True) if harness.quick else (False, True) * 5:
            await run.grown_to(await run.position() + 60, 120)
            if crash:
                await kill_postgres(run)
            else:
                await asyncio.to_thread(run.servers.postgres.stop)
                run.servers.postgres.start()
                await run.servers.postgres.answer()
        await harness.finish(run, producer)


@fault("F13", "the reply to COMMIT is lost")
async def lost_commit(harness: Harness) -> None:
    """The client saw an error, the rows are there: the retry must be harmless."""
    await _through_proxy(harness, "lose the reply to commit", times=4 if harness.quick else 30)


@fault("F14", "the connection is cut in the middle of a COPY")
async def cut_copy(harness: Harness) -> None:
    await _through_proxy(harness, "cut in copy", times=4 if harness.quick else 30)


async def _through_proxy(harness: Harness, what: Fault, times: int) -> None:
    async with Proxy(harness.servers.postgres.port) as proxy, harness.run(port=proxy.port) as run:
        run.keep_all()
        producer = run.produce(*SLOWLY)
        await run.grown_to(20)
        for number in range(1, times + 1):
            proxy.arm(what, after=harness.dice.randint(0, 4_000))
            await _until(lambda n=number: proxy.done >= n, f"{what}: {proxy.done} of {times}")
        await harness.finish(run, producer)
        harness.outcome.notes.append(f"{proxy.done} times")
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")


@fault("F14b", "a COPY stalls under back-pressure, then the connection is reset")
async def stalled_copy(harness: Harness) -> None:
    """The driver waits for ever there; our own time limit must not let it."""
    async with Proxy(harness.servers.postgres.port) as proxy, harness.run(port=proxy.port) as run:
        await send_chapters(run, CHAPTERS)
        proxy.arm("stall in copy", times=1, after=100_000)
        run.keep_all()
        await _until(lambda: proxy.done >= 1, "no COPY was large enough to stall")
        await harness.finish(run)


async def send_chapters(run: Run, count: int) -> None:
    """Events of 60 kB each."""
    topic = intake_topic("office", run.prefix)
    async with AIOKafkaProducer(bootstrap_servers=run.servers.bootstrap, acks="all") as producer:
        for number in range(count):
            chapter = ReportSectionWritten.model_validate(
                {
                    "report_year": 2024,
                    "section": "study",
                    "text": "学" * 20_000,
                    "written_on": "2024-12-01",
                    "author": "JB-01",
                },
                strict=False,
            )
            await producer.send_and_wait(topic, event("office", f"chapter-{number}", chapter))


async def _until(condition: object, what: str, seconds: float = 120.0) -> None:
    """Wait until it holds."""
    if not callable(condition):
        raise TypeError(what)
    try:
        async with asyncio.timeout(seconds):
            while True:
                if condition():
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise Wrong(f"not in time: {what}") from None


@fault("DB60", "PostgreSQL is down for a minute, under load")
async def database_down(harness: Harness) -> None:
    """Nothing is started again by anybody: the services must come back by themselves."""
    async with harness.run(live=True) as run:
        run.keep_all()
        producer = run.produce(*SLOWLY)
        await run.grown_to(50)
        harness.servers.postgres.kill()
        await asyncio.sleep(QUICK_SECONDS if harness.quick else OUTAGE_SECONDS)
        harness.servers.postgres.start()
        await harness.servers.postgres.answer()
        await run.grown_to(await run.position() + 100, 120)
        await harness.finish(run, producer)
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")


@fault("HTTP60", "PostgreSQL is down for a minute, events come over HTTP")
async def database_down_over_http(harness: Harness) -> None:
    """The gateway goes on acknowledging, and what it acknowledged is taken once it is back."""
    port = free_port()
    async with harness.run(live=True) as run:
        run.keep_all()
        run.keep(f"gateway --port {port}", "gateway")
        producer = run.produce(*SLOWLY, "--http", f"http://127.0.0.1:{port}")
        await run.grown_to(50)
        harness.servers.postgres.kill()
        before = _lines(run.acked)
        await asyncio.sleep(QUICK_SECONDS if harness.quick else OUTAGE_SECONDS)
        meanwhile = _lines(run.acked) - before
        harness.servers.postgres.start()
        await harness.finish(run, producer)
        harness.outcome.notes.append(f"{meanwhile} acknowledged meanwhile")
        harness.expect(meanwhile > 0, "nothing was acknowledged while PostgreSQL was down")
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


@fault("KAFKA60", "the broker is down for a minute, under load")
async def broker_down(harness: Harness) -> None:
    async with harness.run(live=True) as run:
        run.keep_all()
        producer = run.produce(*SLOWLY)
        await run.grown_to(50)
        await asyncio.to_thread(harness.servers.kafka.kill)
        await asyncio.sleep(QUICK_SECONDS if harness.quick else OUTAGE_SECONDS)
        await harness.servers.restart_kafka()
        await run.grown_to(await run.position() + 100, 120)
        await harness.finish(run, producer)
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")
