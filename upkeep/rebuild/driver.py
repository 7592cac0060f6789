"""Driving a rebuild: the ledgers are read and decoded while PostgreSQL writes what came before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import asyncpg

from infra import postgres
from infra.failpoint import reach
from ledger import adopted, store
from projections import projector, tail
from projections.checkpoint import Halt
from projections.decoding import Decoded, decode
from projections.read_model import ReadModel
from upkeep.rebuild import comparison, findings, tables
from upkeep.rebuild.comparison import Compared

BATCH = 10_000
AT_THE_SWITCH = 2_000
"""Entries that a switch folds at most while everybody waits."""
PATIENCE_SECONDS = (0.1, 0.2, 0.4, 0.8)
PAUSE_SECONDS = 5.0
TRIES = 60


class SwitchBlocked(RuntimeError):
    """The live tables cannot be replaced now; the new ones are kept."""


async def heads(connection: asyncpg.Connection) -> dict[str, int]:
    """Ledger → its last position, of all ledgers."""
    return {ledger.name: ledger.position for ledger in await store.all_ledgers(connection)}


async def left(connection: asyncpg.Connection) -> int:
    """How many entries are not yet in the new tables."""
    found = await heads(connection)
    return sum([head - await tables.position(connection, name) for name, head in found.items()])


async def halts(connection: asyncpg.Connection) -> dict[str, list[Halt]]:
    """Ledger → the new tables that have halted at an entry."""
    found = {name: await tables.stands(connection, name) for name in await heads(connection)}
    return {
        name: [stand.halt for stand in stands.values() if stand.halt is not None]
        for name, stands in found.items()
    }


async def catch_up(
    reader: asyncpg.Connection,
    writer: asyncpg.Connection,
    models: Sequence[ReadModel],
    *,
    batch: int = BATCH,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Fold what all ledgers hold into the new tables; the two connections may be one."""
    for ledger in await heads(writer):
        after = await tables.position(writer, ledger)
        entries = await _read(reader, ledger, after, batch, models)
        while entries.rows:
            folding = _fold(writer, ledger, entries, models)
            reading = _read(reader, ledger, entries.rows[-1][0], batch, models)
            if reader is writer:
                await folding
                ahead = await reading
            else:
                _, ahead = await asyncio.gather(folding, reading)
            progress(len(entries.rows))
            entries = ahead


async def _read(
    connection: asyncpg.Connection,
    ledger: str,
    after: int,
    limit: int,
    models: Sequence[ReadModel],
) -> Decoded:
    rows = await store.read_rows(connection, ledger, after, limit)
    return await decode(ledger, rows, await adopted.versions(connection, ledger), models)


async def _fold(
    connection: asyncpg.Connection, ledger: str, batch: Decoded, models: Sequence[ReadModel]
) -> None:
    async with postgres.within(connection, tail.PROJECT_SECONDS):
        await tables.fold(connection, ledger, batch, models)


async def compare(
    connection: asyncpg.Connection, models: Sequence[ReadModel]
) -> AsyncIterator[Compared]:
    """Each read model of each ledger against the live one; none where that is still empty.

    One that halted before the position of the live one is compared as far as it goes.
    """
    schema = await tables.live(connection)
    for ledger in await heads(connection):
        built = await tables.stands(connection, ledger)
        live = await projector.positions(connection, ledger, models, schema)
        for model in models:
            stand, held = built.get(model.name), live[model.name]
            if stand is None or not held:
                continue
            to = min(stand.position, held)
            made = await comparison.compare(connection, ledger, model.in_schema(schema), to)
            made.halt = stand.halt if to < held else None
            yield made
    reach("rebuild.compared")


async def anew(
    connection: asyncpg.Connection, models: Sequence[ReadModel], progress: Callable[[int], None]
) -> None:
    """A whole rebuild without comparing: for samples, whose truth is their generator."""
    await tables.begin(connection, models)
    await catch_up(connection, connection, models, progress=progress)
    for model in models:
        await tables.index(connection, model)
    await findings.work_out(connection)
    await switch(connection, connection, models)


async def _nothing() -> None:
    pass


async def switch(
    reader: asyncpg.Connection,
    writer: asyncpg.Connection,
    models: Sequence[ReadModel],
    *,
    differences: int = 0,
    note: Callable[[], Awaitable[None]] = _nothing,
) -> None:
    """Put the new tables in the place of the live ones as soon as readers leave a gap.

    `note` is done on the writer's connection, in the transaction of the switch.
    """
    halted = await halts(writer)

    async def fold_rest() -> None:
        if await left(writer) > AT_THE_SWITCH:
            raise tables.NotUpToDate
        await catch_up(writer, writer, models)
        if await halts(writer) != halted:
            raise SwitchBlocked("有读模型又停住，未切换；再执行一次 / one more halted; run again")
        await note()

    for number in range(TRIES):
        await catch_up(reader, writer, models)
        patience = PATIENCE_SECONDS[min(number, len(PATIENCE_SECONDS) - 1)]
        try:
            if await tables.switch(
                writer, models, fold_rest, differences=differences, patience=patience
            ):
                return
        except tables.NotUpToDate:
            continue
        except asyncpg.DependentObjectsStillExistError as error:
            raise SwitchBlocked(
                f"有视图依赖读模型，先删去 / drop it first: {error.detail}"
            ) from None
        await asyncio.sleep(min(2 * patience * (number + 1), PAUSE_SECONDS))
    raise SwitchBlocked(f"读模型一直被占用，未能切换 / readers held the tables, {TRIES} tries")
