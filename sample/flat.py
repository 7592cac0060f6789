"""The lines that pay a flat standard: 特困, children, the two disability subsidies.

Who is there when; how many at year end and how many person-months are paid over the year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Literal

from domain.assistance.benefits import CareLevel, SupportMode
from domain.assistance.payouts import Programme
from domain.children import Child
from domain.disability import Ground, SubsidyHolder
from domain.event import Payee
from sample.households import Household
from sample.payees import as_kind, draw_payee
from sample.payroll import (
    CHILD,
    CHILD_IN_INSTITUTION,
    GO_LIVE,
    LIVING,
    MONTHS,
    NURSING,
    TEKUN,
    Claim,
    Due,
    Standard,
)
from sample.people import People
from sample.places import draw_village
from sample.stock import Spell, spells, stock_path

TEKUN_RURAL = (646, 7752)
TEKUN_URBAN = (69, 828)
ORPHANS = 16
ORPHANS_IN_INSTITUTION = 3
UNATTENDED = (86, 1009)
NURSING_HOLDERS = (5248, 62_804)
LIVING_HOLDERS = (1122, 13_840)
"""Holders at year end, person-months paid over the year."""
BOTH_SUBSIDIES = 310
URBAN_SHARE = 0.4
CARE_YUAN: dict[CareLevel, int] = {"partial-care": 430, "full-care": 960}
"""照料护理费 per month (invented), an item of its own."""


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
    mode: SupportMode = "home-based"
    care: CareLevel = "independent"
    ground: Ground | None = None
    household: str | None = None

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
    goal: tuple[int, int],
    *,
    swing: int,
    leavers: tuple[int, int],
    overpaid: Sequence[int] = (),
) -> list[tuple[Spell, int]]:
    """Spells with the months overpaid after each; both together are the person-months paid."""
    final, total = goal
    path = stock_path(dice, final=final, total=total - sum(overpaid), swing=swing)
    made = spells(dice, path, leavers)
    may = [n for n, s in enumerate(made) if s.last in range(GO_LIVE, len(MONTHS) - 2)]
    extra = dict(zip(dice.sample(may, len(overpaid)), overpaid, strict=True))
    return [(spell, extra.get(n, 0)) for n, spell in enumerate(made)]


def plan_tekun(dice: Random, people: People, year: int) -> list[Holder]:
    """特困 persons, urban and rural; about one in six gets the care allowance."""
    drawn = [
        (urban, spell, overpaid)
        for urban, goal, leavers, extra in (
            (False, TEKUN_RURAL, (2, 6), (2,)),
            (True, TEKUN_URBAN, (0, 1), ()),
        )
        for spell, overpaid in _spells(dice, goal, swing=2, leavers=leavers, overpaid=extra)
    ]
    made = []
    for n, (urban, spell, overpaid) in enumerate(drawn, start=1):
        mode: SupportMode = "institutional" if dice.random() < 0.2 else "home-based"
        care: CareLevel = "independent"
        if dice.random() < (0.5 if mode == "institutional" else 0.1):
            care = "full-care" if dice.random() < 0.3 else "partial-care"
        made.append(
            Holder(
                f"TK-{n:05d}",
                "tekun",
                urban,
                draw_village(dice, urban=urban),
                draw_payee(dice, people, (year - 92, year - 61)),
                spell,
                TEKUN["urban" if urban else "rural"],
                overpaid,
                mode,
                care,
            )
        )
    return made


def plan_children(dice: Random, people: People, year: int) -> list[Holder]:
    """Orphans at home and in the institution, none of whom comes or goes; unattended children."""
    moving = _spells(dice, UNATTENDED, swing=0, leavers=(0, 1))
    groups: list[tuple[str, Programme, SupportMode, list[tuple[Spell, int]]]] = [
        ("GE", "orphan", "home-based", _settled(dice, ORPHANS)),
        ("GJ", "orphan", "institutional", _settled(dice, ORPHANS_IN_INSTITUTION)),
        ("SW", "unattended-child", "home-based", moving),
    ]
    made = []
    for prefix, programme, mode, group in groups:
        for n, (spell, _) in enumerate(group, start=1):
            institution = mode == "institutional"
            urban = institution or dice.random() < URBAN_SHARE
            born = draw_payee(dice, people, (year - 17, year - 7))
            made.append(
                Holder(
                    f"{prefix}-{n:04d}",
                    programme,
                    urban,
                    draw_village(dice, urban=urban),
                    as_kind(born, Child),
                    spell,
                    CHILD_IN_INSTITUTION if institution else CHILD,
                    mode=mode,
                )
            )
    return made


def _settled(dice: Random, count: int) -> list[tuple[Spell, int]]:
    return [(Spell(-dice.randrange(1, 60), None), 0) for _ in range(count)]


Subsidy = Literal["living-subsidy", "nursing-subsidy"]


def _card(dice: Random, person: Payee, *, severe: bool) -> SubsidyHolder:
    grade = dice.choice((1, 2, 2)) if severe else dice.choice((3, 3, 4))
    number = f"{person.id_number}{dice.choice((1, 2, 3, 4, 4, 4, 5, 6, 7))}{grade}"
    return as_kind(person, SubsidyHolder, card_number=number)


def plan_living(
    dice: Random, people: People, households: Sequence[Household], year: int
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
    made = []
    drawn = _spells(dice, LIVING_HOLDERS, swing=2, leavers=(7, 12), overpaid=(1, 1))
    for n, (spell, overpaid) in enumerate(drawn, start=1):
        number, severe = f"SB-{n:05d}", dice.random() < 0.42
        in_dibao = dice.random() < 0.85 and not overpaid
        if in_dibao:
            household, person = members.pop()
            made.append(
                Holder(
                    number,
                    "living-subsidy",
                    household.urban,
                    household.village,
                    _card(dice, person, severe=severe),
                    replace(spell, first=max(spell.first, min(household.spell.first, 0))),
                    LIVING,
                    overpaid,
                    ground="dibao",
                    household=household.number,
                )
            )
        else:
            urban = dice.random() < URBAN_SHARE
            person = draw_payee(dice, people, (year - 80, year - 8))
            made.append(
                Holder(
                    number,
                    "living-subsidy",
                    urban,
                    draw_village(dice, urban=urban),
                    _card(dice, person, severe=severe),
                    spell,
                    LIVING,
                    overpaid,
                    ground="dibao-borderline",
                )
            )
    return made


def plan_nursing(dice: Random, people: People, living: Sequence[Holder], year: int) -> list[Holder]:
    """Nursing-subsidy holders: the first of them hold the living subsidy too."""
    both = [h for h in living if h.person.card_number[19] in "12" and h.spell.last is None]  # type: ignore[attr-defined]  # a SubsidyHolder
    both = [h for h in both if h.spell.first < 0][:BOTH_SUBSIDIES]
    drawn = _spells(dice, NURSING_HOLDERS, swing=8, leavers=(14, 26), overpaid=(1,) * 8)
    made = []
    for n, (spell, overpaid) in enumerate(drawn, start=1):
        number = f"HL-{n:05d}"
        if both and spell.first <= 0 and spell.last is None:
            other = both.pop()
            made.append(
                Holder(number, "nursing-subsidy", other.urban, other.village, other.person, spell,
                       NURSING, overpaid)
            )  # fmt: skip
            continue
        urban = dice.random() < URBAN_SHARE
        person = draw_payee(dice, people, (year - 88, year - 4))
        made.append(
            Holder(
                number,
                "nursing-subsidy",
                urban,
                draw_village(dice, urban=urban),
                _card(dice, person, severe=True),
                spell,
                NURSING,
                overpaid,
            )
        )
    return made


def plan_late_approvals(dice: Random, people: People, year: int) -> list[Holder]:
    """Two who applied in December and were approved only after the year's report was out."""
    return [
        Holder(
            f"HL-9{n:04d}",
            "nursing-subsidy",
            urban,
            draw_village(dice, urban=urban),
            _card(dice, draw_payee(dice, people, (year - 80, year - 20)), severe=True),
            Spell(12, None),
            NURSING,
        )
        for n, urban in ((1, True), (2, False))
    ]
