"""Folding entries into all read models: rows and position change in one transaction.

The same path serves the live tail, a rebuild and Kafka. Applying the same entries twice changes
nothing (positions at or below the checkpoint are dropped), and the rows do not depend on how the
entries were cut into batches. Whoever calls bounds the time: a COPY on a dead connection waits for
ever.
"""

from __future__ import annotations

import asyncio
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from domain.aggregate import Entry
from domain.corrections import replaces
from infra.failpoint import reach
from ledger import store
from ledger.migration import program_version
from projections.catalogue import READ_MODELS
from projections.folding import Changes, Record, Row, Stream, Thread
from projections.read_model import MAX_POSITION, SCHEMA, VERSION, ReadModel
from projections.snapshot import OtherVersionServes, serving

Adds = dict[str, dict[int, list[Record]]]
"""Read model → position → the rows that the entry adds by itself."""

CHECKPOINTS = f"{SCHEMA}.checkpoint"
CHECKPOINT = """CREATE TABLE IF NOT EXISTS {} (
    ledger text NOT NULL,
    read_model text NOT NULL,
    position bigint NOT NULL,
    changed bigint NOT NULL DEFAULT 0,
    halted text,
    halted_at timestamptz,
    PRIMARY KEY (ledger, read_model)
)"""
"""How far a read model is: folded to a position; rows last made or ended at `changed`."""
CREATE = f"CREATE SCHEMA IF NOT EXISTS {SCHEMA};{CHECKPOINT.format(CHECKPOINTS)}"
SERVE = "INSERT INTO read.serving (version, program) VALUES ($1, $2) ON CONFLICT DO NOTHING"


LONG = 1_000
"""Decisions of a stream that are not folded anew without giving others their turn."""


@dataclass(slots=True)
class _Before:
    """What the entries of a batch rest on: told before it."""

    decisions: Mapping[str, list[Entry]]
    """Stream → its decisions, where the batch brings one to a stream that began earlier."""
    roots: Mapping[int, int]
    """Position of a correction of the batch → that of the contribution it leads back to."""
    threads: Mapping[int, list[Entry]]
    """Position of a contribution told before → it and all that corrected it."""


async def create_tables(
    connection: asyncpg.Connection, models: Sequence[ReadModel] = READ_MODELS
) -> None:
    """Create the tables of this version that do not exist yet, unless another version serves."""
    if await serving(connection) not in (None, VERSION) or not await _missing(connection, models):
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(4451021)")
        await connection.execute(CREATE)
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
    """The last position that all of these read models hold."""
    return min((await positions(connection, ledger, models)).values())


def work_out(
    ledger: str, entries: Iterable[Entry], models: Sequence[ReadModel] = READ_MODELS
) -> Adds:
    """What each entry adds by itself: pure, so done while PostgreSQL writes what came before."""
    adding: dict[str, list[tuple[dict[int, list[Record]], Any]]] = {}
    adds: Adds = {}
    for model in models:
        mine = adds[model.name] = {}
        for name, function in model.adding.items():
            adding.setdefault(name, []).append((mine, function))
    for entry in entries:
        for mine, function in adding.get(entry.type, ()):
            start = (ledger, entry.originator_id, entry.position, MAX_POSITION)
            mine[entry.position] = [(*start, n, *row) for n, row in enumerate(function(entry))]
    return adds


async def project(
    connection: asyncpg.Connection,
    ledger: str,
    entries: Sequence[Entry],
    models: Sequence[ReadModel] = READ_MODELS,
    adds: Adds | None = None,
) -> None:
    """Fold a run of entries (in position order, without gaps) into the read models.

    `adds` is what `work_out` made of them, where that was done before. Raises OtherVersionServes.
    """
    if not entries:
        return
    end = entries[-1].position
    async with connection.transaction():
        last = await _lock_checkpoints(connection, ledger, models)
        for after, new, behind in _by_checkpoint(entries, last, models):
            if new[0].position != after + 1:
                names = ", ".join(model.name for model in behind)
                raise LookupError(f"{names} at {after}, got entries from {new[0].position}")
            changed = await write_rows(connection, ledger, new, behind, adds)
            reach("projector.rows-written")
            await move_on(connection, CHECKPOINTS, ledger, end, changed)
        reach("projector.position-moved")


