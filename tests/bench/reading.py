"""What a question costs on a ledger of a million entries with 50,000 corrections.

Each figure by itself, all figures, all statements, asked of a warm database as the pages and
commands ask: of the heavy year and of an ordinary one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

import asyncpg
from rich.console import Console

from infra import postgres
from ledger import files
from ledger.intake import Intake
from projections import opening, tail
from projections.snapshot import folded, snapshot
from reports.moment import Moment
from sample.office import default
from sample.year import build
from tests.bench import million
from tests.bench.place import Place
from tests.bench.work import expect
from tests.support import defined
from tests.support.defined import FIGURES

ORDINARY = 2023
TIMES = 5
"""Each question is asked so often after a first time that warms; the median counts."""
MARRIAGES = "F40"
"""A figure that no correction of a payment and no copy of a case touches."""


class Reading(NamedTuple):
    """Milliseconds of the questions, by year."""

    entries: int
    single: dict[int, dict[str, float]]
    figures: dict[int, float]
    statements: dict[int, float]

    def numbers(self) -> dict[str, float]:
        heavy, ordinary = million.HEAVY, min(self.figures)
        return {
            "figures_all_ms_1m": round(self.figures[heavy], 1),
            "statements_all_ms_1m": round(self.statements[heavy], 1),
            "figure_slowest_ms_1m": round(max(self.single[ordinary].values()), 1),
            "figure_slowest_ms_1m_heavy": round(max(self.single[heavy].values()), 1),
            "figures_entries": self.entries,
        }


async def measure(
    place: Place,
    name: str,
    years: Sequence[int] = million.YEARS,
    corrections: int = million.CORRECTIONS,
) -> Reading:
    """Make the ledger, then ask."""
    sample = build(million.SAMPLE)
    married = sum(of[MARRIAGES] for of in sample.truth.values())
    lines = million.lines(sample.feed.lines(), years, corrections=corrections)
    async with place.database(name) as url, postgres.connect(url) as connection:
        entries = await take(connection, place, name, lines)
        found = Reading(entries, {}, {}, {})
        for year in sorted({ORDINARY, million.HEAVY}.intersection(years)):
            async with snapshot(connection):
                at = await folded(connection, default().division)
            moment = Moment(default().division, date(year, 1, 1), date(year, 12, 31), at)
            (marriages,) = await defined.figures(connection, moment, [MARRIAGES])
            expect(f"marriages of {year}", marriages.exact, married)
            asked = connection, moment
            found.single[year] = {
                figure: await _ms(defined.figures, *asked, [figure]) for figure in FIGURES
            }
            found.figures[year] = await _ms(defined.figures, *asked)
            found.statements[year] = await _ms(defined.statements, *asked)
    return found


async def take(
    connection: asyncpg.Connection, place: Place, name: str, lines: Iterable[bytes]
) -> int:
    """Take all in, fold it, and let PostgreSQL learn what it holds; how many entries there are."""
    settings = place.settings(name, place.url_of(name))
    ledger = await opening.create_ledger(connection, default().division, "replay", settings)
    intake = Intake(ledger, settings.secret)
    tally = await files.ingest(connection, intake, files.batches(lines, "bench"))
    expect("entries folded", await tail.catch_up(connection, default().division), tally.accepted)
    await connection.execute("VACUUM ANALYZE", timeout=600)
    return tally.accepted


async def _ms(question: Callable[..., Awaitable[object]], *asked: object) -> float:
    await question(*asked)
    times: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await question(*asked)
        times.append(1_000 * (time.perf_counter() - began))
    return statistics.median(times)


def show(found: Reading, console: Console) -> None:
    """The dearest figures of each year."""
    for year, single in found.single.items():
        dearest = sorted(single.items(), key=lambda pair: -pair[1])[:5]
        told = ", ".join(f"{figure} {ms:.0f} ms" for figure, ms in dearest)
        console.print(f"{year}, of {found.entries:,} entries: {told}")
