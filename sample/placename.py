"""街路巷命名 of a year: a first batch of 40 roads, a second of six, one renaming, one extension."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain import placename as facts
from sample.days import add_working_days
from sample.feed import Feed, dice
from sample.sender import Sender

FIRST_BATCH = ((5, 8),) * 20 + ((6, 19),) * 18 + ((12, 24),) * 2
SECOND_BATCH = ((11, 12),) * 6
"""Days of approval; the last two roads of the first were approved a week before the year ended."""
MAY_TAKE = 15
"""Days from the approval to the filing."""
FILED_LATE, INCOMPLETE = 2, 4
"""Places in the second batch: filed after twenty days; announced without its position."""
FIRST = ("春 Chun", "梅 Mei", "松 Song", "澄 Cheng", "锦 Jin", "瑞 Rui", "望 Wang", "丹 Dan")
SECOND = ("溪 xi", "湖 hu", "园 yuan", "桥 qiao", "林 lin", "台 tai", "堤 di")
KINDS = ("路 Lu", "街 Jie", "巷 Xiang")


def _names() -> list[tuple[str, str]]:
    """Invented names with their romanisation, all distinct in sound."""
    pairs = [(first.split(), second.split()) for second in SECOND for first in FIRST]
    kinds = [KINDS[n % len(KINDS)].split() for n in range(len(pairs))]
    return [
        (f"{a}{b}{kind}", f"{a_sound}{b_sound} {kind_sound}")
        for ((a, a_sound), (b, b_sound)), (kind, kind_sound) in zip(pairs, kinds, strict=True)
    ]


def send(feed: Feed, year: int) -> None:
    """Send the naming office's year; counts F46."""
    office, chance, names = Sender(feed, "placenames", year), dice("placenames", year), _names()
    for batch, adopted, approvals in ((1, (2, 20), FIRST_BATCH), (2, (8, 5), SECOND_BATCH)):
        places = [f"DM-{year}-{batch}-{n + 1:03d}" for n in range(len(approvals))]
        adopted_on, plan = office.day(*adopted), office.about(f"{year}-{batch}")
        name, members = f"batch-{year}-{batch}", tuple(places)
        plan.send(facts.BatchAdopted, adopted_on, name, batch=batch, places=members)
        for n, (place, approved) in enumerate(zip(places, approvals, strict=True)):
            approved_on = office.day(*approved)
            road = _Road(
                batch,
                *names.pop(0),
                township=chance.choice(list(feed.office.townships)),
                proposed_on=adopted_on + timedelta(days=chance.randrange(3, 12)),
                approved_on=approved_on,
                announced_after=9 if approved_on.month == 12 else chance.randrange(5, 14),
                signs=chance.randrange(0, 5) if batch == 1 else 0,
                filed_after=20 if batch == 2 and n == FILED_LATE else 6,
                incomplete=batch == 2 and n == INCOMPLETE,
            )
            _name(office, place, road)
            if road.filed_after > MAY_TAKE:
                what = f"批准后{road.filed_after}日备案"
                feed.breaks("A43", what, "地名管理条例 13", f"place-name/{place}")
            if road.incomplete:
                what, basis = "公告缺位置描述", "地名备案公告管理办法（试行）"
                feed.breaks("A85", what, basis, f"place-name/{place}")
            if batch == 1:
                feed.count("F46", approved_on)
    _change(office, names)


class _Road(NamedTuple):
    batch: int
    name: str
    romanised: str
    township: str
    proposed_on: date
    approved_on: date
    announced_after: int
    signs: int
    filed_after: int
    incomplete: bool


def _name(office: Sender, place: str, road: _Road) -> None:
    """From the proposal to the signs."""
    case = office.about(place)

    def tell(name: str, fact: type[facts.NameEvent], on: date, **fields: object) -> None:
        case.send(fact, on, f"{name}-{place}", **fields)

    assessed_on = add_working_days(road.proposed_on, 12)
    announced_on = road.approved_on + timedelta(days=road.announced_after)
    township = office.office.townships[road.township]
    where = f"{township}规划区内，东西走向，长 {400 + len(road.name) * 70} 米"
    proposal = {"batch": road.batch, "proposed_name": road.name, "township": road.township}
    proposal |= {"reason": "新建道路，需确定标准地名", "location": where}
    tell("proposed", facts.NamingProposed, road.proposed_on, **proposal)
    tell("assessed", facts.AssessmentReported, assessed_on, passed=True)
    tell("experts", facts.ExpertReviewHeld, assessed_on + timedelta(days=7), experts=5)
    opened, closed = (assessed_on + timedelta(days=days) for days in (8, 22))
    asked = {"opened_on": opened, "opinions": int(place[-1])}
    tell("opinions", facts.OpinionsCollected, closed, **asked)
    decided = {"standard_name": road.name, "romanised_name": road.romanised}
    decided["authority"] = _authority(office)
    tell(
        "approved",
        facts.NameApproved,
        road.approved_on,
        batch=road.batch,
        township=road.township,
        document_number=f"示例府函〔{road.approved_on.year}〕{road.approved_on:%m%d}号",
        **decided,
    )
    filed_on = road.approved_on + timedelta(days=road.filed_after)
    tell("filed", facts.NameFiled, filed_on, filed_with="省人民政府")
    tell(
        "announced",
        facts.NameAnnounced,
        announced_on,
        division=office.office.division,
        location=None if road.incomplete else where,
        approved_on=road.approved_on,
        **decided,
    )
    tell("gazetteer", facts.NameEnteredInGazetteer, announced_on + timedelta(days=4))
    if road.signs:
        erected_on = announced_on + timedelta(days=60)
        tell("signed", facts.SignErected, erected_on, signs=road.signs)


def _authority(sender: Sender) -> str:
    """Who approves names of roads (地名管理条例 art. 12)."""
    return sender.office.word("naming_authority", "县级人民政府")


def _change(office: Sender, names: Sequence[tuple[str, str]]) -> None:
    """Two older roads: one renamed, one extended. Neither is a naming."""
    year, on = office.year, office.day(9, 3)
    renamed, extended = office.about("DM-2015-001"), office.about("DM-2015-002")
    named = [{"standard_name": name, "romanised_name": sound} for name, sound in names[:3]]
    for n, road in enumerate((renamed, extended), 1):
        old = {"approved_on": date(2015, 6, 1), **named[n]}
        road.send(facts.NameTakenOver, office.day(1, 1), f"taken-over-{n}", **old)
    renaming = {"document_number": f"示例府函〔{year}〕88号", "reason": "与建成区内另一道路同音"}
    renaming |= {"authority": _authority(office), **named[0]}
    renamed.send(facts.NameChanged, on, f"renamed-{year}", **renaming)
    extension = {"document_number": f"示例府函〔{year}〕89号", "authority": _authority(office)}
    extension["location"] = "向东延长至规划三路，全长 1210 米"
    extended.send(facts.NameExtentChanged, on, f"extended-{year}", **extension)
