"""Without a broker the projector follows the ledger table: the path that a rebuild uses too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from domain.aggregate import Entry
from infra.ledger import store
from projections import projector
from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel

BATCH = 5_000
DECODE_AT_ONCE = 100
"""Entries decoded before a transaction under way gets its turn."""


async def catch_up(
    connection: asyncpg.Connection,
    ledger: str,
    models: Sequence[ReadModel] = READ_MODELS,
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Fold everything the ledger holds into the read models; returns how many entries were read."""

    async def read_streams(streams: Sequence[str], to: int) -> dict[str, list[Entry]]:
        return await store.read_streams(connection, ledger, streams, to)

    done = 0
    after = min((await projector.positions(connection, ledger, models)).values())
    entries = await store.read_entries(connection, ledger, after, batch)
    while entries:
        rows = await store.read_rows(connection, ledger, entries[-1].position, batch)
        # The next entries are decoded while PostgreSQL writes the rows of these.
        _, ahead = await asyncio.gather(
            projector.project(connection, ledger, entries, read_streams, models), decode(rows)
        )
        done += len(entries)
        progress(len(entries))
        entries = ahead
    return done


async def decode(rows: Sequence[Sequence[Any]]) -> list[Entry]:
    """Entries of rows as `store.read_rows` gives them, a slice at a time."""
    entries: list[Entry] = []
    for start in range(0, len(rows), DECODE_AT_ONCE):
        entries += map(store.entry_of, rows[start : start + DECODE_AT_ONCE])
        await asyncio.sleep(0)
    return entries
