"""The figures and statements of a bureau: what its annual plan defines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import asyncpg

from domain.bureau.bureau import Bureau
from ledger import adopted
from reports import plans
from reports.measure import Figure, Statement
from reports.moment import Moment


class Definitions(NamedTuple):
    """Figures and statements by id, in order."""

    figures: Mapping[str, Figure]
    statements: Mapping[str, Statement]


def of(bureau: Bureau) -> Definitions:
    """Those of a bureau's annual plan; a bureau without one has none."""
    plan = plans.of(bureau).get(plans.ANNUAL)
    if plan is None:
        return Definitions({}, {})
    figures = {key: item.figure for key, item in plan.figures.items()}
    return Definitions(
        {key: figure for key, figure in figures.items() if figure is not None}, plan.statements
    )


async def at(connection: asyncpg.Connection, moment: Moment) -> Definitions:
    """Those of the plan that the ledger had adopted at a moment."""
    return of(await adopted.at(connection, moment.ledger, moment.at))
