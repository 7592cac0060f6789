"""Two batches at work: one is read while PostgreSQL writes the one before it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg

from ledger.intake import Intake
from ledger.outcomes import Item, Taken
from ledger.records import Offsets, Record


async def take_and_read(
    connection: asyncpg.Connection,
    intake: Intake,
    items: Sequence[Item],
    records: Sequence[Record],
    offsets: Offsets | None = None,
) -> tuple[Taken, list[Item]]:
    """Take a batch, and read the records of the next; see `Intake.take_read`.

    Reading waits for the moment when the batch is judged and the server has work: before that, both
    want this processor. What `take_read` raises ends the reading, too.
    """
    intake.judged.clear()
    reading = asyncio.create_task(_read(connection, intake, records))
    try:
        taken = await intake.take_read(connection, items, offsets)
        intake.judged.set()
        return taken, await reading
    finally:
        reading.cancel()


async def _read(
    connection: asyncpg.Connection, intake: Intake, records: Sequence[Record]
) -> list[Item]:
    await intake.judged.wait()
    return await intake.read(connection, records)
