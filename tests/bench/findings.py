"""What findings cost beside the pipeline, and how soon one is seen."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

import asyncpg

from domain.event import Event
from infra import postgres
from ledger.intake import Intake
from projections import opening, tail
from projections.findings import HERE
from rules import working
from sample import year
from tests.bench import ours
from tests.bench.place import MINGJIAN, Place, watch
from tests.bench.work import LEDGER, Work
from tests.support.engine import altered
from tests.support.ledger import event
from tests.support.money import a_household, a_payment

YEAR = 2024
TIMES = 5
ROUNDS = 3
WITHOUT = (
    sys.executable,
    "-c",
    "from consumers import projector; projector.looking_rules = list; from cli import main; main()",
)
"""The program with no rules."""


class Measured(NamedTuple):
    """What the rules take."""

    slower: float
    """By which part of its rate the pipeline is slower with them: payments from Kafka to totals,
    all services running, the medians of rounds with and without them in turn."""
    pipeline: float
    """From the file of a sample year to all read models, in processor seconds of this process and
    of its PostgreSQL backend."""
    findings: float
    """The same for all its findings, worked out afterwards."""
    visible: float
    """Seconds from the call that sends a payment that was not due until its finding stands; the
    median."""

    def numbers(self) -> dict[str, float]:
        """As the table has them."""
        return {
            "findings_rate_share": round(self.slower, 3),
            "findings_cost_share": round(self.findings / self.pipeline, 3),
            "finding_visible_s": round(self.visible, 2),
        }


async def measure(place: Place, name: str, made: Work) -> Measured:
    """All, on a database each."""
    share = await slower(place, f"{name}_rate", made)
    pipeline, findings = await cost(place, f"{name}_cost")
    return Measured(share, pipeline, findings, await visible(place, f"{name}_seen"))


async def slower(place: Place, name: str, made: Work) -> float:
    """The same payments through the running pipeline, with rules and without."""
    seconds: dict[tuple[str, ...], list[float]] = {MINGJIAN: [], WITHOUT: []}
    for number in range(ROUNDS):
        for which, (program, took) in enumerate(seconds.items()):
            took.append(await ours.end_to_end(place, f"{name}_{number}_{which}", made, program))
    return 1 - median(seconds[WITHOUT]) / median(seconds[MINGJIAN])


async def cost(place: Place, name: str) -> tuple[float, float]:
    """A sample year without findings, then its findings."""
    lines = list(year.build(YEAR).feed.lines())
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        ledger = await opening.create_ledger(connection, LEDGER, "replay", settings)
        began = _processor(connection)
        await ours.take(connection, Intake(ledger, settings.secret), lines)
        await tail.catch_up(connection, LEDGER)
        folded = _processor(connection)
        await working.catch_up(connection, LEDGER)
        ended = _processor(connection)
    return folded - began, ended - folded


def _processor(connection: asyncpg.Connection) -> float:
    """Processor seconds of this process and of the backend that works for it."""
    stat = Path(f"/proc/{connection.get_server_pid()}/stat").read_text(encoding="ascii")
    user, system = map(int, stat.rpartition(")")[2].split()[11:13])
    return time.process_time() + (user + system) / os.sysconf("SC_CLK_TCK")


async def visible(place: Place, name: str) -> float:
    """While all services run, a payment for a month in which nothing was due, some times."""
    async with place.database(name) as url, postgres.connect(url) as connection:
        settings = place.settings(name, url)
        await opening.create_ledger(connection, LEDGER, "live", settings)
        await ours.make_topics(settings)
        with ExitStack() as stack:
            services = [
                stack.enter_context(place.service(service, settings))
                for service in ("intake", "relay", "projector")
            ]
            case = _sent("social-assistance", "case", a_household("DB-1", last="2024-03"))
            await ours.produce(settings, "social-assistance", [case])
            await watch(lambda: ours.projected(connection), 0, 1, *services)
            waits = []
            for number in range(TIMES):
                paid = a_payment("DB-1", 50_000, f"2024-{number + 4:02d}")
                began = time.perf_counter()
                await ours.produce(settings, "payouts", [_sent("payouts", f"p-{number}", paid)])
                await watch(lambda: _found(connection), number, number + 1, *services)
                waits.append(time.perf_counter() - began)
    return sorted(waits)[TIMES // 2]


def _sent(source: str, event_id: str, fact: Event) -> bytes:
    """An event as a source sends it to a live ledger: without a time of receipt."""
    return altered(event(source, event_id, fact), receivedat=None)


async def _found(connection: asyncpg.Connection) -> int:
    query = f"SELECT count(DISTINCT position) FROM {HERE.table} WHERE rule = 'A53'"
    return int(await connection.fetchval(query))
