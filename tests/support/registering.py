"""A ledger of things that stand on registers, in the order of the days on which they were told.

By hand, at the end of it (31 October 2024): three bodies, one of which ended in June; one place,
named in April and called otherwise since September; 121 villages, one of them called otherwise
since July, one abolished in August; 低保 in the country 650 元 in 2023 and 700 元 since 2024, which
was told in March, and 874 元 in town.
"""

from __future__ import annotations

from datetime import date

import asyncpg

from domain.funeral import KeepingBodyTakenOver
from domain.officers import DepartmentEstablished, OfficerTakenOver, PostLicenceRequired
from domain.organisations.events import Deregistered, RegisteredItemChanged
from domain.outreach.charity import DriveOpened
from domain.villages import VillageAbolished, VillageRenamed, VillageTakenOver
from tests.support.enforcement import (
    ASSOCIATION,
    OTHER,
    PRIVATE,
    SECOND,
    a_body,
    an_officer,
    established,
    on,
)
from tests.support.ledger import Bench
from tests.support.money import a_raise, a_standard
from tests.support.placename import RENAMED, a_proposal, an_approval

VILLAGES = 121
RURAL, STREET = "445102100", "445102007"
FIRST_VILLAGE, LAST_VILLAGE = f"{RURAL}001", f"{RURAL}{VILLAGES}"
SCRIPT = "<script>alert(1)</script>幼儿园"
PERCENT = "百分%之_社（示例）"
LAST_DAY = date(2024, 10, 31)


def a_village(number: int) -> VillageTakenOver:
    return VillageTakenOver(
        village=f"{RURAL}{number:03}",
        name=f"示例{number}村",
        kind="village",
        taken_over_on=on("01-01"),
    )


def changed(item: str, day: str, **value: object) -> RegisteredItemChanged:
    return RegisteredItemChanged.model_validate(
        {
            "uscc": ASSOCIATION,
            "item": item,
            "decision_number": "示例民社〔2024〕10号",
            "decided_on": on(day),
            **value,
        }
    )


def an_end(day: str) -> Deregistered:
    return Deregistered(
        uscc=SECOND,
        reason="自行解散",
        certificate_collected=True,
        seal_collected=True,
        decision_number="示例民社〔2024〕9号",
        decided_on=on(day),
    )


async def fill(connection: asyncpg.Connection) -> Bench:
    """Take it all into a fresh ledger."""
    bench = await Bench.open(connection)
    await tell(bench)
    return bench


async def tell(bench: Bench) -> None:
    """Take it all into a ledger."""
    officer: OfficerTakenOver = an_officer("JB-77")
    await bench.tell(
        a_standard("dibao", 650, "rural", since="2023-01-01", adopted="2022-12-20"),
        a_body(name="示例书画协会", address="意溪镇示例路1号", sponsoring_authority="示例区文化局"),
        *(a_village(number) for number in range(1, VILLAGES + 1)),
        DepartmentEstablished(department="D1", title="社会组织股", established_on=on("01-02")),
        PostLicenceRequired(post="G1", department="D1", title="执法岗", from_on=on("01-03")),
        officer,
        KeepingBodyTakenOver(
            body="K1",
            name="示例骨灰楼",
            kind="columbarium",
            township=RURAL,
            registered_on=on("01-04"),
        ),
    )
    await bench.tell(
        a_proposal("示例路", "02-20"),
        a_standard("dibao", 874, "urban", since="2024-01-01", adopted="2024-03-05"),
        a_standard("dibao", 700, "rural", since="2024-01-01", adopted="2024-03-05"),
        established(SECOND, "03-07", name=PERCENT, township=STREET),
        an_approval("04-01"),
        a_raise({"kind": "dibao", "area": "rural"}),
        established(PRIVATE, "05-01", name=SCRIPT),
        changed("name", "06-10", new_value="示例美术协会"),
        an_end("06-18"),
        changed("legal-representative", "07-01", legal_representative=OTHER),
        VillageRenamed(
            village=FIRST_VILLAGE,
            name="示例一社区",
            kind="community",
            decision_number="示例府〔2024〕1号",
            renamed_on=on("07-15"),
        ),
        VillageAbolished.model_validate(
            {
                "village": LAST_VILLAGE,
                "decision_number": "示例府〔2024〕2号",
                "abolished_on": on("08-01"),
            }
        ),
        RENAMED,
        DriveOpened(
            drive="CS-1",
            programme="charity-week",
            title="示例慈善周",
            opens_on=LAST_DAY,
            closes_on=date(2024, 11, 6),
        ),
    )
