"""The programmes that pay a flat standard: 特困, children, the two disability subsidies.

Who is there when; how many at year end and how many person-months are paid over the year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from domain.casework import Programme
from domain.children import Child
from domain.disability import SubsidyHolder
from domain.event import Payee, in_clear
from sample.cases.households import Household
from sample.cases.payroll import GO_LIVE, Claim, Due, Standard, standard, standard_of
from sample.cases.stock import Spell, spells, stock_path
from sample.days import MONTHS
from sample.office import Goal, Office
from sample.people import People

URBAN_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Holder:
    """A person's case in a flat programme; `overpaid` months were paid after the spell."""

    number: str
    programme: Programme
    urban: bool
    village: str
    person: Payee
    spell: Spell
    standard: Standard
    overpaid: int = 0
    mode: str = "home-based"
    care: str = "independent"
    ground: str | None = None
    household: str | None = None
    level: str | None = None
    """Of a graded programme."""

    def claim(self) -> Claim:
        """The case as the payroll sees it."""
        last = self.spell.last
        paid_to = len(MONTHS) if last is None else last + self.overpaid
        dues = _dues(self.standard, max(self.spell.first, 1), paid_to)
        return Claim(self.number, self.programme, self.village[:9], self.spell.first, last, dues)


@cache
def _dues(standard: Standard, first: int, paid_to: int) -> Mapping[int, Due]:
    return {m: Due(standard.new, standard.raised) for m in range(first, paid_to + 1)}


def _spells(
    dice: Random,
    goal: Goal,
    *,
    swing: int,
    leavers: tuple[int, int],
    overpaid: Sequence[int] = (),
) -> list[tuple[Spell, int]]:
    """Spells with the months overpaid after each; both together are the person-months paid."""
    final, total = goal
    path = stock_path(dice, final=final, total=total - sum(overpaid), swing=swing)
    drawn = spells(dice, path, leavers)
    may = [n for n, s in enumerate(drawn) if s.last in range(GO_LIVE, len(MONTHS) - 2)]
    extra = dict(zip(dice.sample(may, len(overpaid)), overpaid, strict=True))
    return [(spell, extra.get(n, 0)) for n, spell in enumerate(drawn)]


def plan_tekun(office: Office, dice: Random, people: People, year: int) -> list[Holder]:
    """特困 persons, rural and urban; about one in six gets the care allowance."""
    rural = _spells(dice, office.goals.tekun_rural, swing=2, leavers=(2, 6), overpaid=(2,))
    urban = _spells(dice, office.goals.tekun_urban, swing=2, leavers=(0, 1))
    drawn = [("rural", *spell) for spell in rural] + [("urban", *spell) for spell in urban]
    holders = []
    for n, (area, spell, overpaid) in enumerate(drawn, start=1):
        mode = "institutional" if dice.random() < 0.2 else "home-based"
        care = "independent"
        if dice.random() < (0.5 if mode == "institutional" else 0.1):
            care = "full-care" if dice.random() < 0.3 else "partial-care"
        village = office.draw_village(dice, urban=area == "urban")
        person = people.payee(year - 92, year - 61)
        number = f"TK-{n:05d}"
        holders.append(
            Holder(
                number,
                "tekun",
                area == "urban",
                village,
                person,
                spell,
                standard_of(office, "tekun", area),
                overpaid,
                mode,
                care,
            )
        )
    return holders


def plan_children(office: Office, dice: Random, people: People, year: int) -> list[Holder]:
    """Orphans at home and in the institution, none of whom comes or goes; unattended children."""
    goals = office.goals
    moving = [spell for spell, _ in _spells(dice, goals.unattended, swing=0, leavers=(0, 1))]
    groups: list[tuple[str, Programme, str, list[Spell]]] = [
        ("GE", "orphan", "home-based", _settled(dice, goals.orphans)),
        ("GJ", "orphan", "institutional", _settled(dice, goals.orphans_in_institution)),
        ("SW", "unattended-child", "home-based", moving),
    ]
    holders = []
    for prefix, programme, mode, group in groups:
        institution = mode == "institutional"
        amounts = standard_of(office, programme, mode=mode)
        for n, spell in enumerate(group, start=1):
            urban = institution or dice.random() < URBAN_SHARE
            child = Child(**people.payee(year - 17, year - 7).model_dump(exclude_none=True))
            number, village = f"{prefix}-{n:04d}", office.draw_village(dice, urban=urban)
            holders.append(
                Holder(number, programme, urban, village, child, spell, amounts, mode=mode)
            )
    return holders


