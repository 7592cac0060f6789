"""When a year's report was published, and what staff wrote for it: read from the ledger itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import asyncpg

from projections.read_model import MAX_POSITION
from projections.snapshot import known_at, snapshot
from reports.figure import Moment

_PUBLICATIONS = "SELECT year, known_from, known_to FROM report_publication WHERE ledger = $1"
_SECTIONS = known_at("SELECT section, text FROM report_section WHERE {known} AND year = $3")


@dataclass(frozen=True, slots=True)
class Publication:
    """A published report: its year, and the moment it speaks of (发布时的口径)."""

    year: int
    moment: Moment


async def published(connection: asyncpg.Connection, ledger: str) -> list[Publication]:
    """All published reports of a ledger, the latest year first; asked in a snapshot.

    What was known at publication is what stood in the ledger at the position of the
    `report-published` entry.
    """
    rows: dict[int, dict[int, int]] = defaultdict(dict)
    for year, known_from, known_to in await connection.fetch(_PUBLICATIONS, ledger):
        rows[year][known_to] = known_from
    return [
        Publication(
            year,
            Moment(ledger, date(year, 1, 1), date(year, 12, 31), _position(rows[year])),
        )
        for year in sorted(rows, reverse=True)
        if MAX_POSITION in rows[year]
    ]


def _position(began: dict[int, int]) -> int:
    """Where the publication that stands was recorded; `began` maps known_to to known_from.

    A correction (更正) of its time or path ends one row and begins the next at the same position,
    and is not another publication.
    """
    position = began[MAX_POSITION]
    while position in began:
        position = began[position]
    return position


async def find(connection: asyncpg.Connection, ledger: str, year: int) -> Publication | None:
    """The published report of a year."""
    async with snapshot(connection):
        found = await published(connection, ledger)
    return next((p for p in found if p.year == year), None)


async def sections(connection: asyncpg.Connection, moment: Moment) -> dict[str, str]:
    """Section code → what staff wrote for it, as known at the moment."""
    async with snapshot(connection):
        rows = await connection.fetch(_SECTIONS, moment.ledger, moment.at, moment.start.year)
    return {row[0]: row[1] for row in rows}
