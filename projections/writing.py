"""Writing what entries make of the rows of read models; how far those are is the caller's to say.

Whoever calls bounds the time: a COPY on a dead connection waits for ever.
"""

from __future__ import annotations

import asyncio
import itertools
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from domain.aggregate import Entry
from domain.corrections import replaces
from infra.failpoint import reach
from ledger import history
from projections.decoding import Adds, work_out
from projections.folding import NONE, Changes, Record, Row, Stream, Thread
from projections.read_model import MAX_POSITION, ReadModel

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


async def write_rows(
    connection: asyncpg.Connection,
    ledger: str,
    entries: Sequence[Entry],
    models: Sequence[ReadModel],
    adds: Adds | None = None,
    without: Collection[int] = NONE,
) -> dict[str, int]:
    """Write what entries make of the rows of read models, leaving out those at some positions.

    `adds` is what they add by themselves, where that was worked out before. Returns, for each read
    model, the last position that changed its rows; 0 = none did.
    """
    if adds is None:
        adds = work_out(ledger, [e for e in entries if e.position not in without], models)
    by_type: dict[str, list[Entry]] = {}
    for entry in entries:
        by_type.setdefault(entry.type, []).append(entry)
    before = await _before(connection, ledger, entries, by_type, models, without)
    changed = dict.fromkeys((model.name for model in models), 0)
    for model in models:
        mine = [by_type[name] for name in model.types if name in by_type]
        if mine:
            made = adds[model.name]
            changes = await _fold(connection, ledger, model, _merged(mine), made, before, without)
            changed[model.name] = changes.last
            await _write(connection, ledger, model, changes)
    return changed


async def _before(
    connection: asyncpg.Connection,
    ledger: str,
    entries: Sequence[Entry],
    by_type: Mapping[str, Sequence[Entry]],
    models: Sequence[ReadModel],
    without: Collection[int],
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
        streams = list(began)
        decisions = await history.read_decisions(connection, ledger, streams, folding, to, without)
    if corrections:
        roots = await history.find_roots(connection, ledger, corrections)
        if lost := set(corrections) - roots.keys():
            raise LookupError(f"nothing says what is corrected at {sorted(lost)}")
        facts = set(roots.values())
        threads = await history.read_threads(connection, ledger, facts, to, without)
    return _Before(decisions, roots, threads)


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
    without: Collection[int],
) -> Changes:
    """What entries of its types, in position order, make of a read model."""
    changes = Changes()
    folding = model.folding
    own = [e.position for e in entries if e.type not in folding] if before.roots else ()
    roots = {position: before.roots[position] for position in own if position in before.roots}
    corrected = set(roots.values())
    names = {e.originator_id for e in entries if e.type in folding} if folding else set()
    if not (names or corrected):
        made = (adds[e.position] for e in entries if e.position not in without)
        changes.added = [record for records in made for record in records]
        return changes
    streams = {name: Stream(model, before.decisions.get(name, ()), without) for name in names}
    threads = {root: Thread(model, before.threads.get(root, ()), without) for root in corrected}
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
            if entry.position not in without:
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
