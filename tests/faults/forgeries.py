"""Foreign records (外来消息) in every topic, while services are killed, away, and started again."""

from __future__ import annotations

import asyncio
import json
import signal

from infra import postgres
from infra.settings import Settings
from tests.faults.feeds import put
from tests.faults.harness import Harness, fault
from tests.faults.kills import QUICK_KILLS, SECONDS_PER_KILL, SLOWLY, points
from tests.faults.run import DRAIN_SECONDS, SERVICES, Run, Stuck
from tests.support.forging import everywhere
from tests.support.ledger import event
from tests.support.money import a_household

SOURCE = "payouts"
TO_FORGE = 60
"""Entries there are to be before the first round: forgeries are made of true ones."""
PAUSE_SECONDS = 2.0
MOST_ROUNDS = 12
"""Of each topic 200 foreign records are kept one by one; a round makes some twelve."""


@fault("FORGED", "forged and junk records in every topic, services killed meanwhile")
async def in_every_topic(harness: Harness) -> None:
    """Each is named once, also by services that were away or are started again; nothing moves."""
    async with harness.run() as run:
        plans: dict[str, list[str]] = {}
        for name in SERVICES:
            plan = [f"{point}:{harness.dice.randint(1, 4)}" for point in points(name)]
            harness.dice.shuffle(plan)
            plans[name] = plan[: len(plan) if not harness.quick else QUICK_KILLS]
        longest = max(map(len, plans.values()))
        run.keep_all(plans)
        producer = run.produce(*SLOWLY)
        await run.grown_to(TO_FORGE)
        rounds = 0
        while any(plans.values()) and rounds < MOST_ROUNDS:
            await forge(run)
            rounds += 1
            await asyncio.sleep(harness.dice.uniform(0, PAUSE_SECONDS))
        await run.carried_out(plans, 60 + SECONDS_PER_KILL * longest)
        await all_named(run)

        await run.end()
        await forge(run)
        run.keep_all()
        await all_named(run)

        await run.end(signal.SIGTERM)  # whoever starts once more has nothing to name again
        run.keep_all()
        await harness.finish(run, producer)
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")
        harness.outcome.notes.append(f"{rounds + 1} rounds, {sum(forged(run).values())} foreign")


async def forge(run: Run) -> None:
    """A round of foreign records in every topic; where they stand is written down."""
    given = Settings(kafka=run.servers.bootstrap, kafka_prefix=run.prefix, database_url=run.url)
    async with postgres.connect(run.url) as connection:
        found = await everywhere(given, connection, SOURCE)
    lines = [json.dumps({"topic": t, "offset": o}) for t, offsets in found.items() for o in offsets]
    with run.forged.open("a") as file:
        file.write("\n".join(lines) + "\n")
    # What comes by a topic of a source has a place of its own: junk, nothing, another's event.
    await put(run, SOURCE, b"junk", b"\x00", event("social-assistance", "x", a_household("DB-x")))


def forged(run: Run) -> dict[str, int]:
    """Topic → how many foreign records were put there."""
    counts: dict[str, int] = {}
    for line in run.forged.read_text().splitlines():
        topic = json.loads(line)["topic"]
        counts[topic] = counts.get(topic, 0) + 1
    return counts


async def all_named(run: Run) -> None:
    """Wait until as many are counted as there are."""
    query = "SELECT topic, foreign_count FROM ledger.topic_place WHERE foreign_count > 0"
    wanted, counted = forged(run), dict[str, int]()
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while counted != wanted:
                async with postgres.connect(run.url) as connection:
                    counted = dict(await connection.fetch(query))
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise Stuck(f"named {counted} of {wanted}") from None
