"""Which annual reports were published, and what staff wrote for them: read from the ledger itself.

A report is published where a release of the annual plan says what it said (reports.release): a
`report-published` without one is in the record, and no page shows it as published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import asyncpg

from projections.read_model import MAX_POSITION
from projections.snapshot import known_at, snapshot
from reports import release
from reports.moment import Moment
from reports.release import ANNUAL, Release

_TOLD = (
    "SELECT year, known_from, published_at FROM report_publication"
    f" WHERE ledger = $1 AND known_to = {MAX_POSITION} ORDER BY known_from DESC"
)
READS = frozenset(("report_section",))
"""What the sections are read from."""
_SECTIONS = known_at("SELECT section, text FROM report_section WHERE {known} AND year = $3")

NO_VALUES = "没有发布内容，须执行 mingjian publish"


@dataclass(frozen=True, slots=True)
class Publication:
    """A published report: its year, and the moment it speaks of (发布时的口径)."""

    year: int
    moment: Moment
    published_at: str
    """When, as it was told: ISO text at 中国标准时间."""
    release: Release
    """What it said."""


class Unfit(NamedTuple):
    """What is told as a publication and cannot be one: year, position and time of it, and why."""

    year: int
    position: int
    published_at: str
    why: str


def publications(releases: Iterable[Release]) -> list[Publication]:
    """The published reports among the releases of a ledger, the latest year first.

    Of a year the one that stands comes first, then those it superseded, the latest first.
    """
    found = [item for item in releases if is_annual(item) and item.audience == "public"]
    found.sort(key=lambda item: (item.period, item.edition), reverse=True)
    return [Publication(int(item.period), item.moment, item.published_at, item) for item in found]


def is_annual(item: Release | release.Unfit) -> bool:
    """Whether it is of the annual report of a year."""
    return item.plan == ANNUAL and item.period.isdecimal()


async def published(connection: asyncpg.Connection, ledger: str) -> list[Publication]:
    """All published reports of a ledger; asked in a snapshot."""
    return publications(await release.released(connection, ledger))


async def unfit(connection: asyncpg.Connection, ledger: str) -> list[Unfit]:
    """What is told as published and is not, the latest first; asked in a snapshot."""
    wrong = [
        Unfit(int(item.period), item.position, item.published_at, item.why)
        for item in await release.unfit(connection, ledger)
        if is_annual(item)
    ]
    years = {item.year for item in wrong}
    years |= {item.year for item in await published(connection, ledger)}
    for year, position, at in await connection.fetch(_TOLD, ledger):
        if year not in years:
            wrong.append(Unfit(year, position, at, NO_VALUES))
    return sorted(wrong, key=lambda item: (item.year, item.position), reverse=True)


async def find(connection: asyncpg.Connection, ledger: str, year: int) -> Publication | None:
    """The published report of a year that stands."""
    async with snapshot(connection):
        return of_year(await published(connection, ledger), year)


def of_year(publications: Sequence[Publication], year: int) -> Publication | None:
    """The one of a year that stands."""
    return next((item for item in publications if item.year == year), None)


async def sections(connection: asyncpg.Connection, moment: Moment) -> dict[str, str]:
    """Section code → what staff wrote for it, as known at the moment."""
    async with snapshot(connection):
        rows = await connection.fetch(_SECTIONS, moment.ledger, moment.at, moment.start.year)
    return {row[0]: row[1] for row in rows}
