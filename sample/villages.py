"""The village register of the sample: its villages at year end, one merged away in spring."""

from __future__ import annotations

from collections import Counter

from domain import villages as facts
from domain.codes import label
from sample.feed import Feed
from sample.sender import Sender

MERGED = "099"
"""Serial of a village of the last township, on the register at the start of the year only; no other
part of the sample uses it."""


def send(feed: Feed, year: int) -> None:
    """All villages at the start of the year, then a merger and a renaming. No monthly figure."""
    register = Sender(feed, "office", year, "v-{key}{name}")
    numbers: Counter[str] = Counter()
    office = feed.office
    last = list(office.townships)[-1]
    merged = last + MERGED
    for village in (*office.villages, merged):
        township = village[:9]
        kind: facts.VillageKind = "community" if office.is_urban(township) else "village"
        numbers[township] += 1
        name = f"示例{township[-3:]}第{numbers[township]}{label(kind, facts.VillageKind)}"
        fields = {"name": name, "kind": kind}
        register.about(village).send(facts.VillageTakenOver, register.day(1, 1), **fields)
    neighbour = next(v for v in office.villages if v[:9] == last)
    merger = {"merged_into": neighbour, "decision_number": f"示例府函〔{year}〕3号"}
    on = register.day(3, 20)
    register.about(merged).send(facts.VillageAbolished, on, "-abolished", **merger)
    renaming = {"name": f"示例{last[-3:]}新村社区", "kind": "community"}
    renaming["decision_number"] = f"示例府函〔{year}〕9号"
    on = register.day(7, 3)
    register.about(neighbour).send(facts.VillageRenamed, on, "-renamed", **renaming)
