"""Working figures and statements out, at one moment, in one snapshot of the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from projections.snapshot import snapshot
from reports.catalogue import FIGURES, STATEMENTS
from reports.figure import Exact, Figure, Moment, Statement, Value, expand

TAKE = {
    "sum": "coalesce(sum(contribution), 0)",
    "max": "max(contribution)",
    "min": "min(contribution)",
    "one": "CASE WHEN count(DISTINCT contribution) = 1 THEN min(contribution) END",
    "all": "CASE WHEN count(*) > 0 THEN bool_and(contribution) END",
}


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure at a moment: as printed, and exact (money in 分)."""

    figure: Figure
    moment: Moment
    value: Value
    exact: Exact
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class StatementValue:
    """A statement at a moment, with its conditions (ok, what, position or None)."""

    statement: Statement
    moment: Moment
    holds: bool
    conditions: tuple[tuple[bool, str, int | None], ...]


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


async def _exacts(
    connection: asyncpg.Connection, moment: Moment, ids: Iterable[str]
) -> dict[str, Exact]:
    exacts: dict[str, Exact] = {}
    for figure_id in _needed(ids):
        figure = FIGURES[figure_id]
        if figure.derive is not None:
            exacts[figure_id] = figure.derive(exacts)
        else:
            sql = f"SELECT {TAKE[figure.take]} FROM ({expand(figure.rows)}) AS rows"
            found = await connection.fetchval(all_parameters(sql), *moment.parameters)
            is_count = figure.take == "sum" and found is not None
            exacts[figure_id] = int(found) if is_count else found
    return exacts


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
    async with snapshot(connection):
        exacts = await _exacts(connection, moment, wanted)
        made: list[FigureValue] = []
        for figure_id in wanted:
            figure = FIGURES[figure_id]
            beside = None
            if figure.beside:
                sql = all_parameters(expand(figure.beside))
                beside = await connection.fetchval(sql, *moment.parameters)
            exact = exacts[figure_id]
            made.append(FigureValue(figure, moment, figure.shown(exact), exact, beside))
        return made


async def statements(
    connection: asyncpg.Connection, moment: Moment, ids: Sequence[str] | None = None
) -> list[StatementValue]:
    """The statements (all when `ids` is None) at a moment, in one read-only snapshot."""
    wanted = list(STATEMENTS) if ids is None else list(ids)
    async with snapshot(connection):
        exacts = await _exacts(connection, moment, {u for s in wanted for u in STATEMENTS[s].uses})
        made: list[StatementValue] = []
        for statement_id in wanted:
            statement = STATEMENTS[statement_id]
            conditions: list[tuple[bool, str, int | None]] = []
            if statement.derive is not None:
                conditions += [(ok, what, None) for ok, what in statement.derive(exacts)]
            if statement.rows:
                sql = f"SELECT ok, what, position FROM ({expand(statement.rows)}) AS rows"
                for row in await connection.fetch(all_parameters(sql), *moment.parameters):
                    conditions.append((bool(row[0]), str(row[1]), row[2]))
            holds = bool(conditions) and all(ok for ok, _, _ in conditions)
            made.append(StatementValue(statement, moment, holds, tuple(conditions)))
        return made


async def contributing_rows(
    connection: asyncpg.Connection, moment: Moment, figure: Figure
) -> list[dict[str, Any]]:
    """The rows behind a figure, by position; a derived figure has those of the figures it uses."""
    if figure.derive is not None:
        rows: list[dict[str, Any]] = []
        for used in figure.uses:
            rows += await contributing_rows(connection, moment, FIGURES[used])
        return rows
    sql = f"SELECT * FROM ({expand(figure.rows)}) AS rows ORDER BY position"
    return [dict(r) for r in await connection.fetch(all_parameters(sql), *moment.parameters)]
