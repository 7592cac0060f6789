"""Findings in rebuilt read models: worked out, and compared with those that stand beside the live.

They are worked out to where the new tables are when they begin; what is folded at the switch is
for whoever works findings out after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import asyncpg

from ledger import store
from projections import checkpoint
from projections.findings import COLUMNS, HERE, Place
from projections.read_model import MAX_POSITION
from rules import working
from upkeep.rebuild import tables


class Compared(NamedTuple):
    """The findings of a rule in a ledger, compared as they were known up to a position."""

    rule: str
    ledger: str
    position: int
    rows: int
    missing: int
    """Only beside the live tables."""
    extra: int
    """Only beside the new ones."""

    @property
    def differences(self) -> int:
        """How many rows differ."""
        return self.missing + self.extra


async def work_out(
    connection: asyncpg.Connection, progress: Callable[[int], None] = lambda _: None
) -> None:
    """What rules find in the new tables of all ledgers."""
    for ledger in await store.all_ledgers(connection):
        place = tables.FINDINGS
        await working.catch_up(connection, ledger.name, place=place, progress=progress)


async def compare(connection: asyncpg.Connection) -> list[Compared]:
    """Each rule of each ledger, as far as both are worked out; none in an older version."""
    if not await connection.fetchval("SELECT to_regclass($1)", HERE.table):
        return []
    found: list[Compared] = []
    for ledger in await store.all_ledgers(connection):
        live = await checkpoint.stands(connection, ledger.name, checkpoints=HERE.worked)
        new = await checkpoint.stands(connection, ledger.name, checkpoints=tables.FINDINGS.worked)
        for rule in sorted(live.keys() & new.keys()):
            to = min(live[rule].position, new[rule].position)
            row = await connection.fetchrow(_COMPARE, ledger.name, rule, to)
            found.append(Compared(rule, ledger.name, to, *row))
    return found


def _rows(place: Place) -> str:
    """The findings of rule $2 as they were known at position $3."""
    ended = f"CASE WHEN known_to > $3 THEN {MAX_POSITION} ELSE known_to END AS known_to"
    columns = ", ".join(ended if name == "known_to" else name for name in COLUMNS)
    return (
        f"SELECT {columns} FROM {place.table} WHERE ledger = $1 AND rule = $2 AND known_from <= $3"
    )


_LIVE, _NEW = _rows(HERE), _rows(tables.FINDINGS)
_COMPARE = (
    f"SELECT (SELECT count(*) FROM ({_NEW}) AS n),"
    f" (SELECT count(*) FROM ({_LIVE} EXCEPT ALL {_NEW}) AS missing),"
    f" (SELECT count(*) FROM ({_NEW} EXCEPT ALL {_LIVE}) AS extra)"
)