async def move_on(
    connection: asyncpg.Connection,
    checkpoints: str,
    ledger: str,
    position: int,
    changed: Mapping[str, int],
) -> None:
    """Say of these read models that they hold all up to a position, and what changed rows last."""
    await connection.execute(
        f"INSERT INTO {checkpoints} AS held (ledger, read_model, position, changed)"
        " SELECT $1, name, $2, at FROM unnest($3::text[], $4::bigint[]) AS moved (name, at)"
        " ON CONFLICT (ledger, read_model) DO UPDATE SET position = excluded.position,"
        " changed = greatest(held.changed, excluded.changed)",
        ledger,
        position,
        list(changed),
        list(changed.values()),
    )


async def write_rows(
    connection: asyncpg.Connection,
    ledger: str,
    entries: Sequence[Entry],
    models: Sequence[ReadModel],
    adds: Adds | None = None,
) -> dict[str, int]:
    """Write what entries make of the read models' rows; the position is the caller's to move.

    Returns, for each read model, the last position that changed its rows; 0 = none did.

    Each statement of the transaction is planned for the tables as they are: a plan kept from when
    they were small reads all of them once they have grown.
    """
    await connection.execute("SET LOCAL plan_cache_mode TO force_custom_plan")
    if adds is None:
        adds = work_out(ledger, entries, models)
    by_type: dict[str, list[Entry]] = {}
    for entry in entries:
        by_type.setdefault(entry.type, []).append(entry)
    before = await _before(connection, ledger, entries, by_type, models)
    changed = dict.fromkeys((model.name for model in models), 0)
    for model in models:
        mine = [by_type[name] for name in model.types if name in by_type]
        if mine:
            made = adds[model.name]
            changes = await _fold(connection, ledger, model, _merged(mine), made, before)
            changed[model.name] = changes.last
            await _write(connection, ledger, model, changes)
    return changed


async def _before(
    connection: asyncpg.Connection,
    ledger: str,
    entries: Sequence[Entry],
    by_type: Mapping[str, Sequence[Entry]],
    models: Sequence[ReadModel],
) -> _Before:
    """Read what the entries rest on: nothing, where all streams begin with them."""
    to = entries[0].position - 1
    folding = {name for model in models for name in model.folding}
    adding = {name for model in models for name in model.adding}
    told = {e.originator_id for name in folding & by_type.keys() for e in by_type[name]}
    began = told - {e.originator_id for e in entries if e.originator_version == 1}
    corrections = [
        e.position for name in adding & by_type.keys() for e in by_type[name] if replaces(e)
    ]
    decisions: Mapping[str, list[Entry]] = {}
    roots: Mapping[int, int] = {}
    threads: Mapping[int, list[Entry]] = {}
    if began:
        decisions = await store.read_decisions(connection, ledger, list(began), folding, to)
    if corrections:
        roots = await store.find_roots(connection, ledger, corrections)
        if lost := set(corrections) - roots.keys():
            raise LookupError(f"nothing says what is corrected at {sorted(lost)}")
        threads = await store.read_threads(connection, ledger, set(roots.values()), to)
    return _Before(decisions, roots, threads)


