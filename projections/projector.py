"""Folding entries into all read models: rows and position change in one transaction.

The same path serves the live tail, a rebuild and Kafka. Applying the same entries twice changes
nothing (positions at or below the checkpoint are dropped), and the rows do not depend on how the
entries were cut into batches. Whoever calls bounds the time: a COPY on a dead connection waits for
ever.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from domain.aggregate import Entry
from domain.corrections import effective, replaces
from infra.failpoint import reach
from ledger.migration import program_version
from projections.catalogue import READ_MODELS
from projections.read_model import MAX_POSITION, SCHEMA, VERSION, ReadModel, Values
from projections.snapshot import OtherVersionServes, serving

ReadStreams = Callable[[Sequence[str], int], Awaitable[dict[str, list[Entry]]]]
"""All entries of the named streams up to a position, in version order."""

Record = tuple[Any, ...]
"""A row as it is stored: ledger, stream, known_from, known_to, n, then its values."""
_VALUES = 5
"""Where the values of a record begin."""
Adds = dict[str, dict[int, list[Record]]]
"""Read model → position → the rows that the entry adds by itself."""

CHECKPOINT = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS {SCHEMA}.checkpoint (
    ledger text NOT NULL,
    read_model text NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (ledger, read_model)
)"""
SERVE = "INSERT INTO read.serving (version, program) VALUES ($1, $2) ON CONFLICT DO NOTHING"


@dataclass(slots=True)
class _Row:
    """A row as it will stand: its values, who made it, who ended it."""

    values: Values
    known_from: int
    n: int
    known_to: int = MAX_POSITION
    stored: bool = False


@dataclass(slots=True)
class _Changes:
    """What a batch writes of one read model: rows of streams that only grow, and of others."""

    added: list[Record] = field(default_factory=list)
    made: list[tuple[str, _Row]] = field(default_factory=list)
    ended: list[_Row] = field(default_factory=list)


async def create_tables(
    connection: asyncpg.Connection, models: Sequence[ReadModel] = READ_MODELS
) -> None:
    """Create the tables of this version that do not exist yet, unless another version serves."""
    if await serving(connection) not in (None, VERSION) or not await _missing(connection, models):
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(4451021)")
        await connection.execute(CHECKPOINT)
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
    read_streams: ReadStreams,
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
            await write_rows(connection, ledger, new, read_streams, behind, adds)
        reach("projector.rows-written")
        await connection.execute(
            f"UPDATE {SCHEMA}.checkpoint SET position = $2"
            " WHERE ledger = $1 AND position < $2 AND read_model = ANY($3)",
            ledger,
            end,
            [model.name for model in models],
        )
        reach("projector.position-moved")


async def write_rows(
    connection: asyncpg.Connection,
    ledger: str,
    entries: Sequence[Entry],
    read_streams: ReadStreams,
    models: Sequence[ReadModel],
    adds: Adds | None = None,
) -> None:
    """Write what entries make of the read models' rows; the position is the caller's to move."""
    if adds is None:
        adds = work_out(ledger, entries, models)
    by_type: dict[str, list[Entry]] = {}
    for entry in entries:
        by_type.setdefault(entry.type, []).append(entry)
    for model in models:
        mine = [by_type[name] for name in model.types if name in by_type]
        if mine:
            made = adds[model.name]
            await _project_one(connection, ledger, model, _merged(mine), made, read_streams)


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


async def _project_one(
    connection: asyncpg.Connection,
    ledger: str,
    model: ReadModel,
    entries: Sequence[Entry],
    adds: dict[int, list[Record]],
    read_streams: ReadStreams,
) -> None:
    folding = model.folding
    whole = {e.originator_id for e in entries if e.type in folding or replaces(e)}
    if whole and not folding:
        histories = await read_streams(list(whole), entries[-1].position)
        made = [entry.position for history in histories.values() for entry in history]
        current = await _current(connection, ledger, model, whole, "known_from", made)
    else:
        current = await _current(connection, ledger, model, whole, "stream", list(whole))
    changes = _Changes()
    for entry in entries:
        stream = entry.originator_id
        if stream not in whole:
            changes.added += adds[entry.position]
        elif replaces(entry):
            history = (await read_streams([stream], entry.position))[stream]
            standing = model.fold_stream(effective(history))
            _change(changes, current[stream], entry, standing)
        elif entry.type in folding:
            live = current[stream]
            _change(changes, live, entry, model.turned([row.values for row in live], entry))
        else:
            for n, record in enumerate(adds[entry.position]):
                row = _Row(model.row._make(record[_VALUES:]), entry.position, n)
                changes.made.append((stream, row))
                current[stream].append(row)
    await _write(connection, ledger, model, changes)


async def _current(
    connection: asyncpg.Connection,
    ledger: str,
    model: ReadModel,
    streams: Iterable[str],
    column: str,
    sought: Sequence[Any],
) -> dict[str, list[_Row]]:
    """The rows now known of these streams, in the order they were made: sought by a column."""
    found: dict[str, list[_Row]] = {stream: [] for stream in streams}
    if found:
        columns = ", ".join(model.columns)
        for record in await connection.fetch(
            f"SELECT stream, known_from, n, {columns} FROM {model.table}"
            f" WHERE ledger = $1 AND {column} = ANY($2) AND known_to = $3 ORDER BY known_from, n",
            ledger,
            sought,
            MAX_POSITION,
        ):
            values = model.row._make(tuple(record)[3:])
            found[record[0]].append(_Row(values, record[1], record[2], stored=True))
    return found


def _change(changes: _Changes, live: list[_Row], entry: Entry, rows: Sequence[Values]) -> None:
    """Turn the live rows of a stream into `rows`: equal ones stay, others end, new ones begin."""
    left = list(rows)
    for row in list(live):
        if row.values in left:
            left.remove(row.values)
        else:
            row.known_to = entry.position
            live.remove(row)
            if row.stored:
                changes.ended.append(row)
    for n, values in enumerate(left):
        made = _Row(values, entry.position, n)
        live.append(made)
        changes.made.append((entry.stream, made))


async def _write(
    connection: asyncpg.Connection, ledger: str, model: ReadModel, changes: _Changes
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
