"""The programmes (保障项目) of a bureau: what is granted, to whom, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Unit = Literal["户", "人", "户次", "人次"]
Pays = Literal["top-up", "flat", "graded", "decided", "once", "none"]
"""top-up: standard less income, per covered member (补差). flat: the standard. graded: the standard
of the case's level. decided: what the decision says. once: one benefit, no months (户次, 人次).
none: a status without money (认定)."""
Family = Literal["assistance", "children", "disability", "elderly"]
"""The business line whose events open its cases."""
Mode = Literal["home-based", "institutional"]
"""散居 or 分散供养; in an institution (集中养育, 集中供养)."""
Begins = Literal["after-decision", "of-application"]
"""Which month is the first that is due: the one after the decision, or that of the application."""
USUAL: dict[Family, Begins] = {
    "assistance": "after-decision",
    "children": "after-decision",
    "disability": "of-application",
}
"""Where the folder does not say."""


@dataclass(frozen=True, slots=True)
class Least:
    """A standard is at least this share of another: that of 特困 is so many times that of 低保."""

    of: str
    percent: int
    basis: str


@dataclass(frozen=True, slots=True)
class Standard:
    """A monthly standard per person (保障标准): its kind, name, and whether 城乡 have one each."""

    kind: str
    name: str
    by_area: bool = False
    """May be set for each of 城乡; where one is set for both, the area is left out."""
    at_least: Least | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A level (档次) of a graded programme, and the standard it follows."""

    code: str
    name: str
    standard: str
    grades: str | None = None
    """Name of the rule that lists the card grades that are entitled to it."""
    ages: tuple[int | None, int | None] = (None, None)
    """The completed years (周岁) from which and up to which it is granted; None = whatever."""


@dataclass(frozen=True, slots=True)
class Item:
    """A pay item (发放项目); `counted` says whether it is part of 发放金额 of the programme."""

    code: str
    name: str
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """That nobody holds a programme beside another one in the same month."""

    programme: str
    """The other one."""
    document: str | None = None
    """文号 of what says so; None = as offices understand it, which is a doubt and no more."""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme, from `since` to `until` (the last day; None = always, still)."""

    code: str
    name: str
    short: str
    """As pages and bulletins say it: 低保."""
    unit: Unit
    line: Family
    pays: Pays
    basis: str
    standard: str | None = None
    """The kind of standard it follows; None for graded (see levels), decided, once and none."""
    standards_by_mode: tuple[tuple[str, str], ...] = ()
    """Where a mode (集中, 机构) has another standard: (mode, kind)."""
    levels: tuple[Level, ...] = ()
    items: tuple[Item, ...] = ()
    one_person: bool = False
    """Whether a case is one person's (特困), not a household's."""
    parents: Literal["gone", "unable"] | None = None
    """What must be true of a child's parents: both gone (孤儿), or both unable (事实无人抚养)."""
    grades: str | None = None
    """Name of the rule that lists the card grades that are entitled (残疾等级)."""
    excludes: tuple[Exclusion, ...] = ()
    begins: Begins | None = None
    """None = as is usual in its line; where nothing is, any month."""
    since: date | None = None
    until: date | None = None

    @property
    def first_month(self) -> Begins | None:
        """Which month is the first that is due; None = any."""
        return self.begins or USUAL.get(self.line)

    def fixes(self, amount_fen: int | None) -> int | None:
        """What a decision that tells this amount makes due in each month; None = the standard.

        What an assistance decision prints is the standard of its day where the programme is flat;
        elsewhere an amount of its own is one (a child that lives on 低保 too).
        """
        own = self.pays in ("top-up", "decided") or self.line != "assistance"
        return amount_fen if own else None

    def follows(self, mode: str | None, level: str | None) -> str | None:
        """The kind of standard that a case of this mode and level follows, if it does."""
        if self.pays == "graded":
            found = self.level(level)
            return None if found is None else found.standard
        return dict(self.standards_by_mode).get(mode or "", self.standard)

    def exclusion(self, other: Programme, on: date) -> Exclusion | None:
        """Why nobody holds both on a day, whichever of the two says so; None where one may."""
        told = ((self, other), (other, self))
        found = (
            each
            for one, beside in told
            for each in one.excludes
            if each.programme == beside.code
            and (each.since is None or each.since <= on)
            and (each.until is None or on <= each.until)
        )
        return next(found, None)

    def stands(self, on: date) -> bool:
        """Whether it is open on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def level(self, code: str | None) -> Level | None:
        """A level by its code."""
        return next((level for level in self.levels if level.code == code), None)

    def item(self, code: str) -> Item | None:
        """A pay item by its code."""
        return next((item for item in self.items if item.code == code), None)
