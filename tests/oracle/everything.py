"""All that a ledger and its read models hold, to be compared with another that was told the same.

Chance is taken out while they are filled: all keys and nonces are zeros. So even sealed bytes, and
all hashes over them, must be equal.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest

from ledger.records import Record
from ledger.states import load as load_states
from projections import tail
from projections.read_model import MAX_POSITION, SCHEMA
from tests.support.engine import Rows
from tests.support.ledger import LEDGER, Bench, rolled_back

Tables = dict[str, Rows]

BOOKKEEPING = {
    "duplicate",
    "duplicates_of_day",
    "finding",
    "finding_checkpoint",
    "migration",
    "source_offset",
    "relayed",
    "stream_state",
}
"""When tables were made, how far services came; states, kept now and then: see `states`; and the
trace of what came twice, which is no part of the record (tests/ledger/test_mending.py).

What rules find is compared in tests/rules and tests/upkeep/test_rebuilt_findings.
"""


@asynccontextmanager
async def empty(url: str) -> AsyncIterator[Bench]:
    """An empty ledger in which nothing is left to chance."""
    async with rolled_back(url) as bench:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "urandom", bytes)
            yield bench


async def fill(bench: Bench, lines: Sequence[bytes], sizes: Iterable[int], fold: int) -> None:
    """Take the lines in batches of these sizes, and fold after every so many of them."""
    records = [Record(line, f"test:{number}") for number, line in enumerate(lines)]
    at = 0
    for number, size in enumerate(sizes):
        await bench.intake.take(bench.connection, records[at : at + size])
        at += size
        if number % fold == 0:
            await tail.catch_up(bench.connection, LEDGER)
    assert at >= len(lines)
    await tail.catch_up(bench.connection, LEDGER)


async def tables(connection: asyncpg.Connection) -> Tables:
    """Every row of every table, but for bookkeeping."""
    names = await connection.fetch(
        "SELECT nspname, relname, pg_class.oid FROM pg_class"
        " JOIN pg_namespace AS n ON n.oid = relnamespace"
        " WHERE relkind = 'r' AND nspname = ANY($1) AND relname <> ALL($2)",
        ["ledger", SCHEMA],
        sorted(BOOKKEEPING),
    )
    found: Tables = {}
    for schema, name, _ in names:
        rows = await connection.fetch(f"SELECT * FROM {schema}.{name}")
        found[f"{schema}.{name}"] = sorted((tuple(row.items()) for row in rows), key=repr)
    return found


async def states(connection: asyncpg.Connection) -> Rows:
    """Streams, with their versions and their states as they would be loaded now."""
    rows = await connection.fetch("SELECT DISTINCT stream FROM ledger.entry")
    loaded = await load_states(connection, LEDGER, sorted(row[0] for row in rows))
    return sorted((stream, each.version, each.state()) for stream, each in loaded.items())


def as_of(found: Tables, position: int) -> Tables:
    """The rows of the read models as they were when the ledger ended at a position."""
    then: Tables = {}
    for name, rows in found.items():
        if not name.startswith(SCHEMA) or name.endswith(".checkpoint"):
            continue
        kept = [dict(row) for row in rows if dict(row)["known_from"] <= position]
        for row in kept:
            if row["known_to"] > position:
                row["known_to"] = MAX_POSITION
        then[name] = sorted((tuple(row.items()) for row in kept), key=repr)
    return then


def differences(one: Mapping[str, Rows], other: Mapping[str, Rows]) -> list[str]:
    """Where two differ: the first few rows of either that the other has not."""
    assert one.keys() == other.keys()
    return [
        f"{name}: {_only(one[name], other[name])} against {_only(other[name], one[name])}"
        for name in one
        if one[name] != other[name]
    ]


def _only(rows: Rows, other: Rows) -> list[str]:
    left = Counter(map(repr, rows)) - Counter(map(repr, other))
    return sorted(left.elements())[:3]
