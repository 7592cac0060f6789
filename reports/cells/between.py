"""What can be worked out between columns of places: of two days, two releases, two periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from reports.cells.cell import PLACE, Cell, Codes, Release
from reports.cells.column import BLOCK, SMALLEST, Column


@dataclass
class Told:
    """A column of places as it was told: sizes and amounts by single code or block."""

    column: Column
    sizes: dict[Codes, int]
    amounts: dict[Codes, int]


def told_before(earlier: Iterable[Release]) -> list[Told]:
    """The columns of places that were told."""
    columns: dict[tuple[object, ...], Told] = {}
    for number, release in enumerate(earlier):
        for cell in release.cells:
            codes = cell.codes(PLACE)
            if codes is None:
                continue
            full = cell.without(PLACE).cut
            for others in (full,) if cell.money or not full else (full, ()):
                key = (number, cell.measure, cell.subjects, cell.span, cell.dimensions, others)
                told = columns.setdefault(key, _empty(cell, others))
                told.sizes[codes] = told.sizes.get(codes, 0) + cell.size
                told.amounts[codes] = told.amounts.get(codes, 0) + (cell.exact or 0)
    return list(columns.values())


def _empty(cell: Cell, others: tuple[tuple[str, Codes], ...]) -> Told:
    column = Column(cell.measure, cell.subjects, cell.since, cell.until, others, cell.money)
    return Told(column, {}, {})


def _as_told(column: Column, merged: Codes) -> Told:
    sizes = {frozenset({code}): n for code, n in column.sizes.items() if code not in merged}
    amounts = {frozenset({code}): n for code, n in column.amounts.items() if code not in merged}
    sizes[merged] = sum(n for code, n in column.sizes.items() if code in merged)
    amounts[merged] = sum(n for code, n in column.amounts.items() if code in merged)
    return Told(column, sizes, amounts)


def differing(columns: Sequence[Column], before: Sequence[Told], merged: Codes) -> set[Codes]:
    """Parts, the merged codes or others, of which another day tells one or two more or less."""
    told = [_as_told(column, merged) for column in columns if not column.rough]
    return {
        part
        for number, now in enumerate(told)
        for then in (*before, *told[:number])
        if _comparable(now.column, then.column)
        for part in _differing(now, then)
    }


def _comparable(one: Column, other: Column) -> bool:
    """Whether the difference of two columns is about persons: the same thing, at two times.

    A stock at two days, what was paid in two months; of other flows only the same days.
    """
    if one.about != other.about or (one.since is None) != (other.since is None):
        return False
    if one.since is None or one.days == other.days:
        return True
    return one.money and _months(one) == _months(other)


def _months(column: Column) -> int:
    since = column.since or column.until
    return (column.until.year - since.year) * 12 + column.until.month - since.month


def _differing(now: Told, then: Told) -> Iterator[Codes]:
    """Of the same days, whatever both come to by sums; of other days, what both tell as it is."""
    everything = frozenset(code for codes in (*now.sizes, *then.sizes) for code in codes)
    parts = [codes for codes in now.sizes if codes in then.sizes]
    if now.column.days == then.column.days:
        parts = _parts(everything, (*now.sizes, *then.sizes))
    for part in parts:
        was = [codes for codes in then.sizes if codes <= part]
        if part != everything and frozenset().union(*was) == part and _gives_away(now, then, part):
            yield part


def _gives_away(now: Told, then: Told, part: Codes) -> bool:
    """Whether the difference is of one or two persons, or may be: paid anew for the same days."""
    persons = abs(_sum(now.sizes, part) - _sum(then.sizes, part))
    told = abs(_sum(now.amounts, part) - _sum(then.amounts, part))
    if now.column.money:
        again = now.column.days == then.column.days and told != 0
        return persons < SMALLEST and (again or persons > 0)
    return 0 < persons < SMALLEST or 0 < told < SMALLEST


def _sum(told: dict[Codes, int], part: Codes) -> int:
    return sum(n for codes, n in told.items() if codes <= part)


def _parts(everything: Codes, blocks: Iterable[Codes]) -> list[Codes]:
    """The smallest parts that no block crosses: what both sides tell."""
    parts = [frozenset({code}) for code in everything]
    for block in blocks:
        touched = [part for part in parts if part & block]
        parts = [part for part in parts if not part & block]
        parts.append(frozenset().union(*touched))
    return [part for part in parts if part]


def remainders(columns: Sequence[Column], before: Sequence[Told], merged: Codes) -> list[Column]:
    """Columns that nobody prints and everybody can work out: a quarter less two of its months.

    Between the first days of told periods, what lies between any two that sums connect is known.
    """
    told = [_as_told(column, merged) for column in columns]
    by_about: defaultdict[object, list[Told]] = defaultdict(list)
    for one in (*told, *before):
        if one.column.since is not None:
            by_about[one.column.about].append(one)
    made: list[Column] = []
    for column in {repr(one.column.about): one.column for one in told}.values():
        edges = by_about[column.about]
        if len(edges) > 1:
            made += _between(column, edges, merged)
    return made


def _between(column: Column, told: Sequence[Told], merged: Codes) -> list[Column]:
    sizes: defaultdict[tuple[date, date], dict[str, int]] = defaultdict(dict)
    head = _paid_by_head(told) if column.money else 1
    codes = {code for one in told for block in one.sizes for code in block} - merged
    for name, part in [(code, frozenset({code})) for code in sorted(codes)] + [(BLOCK, merged)]:
        sums: defaultdict[date, dict[date, int]] = defaultdict(dict)
        for one in told:
            inside = [block for block in one.sizes if block and block <= part]
            if part and frozenset().union(*inside) == part:
                first = one.column.since or one.column.until
                end = one.column.until + timedelta(1)
                amount = _sum(one.amounts, part)
                sums[first][end], sums[end][first] = amount, -amount
        for days, amount in _known(sums):
            if days[1] not in sums[days[0]]:  # else it was told, and with how many
                sizes[days][name] = max(1, abs(amount) // head) if amount else 0
    return [
        Column(*column.about[:2], first, end - timedelta(1), column.others, sizes=by_code)
        for (first, end), by_code in sizes.items()
    ]


def _paid_by_head(told: Iterable[Told]) -> int:
    """The most that was paid a head in any column of the fewest months: so many at least."""
    told = list(told)
    fewest = min(_months(one.column) for one in told)
    return (
        max(
            one.amounts[codes] // max(1, size)
            for one in told
            if _months(one.column) == fewest
            for codes, size in one.sizes.items()
        )
        or 1
    )


def _known(sums: dict[date, dict[date, int]]) -> Iterable[tuple[tuple[date, date], int]]:
    """Of days that sums connect, what lies between each and the next."""
    left = set(sums)
    while left:
        start = min(left)
        height, reached = {start: 0}, [start]
        for day in reached:
            for other, amount in sums[day].items():
                if other not in height:
                    height[other] = height[day] + amount
                    reached.append(other)
        days = sorted(height)
        yield from (((first, end), height[end] - height[first]) for first, end in pairwise(days))
        left -= set(reached)
