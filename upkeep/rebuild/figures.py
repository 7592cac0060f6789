"""What figures and statements would say if rebuilt read models took the place of the live ones."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import asyncpg

from projections.read_model import SCHEMA, ReadModel
from reports import evaluate
from reports.catalogue import FIGURES, STATEMENTS
from reports.figure import Moment
from reports.shown import written, written_exact
from upkeep.rebuild.tables import NEXT


@dataclass(frozen=True, slots=True)
class Change:
    """A figure, unrounded, or a statement (是 or 否), that would be another one."""

    id: str
    name: str
    live: str
    beside: str


class Beside:
    """A connection on which some read models are the ones built beside; only for reading."""

    def __init__(self, connection: asyncpg.Connection, models: Collection[ReadModel]) -> None:
        self._connection = connection
        names = "|".join(model.name for model in models)
        self._tables = re.compile(rf"\b{SCHEMA}\.({names})\b")

    async def fetch(self, sql: str, *parameters: Any) -> Any:
        """As a connection does it."""
        return await self._connection.fetch(self._turned(sql), *parameters)

    async def fetchval(self, sql: str, *parameters: Any) -> Any:
        """As a connection does it."""
        return await self._connection.fetchval(self._turned(sql), *parameters)

    def _turned(self, sql: str) -> str:
        return self._tables.sub(rf"{NEXT}.\1", sql)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


async def changes(
    connection: asyncpg.Connection,
    moment: Moment,
    built: Collection[ReadModel],
    differing: Collection[ReadModel],
) -> list[Change]:
    """The figures, then the statements, that would change; only what reads `differing` is asked."""
    names = "|".join(model.name for model in differing)
    tables = re.compile(rf"\b{SCHEMA}\.({names})\b")
    figures = [name for name in FIGURES if _reads(name, tables)]
    statements = [
        name
        for name, item in STATEMENTS.items()
        if tables.search(item.rows) or any(_reads(used, tables) for used in item.uses)
    ]
    said = [
        [
            *map(_figure, await evaluate.figures(where, moment, figures)),
            *map(_statement, await evaluate.statements(where, moment, statements)),
        ]
        for where in (connection, Beside(connection, built))
    ]
    return [
        Change(item_id, name, was, now)
        for (item_id, name, was), (_, _, now) in zip(*said, strict=True)
        if was != now
    ]


def _reads(figure_id: str, tables: re.Pattern[str]) -> bool:
    figure = FIGURES[figure_id]
    own = tables.search(figure.rows) or tables.search(figure.beside)
    return bool(own) or any(_reads(used, tables) for used in figure.uses)


def _figure(value: evaluate.FigureValue) -> tuple[str, str, str]:
    beside = f" ({value.beside})" if value.beside else ""
    figure = value.figure
    return figure.id, figure.name, written_exact(figure, value.exact) + beside


def _statement(value: evaluate.StatementValue) -> tuple[str, str, str]:
    return value.statement.id, value.statement.name, written(value.holds)


async def years(connection: asyncpg.Connection, ledger: str) -> list[int]:
    """The years in which money was paid, as the live table has it: those have figures."""
    rows = await connection.fetch(
        f"SELECT extract(year FROM paid_on)::int FROM {SCHEMA}.payment WHERE ledger = $1"
        " GROUP BY 1 ORDER BY 1",
        ledger,
    )
    return [row[0] for row in rows]
