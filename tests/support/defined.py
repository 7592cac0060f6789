"""The figures and statements of the sample bureau, asked for by their ids."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg

from reports import definitions, evaluate
from reports.evaluate import FigureValue, StatementValue
from reports.moment import Moment
from tests.support.bureau import SAMPLE

FIGURES, STATEMENTS = definitions.of(SAMPLE)


async def figures(
    connection: asyncpg.Connection, moment: Moment, ids: Iterable[str] | None = None
) -> list[FigureValue]:
    """Figures (all without ids) at a moment."""
    wanted = [FIGURES[name] for name in (FIGURES if ids is None else ids)]
    return await evaluate.figures(connection, moment, wanted)


async def statements(
    connection: asyncpg.Connection, moment: Moment, ids: Iterable[str] | None = None
) -> list[StatementValue]:
    """Statements (all without ids) at a moment."""
    wanted = [STATEMENTS[name] for name in (STATEMENTS if ids is None else ids)]
    return await evaluate.statements(connection, moment, wanted)
