"""Small cells of a plan: what it would tell, cell by cell, and whether a release may tell it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from reports.cells.cell import (
    Cell,
    Codes,
    Pattern,
    Release,
    cut_of,
    implied,
    may_tell,
    months,
)
from reports.dimensions import AREA, DAY, LEVEL, MODE, MONTH, PROGRAMME, TOWNSHIP, VILLAGE
from reports.measure import Dimension, Slice
from reports.plans.spans import Span
from reports.table import Table

_OTHERS = frozenset(item.name for item in (AREA, TOWNSHIP, VILLAGE, MODE, LEVEL, MONTH, DAY))
"""Dimensions that say where, when or how, not what."""
Code = str | None | Codes
"""One code of a dimension (None = not known), or several that are merged."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One table that a document asks for: a slice, by at most one dimension, over days."""

    slice: Slice
    by: tuple[str, ...]
    span: Span

    @property
    def key(self) -> tuple[object, ...]:
        return id(self.slice), self.by, self.span


def tells(pattern: Pattern, leaf: Leaf, code: Code) -> bool:
    """Whether a release with this pattern may tell the value of a leaf for a code of its `by`."""
    by = {name: _codes(code) for name in leaf.by}
    return all(may_tell(pattern, cell_of(part, leaf.span, by)) for part in _parts(leaf.slice))


def cells(
    tables: Mapping[Leaf, Table], leaves: Iterable[Leaf], earlier: Sequence[Release]
) -> list[Cell]:
    """All cells that values of these leaves tell, by themselves or beside what is told with them.

    Of each measure that is cut, all codes of all dimensions that it is cut by, and the whole:
    `tables` are those of `wholes`.
    """
    found = [cell for leaf, table in tables.items() for cell in _of_table(table, leaf.span)]
    every: defaultdict[str, set[str]] = defaultdict(set)
    for cell in found:
        for name, codes in cell.cut:
            every[name] |= codes
    wanted = [
        cell_of(part, leaf.span, {name: frozenset(every[name]) for name in leaf.by})
        for leaf in leaves
        for part in _parts(leaf.slice)
        if part.measure.cells != "open"
    ]
    return implied(found, wanted, earlier)


def wholes(leaves: Iterable[Leaf]) -> list[Leaf]:
    """The tables that show the cells of leaves whole, each once."""
    found: dict[object, Leaf] = {}
    for leaf in leaves:
        for key, item in _wholes(leaf):
            found.setdefault(key, item)
    return list(found.values())


def _wholes(leaf: Leaf) -> Iterator[tuple[object, Leaf]]:
    for part in _parts(leaf.slice):
        if part.measure.cells == "open":
            continue
        about = _subject(part)
        subjects = {n: codes for n, codes in part.cut.items() if about and n == about.name}
        names = (set(part.cut) | set(leaf.by)) - subjects.keys()
        whole = replace(part, cut=subjects)
        for by in dict.fromkeys((tuple(sorted(names - {VILLAGE.name})), ())):
            yield (
                (part.measure.name, tuple(subjects.values()), by, leaf.span),
                Leaf(whole, by, leaf.span),
            )


def open_cells(tables: Mapping[Leaf, Table]) -> Iterator[Cell]:
    """What stands in tables of what is open, and is a whole number; nothing of it is merged."""
    for leaf, table in tables.items():
        if leaf.slice.measure.cells != "open":
            continue
        for found in table.cells:
            if type(found.exact) is int:
                by = {n: _codes(code) for n, code in zip(leaf.by, found.codes, strict=True)}
                cell = cell_of(leaf.slice, leaf.span, by)
                yield replace(cell, exact=found.exact, behind=found.behind)


def _of_table(table: Table, span: Span) -> Iterator[Cell]:
    """Its cells, those without rows among them."""
    part, names = table.asked.slice, table.asked.by
    by_codes = {item.codes: item for item in table.cells}
    every: list[Sequence[str | None]] = []
    for place, dimension in enumerate(table.dimensions):
        listed = dimension.labels(part.bureau)
        known = sorted(months(*span)) if dimension.name == MONTH.name else listed
        every.append([*dict.fromkeys([*known, *(codes[place] for codes in by_codes)])])
    for codes in product(*every):
        found = by_codes.get(codes)
        exact = 0 if found is None else found.exact
        yield replace(
            cell_of(part, span, {n: _codes(code) for n, code in zip(names, codes, strict=True)}),
            exact=exact if type(exact) is int else None,
            behind=0 if found is None else found.behind,
        )


def cell_of(part: Slice, span: Span, by: Mapping[str, Codes]) -> Cell:
    """What a slice says for codes of more dimensions, without its value."""
    measure = part.measure
    cut = {name: frozenset(codes) for name, codes in part.cut.items()}
    cut |= {name: codes & cut.get(name, codes) for name, codes in by.items()}
    about, subjects = _subject(part), frozenset({measure.name})
    if about is not None:
        codes = cut.pop(about.name, frozenset(about.labels(part.bureau)))
        own = about.name == PROGRAMME.name
        subjects = codes if own else frozenset(f"{measure.name} {code}" for code in codes)
    start, end = span
    return Cell(
        measure=measure.name,
        subjects=subjects,
        until=end,
        since=None if measure.kind == "stock" else start,
        cut=cut_of(cut),
        exact=None,
        behind=0,
        money=measure.is_money,
        policy=measure.cells,
    )


def _subject(part: Slice) -> Dimension | None:
    """The dimension that says what is counted: the programme, the kind of registration.

    Of each of its codes the whole district is told.
    """
    dimensions = part.measure.dimensions
    if PROGRAMME in dimensions:
        return PROGRAMME
    kinds = (item for item in dimensions if item.name not in _OTHERS and item.labels(part.bureau))
    return next(kinds, None)


def _codes(code: Code) -> Codes:
    return code if isinstance(code, frozenset) else frozenset({code or ""})


def _parts(part: Slice) -> Iterator[Slice]:
    """What a slice is worked out from; itself where it is counted."""
    if part.measure.derive is None:
        yield part
    for used in part.parts:
        yield from _parts(used)
