"""What could be told: cells; what is not told one by one: merged codes; and what is told instead.

Where persons stand behind a value (`Measure.cells`), a release fixes one pattern: for the counts,
money and averages of a programme, which codes of a dimension are merged into 其他（合并）. A block
is nowhere broken up again. The whole district, of one programme or all, is always told.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

PLACE = "镇街"
VILLAGE = "村（居）"
PROGRAMME = "保障类别"
MONTH = "月"
MERGED = "其他（合并）"
"""What the line of merged cells is called."""

Codes = frozenset[str]
Policy = Literal["persons", "whole", "open"]
"""As `reports.measure.Cells`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: of a measure, at a day or over days, for some codes of some dimensions.

    `cut` holds what it is cut by besides the programme, in the order of names; a dimension that is
    not in it is not cut. A code that is not known is "".
    """

    measure: str
    subjects: Codes
    """The programmes that it counts; of a measure without them, its name. What shares a subject
    shares a pattern."""
    until: date
    since: date | None
    """First day of a flow; None for a stock."""
    cut: tuple[tuple[str, Codes], ...]
    exact: int | None
    behind: int
    """How many cases, households or registrations stand behind it."""
    money: bool = False
    policy: Policy = "persons"

    def codes(self, dimension: str) -> Codes | None:
        """Its codes of a dimension; None where it is not cut by it."""
        return dict(self.cut).get(dimension)

    @property
    def about(self) -> tuple[str, Codes, date | None, date]:
        """What it counts, and when; however it is cut."""
        return self.measure, self.subjects, self.since, self.until

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it is cut by."""
        return tuple(name for name, _ in self.cut)

    @property
    def size(self) -> int:
        """How many it tells of: those behind it, or what it counts, if that is less."""
        if self.exact == 0 and not self.money:
            return 0
        if self.exact is None or self.money:
            return self.behind
        return max(1, min(self.behind, abs(self.exact)))

    @property
    def span(self) -> tuple[date, date]:
        """First and last day; a stock speaks of its month, whose payments tell as much."""
        return self.since or self.until.replace(day=1), self.until

    def at_month_end(self) -> Cell:
        """A stock by months is one at each month's end, or on its own last day."""
        month = self.codes(MONTH)
        if self.since is not None or month is None or len(month) != 1 or "" in month:
            return self
        _, end = days_of(*month)
        return replace(self.without(MONTH), until=min(end, self.until))

    def at_month(self) -> Cell:
        """A flow by months is one of each month."""
        month = self.codes(MONTH)
        if self.since is None or month is None or len(month) != 1 or "" in month:
            return self
        since, until = days_of(*month)
        return replace(self.without(MONTH), since=since, until=min(until, self.until))

    def without(self, dimension: str) -> Cell:
        """The same, not cut by a dimension."""
        return replace(self, cut=tuple(part for part in self.cut if part[0] != dimension))


def cut_of(codes: Mapping[str, Iterable[str]]) -> tuple[tuple[str, Codes], ...]:
    """A cut in the order of names."""
    return tuple((name, frozenset(codes[name])) for name in sorted(codes))


@dataclass(frozen=True, slots=True)
class Merged:
    """Codes of a dimension that are not told one by one."""

    of: Codes
    """Subjects."""
    dimension: str
    codes: Codes
    measure: str = ""
    """Where only one measure's are merged; empty for all."""
    sum_told: bool = True
    """Whether what they come to is told. Not of one or two persons in all: no block hides them."""

    def concerns(self, cell: Cell) -> bool:
        """Whether a cell is about these subjects."""
        return bool(self.of & cell.subjects) and self.measure in ("", cell.measure)


Pattern = tuple[Merged, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """What has been told: the pattern, and every value under it, merged ones among them."""

    merged: Pattern
    cells: tuple[Cell, ...]


def implied(
    cells: Iterable[Cell], asked: Iterable[Cell], earlier: Iterable[Release] = ()
) -> list[Cell]:
    """Of all cells of some dimensions, those that telling what is asked for would tell.

    Those are the codes asked for; and all codes, where what they come to together is told, too, or
    was: orphans at home tell of those in institutions only beside all orphans.
    """
    codes: defaultdict[object, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    cuts: defaultdict[object, set[tuple[str, ...]]] = defaultdict(set)
    wanted = tuple(asked)
    for cell in wanted:
        cuts[cell.about].add(cell.dimensions)
        for name, some in cell.cut:
            codes[cell.about][name] |= some
    told = {about: set(dimensions) for about, dimensions in cuts.items()}
    for cell in (cell for release in earlier for cell in release.cells):
        told.setdefault(cell.about, set()).add(cell.dimensions)

    def tells(cell: Cell) -> bool:
        return cell.dimensions in cuts[cell.about] and all(
            some <= codes[cell.about][name]
            or any(name not in dimensions for dimensions in told[cell.about])
            for name, some in cell.cut
        )

    return [cell for cell in cells if tells(cell)]


def hidden(pattern: Pattern, cell: Cell) -> dict[str, Codes]:
    """By dimension, the merged codes that a cell would break up: it tells some of them, not all.

    A flow is about months, too: where months were merged, the value of one of them is not told.
    """
    broken: dict[str, Codes] = {}
    for merged in pattern:
        if not merged.concerns(cell):
            continue
        codes = cell.codes(merged.dimension)
        if merged.dimension == MONTH and codes is None and cell.since is not None:
            codes = months(cell.since, cell.until)
        whole = merged.sum_told and codes is not None and merged.codes <= codes
        if codes is not None and codes & merged.codes and not whole:
            broken[merged.dimension] = broken.get(merged.dimension, frozenset()) | merged.codes
    return broken


def may_tell(pattern: Pattern, cell: Cell) -> bool:
    """Whether a release with this pattern may tell a cell."""
    if cell.policy == "open":
        return True
    if VILLAGE in cell.dimensions or (cell.policy == "whole" and PLACE in cell.dimensions):
        return False
    return not hidden(pattern, cell)


def months(since: date, until: date) -> Codes:
    """The months of a period, as codes: 2024-01."""
    first, last = since.year * 12 + since.month - 1, until.year * 12 + until.month - 1
    return frozenset(f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1))


def days_of(month: str) -> tuple[date, date]:
    """First and last day of a month: 2024-01."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def merge(pattern: Pattern, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """What is told of cells: those that may be, and the sums of the others by their blocks.

    What may be told in no block (villages) is left out.
    """
    told: list[Cell] = []
    sums: defaultdict[Cell, list[Cell]] = defaultdict(list)
    for cell in cells:
        if may_tell(pattern, cell):
            told.append(cell)
            continue
        blocks = hidden(pattern, cell)
        if any(not (cell.codes(name) or codes) < codes for name, codes in blocks.items()):
            continue  # some of a block with others outside it, or a value of merged months
        cut = tuple((name, blocks.get(name, codes)) for name, codes in cell.cut)
        block = replace(cell, cut=cut, exact=None, behind=0)
        if may_tell(pattern, block):
            sums[block].append(cell)
    for block, parts in sums.items():
        exact = sum(part.exact or 0 for part in parts)
        told.append(replace(block, exact=exact, behind=sum(part.behind for part in parts)))
    return tuple(told)
