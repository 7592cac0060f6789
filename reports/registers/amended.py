"""What public registers said and what was corrected of it since: row by row, column by column.

    $1 ledger   $2 position   $3 the day

A row ends in a read model when something new happens, too: only what an entry ended or made that
corrects another one is told here, and of that only columns that are public, of rows that are. What
registers put together of several read models follows from those, and is not told again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

import asyncpg

from ledger import evidence
from projections.read_model import ReadModel
from reports.moment import Moment
from reports.registers.model import DAY, Of
from reports.registers.register import Register, Shown
from reports.shown import local

SINCE = "何时起"


@dataclass(frozen=True, slots=True)
class Amended:
    """A column of a record of a register, as it was and as it was corrected."""

    register: Register
    record: str
    column: Shown | None
    """None = the day since when it holds."""
    before: Any
    after: Any
    kind: str
    """changed (更正) or revoked (撤销)."""
    recorded_on: date
    position: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Columns of a register that one read model tells, of one kind of rows."""

    register: Register
    columns: tuple[Shown, ...]
    record: str
    """The column of the read model that names the record."""

    @property
    def sql(self) -> str:
        public, of = self.columns[0].public, Of(self.register.bureau, DAY)
        values = ", ".join(
            f"{column.public.sql(column.column, 'r', of)} AS c_{column.name}"
            for column in self.columns
        )
        since = "NULL::date" if public.since is None else f"r.{public.since}"
        kind = self.columns[0].item or self.register.only
        only = "" if public.kinds is None else f" AND r.{public.kinds[0]} = '{kind}'"
        made, ended = evidence.corrects("r.known_from"), evidence.corrects("r.known_to")
        return (
            f"SELECT r.{self.record}::text AS record, {since} AS since, r.known_from, r.known_to,"
            f" {made} AS made, {ended} AS ended, {values} FROM {public.relation} AS r"
            f" WHERE r.ledger = $1 AND r.known_from <= $2 AND {public.begun('r')}{only}"
            f" AND ({made} OR (r.known_to <= $2 AND {ended}))"
            " ORDER BY r.known_from, r.n"
        )


async def amended(
    connection: asyncpg.Connection, registers: Iterable[Register], moment: Moment
) -> list[Amended]:
    """What was corrected up to a position, the latest first; asked in a snapshot."""
    found: list[tuple[_Part, int, str, Any, Any]] = []
    for part in _parts(registers):
        rows = await connection.fetch(part.sql, moment.ledger, moment.at, moment.end)
        found += [(part, *pair) for pair in _pairs(rows, moment.at)]
    told = {
        each.position: each
        for each in await evidence.corrections(
            connection, moment.ledger, sorted({position for _, position, *_ in found})
        )
    }
    made = [
        Amended(
            part.register,
            record,
            column,
            before,
            after,
            told[position].kind,
            local(told[position].recorded_at).date(),
            position,
        )
        for part, position, record, old, new in found
        for column, before, after in _differ(part, old, new)
    ]
    return sorted(made, key=lambda each: each.position, reverse=True)


def _parts(registers: Iterable[Register]) -> Iterator[_Part]:
    """Each public column of a read model once, in the first register that shows it.

    What may be shown between two days only is not told: a correction would bring it back.
    """
    seen: set[tuple[str, str, str]] = set()
    for register in (each for each in registers if each.public.only_while is None):
        alike: dict[tuple[str, str, str], list[Shown]] = defaultdict(list)
        for column in register.columns.values():
            record = _record(register, column)
            what = (column.model, column.column, column.item or register.only)
            if record and what not in seen and _is_plain(column):
                seen.add(what)
                alike[column.model, column.item, record].append(column)
        for (_, _, record), columns in alike.items():
            yield _Part(register, tuple(columns), record)


def _is_plain(column: Shown) -> bool:
    """Whether it is told by one read model alone, and stays public."""
    public = column.public
    alone = isinstance(public.model, ReadModel) and not public.rests_on(column.column)
    return alone and public.only_while is None


def _record(register: Register, column: Shown) -> str:
    """The column of the read model that names the register's record; empty where none does."""
    if not column.by:
        return register.key
    if register.key not in column.by:
        return ""
    return column.public.key[column.by.index(register.key)]


def _pairs(
    rows: Sequence[Mapping[str, Any]], at: int
) -> Iterator[tuple[int, str, Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Position of a correction, record, the row that it ended, the one that it made.

    Rows of one day belong together, then those that are left, in their order.
    """
    ended: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    made: dict[tuple[int, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["made"]:
            made[row["known_from"], row["record"]].append(row)
        if row["ended"] and row["known_to"] <= at:
            ended[row["known_to"], row["record"]].append(row)
    for key in dict.fromkeys((*ended, *made)):
        old, new = list(ended[key]), list(made[key])
        for row in list(old):
            same = next((other for other in new if other["since"] == row["since"]), None)
            if same is not None:
                old.remove(row)
                new.remove(same)
                yield (*key, row, same)
        for before, after in zip_longest(old, new):
            yield (*key, before, after)


def _differ(
    part: _Part, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Iterator[tuple[Shown | None, Any, Any]]:
    """The columns in which two rows differ; one of them may not be there."""
    for column in part.columns:
        if column.column == part.record:
            continue
        before = None if old is None else old[f"c_{column.name}"]
        after = None if new is None else new[f"c_{column.name}"]
        if before != after:
            yield column, before, after
    shown = {column.column for column in part.columns}
    since = part.columns[0].public.since
    if old is not None and new is not None and since not in shown and old["since"] != new["since"]:
        yield None, old["since"], new["since"]
