"""Faults of processes: killed at named points and at random, stopped, told to end, doubled."""

from __future__ import annotations

import asyncio
import signal

from infra import postgres
from infra.failpoint import POINTS
from tests.faults import wire
from tests.faults.harness import Harness, fault, free_port
from tests.faults.run import LEDGER, SERVICES, Run

PASSES = 3
"""How often one run kills at each point; more kills mean more runs."""
QUICK_KILLS = 3
"""Of each service."""
SECONDS_PER_KILL = 12.0
SLOWLY = ("--pause", "0.25", "--chunk", "30")
ZOMBIE_SECONDS = 300.0
HOLDING = (
    "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
    " WHERE datname = current_database() AND relation = 'ledger.ledger'::regclass"
    " AND mode IN ('RowShareLock', 'RowExclusiveLock')"
)
"""Whether a batch is being taken: it locks the counter row first."""
STOP_SECONDS = 30.0
GATEWAY_VICTIMS = (*["gateway"] * 4, "intake", "relay", "postgres", "broker")


def points(service: str) -> list[str]:
    """The points of one service."""
    return [point for point in POINTS if point.startswith(f"{service}.")]


@fault("F1", "SIGKILL at every named point")
async def named_points(harness: Harness) -> None:
    """Each run kills every point of all three services some times, then must come to rest."""
    count = sum(len(points(name)) for name in SERVICES)
    left, live = harness.kills, False
    while left > 0:
        passes = min(PASSES, -(-left // count))
        await _kill_at_points(harness, passes, live=live)
        left -= passes * count
        live = not live
        harness.say(f"{harness.outcome.kills} kills")


async def _kill_at_points(harness: Harness, passes: int, *, live: bool) -> None:
    async with harness.run(live=live) as run:
        plans: dict[str, list[str]] = {}
        for name in SERVICES:
            plan = [f"{p}:{harness.dice.randint(1, 4)}" for p in points(name) * passes]
            harness.dice.shuffle(plan)
            plans[name] = plan[: len(plan) if not harness.quick else QUICK_KILLS]
        longest = max(map(len, plans.values()))
        run.keep_all(plans)
        producer = run.produce(*SLOWLY)
        await run.carried_out(plans, 60 + SECONDS_PER_KILL * longest)
        await harness.finish(run, producer)
        harness.expect(not run.exits, f"services ended by themselves: {run.exits[:5]}")


@fault("F2", "SIGKILL of an intake whose transactions end within records")
async def within_records(harness: Harness) -> None:
    """Records of up to seven events; what was taken of one before the kill is not taken again."""
    async with harness.run() as run:
        plan = [f"{point}:{harness.dice.randint(1, 5)}" for point in points("intake") * PASSES]
        harness.dice.shuffle(plan)
        plans = {"intake": plan[: len(plan) if not harness.quick else QUICK_KILLS]}
        run.keep_all(plans)
        producer = run.produce(*SLOWLY, "--batch", "7")
        await run.carried_out(plans, 60 + SECONDS_PER_KILL * len(plans["intake"]))
        await harness.finish(run, producer)


@fault("F3", "SIGKILL of random processes, broker and PostgreSQL too")
async def random_kills(harness: Harness) -> None:
    count = 6 if harness.quick else 40
    async with harness.run(live=True) as run:
        run.keep_all()
        producer = run.produce(*SLOWLY)
        await run.grown_to(1)
        while sum(run.kills.values()) < count:
            await asyncio.sleep(harness.dice.uniform(0.2, 1.5))
            victim = harness.dice.choice([*SERVICES * 2, "postgres", "broker"])
            if victim == "postgres":
                await kill_postgres(run)
            elif victim == "broker":
                await kill_broker(run)
            else:
                await run.kill(victim, victim)
        await harness.finish(run, producer)


@fault("GATEWAY", "SIGKILL of gateway, services, broker and PostgreSQL, events over HTTP")
async def gateway_killed(harness: Harness) -> None:
    """What the gateway acknowledged is in its topic, and what was sent again counts once."""
    count = 6 if harness.quick else 40
    port = free_port()
    async with harness.run(live=True) as run:
        run.keep_all()
        run.keep(f"gateway --port {port}", "gateway")
        producer = run.produce(*SLOWLY, "--http", f"http://127.0.0.1:{port}")
        await run.grown_to(1)
        while sum(run.kills.values()) < count:
            await asyncio.sleep(harness.dice.uniform(0.5, 2.5))
            victim = harness.dice.choice(GATEWAY_VICTIMS)
            if victim == "postgres":
                await kill_postgres(run)
            elif victim == "broker":
                await kill_broker(run)
            else:
                await run.kill(victim, victim)
        await harness.finish(run, producer)
        harness.expect(run.kills["gateway"] > 0, "the gateway was never killed")


async def kill_postgres(run: Run) -> None:
    """All its processes at once, and up again."""
    run.servers.postgres.kill()
    run.kills["postgres"] += 1
    run.servers.postgres.start()
    await run.servers.postgres.answer()


async def kill_broker(run: Run) -> None:
    """As a crash, and up again."""
    await asyncio.to_thread(run.servers.kafka.kill)
    run.kills["broker"] += 1
    await run.servers.restart_kafka()


@fault("F4", "an intake stopped past its session, then going on (zombie)")
async def zombie(harness: Harness) -> None:
    """Stopped between two batches; and in the middle of one, when it holds the ledger's counter.

    The second waits until PostgreSQL ends the transaction, a minute; so not in the quick set.
    """
    for in_a_batch in (False,) if harness.quick else (False, True):
        async with harness.run(live=True) as run:
            run.keep("relay")
            run.keep("projector")
            old = run.begin("intake", "old")
            producer = run.produce(*SLOWLY)
            await run.grown_to(50)
            await _stop(run, in_a_batch=in_a_batch)
            before = await run.position()
            new = run.begin("intake", "new")
            if harness.quick:
                await run.said(new, "starting")
                await run.evict()
            await run.grown_to(before + 100, ZOMBIE_SECONDS)
            old.signal(signal.SIGCONT)
            await asyncio.sleep(1 if harness.quick else 15)
            harness.expect(new.code is None, f"the new intake ended with {new.code}")
            # It may also have learnt of the rebalance before it tried to write, and joined again.
            fenced = old.code is None or (old.code == 1 and "Fenced" in old.said())
            harness.expect(fenced, f"the zombie ended with {old.code}: {old.said()[-500:]}")
            await harness.finish(run, producer)
            ended = "went on as a member" if old.code is None else f"ended with {old.code}"
            harness.outcome.notes.append(f"stopped in a batch: {in_a_batch}; the zombie {ended}")


async def _stop(run: Run, *, in_a_batch: bool) -> None:
    """SIGSTOP the intake where its transaction holds the ledger's counter, or has none."""
    old = run.up("old")
    async with asyncio.timeout(90), postgres.connect(run.url) as connection:
        while True:
            old.signal(signal.SIGSTOP)
            await asyncio.sleep(0.3)  # what it had sent arrives and is done
            holding = await connection.fetchval(HOLDING)
            if bool(holding) == in_a_batch:
                return
            old.signal(signal.SIGCONT)
            await asyncio.sleep(0.037)


@fault("F7", "a rebalance every second")
async def rebalances(harness: Harness) -> None:
    rounds = 4 if harness.quick else 30
    async with harness.run(live=True) as run:
        run.keep_all()
        producer = run.produce(*SLOWLY)
        await run.grown_to(20)
        for number in range(rounds):
            label = f"guest-{number % 2}"
            guest = run.begin("intake", label)
            await asyncio.sleep(1.0)
            if number >= 1:
                run.up(f"guest-{(number - 1) % 2}").signal(signal.SIGTERM)
                await asyncio.wait_for(run.up(f"guest-{(number - 1) % 2}").ended(), STOP_SECONDS)
            del guest
        await harness.finish(run, producer)


@fault("F9", "SIGTERM while a batch is taken")
async def terminated(harness: Harness) -> None:
    """A stop finishes the batch at hand or rolls it back, and exits with 0."""
    rounds = 2 if harness.quick else 8
    async with harness.run() as run:
        producer = run.produce(*SLOWLY)
        for _ in range(rounds):
            before = await run.position()
            for name in SERVICES:
                run.begin(name)
            await run.grown_to(before + harness.dice.randint(1, 120))
            codes = await asyncio.wait_for(run.end(signal.SIGTERM), STOP_SECONDS)
            harness.expect(set(codes.values()) == {0}, f"a stop ended with {codes}")
        run.keep_all()
        await harness.finish(run, producer)


@fault("F29", "the consumer group is deleted")
async def deleted_group(harness: Harness) -> None:
    """Where intake goes on stands in PostgreSQL; what Kafka remembers is a gauge."""
    async with harness.run() as run:
        run.keep_all()
        await run.produced("--parts", "2")
        await run.drained()
        await run.end(signal.SIGTERM)
        group = f"{run.prefix}.intake.{LEDGER}"
        bootstrap = harness.servers.bootstrap
        await asyncio.to_thread(wire.delete_group, bootstrap, group)
        topic = f"{run.prefix}.intake.payouts"
        harness.expect(wire.committed(bootstrap, group, topic) == 0, "the group is still there")
        duplicates = await _duplicates(run)
        run.keep_all()
        await asyncio.sleep(2)
        await run.drained()
        harness.expect(await _duplicates(run) == duplicates, "records were taken in again")
        await harness.finish(run)


async def _duplicates(run: Run) -> int:
    async with postgres.connect(run.url) as connection:
        found: int = await connection.fetchval("SELECT sum(duplicate) FROM ledger.source_offset")
        return found


@fault("F36", "two relays by mistake")
async def two_relays(harness: Harness) -> None:
    """Only one publishes; when it is killed the other goes on."""
    async with harness.run() as run:
        run.keep_all()
        run.keep("relay", "other")
        run.keep("projector", "twin")
        producer = run.produce(*SLOWLY)
        for _ in range(3 if harness.quick else 8):
            await run.grown_to(await run.position() + 40)
            await run.kill(harness.dice.choice(["relay", "other", "projector"]), "relay")
        await harness.finish(run, producer)
