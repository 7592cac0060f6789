"""Working figures and statements out, at one moment, in one snapshot of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import asyncpg

from projections.read_model import VERSION
from projections.snapshot import known_at, reached, serving, snapshot
from reports import reads
from reports.catalogue import FIGURES, STATEMENTS
from reports.figure import Exact, Figure, Statement, Value
from reports.lacks import Lacks, answerable, parted
from reports.moment import Moment, Unanswerable

TAKE = {
    "sum": "coalesce(sum(contribution), 0)",
    "max": "max(contribution)",
    "min": "min(contribution)",
    "one": "CASE WHEN count(DISTINCT contribution) = 1 THEN min(contribution) END",
    "all": "CASE WHEN count(*) > 0 THEN bool_and(contribution) END",
}

UNASKABLE = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.DatatypeMismatchError,
)
"""What PostgreSQL says of a query that names what older read models have not got."""
UNANSWERED = "旧版读模型答不出：执行 mingjian rebuild / older read models cannot tell: rebuild"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure at a moment: as printed, and exact (money in 分)."""

    figure: Figure
    moment: Moment
    value: Value
    exact: Exact
    beside: str | None = None
    lacks: Lacks = field(default_factory=Lacks)


@dataclass(frozen=True, slots=True)
class StatementValue:
    """A statement at a moment, with its conditions (ok, what, position or None)."""

    statement: Statement
    moment: Moment
    """No later than the one asked about, nor than any read model that it reads; so of figures."""
    holds: bool
    conditions: tuple[tuple[bool, str, int | None], ...]
    lacks: Lacks = field(default_factory=Lacks)


def _needed(ids: Iterable[str]) -> list[str]:
    """Ids with those that derived figures read, each after what it uses."""
    order: list[str] = []

    def visit(figure_id: str) -> None:
        if figure_id not in order:
            for used in FIGURES[figure_id].uses:
                visit(used)
            order.append(figure_id)

    for figure_id in ids:
        visit(figure_id)
    return order


class _NotAsked(Exception):
    """The read models that serve are of an older version, and lack what the query names."""


@dataclass(slots=True)
class _Asking:
    """Queries at one moment; `careful` ones end each by itself where tables or columns lack."""

    connection: asyncpg.Connection
    moment: Moment
    careful: bool = False
    unanswered: set[str] = field(default_factory=set)
    """Figures that could not be asked."""

    async def parted(
        self, reading: Mapping[str, Collection[str]]
    ) -> list[tuple[_Asking, Lacks, list[str]]]:
        """Those who read such read models, each at the moment up to which these answer."""
        stands = await reached(self.connection, self.moment.ledger)
        return [
            (replace(self, moment=then.moment), then.lacks, names)
            for then, names in parted(stands, self.moment, reading).items()
        ]

    async def rows(self, sql: str) -> list[Any]:
        sql = all_parameters(known_at(sql))
        if not self.careful:
            return list(await self.connection.fetch(sql, *self.moment.parameters))
        try:
            async with self.connection.transaction():
                return list(await self.connection.fetch(sql, *self.moment.parameters))
        except UNASKABLE:
            raise _NotAsked from None

    async def exacts(self, ids: Iterable[str]) -> dict[str, Exact]:
        exacts: dict[str, Exact] = {}
        for figure_id in _needed(ids):
            figure = FIGURES[figure_id]
            if not self.unanswered.isdisjoint(figure.uses):
                self.unanswered.add(figure_id)
                exacts[figure_id] = None
            elif figure.derive is not None:
                exacts[figure_id] = figure.derive(exacts)
            else:
                exacts[figure_id] = await self._exact(figure)
        return exacts

    async def _exact(self, figure: Figure) -> Exact:
        sql = f"SELECT {TAKE[figure.take]} FROM ({figure.rows}) AS rows"
        try:
            ((found,),) = await self.rows(sql)
        except _NotAsked:
            self.unanswered.add(figure.id)
            return None
        is_count = figure.take == "sum" and found is not None
        return int(found) if is_count else found

    async def beside(self, figure: Figure) -> str | None:
        if figure.id in self.unanswered:
            return UNANSWERED
        if not figure.beside:
            return None
        try:
            found = await self.rows(figure.beside)
        except _NotAsked:
            return UNANSWERED
        return found[0][0] if found else None


