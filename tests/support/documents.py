"""Documents of the sample bureau's plans, for tests."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg

from ledger import adopted
from reports import plans
from reports.document import Document, FigureRef, StatementRef
from reports.moment import Moment
from reports.plans import composing


async def build(
    connection: asyncpg.Connection,
    moment: Moment,
    plan: str = plans.ANNUAL,
    *,
    details: bool = False,
) -> Document:
    """What a plan of the ledger's bureau says at a moment."""
    bureau = await adopted.at(connection, moment.ledger, moment.at)
    return await composing.build(
        connection, plans.of(bureau)[plan], bureau, moment, details=details
    )


def figure_refs(document: Document) -> Mapping[str, FigureRef]:
    """The figures in its sentences, by id, as they are named first."""
    return {run.id: run for run in reversed([*document.figures()]) if run.id}


def claims(document: Document) -> Mapping[str, StatementRef]:
    """The claims in its sentences, by id."""
    return {
        run.id: run
        for section in document.sections
        for paragraph in section.paragraphs
        for run in paragraph.runs
        if isinstance(run, StatementRef)
    }