async def _lock_checkpoints(
    connection: asyncpg.Connection, ledger: str, models: Sequence[ReadModel]
) -> dict[str, int]:
    """Read model → its checkpoint, locked until the commit; a new one begins at 0.

    `read.serving` is held as well, and comes first: no switch may come between.
    """
    names = [model.name for model in models]
    lock = (
        f"SELECT read_model, position FROM read.serving JOIN {SCHEMA}.checkpoint AS c"
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
        await connection.execute(
            f"INSERT INTO {SCHEMA}.checkpoint SELECT $1, name, 0 FROM unnest($2::text[]) AS name"
            " ON CONFLICT DO NOTHING",
            ledger,
            names,
        )
        rows = await connection.fetch(lock, ledger, names)
    return {row[0]: row[1] for row in rows}


def _by_checkpoint(
    entries: Sequence[Entry], last: dict[str, int], models: Sequence[ReadModel]
) -> Iterator[tuple[int, Sequence[Entry], list[ReadModel]]]:
    """(checkpoint, entries after it, read models that stand there), where there are entries."""
    for after in sorted({last[model.name] for model in models}):
        new = entries if entries[0].position > after else [e for e in entries if e.position > after]
        if new:
            yield after, new, [model for model in models if last[model.name] == after]


def _merged(lists: list[list[Entry]]) -> list[Entry]:
    """Entries of several types in position order."""
    if len(lists) == 1:
        return lists[0]
    return sorted(itertools.chain.from_iterable(lists), key=_position)


_position = operator.attrgetter("position")


async def _fold(
    connection: asyncpg.Connection,
    ledger: str,
    model: ReadModel,
    entries: Sequence[Entry],
    adds: Mapping[int, list[Record]],
    before: _Before,
) -> Changes:
    """What entries of its types, in position order, make of a read model."""
    changes = Changes()
    folding = model.folding
    roots = before.roots
    corrected = {roots[e.position] for e in entries if e.position in roots} if roots else set()
    names = {e.originator_id for e in entries if e.type in folding} if folding else set()
    if not (names or corrected):
        changes.added = [record for e in entries for record in adds[e.position]]
        return changes
    streams = {name: Stream(model, before.decisions.get(name, ())) for name in names}
    threads = {root: Thread(model, before.threads.get(root, ())) for root in corrected}
    await _live(connection, ledger, model, [*streams.values(), *threads.values()])
    for entry in entries:
        rows_of: Stream | Thread
        if entry.type in folding:
            rows_of = streams[entry.originator_id]
            if len(rows_of.told) >= LONG:
                await asyncio.sleep(0)
        elif (root := roots.get(entry.position, entry.position)) in corrected:
            rows_of = threads[root]
        else:
            changes.added += adds[entry.position]
            continue
        changes.turn(rows_of.live, entry, rows_of.tell(entry))
    return changes


async def _live(
    connection: asyncpg.Connection, ledger: str, model: ReadModel, made: Sequence[Stream | Thread]
) -> None:
    """Give each the rows now known of it, in the order of making: those of what was told."""
    makers = {entry.position: each for each in made for entry in each.told}
    if makers:
        columns = ", ".join(model.columns)
        for position, n, *values in await connection.fetch(
            f"SELECT known_from, n, {columns} FROM {model.table}"
            " WHERE ledger = $1 AND known_from = ANY($2) AND known_to = $3 ORDER BY known_from, n",
            ledger,
            list(makers),
            MAX_POSITION,
        ):
            row = Row(model.row._make(values), position, n, stored=True)
            makers[position].live.append(row)


async def _write(
    connection: asyncpg.Connection, ledger: str, model: ReadModel, changes: Changes
) -> None:
    if changes.ended:
        await connection.execute(
            f"UPDATE {model.table} SET known_to = t FROM"
            " unnest($2::bigint[], $3::int[], $4::bigint[]) AS ended (f, i, t)"
            " WHERE ledger = $1 AND known_from = f AND n = i",
            ledger,
            [row.known_from for row in changes.ended],
            [row.n for row in changes.ended],
            [row.known_to for row in changes.ended],
        )
    records = changes.added + [
        (ledger, stream, row.known_from, row.known_to, row.n, *row.values)
        for stream, row in changes.made
    ]
    if records:
        await connection.copy_records_to_table(
            model.name,
            schema_name=model.schema,
            columns=("ledger", "stream", "known_from", "known_to", "n", *model.columns),
            records=records,
        )
        reach("projector.rows-copied")
