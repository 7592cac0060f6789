"""Folding entries into all read models: rows and position change in one transaction.

The same path serves the live tail, a rebuild and Kafka. Applying the same entries twice changes
nothing (positions at or below the checkpoint are dropped), and the rows do not depend on how the
entries were cut into batches. Where a read model fails, the batch is taken again, each read model
by itself: one that cannot fold an entry halts before it, all others go on. Whoever calls bounds the
time: a COPY on a dead connection waits for ever.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import asyncpg

from infra.failpoint import reach
from infra.roles import Role, acting
from ledger import adopted, store
from ledger.containment import is_of_a_record, named
from ledger.migration import program_version
from projections import checkpoint, findings
from projections.catalogue import READ_MODELS
from projections.checkpoint import CHECKPOINTS, Halt, Moved, Stand
from projections.decoding import Decoded, Row
from projections.read_model import SCHEMA, VERSION, ReadModel
from projections.snapshot import OtherVersionServes, serving
from projections.writing import write_rows

SERVE = "INSERT INTO read.serving (version, program) VALUES ($1, $2) ON CONFLICT DO NOTHING"


class Gap(LookupError):
    """A read model lacks entries before those that came."""


async def create_tables(
    connection: asyncpg.Connection, models: Sequence[ReadModel] = READ_MODELS
) -> None:
    """Create the tables of this version that do not exist yet, unless another version serves."""
    if await serving(connection) not in (None, VERSION) or not await _missing(connection, models):
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(2024021)")
        await connection.execute(checkpoint.CREATE_SCHEMA.format(SCHEMA))
        async with acting(connection, Role.PROJECTOR):
            await connection.execute(checkpoint.CREATE)
            for statement in await _missing(connection, models):  # none, where another was first
                await connection.execute(statement)
            await connection.execute(SERVE, VERSION, program_version())


async def _missing(connection: asyncpg.Connection, models: Sequence[ReadModel]) -> list[str]:
    """Statements that make what is missing; run needlessly, each would wait for whoever writes."""
    query = (
        "SELECT relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace"
        " WHERE nspname = $1"
    )
    existing = {row[0] for row in await connection.fetch(query, SCHEMA)}
    statements: list[str] = []
    for model in models:
        if model.name not in existing:
            statements += model.table_ddl()
        statements += [s for name, s in model.index_ddl().items() if name not in existing]
    if not {findings.TABLE, findings.WORKED} <= existing:
        statements += [*findings.table_ddl(), findings.TOLD_DDL]
    statements += [s for name, s in findings.index_ddl().items() if name not in existing]
    return statements


async def positions(
    connection: asyncpg.Connection,
    ledger: str,
    models: Sequence[ReadModel] = READ_MODELS,
    schema: str = SCHEMA,
) -> dict[str, int]:
    """Read model → last position folded into it (0 = none)."""
    rows = await connection.fetch(
        f"SELECT read_model, position FROM {schema}.checkpoint WHERE ledger = $1", ledger
    )
    known = {row[0]: row[1] for row in rows}
    return {model.name: known.get(model.name, 0) for model in models}


async def folded_to(
    connection: asyncpg.Connection, ledger: str, models: Sequence[ReadModel] = READ_MODELS
) -> int:
    """The last position that all of these read models hold, but for those that have halted.

    The end of the ledger where all have.
    """
    stands = await checkpoint.stands(connection, ledger, [model.name for model in models])
    found = await store.find_ledger(connection, ledger)
    return checkpoint.reads_on_from(stands.values(), found.position if found else 0)


async def project(
    connection: asyncpg.Connection,
    ledger: str,
    batch: Decoded,
    models: Sequence[ReadModel] = READ_MODELS,
) -> list[Halt]:
    """Fold a run of entries (in position order, without gaps) into the read models.

    Returns which of them halted here. Raises OtherVersionServes, Gap.
    """

    async def lock() -> dict[str, Stand]:
        return await _lock_checkpoints(connection, ledger, models)

    return await fold(connection, ledger, batch, models, CHECKPOINTS, lock)


async def fold(
    connection: asyncpg.Connection,
    ledger: str,
    batch: Decoded,
    models: Sequence[ReadModel],
    checkpoints: str,
    stands: Callable[[], Awaitable[dict[str, Stand]]],
) -> list[Halt]:
    """Fold a run of entries into tables whose checkpoints stand in a table; see `project`."""
    if not batch.rows:
        return []
    try:
        return await _fold(connection, ledger, batch, models, checkpoints, stands, set())
    except Exception as error:
        if not is_of_an_entry(error):
            raise
    alone = {model.name for model in models}
    return await _fold(connection, ledger, batch, models, checkpoints, stands, alone)


def is_of_an_entry(error: Exception) -> bool:
    """Whether an entry may be to blame for it, or what a read model makes of one."""
    return is_of_a_record(error) and not isinstance(error, Gap | OtherVersionServes)


async def _fold(
    connection: asyncpg.Connection,
    ledger: str,
    batch: Decoded,
    models: Sequence[ReadModel],
    checkpoints: str,
    stands: Callable[[], Awaitable[dict[str, Stand]]],
    alone: set[str],
) -> list[Halt]:
    """One transaction; the read models `alone` each in a savepoint of its own.

    Each statement is planned for the tables as they are: a plan kept from when they were small
    reads all of them once they have grown.
    """
    end = batch.rows[-1][0]
    moved: list[Moved] = []
    async with connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode TO force_custom_plan")
        for (after, without), going in _going(models, await stands()):
            part = batch if batch.rows[0][0] > after else batch.within(after, end)
            if not part.rows:
                continue
            if (first := part.rows[0][0]) != after + 1:
                names = ", ".join(model.name for model in going)
                raise Gap(f"{names} at {after}, got entries from {first}")
            together = [model for model in going if model.name not in alone | batch.failing]
            if together:
                entries, adds = part.entries, batch.adds
                written = await write_rows(connection, ledger, entries, together, adds, without)
                moved += [Moved(name, end, changed) for name, changed in written.items()]
            for model in going:
                if model not in together:
                    moved.append(await _alone(connection, ledger, part.rows, model, without))
        reach("projector.rows-written")
        if moved:
            await checkpoint.move_on(connection, checkpoints, ledger, moved)
        reach("projector.position-moved")
    return [Halt(m.read_model, m.position + 1, m.halted) for m in moved if m.halted is not None]


def _going(
    models: Sequence[ReadModel], stands: Mapping[str, Stand]
) -> list[tuple[tuple[int, frozenset[int]], list[ReadModel]]]:
    """Those that have not halted, by their position and what is left out of them."""
    found: dict[tuple[int, frozenset[int]], list[ReadModel]] = {}
    for model in models:
        stand = stands[model.name]
        if stand.halt is None:
            found.setdefault((stand.position, stand.without), []).append(model)
    return list(found.items())


async def _alone(
    connection: asyncpg.Connection,
    ledger: str,
    rows: Sequence[Row],
    model: ReadModel,
    without: frozenset[int],
) -> Moved:
    """Fold entries into one read model, up to the first that it cannot fold.

    That one is found by halves: all before it fold as they would without it.
    """
    bureaus = await adopted.versions(connection, ledger)
    end, changed = rows[-1][0], 0
    left = [row for row in rows if row[4] in model.types]
    failing = 0
    """Of what is left, so many cannot be folded at once; 0 = not known."""
    while left:
        size = max(1, failing // 2) if failing else len(left)
        try:
            async with connection.transaction():
                entries = [bureaus.entry(row, outlined=row[0] in without) for row in left[:size]]
                written = await write_rows(connection, ledger, entries, [model], None, without)
        except Exception as error:
            if not is_of_an_entry(error):
                raise
            if size == 1:
                return Moved(model.name, left[0][0] - 1, changed, named(error))
            failing = size
        else:
            changed = max(changed, written[model.name])
            left = left[size:]
            failing = max(0, failing - size)
    return Moved(model.name, end, changed)


async def _lock_checkpoints(
    connection: asyncpg.Connection, ledger: str, models: Sequence[ReadModel]
) -> dict[str, Stand]:
    """Read model → where it stands, locked until the commit; a new one begins at 0.

    `read.serving` is held as well, and comes first: no switch may come between.
    """
    names = [model.name for model in models]
    lock = (
        f"SELECT FROM read.serving JOIN {CHECKPOINTS} AS c"
        f" ON version = {VERSION} WHERE ledger = $1 AND read_model = ANY($2)"
        " ORDER BY read_model FOR UPDATE OF c"
    )
    try:
        rows = await connection.fetch(lock, ledger, names)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        raise OtherVersionServes(None) from None
    if len(rows) < len(names):
        if (version := await serving(connection)) != VERSION:
            raise OtherVersionServes(version)
        await checkpoint.begin(connection, CHECKPOINTS, ledger, names)
        await connection.fetch(lock, ledger, names)
    return await checkpoint.stands(connection, ledger, names)