async def _asked(
    connection: asyncpg.Connection, moment: Moment, work: Callable[[_Asking], Awaitable[T]]
) -> T:
    """Work in one snapshot; what older read models cannot answer is told by name."""
    try:
        async with snapshot(connection):
            return await work(_Asking(connection, moment))
    except UNASKABLE:
        async with snapshot(connection):
            if await serving(connection) == VERSION:
                raise
            return await work(_Asking(connection, moment, careful=True))


def all_parameters(sql: str) -> str:
    """Name every parameter once, so that queries that need only some of them can be prepared."""
    return (
        f"WITH moment AS (SELECT $1::text AS ledger, $2::bigint AS at, $3::date AS start_on,"
        f" $4::date AS end_on) {sql}"
    )


async def figures(
    connection: asyncpg.Connection, moment: Moment, ids: Sequence[str] | None = None
) -> list[FigureValue]:
    """The figures (all when `ids` is None) at a moment, in one read-only snapshot."""
    wanted = list(FIGURES) if ids is None else list(ids)

    async def work(asking: _Asking) -> list[FigureValue]:
        made: dict[str, FigureValue] = {}
        reading = {name: reads.of_figure(FIGURES[name]) for name in wanted}
        for then, lacks, names in await asking.parted(reading):
            exacts = await then.exacts(names)
            for name in names:
                figure, exact = FIGURES[name], exacts[name]
                shown, beside = figure.shown(exact), await then.beside(figure)
                made[name] = FigureValue(figure, then.moment, shown, exact, beside, lacks)
        return [made[name] for name in wanted]

    return await _asked(connection, moment, work)


async def statements(
    connection: asyncpg.Connection, moment: Moment, ids: Sequence[str] | None = None
) -> list[StatementValue]:
    """The statements (all when `ids` is None) at a moment, in one read-only snapshot."""
    wanted = list(STATEMENTS if ids is None else ids)

    async def work(asking: _Asking) -> list[StatementValue]:
        made: dict[str, StatementValue] = {}
        reading = {name: reads.of_statement(STATEMENTS[name]) for name in wanted}
        for then, lacks, names in await asking.parted(reading):
            exacts = await then.exacts({used for name in names for used in STATEMENTS[name].uses})
            for name in names:
                item = STATEMENTS[name]
                conditions = tuple(await _conditions(then, item, exacts))
                holds = bool(conditions) and all(ok for ok, _, _ in conditions)
                made[name] = StatementValue(item, then.moment, holds, conditions, lacks)
        return [made[name] for name in wanted]

    return await _asked(connection, moment, work)


async def _conditions(
    asking: _Asking, item: Statement, exacts: Mapping[str, Exact]
) -> list[tuple[bool, str, int | None]]:
    conditions: list[tuple[bool, str, int | None]] = []
    if not asking.unanswered.isdisjoint(item.uses):
        return [(False, UNANSWERED, None)]
    if item.derive is not None:
        conditions += [(ok, what, None) for ok, what in item.derive(exacts)]
    if item.rows:
        try:
            found = await asking.rows(
                f"SELECT ok, what, position FROM ({item.rows}) AS rows"
                ' ORDER BY position, what COLLATE "C", ok'
            )
        except _NotAsked:
            return [(False, UNANSWERED, None)]
        conditions += [(bool(row[0]), str(row[1]), row[2]) for row in found]
    return conditions


async def contributing_rows(
    connection: asyncpg.Connection, moment: Moment, figure: Figure
) -> list[dict[str, Any]]:
    """The rows behind a figure, by position; a derived figure has those of the figures it uses."""
    if figure.derive is not None:
        rows: list[dict[str, Any]] = []
        for used in figure.uses:
            rows += await contributing_rows(connection, moment, FIGURES[used])
        return rows
    sql = f"SELECT * FROM ({known_at(figure.rows)}) AS rows ORDER BY position"
    try:
        async with snapshot(connection):
            moment, _ = await answerable(connection, moment, reads.of_figure(figure))
            found = await connection.fetch(all_parameters(sql), *moment.parameters)
    except UNASKABLE:
        if await serving(connection) == VERSION:
            raise
        raise Unanswerable(f"{figure.id} {figure.name}：{UNANSWERED}") from None
    return [dict(row) for row in found]
