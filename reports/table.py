"""One engine for every number: measures cut into cells, for figures, breakdowns, plans, commands.

A question that read models of an older version cannot answer is told by name; an answer is of no
later moment than the read models that it reads.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import asyncpg

from projections.read_model import VERSION
from projections.snapshot import known_at, reached, serving, snapshot
from reports import reads
from reports.dimensions import MONTH
from reports.lacks import Lacks, parted
from reports.measure import TAKE, Dimension, Exact, Slice
from reports.moment import Moment

UNASKABLE = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.DatatypeMismatchError,
)
"""What PostgreSQL says of a query that names what older read models have not got."""
UNANSWERED = "旧版汇总表答不出：执行 mingjian rebuild / older read models cannot tell: rebuild"
_EACH = 'DISTINCT subject COLLATE "C"'
"""Told apart by their bytes: no language is asked, which takes most of the time."""
T = TypeVar("T")
_MONTHS_A_YEAR = 12


class NotAsked(Exception):
    """The read models that serve are of an older version, and lack what the query names."""


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
    moment: Moment
    """No later than the one asked about, nor than any read model that it reads."""
    lacks: Lacks = field(default_factory=Lacks)

    def at(self, *codes: str | None) -> Exact:
        """The value of a cell; without rows 0 for a sum, else None (not known)."""
        for cell in self.cells:
            if cell.codes == codes:
                return cell.exact
        return 0 if _is_sum(self.asked.slice) else None


async def tabulate(
    connection: asyncpg.Connection, moment: Moment, asked: Sequence[Asked]
) -> list[Table]:
    """All tables asked for, in one read-only snapshot.

    Raises Unknown where a measure has no such dimension, and NotAsked.
    """

    async def work(asking: Asking) -> list[Table]:
        made: dict[str, Table] = {}
        reading = {str(n): reads.of_slice(item.slice) for n, item in enumerate(asked)}
        for then, lacks, numbers in await asking.parted(reading):
            await then.ask_together(asked[int(number)] for number in numbers)
            for number in numbers:
                item = asked[int(number)]
                dimensions = dimensions_of(item)
                cells = await then.cells(item.slice, dimensions)
                made[number] = Table(item, dimensions, tuple(cells), then.moment, lacks)
        return [made[str(n)] for n in range(len(asked))]

    return await answered(connection, moment, work)


def dimensions_of(asked: Asked) -> tuple[Dimension, ...]:
    """The dimensions that a slice is cut by. Raises Unknown."""
    measure = asked.slice.measure
    return tuple(
        MONTH if name == MONTH.name and measure.kind == "stock" else measure.dimension(name)
        for name in asked.by
    )


def month_ends(moment: Moment) -> list[date]:
    """Month ends of the period, the last cut at its last day."""
    ends: list[date] = []
    year, month = moment.start.year, moment.start.month
    while date(year, month, 1) <= moment.end:
        last = date(year, month, monthrange(year, month)[1])
        ends.append(min(last, moment.end))
        year, month = (year + 1, 1) if month == _MONTHS_A_YEAR else (year, month + 1)
    return ends


def all_parameters(sql: str) -> str:
    """Name every parameter once, so that queries that need only some of them can be prepared."""
    return (
        f"WITH moment AS (SELECT $1::text AS ledger, $2::bigint AS at, $3::date AS start_on,"
        f" $4::date AS end_on) {sql}"
    )


async def answered(
    connection: asyncpg.Connection, moment: Moment, work: Callable[[Asking], Awaitable[T]]
) -> T:
    """Work in one snapshot; what older read models cannot answer is told by name."""
    try:
        async with snapshot(connection):
            return await work(Asking(connection, moment))
    except UNASKABLE:
        async with snapshot(connection):
            if await serving(connection) == VERSION:
                raise
            return await work(Asking(connection, moment, careful=True))


@dataclass(frozen=True, slots=True)
class Grains:
    """A measure by all dimensions that its cuts name: every cut of it is a sum of these."""

    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    """Codes in the order of the names; their sum; how many rows; whom they are about."""

    def have(self, part: Slice, by: tuple[str, ...]) -> bool:
        """Whether a cut is a sum of these."""
        return _adds_up(part, by) and {*part.cut, *by} <= {*self.names}

    def cells(self, part: Slice, by: tuple[str, ...]) -> list[Cell]:
        """The cells of a cut."""
        of = {name: place for place, name in enumerate(self.names)}
        cut = [(of[name], frozenset(codes)) for name, codes in part.cut.items()]
        keys = [of[name] for name in by]
        sums: defaultdict[tuple[str | None, ...], int] = defaultdict(int)
        counts: defaultdict[tuple[str | None, ...], int] = defaultdict(int)
        whom: defaultdict[tuple[str | None, ...], set[str]] = defaultdict(set)
        for row in self.rows:
            if all(row[place] in codes for place, codes in cut):
                codes = tuple(row[place] for place in keys)
                sums[codes] += int(row[-3])
                counts[codes] += row[-2]
                whom[codes].update(one for one in row[-1] or () if one is not None)
        if not by:
            sums[()] += 0  # the whole is there without rows, too
        is_open = part.measure.cells == "open"
        return [Cell(c, exact, counts[c] if is_open else len(whom[c])) for c, exact in sums.items()]


@dataclass(slots=True)
class Asking:
    """Queries at one moment; `careful` ones end each by itself where tables or columns lack."""

    connection: asyncpg.Connection
    moment: Moment
    careful: bool = False
    known: dict[str, Exact] = field(default_factory=dict)
    """SQL of rows → their value: two figures of one definition are asked for once."""
    together: dict[str, Grains] = field(default_factory=dict)
    """SQL of the rows of a measure → what they come to by all that it is cut by."""

    async def parted(
        self, reading: Mapping[str, Collection[str]]
    ) -> list[tuple[Asking, Lacks, list[str]]]:
        """Those who read such read models, each at the moment up to which these answer."""
        stands = await reached(self.connection, self.moment.ledger)
        return [
            (replace(self, moment=then.moment, known={}, together={}), then.lacks, names)
            for then, names in parted(stands, self.moment, reading).items()
        ]

    async def rows(self, sql: str, *more: Any) -> list[Any]:
        """What a query tells; parameters from $5 on are `more`. Raises NotAsked."""
        sql = all_parameters(known_at(sql))
        parameters = (*self.moment.parameters, *more)
        if not self.careful:
            return list(await self.connection.fetch(sql, *parameters))
        try:
            async with self.connection.transaction():
                return list(await self.connection.fetch(sql, *parameters))
        except UNASKABLE:
            raise NotAsked from None

    async def exact(self, part: Slice) -> Exact:
        """The value of a slice. Raises NotAsked."""
        if part.measure.derive is not None:
            found = {
                name: await self.exact(used)
                for name, used in zip(part.measure.uses, part.parts, strict=True)
            }
            return part.measure.derive(found)
        key = f"{part.measure.take} {part.rows}"
        if key not in self.known:
            sql = f"SELECT {TAKE[part.measure.take]} FROM ({part.rows}) AS rows"
            ((value,),) = await self.rows(sql)
            self.known[key] = _exact(part, value)
        return self.known[key]

    async def cells(self, part: Slice, dimensions: Sequence[Dimension]) -> list[Cell]:
        """The cells of a slice, in the order of the dimensions' labels. Raises NotAsked."""
        if part.measure.derive is None:
            cells = await self._cells(part, dimensions)
        else:
            cells = await self._derived(part, part.measure.derive, dimensions)
        places = [
            {code: place for place, code in enumerate(dimension.labels(part.bureau))}
            for dimension in dimensions
        ]

        def place(cell: Cell) -> list[tuple[bool, int, str]]:
            return [
                (code is None, there.get(code or "", len(there)), code or "")
                for code, there in zip(cell.codes, places, strict=True)
            ]

        return sorted(cells, key=place)

    async def ask_together(self, asked: Iterable[Asked]) -> None:
        """Read the rows of a measure once, where several cuts of it are asked for.

        A bulletin asks for a hundred cuts of a few measures, each of which reads all cases.
        """
        alike: defaultdict[str, list[tuple[Slice, tuple[str, ...]]]] = defaultdict(list)
        for item in asked:
            for part in _counted(item.slice):
                if _adds_up(part, item.by) and not self.careful:
                    alike[part.uncut].append((part, item.by))
        for uncut, cuts in alike.items():
            if len(cuts) > 1:
                names = dict.fromkeys(name for part, by in cuts for name in (*part.cut, *by))
                self.together[uncut] = await self._grains(cuts[0][0], tuple(names))

    async def _grains(self, part: Slice, names: tuple[str, ...]) -> Grains:
        columns = [f"({item.column})::text" for item in dimensions_of(Asked(part, names))]
        numbers = ", ".join(str(n) for n in range(1, len(columns) + 1))
        keys = "".join(f"{column}, " for column in columns)
        whom = "NULL" if part.measure.cells == "open" else f"array_agg({_EACH})"
        rows = await self.rows(
            f"SELECT {keys}sum(contribution), count(*), {whom} FROM ({part.uncut}) AS rows"
            f"{f' GROUP BY {numbers}' if numbers else ''}"
        )
        return Grains(names, [tuple(row) for row in rows if row[-2]])

    async def _cells(self, part: Slice, dimensions: Sequence[Dimension]) -> list[Cell]:
        names = tuple(item.name for item in dimensions)
        grains = self.together.get(part.uncut)
        if grains is not None and grains.have(part, names):
            return grains.cells(part, names)
        measure = part.measure
        by_month_end = measure.kind == "stock" and MONTH in dimensions
        columns = [
            "to_char(ends.day, 'YYYY-MM')" if by_month_end and item is MONTH else item.column
            for item in dimensions
        ]
        rows, more = f"({part.rows}) AS rows", []
        if by_month_end:
            rows = re.sub(r"\$4\b", "ends.day", rows)
            rows = f"unnest($5::date[]) AS ends (day) CROSS JOIN LATERAL {rows}"
            more = [month_ends(self.moment)]
        behind = "count(*)" if measure.cells == "open" else f"count({_EACH})"
        keys = ", ".join(f"({column})::text" for column in columns)
        numbers = ", ".join(str(n) for n in range(1, len(columns) + 1))
        found = await self.rows(
            f"SELECT {keys}{', ' if keys else ''}{TAKE[measure.take]}, {behind} FROM {rows}"
            f"{f' GROUP BY {numbers}' if numbers else ''}",
            *more,
        )
        return [Cell(tuple(row)[:-2], _exact(part, row[-2]), row[-1]) for row in found]

    async def _derived(
        self,
        part: Slice,
        derive: Callable[[Mapping[str, Exact]], Exact],
        dimensions: Sequence[Dimension],
    ) -> list[Cell]:
        names = [dimension.name for dimension in dimensions]
        tables = {}
        for name, used in zip(part.measure.uses, part.parts, strict=True):
            its = dimensions_of(Asked(used, tuple(names)))
            tables[name] = (
                used,
                {cell.codes: cell for cell in await self.cells(used, its)},
            )
        all_codes = dict.fromkeys(codes for _, cells in tables.values() for codes in cells)
        made = []
        for codes in all_codes:
            exacts: dict[str, Exact] = {}
            behind = []
            for name, (used, cells) in tables.items():
                cell = cells.get(codes)
                exacts[name] = (0 if _is_sum(used) else None) if cell is None else cell.exact
                behind.append(0 if cell is None else cell.behind)
            made.append(Cell(codes, derive(exacts), min(behind, default=0)))
        return made


def _adds_up(part: Slice, by: tuple[str, ...]) -> bool:
    """Whether the rows of a cut come to its cells; a stock by months stands at each month's end."""
    return _is_sum(part) and not (part.measure.kind == "stock" and MONTH.name in by)


def _counted(part: Slice) -> Iterator[Slice]:
    """Itself, or what a derived one is worked out from."""
    if part.measure.derive is None:
        yield part
    for used in part.parts:
        yield from _counted(used)


def _is_sum(part: Slice) -> bool:
    return part.measure.derive is None and part.measure.take == "sum"


def _exact(part: Slice, value: Any) -> Exact:
    return int(value) if _is_sum(part) else value
