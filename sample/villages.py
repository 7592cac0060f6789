"""The village register of the sample: 167 villages at year end, one merged away in spring."""

from __future__ import annotations

from datetime import date

from domain.villages import (
    VILLAGE_KINDS,
    VillageAbolished,
    VillageEvent,
    VillageKind,
    VillageRenamed,
    VillageTakenOver,
)
from sample.feed import Feed, Truth
from sample.places import villages

SOURCE = "office"
MERGED = "445102113099"
"""On the register at the start of the year only; no other part of the sample uses it."""
_FIRST_TOWN = "445102100"


def send(feed: Feed, year: int) -> Truth:
    """All villages at the start of the year, then a merger and a renaming. No monthly figure."""
    start = date(year, 1, 1)
    numbers: dict[str, int] = {}

    def tell(event_id: str, event: VillageEvent) -> None:
        feed.send(SOURCE, event_id, event)

    for village in (*villages(), MERGED):
        township = village[:9]
        kind: VillageKind = "community" if township < _FIRST_TOWN else "village"
        numbers[township] = numbers.get(township, 0) + 1
        tell(
            f"v-{village}",
            VillageTakenOver(
                village=village,
                name=f"示例{township[-3:]}第{numbers[township]}{VILLAGE_KINDS[kind]}",
                kind=kind,
                taken_over_on=start,
            ),
        )
    neighbour = next(v for v in villages() if v[:9] == MERGED[:9])
    tell(
        f"v-{MERGED}-abolished",
        VillageAbolished(
            village=MERGED,
            merged_into=neighbour,
            decision_number=f"示例府函〔{year}〕3号",
            abolished_on=date(year, 3, 20),
        ),
    )
    tell(
        f"v-{neighbour}-renamed",
        VillageRenamed(
            village=neighbour,
            name="示例113新村社区",
            kind="community",
            decision_number=f"示例府函〔{year}〕9号",
            renamed_on=date(year, 7, 3),
        ),
    )
    return {}
