"""Without a broker the projector follows the ledger table: the path that a rebuild uses too."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import asyncpg

from domain.aggregate import Entry
from infra.ledger import store
from projections import projector
from projections.catalogue import READ_MODELS
from projections.read_model import ReadModel

BATCH = 5_000


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
    while entries := await store.read_entries(connection, ledger, after, batch):
        await projector.project(connection, ledger, entries, read_streams, models)
        after = entries[-1].position
        done += len(entries)
        progress(len(entries))
    return done
