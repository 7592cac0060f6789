"""Which codes a release merges: a pattern, as small as found, that gives nobody away.

What is published is taken to be every single code outside a block, every block, and every total.
Of each programme and dimension there is one block at most, in all columns of a release. It holds

- every code with one or two persons in some column, and those that are empty everywhere;
- in each column that is not empty at least three persons, in two codes, one of them with three or
  more, so that who knows this rule cannot bound the others by it;
- what earlier releases merged of days that this one speaks of, too, so that no sum breaks a block;
- of places, those that differ by one or two persons from another day or an earlier release, and
  those of which one or two can be worked out from several sums.

Months are merged measure by measure. What an earlier release told is known, and hides nothing.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from reports.cells.between import Told, differing, remainders, told_before
from reports.cells.cell import (
    MONTH,
    PLACE,
    VILLAGE,
    Cell,
    Codes,
    Merged,
    Pattern,
    Release,
)
from reports.cells.column import SMALLEST, Column, columns_of, small, tells_of


def pattern(cells: Iterable[Cell], earlier: Sequence[Release] = ()) -> Pattern:
    """The pattern of a release of these cells, given all public ones before it.

    A dimension that cells are cut by is given whole, where its total is told: a cell for each of
    its codes, each with one code.
    """
    asked = tuple(dict.fromkeys(cell.at_month_end() for cell in cells))
    before = tuple(
        replace(release, cells=tuple(cell.at_month_end() for cell in release.cells))
        for release in earlier
    )
    split = [cell for cell in asked if _is_split(cell)]
    told = [cell for release in before for cell in release.cells if _is_split(cell)]
    made: list[Merged] = []
    for family in _families((*split, *told)):
        mine = [cell for cell in split if cell.subjects & family]
        made += _Family(family, mine, before).merged()
    return (*made, *_months_before(asked, earlier))


def _months_before(cells: Sequence[Cell], earlier: Iterable[Release]) -> list[Merged]:
    """Months that were merged before, and that flows of these cells are about."""
    merged = (merged for release in earlier for merged in release.merged)
    return [
        one
        for one in dict.fromkeys(merged)
        if one.dimension == MONTH
        and any(one.concerns(cell) for cell in cells if cell.since is not None)
    ]


def _is_split(cell: Cell) -> bool:
    """Whether patterns have to do with it: it is less than the whole, and may be told at all."""
    if not cell.cut or cell.policy == "open" or VILLAGE in cell.dimensions:
        return False
    return not (cell.policy == "whole" and PLACE in cell.dimensions)


def _families(cells: Iterable[Cell]) -> list[Codes]:
    """Subjects that some cell counts together, and so share a pattern."""
    families: list[Codes] = []
    for subjects in {cell.subjects for cell in cells}:
        touched = [family for family in families if family & subjects]
        families = [family for family in families if not family & subjects]
        families.append(subjects.union(*touched))
    return sorted(families, key=sorted)


def _told(cell: Cell) -> Cell:
    """What a cell tells, however it was asked for and whatever the answer was."""
    return replace(cell.at_month(), exact=None, behind=0)


@dataclass
class _Family:
    """The pattern of subjects that belong together, in the making."""

    subjects: Codes
    cells: list[Cell]
    earlier: tuple[Release, ...]
    made: dict[tuple[str, str], Codes] = field(default_factory=dict)
    """Of a dimension and a measure ("" for all): what is merged."""
    withheld: dict[tuple[str, str], Codes] = field(default_factory=dict)
    """And of what not even the sum is told."""

    def merged(self) -> Pattern:
        """The pattern."""
        known = {_told(cell) for release in self.earlier for cell in release.cells}
        by_size: defaultdict[str, set[str]] = defaultdict(set)
        for cell in self.cells:
            for name, codes in cell.cut:
                by_size[name] |= codes
        kinds = sorted((n for n in by_size if n != PLACE), key=lambda n: (-len(by_size[n]), n))
        new = [cell for cell in self.cells if _told(cell) not in known]
        for name in kinds:
            self._settle(name, columns_of(new, name, without=set(by_size)))
        settled: Pattern | None = None
        while settled != self._pattern():
            settled = self._pattern()
            for name in kinds:
                self._settle(name, columns_of(new, name, settled, {PLACE}))
        if PLACE in by_size:
            self._settle_places()
        return self._pattern()

    def _pattern(self) -> Pattern:
        return tuple(
            Merged(self.subjects, dimension, codes, measure, sum_told)
            for sum_told, made in ((True, self.made), (False, self.withheld))
            for (dimension, measure), codes in sorted(made.items())
            if codes
        )

    def _settle(self, dimension: str, columns: list[Column]) -> None:
        """Merge codes of a dimension other than places."""
        if dimension != MONTH:
            self._grow(dimension, "", columns)
            return
        for measure in sorted({column.measure for column in columns}):
            # One month that is left can be worked out from the others: nothing hides it.
            mine = [c for c in columns if c.measure == measure and len(c.sizes) > 1]
            self._grow(dimension, measure, mine)

    def _settle_places(self) -> None:
        columns = columns_of(self.cells, PLACE, self._pattern())
        # What the columns of a table come to together is known where each of them is.
        more = [cell for cell in self.cells if len(cell.cut) > 1]
        whole = columns_of(more, PLACE, without={n for cell in more for n in cell.dimensions})
        self._grow(PLACE, "", columns + whole, told_before(self.earlier))

    def _grow(
        self, dimension: str, measure: str, columns: list[Column], before: Sequence[Told] = ()
    ) -> None:
        columns = self._withhold(dimension, columns)
        codes = frozenset(code for column in columns for code in column.sizes)
        merged = self.made.get((dimension, measure), frozenset())
        merged |= self._linked(dimension, measure) & codes
        block = _Block(columns, before if dimension == PLACE else None)
        merged = block.grown(merged, codes)
        told = {code for column in columns for code, n in column.sizes.items() if n} - merged
        if merged:
            empty = {code for code in codes if not any(c.sizes.get(code) for c in columns)}
            self.made[dimension, measure] = merged | empty if told else codes

    def _withhold(self, dimension: str, columns: list[Column]) -> list[Column]:
        """Without the columns of one or two persons in all: no block can hide them."""
        few = [column for column in columns if 0 < column.total < SMALLEST]
        if few and len(self.subjects) > 1 and dimension == PLACE:
            # Their sum with others is told: what the others leave of it are these.
            codes = frozenset(code for column in columns for code in column.sizes)
            self.made[dimension, ""] = codes
        measures = {column.measure for column in few}
        for measure in measures:
            of_it = [column for column in columns if column.measure == measure]
            codes = frozenset(code for column in of_it for code in column.sizes)
            self.withheld[dimension, measure] = codes
        return [column for column in columns if column.measure not in measures]

    def _linked(self, dimension: str, measure: str) -> Codes:
        """What was merged of days that this release speaks of, directly or by way of others."""
        left = [
            (merged, spans)
            for release in self.earlier
            for merged in release.merged
            if merged.dimension == dimension
            and merged.measure == measure
            and merged.of & self.subjects
            and (spans := _spans(release.cells, dimension, merged))
        ]
        reached = _spans(self.cells, dimension, None)
        found: Codes = frozenset()
        while True:
            hit = [one for one in left if _overlap(one[1], reached)]
            if not hit:
                return found
            left = [one for one in left if one not in hit]
            found = found.union(*(merged.codes for merged, _ in hit))
            reached = reached.union(*(spans for _, spans in hit))


@dataclass
class _Block:
    """What makes merged codes grow: columns, and of places what was told before."""

    columns: list[Column]
    before: Sequence[Told] | None

    def grown(self, merged: Codes, codes: Codes) -> Codes:
        """The merged codes with those that must be merged with them; of partners, the smallest."""
        while True:
            forced, tells = self._wrong(merged)
            if forced & codes:
                merged |= forced & codes
            elif tells and merged < codes:
                merged |= {min(codes - merged, key=lambda code: self._cost(merged | {code}, code))}
            else:
                return merged

    def _cost(self, merged: Codes, code: str) -> tuple[int, bool, int, str]:
        forced, tells = self._wrong(merged)
        size = max(column.sizes.get(code, 0) for column in self.columns)
        return len(forced), tells, size or sys.maxsize, code

    def _wrong(self, merged: Codes) -> tuple[Codes, bool]:
        """Codes that may not stand alone, and whether the merged ones need another."""
        columns, parts = self.columns, set[Codes]()
        if self.before is not None:
            columns = columns + remainders(columns, self.before, merged)
            parts = differing(self.columns, self.before, merged)
        alone = frozenset[str]().union(*map(small, columns), *parts) - merged
        return alone, merged in parts or any(tells_of(column, merged) for column in columns)


def _spans(cells: Iterable[Cell], dimension: str, merged: Merged | None) -> set[tuple[date, date]]:
    """The days that cells cut by a dimension speak of."""
    return {
        cell.span
        for cell in cells
        if dimension in cell.dimensions and (merged is None or merged.concerns(cell))
    }


def _overlap(some: Iterable[tuple[date, date]], others: Iterable[tuple[date, date]]) -> bool:
    return any(a <= d and c <= b for a, b in some for c, d in others)
