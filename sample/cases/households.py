"""低保 households of the sample: who, where, with what income, from when to when.

Every amount is covered members × (standard − per-capita income), plus any supplement, in whole 元
(R-DB-02). Incomes are drawn first; then many of them are moved by a few 元 until the year's money
is the chosen total, where there is one. No household is there to make up a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from domain.event import Payee
from sample.cases.payroll import GO_LIVE, Claim, Due, Standard, standard_of
from sample.cases.stock import Spell, spells, stock_path
from sample.days import MONTHS
from sample.office import Office
from sample.people import People

_SIZES = (1, 2, 3, 4, 5)
_SIZE_WEIGHTS = (49, 30, 13, 5.5, 2.5)
CHANGED = 90
"""Households whose circumstances change within the year."""
_LOWEST_TOP_UP = 25
"""Nobody of the sample lies closer to the old standard than this many 元."""


class Stage(NamedTuple):
    """From a month on: covered members, and income above or below that at the start."""

    from_month: int
    covered: int
    income_change: int


@dataclass(slots=True)
class Household:
    """A 低保 case.

    `income` per member and month in 元; `members` (person, covered) as confirmed; `newcomer` joins
    them in a later stage.
    """

    number: str
    urban: bool
    village: str
    spell: Spell
    stages: tuple[Stage, ...]
    income: int
    supplement: int
    standard: Standard
    """The 低保 standard of its area."""
    members: tuple[tuple[Payee, bool], ...] = ()
    newcomer: Payee | None = None
    overpaid: int = 0
    late_december: bool = False

    def stage(self, month: int) -> Stage:
        """The circumstances of a month."""
        return next(
            s for s in reversed(self.stages) if s.from_month <= month or s is self.stages[0]
        )

    def covered(self, month: int) -> int:
        """Members with 保障 status in a month."""
        return self.stage(month).covered

    def due(self, month: int) -> Due:
        """What the household is due for a month at the raised standard."""
        _, covered, change = self.stage(month)
        top_up = self.standard.new - self.income - change
        return Due(covered * top_up + self.supplement, covered * self.standard.raised)

    def paid_months(self) -> range:
        """The months of the year for which money went out."""
        last = len(MONTHS) if self.spell.last is None else self.spell.last + self.overpaid
        return range(max(self.spell.first, 1), last + 1)

    def claim(self) -> Claim:
        """The case as the payroll sees it."""
        late = self.due(0).yuan - self.due(0).raised if self.late_december else 0
        dues = {month: self.due(month) for month in self.paid_months()}
        township = self.village[:9]
        return Claim(self.number, "dibao", township, self.spell.first, self.spell.last, dues, late)

    def settled(self) -> int:
        """元 of the year, by settlement date."""
        claim = self.claim()
        return sum(due.yuan for due in claim.dues.values()) + claim.late_december


def plan_households(office: Office, dice: Random, people: People, year: int) -> list[Household]:
    """All households of the year, as many and with as much money as are the goals."""
    goals = office.goals
    path = stock_path(dice, final=goals.households, total=goals.household_months, swing=2)
    made = [
        _draw(office, dice, f"DB-{n:05d}", spell)
        for n, spell in enumerate(spells(dice, path, (4, 10)), start=1)
    ]
    steady = [h for h in made if h.spell.first <= -3 and h.spell.last is None]
    for household in dice.sample(steady, min(CHANGED, len(steady) // 3)):
        _change_midway(dice, household)
    _fix_persons(dice, made, goals.persons)
    steady = [h for h in steady if len(h.stages) == 1]
    for household in dice.sample(steady, 3):
        household.late_december = True
    may_overpay = [h for h in made if h.spell.last in range(GO_LIVE, 10)]
    for household in dice.sample(may_overpay, 3):
        household.overpaid = 2
    if goals.household_yuan is not None:
        _fix_money(dice, made, goals.household_yuan)
    for household in made:
        household.members = _members(dice, people, household, year)
        if max(stage.covered for stage in household.stages) > household.stages[0].covered:
            household.newcomer = people.payee(year - 60, year - 20)
    return made


def _draw(office: Office, dice: Random, number: str, spell: Spell) -> Household:
    urban = dice.random() < 0.38
    (covered,) = dice.choices(_SIZES, _SIZE_WEIGHTS)
    of_area = standard_of(office, "dibao", "urban" if urban else "rural")
    income = int(dice.betavariate(1.3, 3.2) * (of_area.old - _LOWEST_TOP_UP))
    supplement = dice.choice((70, 105, 140)) if dice.random() < 0.12 else 0
    stage = Stage(spell.first, covered, 0)
    return Household(
        number,
        urban,
        office.draw_village(dice, urban=urban),
        spell,
        (stage,),
        income,
        supplement,
        of_area,
    )


def _change_midway(dice: Random, household: Household) -> None:
    """Income up or down (减发, 增发), or a member more or fewer, from some month on."""
    (start,) = household.stages
    month = dice.choice((3, 4, 5, 8, 9, 10, 11))
    if dice.random() < 0.25 and start.covered < 5:
        household.stages = (start, Stage(month, start.covered + 1, 0))
    elif dice.random() < 0.3 and start.covered > 1:
        household.stages = (start, Stage(month, start.covered - 1, 0))
    else:
        room = household.standard.old - _LOWEST_TOP_UP - household.income
        change = dice.randrange(15, 90) if room > 120 else -min(household.income, 60)
        if change:
            household.stages = (start, Stage(month, start.covered, change))


def _fix_persons(dice: Random, made: list[Household], persons: int) -> None:
    """Move household sizes by one until exactly so many are covered in December."""
    there = [h for h in made if h.spell.holds(12) and len(h.stages) == 1]
    missing = persons - sum(h.covered(12) for h in made if h.spell.holds(12))
    step = 1 if missing > 0 else -1
    may = [h for h in there if 1 <= h.stages[0].covered + step <= 5]
    for household in dice.sample(may, abs(missing)):
        (stage,) = household.stages
        household.stages = (stage._replace(covered=stage.covered + step),)


def _fix_money(dice: Random, made: list[Household], yuan: int) -> None:
    """Move incomes by single 元 until the year's money is exactly so many 元."""
    weight = {
        h.number: sum(h.covered(m) for m in h.paid_months()) for h in made if not h.late_december
    }
    missing = yuan - sum(h.settled() for h in made)
    movable = [h for h in made if not h.late_december]
    while missing:
        before = missing
        dice.shuffle(movable)
        for household in movable:
            step = -1 if missing > 0 else 1
            change = -step * weight[household.number]
            if abs(change) <= abs(missing) and _may_have(household, household.income + step):
                household.income += step
                missing -= change
        if missing == before:
            raise ArithmeticError(f"{missing} yuan cannot be placed")


def _may_have(household: Household, income: int) -> bool:
    """Whether an income is possible: not negative, and poor enough under the old standard too."""
    changes = [stage.income_change for stage in household.stages]
    highest = household.standard.old - _LOWEST_TOP_UP
    return income + min(changes) >= 0 and income + max(changes) <= highest


def _members(
    dice: Random, people: People, household: Household, year: int
) -> tuple[tuple[Payee, bool], ...]:
    """The head first; some households have a member without 保障 status, who counts for nothing."""
    covered = household.stages[0].covered
    members = [(people.payee(year - 86, year - 30), True)]
    members += [(people.payee(year - 80, year - 2), True) for _ in range(covered - 1)]
    if dice.random() < 0.06:
        members.append((people.payee(year - 55, year - 19), False))
    return tuple(members)
