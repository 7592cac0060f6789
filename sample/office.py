"""Whose year is invented: a bureau, the words its papers use, and what its numbers come to.

What is particular stands in the bureau's folder, in `sample/office.toml`; a bureau without that
file gets the numbers and words of a small district.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Programme
from infra import bureaus
from sample.days import CALENDAR

VILLAGES = 9
"""Of a township whose villages nobody lists."""
Goal = tuple[int, int]
"""Holders at year end, person-months paid over the year."""
Amounts = tuple[int, int]
"""元 per person and month: of the year before, and as raised from 1 January; 0 = there is none."""


@dataclass(frozen=True, slots=True)
class Goals:
    """What the numbers of the year come to."""

    households: int = 214
    persons: int = 391
    household_months: int = 2_570
    household_yuan: int | None = None
    """Settled in the year, late money of last December included; None = as it falls."""
    tekun_rural: Goal = (88, 1_050)
    tekun_urban: Goal = (21, 252)
    orphans: int = 4
    orphans_in_institution: int = 3
    unattended: Goal = (23, 270)
    nursing: Goal = (418, 4_990)
    living: Goal = (166, 1_990)
    both_subsidies: int = 40
    marriages: int = 1_260
    marriages_across: int = 260
    divorces: int = 240
    divorces_across: int = 60
    divorces_withdrawn: int = 31
    divorces_lapsed: int = 20
    divorces_next_year: int = 14
    marriage_reissues: int = 64
    marriage_reissues_across: int = 20
    divorce_reissues: int = 8
    divorce_reissues_across: int = 3
    associations: int = 61
    private_non_enterprises: int = 48
    foundations: int = 1
    deaths: int = 240


SYSTEMS = {
    "social-assistance": "assistance.application-received",
    "payouts": "assistance.payment-settled",
    "child-welfare": "children.application-received",
    "disability": "disability.application-received",
    "elderly": "elderly.application-received",
    "standards": "standards.standard-adopted",
    "organisations": "organisations.organisation-taken-over",
    "enforcement": "inspection.inspection-conducted",
    "bureau-enforcement": "inspection.inspection-conducted",
    "personnel": "officers.officer-taken-over",
    "marriage": "marriage.marriage-registered",
    "adoption": "adoption.adoption-applied",
    "funeral": "funeral.cremation-recorded",
    "placenames": "placename.naming-proposed",
    "website": "disclosure.item-published",
    "office": "outreach.study-session-held",
    "audit": "rectification.finding-dismissed",
}
"""The upstream systems of the sample, and a class of events by which a source is known as one."""

PROGRAMMES: Mapping[str, Callable[[Programme], bool]] = {
    "dibao": lambda p: p.line == "assistance" and p.pays == "top-up",
    "tekun": lambda p: p.line == "assistance" and p.pays == "flat",
    "orphan": lambda p: p.parents == "gone" and p.pays == "flat",
    "unattended-child": lambda p: p.parents == "unable" and p.pays == "flat",
    "living-subsidy": lambda p: p.line == "disability" and p.pays == "flat" and not p.grades,
    "nursing-subsidy": lambda p: p.line == "disability" and bool(p.grades or p.levels),
}
"""The programmes of the sample, and by what a bureau's is known as one, whatever its code."""

_STANDARDS: Mapping[str, Amounts] = {
    "dibao-rural": (640, 665),
    "dibao-urban": (810, 840),
    "dibao": (760, 790),
    "tekun-rural": (1024, 1064),
    "tekun-urban": (1296, 1344),
    "tekun": (1216, 1264),
    "orphan": (1400, 1460),
    "orphan-institutional": (2050, 2150),
    "unattended-child": (1400, 1460),
    "living-subsidy": (110, 120),
    "nursing-subsidy": (120, 130),
    "care-independent": (0, 0),
    "care-partial": (400, 400),
    "care-full": (900, 900),
}
_ANY_STANDARD: Amounts = (100, 100)


