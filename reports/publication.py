"""Which reports were published, and what staff wrote for them: read from the ledger itself.

A report that nobody signed, whose year was not over, or that was told as published on a day to come
is in the record, with what is wrong with it; no page shows it as published. Of several publications
of a year that told last stands, and supersedes the others; a correction changes what a publication
says, never its place among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import asyncpg

from ledger import evidence
from projections.read_model import MAX_POSITION
from projections.snapshot import known_at, snapshot
from reports.moment import Moment
from reports.shown import local

_PUBLICATIONS = (
    "SELECT year, known_from, known_to, published_at FROM report_publication WHERE ledger = $1"
)
_SIGNATURES = (
    "SELECT year, min(signed_on) AS signed_on FROM report_signature"
    f" WHERE ledger = $1 AND known_to = {MAX_POSITION} GROUP BY year"
)
READS = frozenset(("report_section",))
"""What the sections are read from."""
_SECTIONS = known_at("SELECT section, text FROM report_section WHERE {known} AND year = $3")

UNSIGNED = "尚未签发即发布"
YEAR_NOT_OVER = "年度未结束即发布"
TO_COME = "发布日期在记入之后"


@dataclass(frozen=True, slots=True)
class Publication:
    """A published report: its year, and the moment it speaks of (发布时的口径).

    What was known at publication is what stood in the ledger at the position of the
    `report-published` entry.
    """

    year: int
    moment: Moment
    published_at: str
    """When, as it was first told: ISO text at 中国标准时间."""


class Unfit(NamedTuple):
    """What is told as a publication and cannot be one: year, position and time of it, and why."""

    year: int
    position: int
    published_at: str
    why: str


async def published(connection: asyncpg.Connection, ledger: str) -> list[Publication]:
    """All published reports of a ledger, the latest year first; asked in a snapshot.

    Of a year the one that stands comes first, then those it superseded, the latest first.
    """
    return [item for item in await _told(connection, ledger) if isinstance(item, Publication)]


async def unfit(connection: asyncpg.Connection, ledger: str) -> list[Unfit]:
    """What is told as published and is not, in the same order; asked in a snapshot."""
    return [item for item in await _told(connection, ledger) if isinstance(item, Unfit)]


async def find(connection: asyncpg.Connection, ledger: str, year: int) -> Publication | None:
    """The published report of a year that stands."""
    async with snapshot(connection):
        return of_year(await published(connection, ledger), year)


def of_year(publications: Sequence[Publication], year: int) -> Publication | None:
    """The one of a year that stands."""
    return next((item for item in publications if item.year == year), None)


async def _told(connection: asyncpg.Connection, ledger: str) -> list[Publication | Unfit]:
    rows = await connection.fetch(_PUBLICATIONS, ledger)
    signed = dict(map(tuple, await connection.fetch(_SIGNATURES, ledger)))
    first_told = {row["known_from"]: row["published_at"] for row in rows}
    standing = {row["known_from"]: row for row in rows if row["known_to"] == MAX_POSITION}
    found: list[Publication | Unfit] = []
    by_root = {
        told.root: (standing[told.position], told.recorded_at)
        for told in await evidence.told(connection, ledger, list(standing))
    }
    for root, (row, recorded_at) in sorted(by_root.items(), reverse=True):
        year, why = row["year"], "、".join(_faults(row, signed.get(row["year"]), recorded_at))
        at = first_told.get(root, row["published_at"])
        moment = Moment(ledger, date(year, 1, 1), date(year, 12, 31), root)
        found.append(Unfit(year, root, at, why) if why else Publication(year, moment, at))
    return sorted(found, key=lambda item: -item.year)


def _faults(row: asyncpg.Record, signed_on: date | None, recorded_at: datetime) -> Iterator[str]:
    """What keeps it from being a publication; it speaks for itself at the day it was recorded."""
    day = date.fromisoformat(row["published_at"][:10])
    if signed_on is None or signed_on > day:
        yield UNSIGNED
    if day.year <= row["year"]:
        yield YEAR_NOT_OVER
    if day > local(recorded_at).date():
        yield TO_COME


async def sections(connection: asyncpg.Connection, moment: Moment) -> dict[str, str]:
    """Section code → what staff wrote for it, as known at the moment."""
    async with snapshot(connection):
        rows = await connection.fetch(_SECTIONS, moment.ledger, moment.at, moment.start.year)
    return {row[0]: row[1] for row in rows}
