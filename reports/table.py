"""One engine for every number: measures cut into cells, for figures, breakdowns, plans, the CLI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from reports.lacks import Lacks
from reports.measure import Dimension, Exact, Slice
from reports.moment import Moment


@dataclass(frozen=True, slots=True)
class Asked:
    """A slice, and the names of the dimensions that it is cut by."""

    slice: Slice
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its code in each dimension (None = not known), its value, how many stand behind it.

    `behind` counts cases or registrations, not rows: what small cells are merged by.
    """

    codes: tuple[str | None, ...]
    exact: Exact
    behind: int


@dataclass(frozen=True, slots=True)
class Table:
    """A slice cut into cells, those without rows left out; without `by`, one cell.

    A stock by 月 has its value at each month's end (or D): those are not summed.
    """

    asked: Asked
    dimensions: tuple[Dimension, ...]
    cells: tuple[Cell, ...]
    lacks: Lacks = field(default_factory=Lacks)

    def at(self, *codes: str | None) -> Exact:
        """The value of a cell; without rows 0 for a sum, else None (not known)."""
        for cell in self.cells:
            if cell.codes == codes:
                return cell.exact
        return 0 if self.asked.slice.measure.take == "sum" else None


async def tabulate(
    connection: asyncpg.Connection, moment: Moment, asked: Sequence[Asked]
) -> list[Table]:
    """All tables asked for, in one read-only snapshot."""
    raise NotImplementedError
