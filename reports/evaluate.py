"""Working figures and statements out, at one moment, in one snapshot of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from projections.read_model import VERSION
from projections.snapshot import known_at, serving, snapshot
from reports import reads
from reports.lacks import Lacks, answerable
from reports.measure import Exact, Figure, Slice, Statement, Value
from reports.moment import Moment, Unanswerable
from reports.table import (
    UNANSWERED,
    UNASKABLE,
    Asking,
    NotAsked,
    all_parameters,
    answered,
)

NOTHING = "没有适用的事项"
"""What there is to say of a statement where nothing happened to which it applies."""


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
    holds: bool | None
    """None where nothing happened to which it applies."""
    conditions: tuple[tuple[bool, str, int | None], ...]
    lacks: Lacks = field(default_factory=Lacks)


async def figures(
    connection: asyncpg.Connection, moment: Moment, wanted: Sequence[Figure]
) -> list[FigureValue]:
    """Figures at a moment, in one read-only snapshot."""
    by_id = {figure.id: figure for figure in wanted}

    async def work(asking: Asking) -> list[FigureValue]:
        made: dict[str, FigureValue] = {}
        reading = {figure.id: reads.of_figure(figure) for figure in wanted}
        for then, lacks, names in await asking.parted(reading):
            for name in names:
                made[name] = await _figure(then, by_id[name], lacks)
        return [made[figure.id] for figure in wanted]

    return await answered(connection, moment, work)


async def _figure(asking: Asking, figure: Figure, lacks: Lacks) -> FigureValue:
    try:
        exact = await asking.exact(figure.slice)
        beside = figure.slice.beside and await asking.rows(figure.slice.beside)
    except NotAsked:
        return FigureValue(figure, asking.moment, None, None, UNANSWERED, lacks)
    value = figure.measure.shown(exact)
    said = beside[0][0] if beside else None
    return FigureValue(figure, asking.moment, value, exact, said, lacks)


async def statements(
    connection: asyncpg.Connection, moment: Moment, wanted: Sequence[Statement]
) -> list[StatementValue]:
    """Statements at a moment, in one read-only snapshot."""
    by_id = {statement.id: statement for statement in wanted}

    async def work(asking: Asking) -> list[StatementValue]:
        made: dict[str, StatementValue] = {}
        reading = {statement.id: reads.of_statement(statement) for statement in wanted}
        for then, lacks, names in await asking.parted(reading):
            for name in names:
                item = by_id[name]
                conditions = tuple(await _conditions(then, item))
                holds = all(ok for ok, _, _ in conditions) if conditions else None
                made[name] = StatementValue(item, then.moment, holds, conditions, lacks)
        return [made[statement.id] for statement in wanted]

    return await answered(connection, moment, work)


async def _conditions(asking: Asking, item: Statement) -> list[tuple[bool, str, int | None]]:
    conditions: list[tuple[bool, str, int | None]] = []
    try:
        if item.check.derive is not None:
            exacts: Mapping[str, Any] = {
                figure.id: await asking.exact(figure.slice) for figure in item.figures
            }
            conditions += [
                (ok, what, None) for ok, what in item.check.derive(item.parameters, exacts)
            ]
        if item.rows:
            found = await asking.rows(
                f"SELECT ok, what, position FROM ({item.rows}) AS rows"
                ' ORDER BY position, what COLLATE "C", ok'
            )
            conditions += [(bool(row[0]), str(row[1]), row[2]) for row in found]
    except NotAsked:
        return [(False, UNANSWERED, None)]
    return conditions


async def contributing_rows(
    connection: asyncpg.Connection, moment: Moment, figure: Figure
) -> list[dict[str, Any]]:
    """The rows behind a figure, by position; a derived one has those of what it is made of."""
    return await _behind(connection, moment, figure, figure.slice)


async def _behind(
    connection: asyncpg.Connection, moment: Moment, figure: Figure, part: Slice
) -> list[dict[str, Any]]:
    if part.measure.derive is not None:
        rows: list[dict[str, Any]] = []
        for used in part.parts:
            rows += await _behind(connection, moment, figure, used)
        return rows
    sql = f"SELECT * FROM ({known_at(part.rows)}) AS rows ORDER BY position"
    try:
        async with snapshot(connection):
            moment, _ = await answerable(connection, moment, reads.of_slice(part))
            found = await connection.fetch(all_parameters(sql), *moment.parameters)
    except UNASKABLE:
        if await serving(connection) == VERSION:
            raise
        raise Unanswerable(f"{figure.id} {figure.name}：{UNANSWERED}") from None
    return [dict(row) for row in found]
