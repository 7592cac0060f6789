"""An invented district: its persons month by month, cut every way, and what it releases."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, product

from reports.cells.cell import PLACE, Cell, Pattern, Release, cut_of, merge
from reports.cells.pattern import pattern
from tests.attack.attacker import Attacker

PERSONS, MONEY = "在保人数", "发放金额"
STANDARD = 70_000
"""分 a head and month: a flat programme."""
AREA = "城乡"

Truth = Mapping[tuple[int, str, str, str], int]
"""Month of 2024, programme, township, area → persons."""


@dataclass
class District:
    """Townships and programmes, and how many persons each has in each month."""

    townships: Sequence[str]
    truth: Truth
    programmes: Sequence[str] = ("dibao",)
    released: list[Release] = field(default_factory=list)
    hidden: list[Cell] = field(default_factory=list)
    """What was asked for and not told."""

    def cells(
        self,
        month: int,
        *by: str,
        programmes: Sequence[str] = (),
        money: bool = False,
        since: int = 0,
    ) -> Iterator[Cell]:
        """Persons at a month's end, or what was paid in it or since a month, cut by dimensions."""
        dimensions = {PLACE: self.townships, AREA: ("urban", "rural")}
        counted = programmes or self.programmes[:1]
        first = since or month
        for codes in product(*(dimensions[name] for name in by)):
            at = dict(zip(by, codes, strict=True))
            persons = [self._persons(day, counted, at) for day in range(first, month + 1)]
            yield Cell(
                MONEY if money else PERSONS,
                frozenset(counted),
                date(2024, month, monthrange(2024, month)[1]),
                date(2024, first, 1) if money else None,
                cut_of({name: (code,) for name, code in at.items()}),
                sum(persons) * (STANDARD if money else 1),
                max(persons),
                money,
            )

    def wholes(self, cell: Cell) -> Iterator[int]:
        """What a count is a part of, dimension by dimension."""
        at = {name: code for name, codes in cell.cut for code in codes}
        for kept in ({}, *({name: code} for name, code in at.items() if len(at) > 1)):
            yield self._persons(cell.until.month, cell.subjects, kept)

    def _persons(self, month: int, programmes: Iterable[str], at: Mapping[str, str]) -> int:
        return sum(
            n
            for (then, programme, township, area), n in self.truth.items()
            if then == month
            and programme in programmes
            and at.get(PLACE, township) == township
            and at.get(AREA, area) == area
        )

    def release(self, *cells: Iterable[Cell], merging: bool = True) -> Pattern:
        """Tell cells; those that are not told stand in `hidden`."""
        asked = tuple(dict.fromkeys(chain(*cells)))
        made = pattern(asked, self.released) if merging else ()
        told = merge(made, asked)
        self.released.append(Release(made, told))
        self.hidden += [cell for cell in asked if cell not in told]
        return made

    def attacker(self) -> Attacker:
        """One who has read all releases, and knows the townships and the standard."""
        told = chain.from_iterable(release.cells for release in self.released)
        codes = {PLACE: self.townships, AREA: ("urban", "rural")}
        return Attacker(told, {PERSONS: codes}, {MONEY: (PERSONS, STANDARD)})

    def found(self) -> list[Cell]:
        """Hidden counts of which the attacker leaves fewer than three more or less."""
        attacker = self.attacker()
        return [c for c in self.hidden if c.measure == PERSONS and attacker.range_of(c) < 3]
