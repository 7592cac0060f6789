"""Populations that come and go, and yet add up: so many at year end, so many person-months."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sample.days import MONTHS


@dataclass(frozen=True, slots=True)
class Spell:
    """Months of entitlement: `first` at most 0 was there before the year; `last` None stays."""

    first: int
    last: int | None

    def holds(self, month: int) -> bool:
        """Whether the month is inside."""
        return self.first <= month and (self.last is None or self.last >= month)

    @property
    def months(self) -> list[int]:
        """The months of the year that are inside."""
        return [month for month in MONTHS if self.holds(month)]

    @property
    def all_year(self) -> bool:
        """There before the year, and still at its end."""
        return self.first <= 0 and self.last is None


def stock_path(dice: Random, *, final: int, total: int, swing: int) -> tuple[int, ...]:
    """How many are there in each month: `final` in December, `total` over the year.

    A straight line to `final`, moved up and down by at most `swing` or a little more.
    """
    start = 2 * total / len(MONTHS) - final
    path = [round(start + (final - start) * (m - 1) / (len(MONTHS) - 1)) for m in MONTHS]
    inner = range(1, len(MONTHS) - 1)
    for month in inner:
        path[month] += dice.randint(-swing, swing)
    path[-1] = final
    missing = total - sum(path)
    step = 1 if missing > 0 else -1
    while missing:
        for month in inner:
            if missing:
                path[month] += step
                missing -= step
    return tuple(path)


def spells(
    dice: Random, path: tuple[int, ...], leavers: tuple[int, int], shortest: int = 2
) -> list[Spell]:
    """One spell per person, so that the stock of every month is that of the path.

    Between `leavers[0]` and `leavers[1]` go each month, after at least `shortest` months; as many
    come as the path then needs.
    """
    first = [-dice.randrange(0, 72) for _ in range(path[0])]
    last: list[int | None] = [None] * path[0]
    there = list(range(path[0]))
    for month in range(2, len(MONTHS) + 1):
        change = path[month - 1] - path[month - 2]
        going = max(dice.randint(*leavers), -change)
        may_go = [n for n in there if month - first[n] >= shortest]
        gone = set(dice.sample(may_go, going))
        for n in gone:
            last[n] = month - 1
        there = [n for n in there if n not in gone]
        for _ in range(going + change):
            there.append(len(first))
            first.append(month)
            last.append(None)
    return [Spell(a, b) for a, b in zip(first, last, strict=True)]
