"""What the checker of prose says of our own documents."""

from __future__ import annotations

import asyncpg

from domain.bureau.bureau import Bureau
from reports import drafting, plans
from reports.moment import resolve
from reports.prose import check, known_of
from reports.prose.documents import lines_of


async def said_of(
    connection: asyncpg.Connection, bureau: Bureau, name: str, period: str, *, merged: bool = False
) -> list[str]:
    """Remarks on the document of a plan for a period, as anybody has them of its file."""
    plan = plans.of(bureau)[name]
    moment = await resolve(connection, bureau.division, period)
    document = await drafting.document(connection, plan, bureau, moment, merged=merged)
    figures, statements = known_of(document)
    paragraphs = [line.text for line in lines_of(document)]
    assert len(paragraphs) > 3
    return [
        f"{one}: {paragraphs[one.paragraph - 1]}"
        for one in check(paragraphs, bureau=bureau, figures=figures, statements=statements)
    ]