@dataclass(frozen=True, eq=False)
class Office:
    """A bureau whose year is invented."""

    bureau: Bureau
    goals: Goals = field(default_factory=Goals)
    said: Mapping[str, Any] = field(default_factory=dict)
    """What office.toml says besides."""
    years: Collection[int] = ()
    """Those whose holidays are known."""

    def word(self, name: str, default: str) -> str:
        """A word of the office's papers."""
        return str(self.said.get("words", {}).get(name, default))

    @property
    def division(self) -> str:
        """The 6 digits of the division."""
        return self.bureau.division

    @property
    def prefix(self) -> str:
        """What its document numbers begin with."""
        return self.word("prefix", f"{self.bureau.short[0]}民")

    @property
    def site(self) -> str:
        """Where enforcement is made public."""
        return f"{self.bureau.short[-1]}政府门户网站行政执法公示平台"

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        """What the sample calls a programme → the bureau's. Raises LookupError where one lacks."""
        found: dict[str, Programme] = {}
        for name, is_such in PROGRAMMES.items():
            such = [p for p in self.bureau.programmes.values() if is_such(p)]
            named = [p for p in such if p.code == name]
            if not such:
                raise LookupError(f"{self.bureau.name}没有可作{name}的保障项目，示例年度需要它")
            found[name] = (named or such)[0]
        return found

    def code(self, programme: str) -> str:
        """The bureau's code of what the sample calls a programme; another code as it is."""
        return self.programmes[programme].code if programme in PROGRAMMES else programme

    def amounts(self, kind: str, area: str | None = None) -> Amounts:
        """A standard before and after the raise."""
        name = kind if area is None else f"{kind}-{area}"
        given = self.said.get("standards", {}).get(name)
        old, new = given or _STANDARDS.get(name) or _STANDARDS.get(kind, _ANY_STANDARD)
        return old, new

    @cached_property
    def townships(self) -> dict[str, str]:
        """Code → name of the 街道, 镇 and 乡 there are."""
        places = self.bureau.townships.values()
        return {p.code: p.name for p in places if not p.statistical and p.until is None}

    @cached_property
    def villages(self) -> tuple[str, ...]:
        """The 12-digit codes of all villages, by township."""
        counts = self._urban | self._rural
        listed: dict[str, list[str]] = {code: [] for code in counts}
        for code in self.bureau.villages:
            listed.setdefault(code[:9], []).append(code)
        return tuple(
            code
            for township, count in counts.items()
            for code in listed[township] or [f"{township}{n:03d}" for n in range(1, count + 1)]
        )

    @cached_property
    def neighbours(self) -> tuple[str, ...]:
        """Divisions that people come from: as said, else some of the same city and others."""
        if said := self.word("neighbours", ""):
            return tuple(said.split())
        near = [d for d in self.bureau.divisions if d[:4] == self.division[:4]]
        others = [d for d in near if d != self.division and d[4:] != "00"]
        far = [d for d in self.bureau.divisions if d[4:] != "00" and d not in near]
        return (*others[:3], *far[:: len(far) // 2])

    @cached_property
    def rural_township(self) -> str:
        """The first township that is 乡; the first of all, where there is none."""
        return next((t for t in self.townships if not self.is_urban(t)), next(iter(self.townships)))

    @cached_property
    def _urban(self) -> dict[str, int]:
        """Township → how many villages it has, of those that are 城."""
        return {t: n for t, n in self._counts().items() if self.is_urban(t)}

    @cached_property
    def _rural(self) -> dict[str, int]:
        return {t: n for t, n in self._counts().items() if not self.is_urban(t)}

    def _counts(self) -> dict[str, int]:
        said = self.said.get("villages", {})
        listed: dict[str, int] = {}
        for code in self.bureau.villages:
            listed[code[:9]] = listed.get(code[:9], 0) + 1
        return {t: listed.get(t) or int(said.get(t, VILLAGES)) for t in self.townships}

    def is_urban(self, township: str) -> bool:
        """Whether a township is 城; what the bureau leaves open counts as 乡."""
        place = self.bureau.townships.get(township)
        return place is not None and place.area == "urban"

    def draw_village(self, dice: Random, *, urban: bool) -> str:
        """A village of an urban or a rural township; of any, where there is none of these."""
        counts = (self._urban if urban else self._rural) or self._urban or self._rural
        (township,) = dice.choices(tuple(counts), cum_weights=tuple(accumulate(counts.values())))
        place = dice.randrange(counts[township])
        return [code for code in self.villages if code[:9] == township][place]

    @cached_property
    def sources(self) -> dict[str, str]:
        """A system of the sample → the bureau's source that speaks for it."""
        said = self.said.get("sources", {})
        return {
            system: said.get(system) or self._speaker(system)
            for system in SYSTEMS
            if system != "elderly" or any(p.line == system for p in self.bureau.programmes.values())
        }

    def _speaker(self, system: str) -> str:
        """The source of that name, or the first that may say what the system says."""
        may = [s.name for s in self.bureau.sources.values() if s.may(f"{SYSTEMS[system]}.v1")]
        if not may:
            raise ValueError(f"no source of {self.division} may say {SYSTEMS[system]}")
        return system if system in may else may[0]


def place(village: str) -> dict[str, str]:
    """A village and its township, as the contracts name them."""
    return {"township": village[:9], "village": village}


def of(folder: Path) -> Office:
    """The office of a bureau's folder. Raises OSError, and FolderWrong where that is wrong."""
    file = folder / "sample" / "office.toml"
    said = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    known = {each.name for each in fields(Goals)}
    goals: dict[str, Any] = {
        name: tuple(goal) if isinstance(goal, list) else goal
        for name, goal in said.get("goals", {}).items()
        if name in known
    }
    bureau = bureaus.load(folder)
    years = bureau.calendar.notices
    return Office(replace(bureau, calendar=CALENDAR), Goals(**goals), said, years)


@cache
def default() -> Office:
    """The office of the sample bureau."""
    return of(bureaus.default())
