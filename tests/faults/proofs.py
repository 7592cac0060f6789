"""The harness proves that it can see: with a fault put in on purpose it must report loss."""

from __future__ import annotations

import asyncio
from typing import Any

from infra import postgres
from tests.faults import ack_first, wire
from tests.faults.harness import Harness, Outcome, fault
from tests.faults.kills import kill_postgres
from tests.faults.run import Run

LAZY = {
    "synchronous_commit": "off",
    # As late as can be, so that what was answered is not yet written when the crash comes.
    "wal_writer_delay": "10s",
    "wal_writer_flush_after": "1GB",
    "wal_buffers": "64MB",
}
ACKED_LINES = 300
TRIES = 5
"""A crash may happen to come right after a flush; five times in a row it does not."""
NO_KAFKA = ("--leave-out", "I11", "--leave-out", "I10")


@fault("SEES-PG", "PostgreSQL killed: loss with synchronous_commit=off, none with on")
async def sees_lazy_commits(harness: Harness) -> None:
    lost = 0
    for _ in range(TRIES):
        lost = lost or await _lost_at_a_crash(harness, **LAZY)
    harness.expect(lost > 0, "the harness is blind: nothing lost with synchronous_commit=off")
    kept = await _lost_at_a_crash(harness)
    harness.expect(kept == 0, f"{kept} committed events lost with synchronous_commit=on")
    harness.outcome.notes.append(f"off: {lost} lost, as must be; on: none")


async def _lost_at_a_crash(harness: Harness, **settings: str) -> int:
    servers = harness.servers
    await asyncio.to_thread(servers.postgres.stop)
    servers.postgres.start(**settings)
    await servers.postgres.answer()
    async with harness.run() as run:
        writer = run.program("tests.faults.writer", str(run.acked), str(run.offered))
        await _grown(run, 1)
        async with postgres.connect(run.url) as connection:
            await connection.execute("CHECKPOINT")  # so that the tables at least are there
        await _grown(run, ACKED_LINES)
        await kill_postgres(run)  # and up again with its usual settings
        await writer.kill()
        return await _losses(harness, run, *NO_KAFKA, strict=not settings)


@fault("SEES-ACK", "an intake that acknowledges first, killed: loss")
async def sees_early_acknowledgement(harness: Harness) -> None:
    async with harness.run() as run:
        await run.produced("--parts", "4")
        group = f"{run.prefix}.{ack_first.GROUP}"
        topics = [f"{run.prefix}.intake.{source}" for source in ack_first.SOURCES]
        for part in (1, 2, 3):
            victim = run.program("tests.faults.ack_first")
            await _acknowledged(run, group, topics, part * 60)
            await victim.kill()
            await asyncio.to_thread(wire.evict, run.servers.bootstrap, group)
            run.kills["ack_first"] += 1
        lost = await _losses(harness, run, *NO_KAFKA, "--group", group, strict=False)
        harness.expect(lost > 0, "the harness is blind: nothing lost with ACK_FIRST")
        harness.outcome.notes.append(f"{lost} lost, as must be")


async def _losses(harness: Harness, run: Run, *options: str, strict: bool) -> int:
    """What the checker reports as lost; where loss is meant to be, it breaks nothing."""
    made = harness.outcome
    if not strict:
        harness.outcome = Outcome("", "")
    try:
        verdict: dict[str, Any] = await harness.judge(run, *options)
    finally:
        harness.outcome = made
    if not strict:
        made.runs += 1
        made.events += verdict["events"]
    return int(verdict["lost"])


async def _grown(run: Run, lines: int) -> None:
    """Wait until so much was promised."""
    async with asyncio.timeout(60):
        while True:
            if run.acked.exists() and run.acked.read_bytes().count(b"\n") >= lines:
                return
            await asyncio.sleep(0.01)


async def _acknowledged(run: Run, group: str, topics: list[str], count: int) -> None:
    """Wait until the group has told Kafka that it consumed so much."""
    bootstrap = run.servers.bootstrap
    async with asyncio.timeout(60):
        while True:
            if sum(wire.committed(bootstrap, group, topic) for topic in topics) >= count:
                return
            await asyncio.sleep(0.01)
