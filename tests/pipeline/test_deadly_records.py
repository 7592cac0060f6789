"""A record at which the process is killed each time is found, put aside unread, and all go on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.aggregate import Aggregate
from infra.kafka.topics import intake_topic
from infra.settings import Settings
from ledger import attempts, files
from ledger.containment import ENDED
from tests.support.engine import altered
from tests.support.kafka import make_topics, next_offset, put, until
from tests.support.ledger import Bench, event
from tests.support.money import a_household, a_payment

KILLED = """
import os, signal
from domain.aggregate import Aggregate
judge = Aggregate.judge
def judging(self, fact, *rest, **more):
    if getattr(fact, "amount_fen", 0) == 66_600:
        os.kill(os.getpid(), signal.SIGKILL)
    return judge(self, fact, *rest, **more)
Aggregate.judge = judging
from cli import main
main()
"""
"""The command line where a payment of 666.00 is the end of the process."""
MOST_STARTS = 3
Headers = list[tuple[str, bytes | None]]

CASES = [event("social-assistance", f"c-{n}", a_household(f"DB-{n}")) for n in range(8)]
PAID = [event("payouts", f"p-{n}", a_payment(f"DB-{n}", 50_000, "2024-01")) for n in range(8)]
DEADLY = event("payouts", "deadly", a_payment("DB-3", 66_600, "2024-02"))
LINES = [*CASES, *PAID[:4], DEADLY, *PAID[4:]]


async def started(settings: Settings, *command: str) -> asyncio.subprocess.Process:
    environment = os.environ | {
        "MINGJIAN_DATABASE_URL": settings.database_url or "",
        "MINGJIAN_HOME": str(settings.home),
        "MINGJIAN_KAFKA_PREFIX": settings.kafka_prefix,
        **({"MINGJIAN_KAFKA": settings.kafka} if settings.kafka else {}),
    }
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED, *command), env=environment, stdout=quiet, stderr=quiet
    )


async def only_the_deadly_one_is_aside(connection: asyncpg.Connection, origin: str) -> None:
    rows = await connection.fetch(
        "SELECT reason, expected, source, event_id, origin, claims_fen FROM ledger.quarantine"
    )
    assert [tuple(row) for row in rows] == [
        (ENDED.code, ENDED.expected, None, None, origin, None),
    ]
    taken = {row[0] for row in await connection.fetch("SELECT event_id FROM ledger.entry")}
    assert taken == {f"{kind}-{n}" for kind in "cp" for n in range(8)}
    assert await connection.fetchval("SELECT count(*) FROM ledger.entry") == 16


async def test_in_a_file(database_url: str, connection: asyncpg.Connection, tmp_path: Path) -> None:
    await Bench.open(connection)
    (tmp_path / "feed.jsonl").write_bytes(b"\n".join([*LINES, b""]))
    settings = Settings(database_url=database_url, home=tmp_path)
    ends: list[int] = []
    while not ends or (ends[-1] != 0 and len(ends) <= MOST_STARTS):
        process = await started(settings, "ingest", str(tmp_path / "feed.jsonl"))
        ends.append(await process.wait())
    assert ends == [-signal.SIGKILL] * MOST_STARTS + [0]
    await only_the_deadly_one_is_aside(connection, "feed.jsonl:13")
    assert await connection.fetchval("SELECT count(*) FROM ledger.attempt") == 0


@pytest.mark.kafka
async def test_on_kafka(kafka_settings: Settings, connection: asyncpg.Connection) -> None:
    await Bench.open(connection)
    await make_topics(kafka_settings)
    prefix = kafka_settings.kafka_prefix
    offices: list[tuple[bytes, Headers]] = [(line, []) for line in CASES]
    await put(kafka_settings, intake_topic("social-assistance", prefix), *offices)
    banks: list[tuple[bytes, Headers]] = [(line, []) for line in LINES[len(CASES) :]]
    await put(kafka_settings, intake_topic("payouts", prefix), *banks)
    for _ in range(MOST_STARTS):
        process = await started(kafka_settings, "run", "intake")
        assert await process.wait() == -signal.SIGKILL

    async def all_of_the_bank() -> bool:
        return await next_offset(connection, kafka_settings, "payouts") == len(banks)

    process = await started(kafka_settings, "run", "intake")
    try:
        await until(all_of_the_bank)
    finally:
        process.terminate()
        await process.wait()
    origin = f"{intake_topic('payouts', prefix)}/0/4"
    await only_the_deadly_one_is_aside(connection, origin)


# What may not be mistaken for it.


async def test_a_run_that_is_killed_once_makes_nobody_wary(connection: asyncpg.Connection) -> None:
    await Bench.open(connection)
    wary = [await attempts.begin(connection, "445102", {"topic/0": 7}) for _ in range(2)]
    assert wary == [False, False]


async def test_three_runs_that_got_on_between_make_nobody_wary(
    connection: asyncpg.Connection,
) -> None:
    await Bench.open(connection)
    wary = [await attempts.begin(connection, "445102", {"topic/0": n}) for n in (7, 7, 8, 8)]
    assert wary == [False] * 4


async def test_a_record_that_comes_again_in_the_same_process_is_judged(
    connection: asyncpg.Connection,
) -> None:
    """The connection was lost over it; it is tried again, and nobody died."""
    bench = await Bench.open(connection)
    name = "feed.jsonl"
    await attempts.begin_file(connection, "445102", name)
    (record,) = next(files.batches([CASES[0]], name))

    async def lost(*_: object) -> dict[str, object]:
        raise ConnectionResetError

    async def kept(*_: object) -> dict[str, object]:
        return {}

    with pytest.raises(ConnectionResetError):
        await bench.intake.take_alone(connection, name, record, lost)  # type: ignore[arg-type]  # ends
    taken = await bench.intake.take_alone(connection, name, record, kept)  # type: ignore[arg-type]  # empty
    assert taken.tally.accepted == 1


async def test_a_file_is_taken_the_same_when_a_run_is_wary(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    bench = await Bench.open(connection)
    path = tmp_path / "feed.jsonl"
    path.write_bytes(b"\n".join([*LINES, altered(PAID[0], id="p-99"), b"junk"]))
    for _ in range(2):
        await attempts.begin_file(connection, "445102", files.place_of(path))
    tally = await files.ingest_file(connection, bench.intake, path, batch=5)
    assert str(tally) == "accepted 18, duplicate 0, parked 0, quarantined 1"
    assert await connection.fetchval("SELECT count(*) FROM ledger.attempt") == 0


class Dies(BaseException):
    """The end of a process, as far as a test can play it."""


async def test_in_a_later_batch_of_a_file(
    connection: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken before comes first again in each run: that is no getting on."""
    await Bench.open(connection)
    path = tmp_path / "feed.jsonl"
    path.write_bytes(b"\n".join([*LINES, b""]))
    judge = Aggregate.judge

    def judging(self: Aggregate, fact: Any, *rest: Any, **more: Any) -> Any:
        if getattr(fact, "amount_fen", 0) == 66_600:
            raise Dies
        return judge(self, fact, *rest, **more)

    monkeypatch.setattr(Aggregate, "judge", judging)
    for _ in range(MOST_STARTS):
        intake = (await Bench.open(connection)).intake
        with pytest.raises(Dies):
            await files.ingest_file(connection, intake, path, batch=5)
    intake = (await Bench.open(connection)).intake
    await files.ingest_file(connection, intake, path, batch=5)
    await only_the_deadly_one_is_aside(connection, "feed.jsonl:13")
