"""`python -m tests.bench`: measure, check the results, print a table, write build/bench.json.

Both systems run in one process on one embedded PostgreSQL, turn about, with the same settings of
the garbage collector. Numbers are medians of the rounds; a first round warms up and is not counted.
"""

from __future__ import annotations

import gc
import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from infra import postgres
from tests.bench import ours
from tests.bench.library import Library
from tests.bench.work import CASES, PAYMENTS, Work, rate, work

ROUNDS = 5
OUTPUT = Path("build/bench.json")
T = TypeVar("T")


async def in_fresh_database(
    server: str, name: str, job: Callable[[asyncpg.Connection], Awaitable[T]]
) -> T:
    """Run a job on a database of its own."""
    async with postgres.connect(server) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
    async with postgres.connect(url_of(server, name)) as connection:
        return await job(connection)


def url_of(server: str, name: str) -> str:
    base, _, query = server.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


async def measure(server: str, made: Work) -> dict[str, float]:
    """All numbers, by name."""

    async def one(connection: asyncpg.Connection) -> ours.Round:
        return await ours.one_round(connection, made)

    async with postgres.connect(server) as admin:
        await admin.execute("CREATE DATABASE library")
    library = Library(url_of(server, "library"), made)
    step = PAYMENTS // ROUNDS
    rounds, seconds = [], []
    await in_fresh_database(server, "warm_up", one)
    for number in range(ROUNDS):
        rounds.append(await in_fresh_database(server, f"round_{number}", one))
        seconds.append(library.payments(number * step, (number + 1) * step))
    library.check()
    library.close()
    ingest = rate(PAYMENTS, [r.ingest for r in rounds])
    theirs = rate(step, seconds)
    return {
        "ingest_events_per_s": ingest,
        "eventsourcing_events_per_s": theirs,
        "ingest_vs_eventsourcing": round(ingest / theirs, 1),
        "projection_entries_per_s": rate(CASES + PAYMENTS, [r.projection for r in rounds]),
    }


def main() -> None:
    made = work()
    gc.freeze()
    gc.set_threshold(50_000)
    with tempfile.TemporaryDirectory(prefix="mj") as home:
        numbers = uvloop.run(measure(postgres.embedded_url(Path(home) / "pg"), made))
    table = Table(
        "", "", title=f"{PAYMENTS} payments over {CASES} cases, median of {ROUNDS} rounds"
    )
    table.columns[1].justify = "right"
    for name, value in numbers.items():
        table.add_row(name, f"{value:,.1f}")
    Console().print(table)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(numbers, indent=1) + "\n")


main()
