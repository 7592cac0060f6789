"""A figure by month and by township: cells that add up to the total before the reader's eyes.

A flow is split by the month of its rows, a stock is shown at each month end, and both by township.
Where rows are about persons or households, cells with fewer than three of them are merged, with
those that would give them away, so that none can be worked out from the total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import asyncpg

from domain.bureau.bureau import Bureau
from reports.cells import cell as cells
from reports.cells.pattern import pattern
from reports.dimensions import MONTH, TOWNSHIP
from reports.measure import Dimension, Exact, Figure
from reports.moment import Moment
from reports.table import Asked, month_ends, tabulate
from reports.table import Cell as Counted


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


async def breakdowns(
    connection: asyncpg.Connection, moment: Moment, figure: Figure, total: Exact
) -> list[Breakdown]:
    """The breakdowns that make sense for a figure, with `total` as its exact value."""
    measure = figure.measure
    if measure.derive is not None or measure.cells == "whole":
        return []
    if not isinstance(total, int) or isinstance(total, bool):
        return []
    wanted: list[Dimension] = []
    if measure.kind == "stock" or (measure.take == "sum" and MONTH in measure.dimensions):
        wanted.append(MONTH)
    if measure.take == "sum" and TOWNSHIP in measure.dimensions:
        wanted.append(TOWNSHIP)
    asked = [Asked(figure.slice, (dimension.name,)) for dimension in wanted]
    tables = await tabulate(connection, moment, asked)
    both = [
        _broken_down(figure, table.cells, dimension, moment, total)
        for table, dimension in zip(tables, wanted, strict=True)
    ]
    return [breakdown for breakdown in both if len(breakdown.cells) > 1]


def _broken_down(
    figure: Figure, found: Sequence[Counted], by: Dimension, moment: Moment, total: int
) -> Breakdown:
    if by is MONTH and figure.measure.kind == "stock":
        ends = tuple(_month_ends(figure, found, moment))
        return Breakdown("month", ends, total, adds_up=False)
    if by is MONTH:
        counted = _every_month(found, moment)
    else:
        counted = [
            _Counted(
                Cell(cell.codes[0] or "", _label(figure.slice.bureau, cell), _int(cell.exact)),
                cell.behind,
            )
            for cell in found
        ]
    shown, merged = [item.cell for item in counted], False
    if figure.measure.cells == "persons":
        dimension = cells.MONTH if by is MONTH else cells.PLACE
        shown, merged = _merge(figure, moment, dimension, counted)
    name: Literal["month", "township"] = "month" if by is MONTH else "township"
    return Breakdown(name, tuple(shown), total, adds_up=True, merged=merged)


def _int(exact: Exact) -> int | None:
    return exact if isinstance(exact, int) else None


def _label(bureau: Bureau, cell: Counted) -> str:
    return TOWNSHIP.label(bureau, cell.codes[0])


def month_label(month: str) -> str:
    """2024-03 → 3月."""
    return f"{int(month[5:])}月"


def _every_month(found: Sequence[Counted], moment: Moment) -> list[_Counted]:
    """The months of the period in order, those without rows as 0; then rows without a date."""
    by_month = {cell.codes[0]: cell for cell in found}
    made = []
    for day in month_ends(moment):
        month = day.strftime("%Y-%m")
        cell = by_month.pop(month, None)
        exact, behind = (0, 0) if cell is None else (_int(cell.exact), cell.behind)
        made.append(_Counted(Cell(month, month_label(month), exact), behind))
    return made + [
        _Counted(Cell(code or "", code or MONTH.none, _int(cell.exact)), cell.behind)
        for code, cell in by_month.items()
    ]


def _month_ends(figure: Figure, found: Sequence[Counted], moment: Moment) -> Iterator[Cell]:
    """The value at each month's end, those without rows as 0 where it is a sum."""
    by_month = {cell.codes[0]: _int(cell.exact) for cell in found}
    nothing = 0 if figure.measure.take == "sum" else None
    for day in month_ends(moment):
        exact = by_month.get(day.strftime("%Y-%m"), nothing)
        yield Cell(day.isoformat(), f"{day.month}月{day.day}日", exact)


def _merge(
    figure: Figure, moment: Moment, dimension: str, counted: Sequence[_Counted]
) -> tuple[list[Cell], bool]:
    """The cells as they may be told: small ones, and what would give them away, as one line."""
    asked = {
        cells.Cell(
            figure.id,
            frozenset({figure.id}),
            moment.end,
            None if figure.measure.kind == "stock" else moment.start,
            cells.cut_of({dimension: (item.cell.key,)}),
            item.cell.exact,
            item.behind,
            money=figure.measure.is_money,
        ): item.cell
        for item in counted
    }
    told = cells.merge(pattern(asked), tuple(asked))
    shown = [cell for one, cell in asked.items() if one in told]
    merged = [Cell("", cells.MERGED, one.exact) for one in told if one not in asked]
    return [*shown, *merged], len(shown) < len(asked)