def _settled(dice: Random, count: int) -> list[Spell]:
    return [Spell(-dice.randrange(1, 60), None) for _ in range(count)]


def _card(dice: Random, person: Payee, *, severe: bool) -> SubsidyHolder:
    grade = dice.choice((1, 2, 2)) if severe else dice.choice((3, 3, 4))
    number = f"{person.id_number}{dice.choice((1, 2, 3, 4, 4, 4, 5, 6, 7))}{grade}"
    return SubsidyHolder(**person.model_dump(exclude_none=True), card_number=number)


def plan_living(
    office: Office, dice: Random, people: People, households: Sequence[Household], year: int
) -> list[Holder]:
    """Living-subsidy holders: members of 低保 households that stay all year, or borderline."""
    members = [
        (household, person)
        for household in households
        if household.spell.last is None and household.spell.first < 0 and len(household.stages) == 1
        for person, covered in household.members
        if covered
    ]
    dice.shuffle(members)
    holders = []
    amounts = standard_of(office, "living-subsidy")
    drawn = _spells(dice, office.goals.living, swing=2, leavers=(7, 12), overpaid=(1, 1))
    for n, (spell, overpaid) in enumerate(drawn, start=1):
        severe = dice.random() < 0.42
        if dice.random() < 0.85 and not overpaid and members:
            household, person = members.pop()
            urban, village = household.urban, household.village
            holder = _card(dice, person, severe=severe)
            ground, case = "dibao", household.number
            # Not before the household.
            first = max(spell.first, min(household.spell.first, 0))
            spell = replace(spell, first=first)  # noqa: PLW2901  as it is in this household
        else:
            urban, village, holder = _draw(
                office, dice, people, (year - 80, year - 8), severe=severe
            )
            ground, case = "dibao-borderline", None
        holders.append(
            Holder(
                f"SB-{n:05d}",
                "living-subsidy",
                urban,
                village,
                holder,
                spell,
                amounts,
                overpaid,
                ground=ground,
                household=case,
            )
        )
    return holders


def plan_nursing(
    office: Office, dice: Random, people: People, living: Sequence[Holder], year: int
) -> list[Holder]:
    """Nursing-subsidy holders: the first of them hold the living subsidy too."""
    both = [
        (holder, holder.person)
        for holder in living
        if holder.spell.last is None
        and holder.spell.first < 0
        and isinstance(holder.person, SubsidyHolder)
        and in_clear(holder.person.card_number)[19] in "12"
    ][: office.goals.both_subsidies]
    drawn = _spells(dice, office.goals.nursing, swing=8, leavers=(14, 26), overpaid=(1,) * 8)
    holders = []
    for n, (spell, overpaid) in enumerate(drawn, start=1):
        if both and spell.all_year:
            other, person = both.pop()
            urban, village = other.urban, other.village
        else:
            urban, village, person = _draw(office, dice, people, (year - 88, year - 4), severe=True)
        holders.append(
            Holder(
                f"HL-{n:05d}",
                "nursing-subsidy",
                urban,
                village,
                person,
                spell,
                overpaid=overpaid,
                **_graded(office, person),
            )
        )
    return holders


def _draw(
    office: Office, dice: Random, people: People, born: tuple[int, int], *, severe: bool
) -> tuple[bool, str, SubsidyHolder]:
    """Where a disabled person lives, and who it is."""
    urban = dice.random() < URBAN_SHARE
    person = people.payee(*born)
    return urban, office.draw_village(dice, urban=urban), _card(dice, person, severe=severe)


def plan_late_approvals(office: Office, dice: Random, people: People, year: int) -> list[Holder]:
    """Two who applied in December and were approved only after the year's report was out."""
    return [_late(office, dice, people, year, n, urban=n == 1) for n in (1, 2)]


def _late(
    office: Office, dice: Random, people: People, year: int, n: int, *, urban: bool
) -> Holder:
    village = office.draw_village(dice, urban=urban)
    person = _card(dice, people.payee(year - 80, year - 20), severe=True)
    return Holder(
        f"HL-9{n:04d}",
        "nursing-subsidy",
        urban,
        village,
        person,
        Spell(12, None),
        **_graded(office, person),
    )


def _graded(office: Office, person: SubsidyHolder) -> dict[str, Any]:
    """Standard and level of a nursing subsidy: where levels are, by the grade of the card."""
    programme = office.programmes["nursing-subsidy"]
    if not programme.levels:
        return {"standard": standard_of(office, "nursing-subsidy")}
    grade = int(in_clear(person.card_number)[19])
    level = programme.levels[min(grade, len(programme.levels)) - 1]
    return {"standard": standard(office, level.standard), "level": level.code}
