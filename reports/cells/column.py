"""A column: what cells say of each code of one dimension, all else being equal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from reports.cells.cell import Cell, Codes, Pattern, hidden

SMALLEST = 3
"""So many persons may be told of."""
BLOCK = "+"
"""Stands in a column for the merged codes together, where only their sum is known."""


@dataclass
class Column:
    """Sizes (and for money, amounts) by code."""

    measure: str
    subjects: Codes
    since: date | None
    until: date
    others: tuple[tuple[str, Codes], ...]
    """The rest of its cut."""
    money: bool = False
    sizes: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)

    @property
    def about(self) -> tuple[str, Codes, tuple[tuple[str, Codes], ...]]:
        """What it counts, whenever."""
        return self.measure, self.subjects, self.others

    @property
    def days(self) -> tuple[date | None, date]:
        """Of a flow its first and last, of a stock only the last."""
        return self.since, self.until

    @property
    def total(self) -> int:
        """How many in all codes."""
        return sum(self.sizes.values())

    rough: bool = False
    """Whether sizes are only a lower bound: behind parts of a payment stand the same persons."""

    def add(self, cell: Cell, code: str) -> None:
        """Take in a cell."""
        size = self.sizes.get(code)
        self.rough |= cell.money and size is not None
        self.sizes[code] = max(size or 0, cell.size) if cell.money else (size or 0) + cell.size
        self.amounts[code] = self.amounts.get(code, 0) + (cell.exact or 0)


def columns_of(
    cells: Iterable[Cell], dimension: str, pattern: Pattern = (), without: Collection[str] = ()
) -> list[Column]:
    """The columns over a dimension, other dimensions as merged; those `without` are summed up.

    Cells that are cut by other dimensions are other tables, and so other columns.
    """
    columns: dict[tuple[object, ...], Column] = {}
    for cell in cells:
        codes = cell.codes(dimension)
        if codes is None:
            continue
        blocks = hidden(pattern, cell)
        others = tuple(
            (name, blocks.get(name, some))
            for name, some in cell.cut
            if name != dimension and name not in without
        )
        key = (cell.measure, cell.subjects, cell.since, cell.until, cell.dimensions, others)
        column = columns.setdefault(
            key,
            Column(cell.measure, cell.subjects, cell.since, cell.until, others, cell.money),
        )
        for code in codes:
            column.add(cell, code)
    return list(columns.values())


def small(column: Column) -> Codes:
    """The codes of a column with one or two persons."""
    return frozenset(c for c, n in column.sizes.items() if 0 < n < SMALLEST and c != BLOCK)


def tells_of(column: Column, merged: Codes) -> bool:
    """Whether the sum of merged codes tells of one of them: few, or all in one code, or all few.

    What others could not help is let pass: those outside are empty, or as few.
    """
    counted = {code: n for code, n in column.sizes.items() if n}
    inside = [n for code, n in counted.items() if code in merged or code == BLOCK]
    outside = [n for code, n in counted.items() if code not in merged and code != BLOCK]
    if not merged or not outside:
        return False
    several = len(inside) > 1 or BLOCK in counted
    all_few = max(inside, default=0) < SMALLEST <= max(outside)
    return not several or sum(inside) < SMALLEST or all_few
