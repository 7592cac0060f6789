"""What figures and statements would say if rebuilt read models took the place of the live ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from projections.read_model import ReadModel
from projections.snapshot import snapshot
from reports import definitions, evaluate, reads
from reports.moment import Moment
from reports.shown import written, written_exact
from upkeep.rebuild.tables import NEXT


@dataclass(frozen=True, slots=True)
class Change:
    """A figure, unrounded, or a statement (是 or 否), that would be another one."""

    id: str
    name: str
    live: str
    rebuilt: str


async def changes(
    connection: asyncpg.Connection,
    moment: Moment,
    differing: Collection[ReadModel],
) -> list[Change]:
    """The figures, then the statements, that would change; only what reads `differing` is asked."""
    names = {model.name for model in differing}
    known = await definitions.at(connection, moment)
    figures = [item for item in known.figures.values() if names & reads.of_figure(item)]
    statements = [item for item in known.statements.values() if names & reads.of_statement(item)]
    said = []
    for first_schema in ("", NEXT):
        async with snapshot(connection, first_schema):
            said.append(
                [
                    *map(_figure, await evaluate.figures(connection, moment, figures)),
                    *map(_statement, await evaluate.statements(connection, moment, statements)),
                ]
            )
    return [
        Change(item_id, name, was, now)
        for (item_id, name, was), (_, _, now) in zip(*said, strict=True)
        if was != now
    ]


def _figure(value: evaluate.FigureValue) -> tuple[str, str, str]:
    beside = f" ({value.beside})" if value.beside else ""
    figure = value.figure
    return figure.id, figure.name, written_exact(figure, value.exact) + beside


def _statement(value: evaluate.StatementValue) -> tuple[str, str, str]:
    return value.statement.id, value.statement.name, written(value.holds)


async def years(connection: asyncpg.Connection, ledger: str) -> list[int]:
    """The years in which money was paid, as the live table has it: those have figures."""
    async with snapshot(connection):
        rows = await connection.fetch(
            "SELECT extract(year FROM paid_on)::int FROM payment WHERE ledger = $1"
            " GROUP BY 1 ORDER BY 1",
            ledger,
        )
    return [row[0] for row in rows]
