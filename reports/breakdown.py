"""A figure by month and by township: cells that add up to the total before the reader's eyes.

A flow is split by the month of its rows, a stock is shown at each month end, and both by township.
Where rows are about persons or households, cells with fewer than three of them are merged, with
those that would give them away, so that none can be worked out from the total.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import asyncpg

from domain.identifiers import STATISTICAL_AREAS, TOWNSHIPS
from ledger.store import STREAMS
from projections.snapshot import known_at, snapshot
from reports import reads
from reports.catalogue import FIGURES
from reports.cells import cell as cells
from reports.cells.pattern import pattern
from reports.evaluate import TAKE, all_parameters
from reports.figure import Exact, Figure, wan_yuan, yuan
from reports.lacks import answerable
from reports.moment import Moment

_UNPLACED = "未分镇街"
_UNDATED = "日期不详"


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of a breakdown; `key` is empty for merged and unplaced rows."""

    key: str
    label: str
    exact: int | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure cut into cells. `adds_up` is False for month-end values, which are not summed."""

    by: Literal["month", "township"]
    cells: tuple[Cell, ...]
    total: int
    adds_up: bool
    merged: bool = False

    @property
    def difference(self) -> int:
        """Sum of the cells less the total: 0, or the page is wrong."""
        return sum(cell.exact or 0 for cell in self.cells) - self.total

    @property
    def largest(self) -> int:
        """The largest cell, for the length of bars."""
        return max((cell.exact or 0 for cell in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A cell before merging, with the number of streams (cases, registrations) behind it."""

    cell: Cell
    behind: int


def parts_of(figure: Figure) -> tuple[Figure, ...]:
    """The figures whose rows make up this one; itself unless it is the sum of others."""
    if figure.derive is None:
        return (figure,)
    return tuple(part for used in figure.uses for part in parts_of(FIGURES[used]))


async def breakdowns(
    connection: asyncpg.Connection, moment: Moment, figure: Figure, total: Exact
) -> list[Breakdown]:
    """The breakdowns that make sense for a figure, with `total` as its exact value."""
    if figure.derive is not None:
        return []
    if not isinstance(total, int) or isinstance(total, bool):
        return []
    both: list[Breakdown] = []
    async with snapshot(connection):
        moment, _ = await answerable(connection, moment, reads.of_figure(figure))
        columns = await _columns(connection, figure)
        sums = figure.take == "sum"
        if figure.kind == "stock":
            both.append(await _month_ends(connection, moment, figure, total))
        elif sums and "on_date" in columns:
            both.append(await _cells(connection, moment, figure, total, "month"))
        if sums and "township" in columns:
            both.append(await _cells(connection, moment, figure, total, "township"))
    return [breakdown for breakdown in both if len(breakdown.cells) > 1]


async def _columns(connection: asyncpg.Connection, figure: Figure) -> frozenset[str]:
    sql = f"SELECT * FROM ({known_at(figure.rows)}) AS rows"
    prepared = await connection.prepare(all_parameters(sql))
    return frozenset(attribute.name for attribute in prepared.get_attributes())


async def _cells(
    connection: asyncpg.Connection,
    moment: Moment,
    figure: Figure,
    total: int,
    by: Literal["month", "township"],
) -> Breakdown:
    key = "to_char(on_date, 'YYYY-MM')" if by == "month" else "township"
    # The stream of the entry behind a row is the case or registration that it is about.
    sql = f"""
SELECT {key} AS cell, sum(contribution)::bigint, count(DISTINCT coalesce(stream, position::text))
FROM ({known_at(figure.rows)}) AS rows
LEFT JOIN {STREAMS} AS entry USING (position)
GROUP BY cell ORDER BY cell NULLS LAST
"""
    groups = await connection.fetch(all_parameters(sql), *moment.parameters)
    counted = [
        _Counted(Cell(name or "", _label(name, by), amount), behind)
        for name, amount, behind in groups
    ]
    if by == "month":
        counted = _every_month(counted, moment)
    shown, merged = [item.cell for item in counted], False
    if figure.about_persons:
        dimension = cells.MONTH if by == "month" else cells.PLACE
        shown, merged = _merge(figure, moment, dimension, counted)
    return Breakdown(by, tuple(shown), total, adds_up=True, merged=merged)


def _label(name: str | None, by: str) -> str:
    if name is None:
        return _UNDATED if by == "month" else _UNPLACED
    if by == "month":
        return month_label(name)
    return TOWNSHIPS.get(name) or STATISTICAL_AREAS.get(name) or name


def month_label(month: str) -> str:
    """2024-03 → 3月."""
    return f"{int(month[5:])}月"


def _every_month(counted: Sequence[_Counted], moment: Moment) -> list[_Counted]:
    """The months of the period in order, those without rows as 0."""
    by_month = {item.cell.key: item for item in counted}
    months = [day.strftime("%Y-%m") for day in _ends(moment)]
    rest = [item for key, item in by_month.items() if key not in months]
    return [
        by_month.get(month, _Counted(Cell(month, month_label(month), 0), 0)) for month in months
    ] + rest


def _ends(moment: Moment) -> list[date]:
    """Month ends of the period, the last cut at its last day."""
    ends: list[date] = []
    year, month = moment.start.year, moment.start.month
    while date(year, month, 1) <= moment.end:
        last = date(year, month, monthrange(year, month)[1])
        ends.append(min(last, moment.end))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004
    return ends


def _merge(
    figure: Figure, moment: Moment, dimension: str, counted: Sequence[_Counted]
) -> tuple[list[Cell], bool]:
    """The cells as they may be told: small ones, and what would give them away, as one line."""
    asked = {
        cells.Cell(
            figure.id,
            frozenset({figure.id}),
            moment.end,
            None if figure.kind == "stock" else moment.start,
            cells.cut_of({dimension: (item.cell.key,)}),
            item.cell.exact,
            item.behind,
            money=figure.shown in (wan_yuan, yuan),
        ): item.cell
        for item in counted
    }
    told = cells.merge(pattern(asked), tuple(asked))
    shown = [cell for one, cell in asked.items() if one in told]
    merged = [Cell("", cells.MERGED, one.exact) for one in told if one not in asked]
    return [*shown, *merged], len(shown) < len(asked)


async def _month_ends(
    connection: asyncpg.Connection, moment: Moment, figure: Figure, total: int
) -> Breakdown:
    """The value at each month end: the figure's own query with $4 set to each of them."""
    rows = re.sub(r"\$4\b", "ends.day", known_at(figure.rows))
    sql = f"""
SELECT ends.day, (SELECT {TAKE[figure.take]} FROM ({rows}) AS rows)
FROM unnest($5::date[]) AS ends (day) ORDER BY ends.day
"""
    values = await connection.fetch(all_parameters(sql), *moment.parameters, _ends(moment))
    ends = tuple(
        Cell(day.isoformat(), f"{day.month}月{day.day}日", None if value is None else int(value))
        for day, value in values
    )
    return Breakdown("month", ends, total, adds_up=False)
