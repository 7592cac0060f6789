"""Events over HTTP in batches of 500, beside the same events put onto Kafka; each until taken in.

With Kafka all stands on this machine: the client, the gateway, the broker, the intake, PostgreSQL.
`python -m tests.bench.gateway` measures this alone.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import uvloop
from rich.console import Console

from infra import postgres
from infra.settings import Settings
from projections import opening
from tests.bench import ours, table
from tests.bench.place import MINGJIAN, Place, Process, environment, open_place, watch
from tests.bench.work import LEDGER, Work, results, work

BATCH = 500
CLIENTS = 4
HEADERS = {"content-type": "application/cloudevents-batch+json"}


class Measured(NamedTuple):
    """Payments a second."""

    http: float
    """By way of Kafka, from the first request until the last payment is taken in."""
    acknowledged: float
    """The same until the last request is answered: all is durable in its topic."""
    kafka: float
    """Put onto Kafka by one producer, until the last payment is taken in."""
    direct: float
    """Without a broker, until the last request is answered with outcomes."""

    def numbers(self) -> dict[str, float]:
        return {
            "http_intake_events_per_s": self.http,
            "http_acknowledged_events_per_s": self.acknowledged,
            "kafka_intake_events_per_s": self.kafka,
            "http_direct_events_per_s": self.direct,
        }


async def measure(place: Place, name: str, made: Work) -> Measured:
    """Three passages of the same payments, each on a fresh database."""
    kafka = await _by_kafka(place, f"{name}_kafka", made)
    http, acknowledged = await _by_http(place, f"{name}_http", made)
    direct = await _direct(place, f"{name}_direct", made)
    return Measured(http, acknowledged, kafka, direct)


async def _by_kafka(place: Place, name: str, made: Work) -> float:
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = await _begun(place, name, url, made)
        cases, end = len(made.cases), len(made.cases) + len(made.payments)
        with place.service("intake", settings) as intake:
            await watch(lambda: ours.taken(connection), 0, cases, intake)
            began = time.perf_counter()
            producing = asyncio.create_task(ours.produce(settings, "payouts", made.raw))
            await watch(lambda: ours.taken(connection), cases, end, intake)
            seconds = time.perf_counter() - began
            await producing
    return len(made.payments) / seconds


async def _by_http(place: Place, name: str, made: Work) -> tuple[float, float]:
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = await _begun(place, name, url, made)
        cases, end = len(made.cases), len(made.cases) + len(made.payments)
        with place.service("intake", settings) as intake:
            await watch(lambda: ours.taken(connection), 0, cases, intake)
            async with _gateway(place, settings) as (base, gateway):
                began = time.perf_counter()
                sending = asyncio.create_task(_send(base, made.raw, 202))
                await watch(lambda: ours.taken(connection), cases, end, intake, gateway)
                seconds = time.perf_counter() - began
                acknowledged = await sending - began
    return len(made.payments) / seconds, len(made.payments) / acknowledged


async def _direct(place: Place, name: str, made: Work) -> float:
    wanted = results(made.payments)
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url).model_copy(update={"kafka": None})
        await opening.create_ledger(connection, LEDGER, "live", settings)
        async with _gateway(place, settings) as (base, _):
            await _send(base, [raw for _, raw in made.cases], 200)
            began = time.perf_counter()
            seconds = await _send(base, made.raw, 200) - began
            async with asyncio.timeout(120):
                entries = len(made.cases) + len(made.payments) - wanted.unknown
                while await ours.projected(connection) < entries:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        await ours.check(connection, made, wanted)
    return len(made.payments) / seconds


async def _begun(place: Place, name: str, url: str, made: Work) -> Settings:
    """A ledger, its topics, and the cases in theirs."""
    settings = place.settings(name, url)
    async with postgres.connect(url) as connection:
        await opening.create_ledger(connection, LEDGER, "live", settings)
    await ours.make_topics(settings)
    await ours.send_cases(settings, made)
    return settings


@asynccontextmanager
async def _gateway(place: Place, settings: Settings) -> AsyncIterator[tuple[str, Process]]:
    """`mingjian run gateway`, once it is ready; its address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [*MINGJIAN, "run", "gateway", "--port", str(port)]
    base = f"http://127.0.0.1:{port}"
    with place.running("gateway", command, environment(settings)) as process:
        async with httpx.AsyncClient() as client, asyncio.timeout(60):
            while not await _ready(client, base):
                process.look()
                await asyncio.sleep(0.1)
        yield base, process


async def _ready(client: httpx.AsyncClient, base: str) -> bool:
    try:
        return (await client.get(f"{base}/readyz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def _send(base: str, events: Sequence[bytes], status: int) -> float:
    """Send all in batches, several at a time, in their order; when the last was answered."""
    batches = (
        b"[" + b",".join(events[start : start + BATCH]) + b"]"
        for start in range(0, len(events), BATCH)
    )

    async def one() -> None:
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            for batch in batches:
                answer = await client.post("/events", content=batch, headers=HEADERS)
                if answer.status_code != status:
                    raise RuntimeError(f"{answer.status_code}: {answer.text[:500]}")

    await asyncio.gather(*(one() for _ in range(CLIENTS)))
    return time.perf_counter()


def main() -> None:
    """Measure this part alone, once."""
    console = Console(stderr=True)
    made = work(int(sys.argv[1]) if sys.argv[1:] else 2_000)
    with tempfile.TemporaryDirectory(prefix="mj") as home, open_place(Path(home)) as place:
        uvloop.run(measure(place, "warm", work(100)))
        numbers = uvloop.run(measure(place, "gateway", made)).numbers()
    console.print(f"{len(made.payments):,} payments")
    table.show(table.with_ratios(numbers), "HTTP", {})


if __name__ == "__main__":
    main()
