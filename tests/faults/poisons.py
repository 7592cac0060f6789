"""Poison: what our own code fails at, planted in the services; it is named, all else goes on."""

from __future__ import annotations

import asyncio

from infra import postgres
from projections.read_model import SCHEMA
from tests.faults.feeds import count, put
from tests.faults.harness import Harness, fault
from tests.faults.poisoned import MODEL, case
from tests.faults.run import DRAIN_SECONDS, Run
from tests.support.ledger import event
from tests.support.money import a_household

EACH = 3
"""Poisonous events of a kind."""


@fault("POISON-INTAKE", "events at which reading or judging raises, among others")
async def in_the_intake(harness: Harness) -> None:
    async with harness.run() as run:
        run.keep_all(MJ_POISON="reading,judging")
        await _sent(run, "reading", "judging")
        await harness.finish(run)
        await _named(harness, run, 2 * EACH)
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")


@fault("POISON-DEATH", "events at which the intake dies, each time it judges them")
async def at_the_process(harness: Harness) -> None:
    async with harness.run() as run:
        run.keep_all(MJ_POISON="judging")
        await _sent(run, "death")
        await harness.finish(run)
        await _named(harness, run, EACH)
        # Once to learn of it, once to be sure; with others in its batch it may be once more.
        harness.expect(
            run.deaths["intake"] <= 3 * EACH, f"the intake died {run.deaths['intake']} times"
        )


async def _sent(run: Run, *kinds: str) -> None:
    """A feed, with poison of these kinds in its middle."""
    await run.produced("--parts", "1")
    for number in range(1, EACH + 1):
        for kind in kinds:
            line = event("social-assistance", f"{kind}-{number}", a_household(case(kind, number)))
            await put(run, "social-assistance", line)
    await run.produced("--parts", "2")


async def _named(harness: Harness, run: Run, expected: int) -> None:
    query = "SELECT count(*) FROM ledger.quarantine WHERE reason = 'judge_failed'"
    await count(harness, run, query, expected)
    async with postgres.connect(run.url) as connection:
        quoted = await connection.fetchval(
            "SELECT count(*) FROM ledger.quarantine WHERE expected LIKE '%planted%'"
        )
    harness.expect(not quoted, "the text of an exception is told")


@fault("POISON-FOLD", "events that one read model cannot fold; then a person leaves them out of it")
async def in_folding(harness: Harness) -> None:
    async with harness.run() as run:
        run.keep_all(MJ_POISON="folding")
        await _sent(run, "folding")
        for left in reversed(range(EACH)):
            position = await _halted(harness, run)
            said = ("--by", "an operator", "--why", "the code cannot fold it")
            command = run.program(
                "mingjian", "models", "leave-out", MODEL, str(position), *said, MJ_POISON="folding"
            )
            code = await command.ended()
            harness.expect(code == bool(left), f"exit {code}: {command.said()[-500:]}")
        await harness.finish(run)
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")


async def _halted(harness: Harness, run: Run) -> int:
    """Wait until all read models but one are at the head; returns where that one is."""
    behind = (
        f"SELECT read_model, position, halted FROM {SCHEMA}.checkpoint"
        " WHERE position < (SELECT position FROM ledger.ledger)"
    )
    async with asyncio.timeout(DRAIN_SECONDS), postgres.connect(run.url) as connection:
        while True:
            stands = await connection.fetch(behind)
            at_rest = all(left.startswith("projected") for left in await run.lag())
            if at_rest and len(stands) == 1 and stands[0]["halted"]:
                break
            await asyncio.sleep(0.2)
    harness.expect(stands[0]["read_model"] == MODEL, f"{stands[0]['read_model']} has halted")
    return int(stands[0]["position"]) + 1
