"""Which social organisations the sample has, and which part each plays in the year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from domain.identifiers import body_code_check, uscc_check
from domain.organisations.events import KIND_CODES, OrganisationKind
from sample.feed import dice
from sample.office import Office

ESTABLISHED: tuple[tuple[int, int, OrganisationKind], ...] = (
    (1, 18, "association"),
    (3, 7, "association"),
    (4, 11, "association"),
    (6, 13, "private-non-enterprise"),
    (8, 8, "association"),
    (10, 17, "association"),
    (11, 21, "association"),
)
DEREGISTERED = ((2, 22), (5, 28), (10, 10))
"""Bodies that ended of their own will; the second had been drawn for inspection before that."""
ZOMBIES_DEREGISTERED = ((6, 18), (7, 11), (8, 22), (9, 19), (11, 14))
"""Of these five the last had first been told to rectify."""
ZOMBIES_REVOKED = (("CF-01", (9, 3)), ("CF-02", (11, 5)))
"""Penalty case that took the body up, and day of the decision."""
ZOMBIES_RECTIFIED = 3
ZOMBIES_OPEN = 2
"""Identified, not yet disposed at year end."""

_TOPICS = ("书画", "棋类", "太极", "园艺", "摄影", "戏曲", "茶艺", "民俗", "诗词", "手工", "阅读")
_ENDINGS: dict[OrganisationKind, str] = {
    "association": "协会",
    "private-non-enterprise": "服务中心",
    "foundation": "基金会",
}


@dataclass(frozen=True, slots=True)
class Body:
    """A body of the sample."""

    uscc: str
    kind: OrganisationKind
    name: str
    township: str

    @property
    def stream(self) -> str:
        """The body as other lines name it."""
        return f"organisation/{self.uscc}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which body plays which part in the year."""

    taken_over: tuple[Body, ...]
    established: tuple[Body, ...]
    deregistered: tuple[Body, ...]
    zombies_revoked: tuple[Body, ...]
    zombies_deregistered: tuple[Body, ...]
    zombies_rectified: tuple[Body, ...]
    zombies_open: tuple[Body, ...]
    ordinary: tuple[Body, ...]
    """Nothing ends for them; inspections are drawn from these."""


def make_body(office: Office, serial: int, kind: OrganisationKind, chance: Random) -> Body:
    """An invented body under a code that its serial gives."""
    code = f"MJ{serial:06d}"
    first17 = f"{KIND_CODES[kind]}{office.division}{code}{body_code_check(code)}"
    name = f"示例{chance.choice(_TOPICS)}{_ENDINGS[kind]}{serial}"
    township = chance.choice(tuple(office.townships))
    return Body(first17 + uscc_check(first17), kind, name, township)


def taken_over(office: Office) -> tuple[tuple[OrganisationKind, int], ...]:
    """How many of each kind were on the register when the year began."""
    goals = office.goals
    return (
        ("association", goals.associations),
        ("private-non-enterprise", goals.private_non_enterprises),
        ("foundation", goals.foundations),
    )


@lru_cache(maxsize=2)
def plan(office: Office, year: int) -> Plan:
    """The bodies of an office's year; the same year gives the same ones."""
    chance = dice("organisation plan", year)
    kinds = [kind for kind, count in taken_over(office) for _ in range(count)]
    old = [make_body(office, 1000 + i, kind, chance) for i, kind in enumerate(kinds)]
    new = [make_body(office, 2000 + i, kind, chance) for i, (_, _, kind) in enumerate(ESTABLISHED)]
    associations = [body for body in old if body.kind == "association"]
    chance.shuffle(associations)

    def take(count: int) -> tuple[Body, ...]:
        return tuple(associations.pop() for _ in range(count))

    parts = (
        take(len(DEREGISTERED)),
        take(len(ZOMBIES_REVOKED)),
        take(len(ZOMBIES_DEREGISTERED)),
        take(ZOMBIES_RECTIFIED),
        take(ZOMBIES_OPEN),
    )
    cast = {body.uscc for part in parts for body in part}
    ordinary = tuple(body for body in old if body.uscc not in cast)
    return Plan(tuple(old), tuple(new), *parts, ordinary)
