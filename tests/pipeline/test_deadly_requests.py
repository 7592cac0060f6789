"""An event at which the gateway is killed each time it comes is put aside unread; all others go on.

There is no broker here, and no offset: its sender has no answer and sends it again, as it should.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx

from infra.settings import Settings
from ledger import held
from ledger.containment import ENDED
from ledger.held import Held
from ledger.records import Record
from tests.pipeline.test_deadly_records import CASES, DEADLY, PAID, started
from tests.support.gateway import BATCH, listed, outcomes
from tests.support.kafka import until
from tests.support.ledger import Bench


@asynccontextmanager
async def a_gateway(
    settings: Settings,
) -> AsyncIterator[tuple[httpx.AsyncClient, asyncio.subprocess.Process]]:
    """A gateway as it is run, and a client of it, once it takes events."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await started(settings, "run", "gateway", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:

        async def ready() -> bool:
            assert process.returncode is None
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        try:
            await until(ready)
            yield client, process
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def ends_it(settings: Settings, *events: bytes) -> None:
    """A request that kills the process that takes it."""
    async with a_gateway(settings) as (client, process):
        try:
            answer = await client.post("/events", content=listed(*events), headers=BATCH)
            raise AssertionError(answer.text)
        except httpx.TransportError:
            assert await process.wait() == -signal.SIGKILL


async def sent(client: httpx.AsyncClient, *events: bytes) -> list[str]:
    return outcomes(await client.post("/events", content=listed(*events), headers=BATCH))


async def test_it_is_refused_the_third_time(
    database_url: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """What is taken between makes no difference, and what came with it is taken."""
    await Bench.open(connection)
    settings = Settings(database_url=database_url, home=tmp_path)
    await ends_it(settings, *CASES[:4], DEADLY, PAID[0])
    async with a_gateway(settings) as (client, _):
        assert await sent(client, *CASES[4:], PAID[4]) == ["accepted"] * 5
        assert await sent(client, *CASES[:4], PAID[0]) == ["accepted"] * 5
    await ends_it(settings, PAID[5], DEADLY)
    async with a_gateway(settings) as (client, _):
        became = ["duplicate", "quarantined", "accepted"]
        assert await sent(client, PAID[5], DEADLY, PAID[1]) == became
        assert await sent(client, DEADLY) == ["duplicate"]
    async with a_gateway(settings) as (client, _):
        assert await sent(client, DEADLY, *PAID[2:]) == [
            *("duplicate", "accepted", "accepted", "duplicate", "duplicate"),
            *("accepted", "accepted"),
        ]
    rows = await connection.fetch("SELECT reason, expected, event_id FROM ledger.quarantine")
    assert [tuple(row) for row in rows] == [(ENDED.code, ENDED.expected, None)]
    taken = {row[0] for row in await connection.fetch("SELECT event_id FROM ledger.entry")}
    assert taken == {f"{kind}-{n}" for kind in "cp" for n in range(8)}


async def test_one_that_was_parked_is_refused_and_what_it_waited_for_is_taken(
    database_url: str, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """Nobody sends it again: each run begins with it, until it is known for what it is."""
    await Bench.open(connection)
    settings = Settings(database_url=database_url, home=tmp_path)
    async with a_gateway(settings) as (client, _):
        assert await sent(client, DEADLY, PAID[3]) == ["parked", "parked"]
    waited_for = CASES[3]
    for _ in range(held.ENDS):
        await ends_it(settings, waited_for)
    async with a_gateway(settings) as (client, _):
        (outcome,) = await sent(client, waited_for)
        assert outcome in ("accepted", "duplicate")
    (refused,) = await connection.fetch("SELECT reason, digest FROM ledger.quarantine")
    sealer = (await Bench.join(connection)).intake.sealer
    assert tuple(refused) == (ENDED.code, sealer.digest(DEADLY))
    taken = {row[0] for row in await connection.fetch("SELECT event_id FROM ledger.entry")}
    assert taken == {"c-3", "p-3"}


# What may not be mistaken for it.


async def ended(connection: asyncpg.Connection, *at_hand: Record) -> dict[bytes, int]:
    """A run that ends with these at hand; what the next one thinks of them."""
    bench = await Bench.join(connection)
    run = await Held.begin(connection, bench.intake)
    digests = [bench.intake.sealer.digest(record.raw) for record in at_hand]
    await held.note(connection, "445102", digests)
    del run
    return (await Held.begin(connection, bench.intake)).ends


def as_sent(raw: bytes) -> Record:
    return Record(raw, f"http/payouts:{time.time_ns()}", "payouts")


async def test_what_was_at_hand_once_is_judged_and_forgotten(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    records = [Record(raw, f"http/x:{n}") for n, raw in enumerate(CASES)]
    assert list((await ended(connection, *records)).values()) == [1] * len(CASES)
    run = await Held.begin(connection, bench.intake)
    items = await run.take(connection, records)
    assert [item.outcome.kind for item in items] == ["accepted"] * len(CASES)
    assert (await Held.begin(connection, bench.intake)).ends == {}


async def test_what_was_taken_before_the_end_is_not_suspected(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    run = await Held.begin(connection, bench.intake)
    await run.take(connection, [as_sent(raw) for raw in PAID])
    assert (await Held.begin(connection, bench.intake)).ends == {}


async def test_what_never_comes_again_is_forgotten_in_time(
    connection: asyncpg.Connection,
) -> None:
    """What is known for deadly is not."""
    bench = await Bench.open(connection)
    for _ in range(held.ENDS):
        await ended(connection, as_sent(DEADLY))
    await ended(connection, as_sent(PAID[0]))
    await connection.execute(
        "UPDATE ledger.attempt SET begun_at = begun_at - $1 WHERE place <> 'http'",
        held.KEPT_SECONDS + 1,
    )
    (deadly,) = (await Held.begin(connection, bench.intake)).ends
    assert deadly == bench.intake.sealer.digest(DEADLY)
