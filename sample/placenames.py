"""街路巷命名 of a year: a first batch of 40 roads, a second of six, one renaming, one extension."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from domain.calendar import add_working_days, month_of
from domain.identifiers import TOWNSHIPS
from domain.placename import (
    AssessmentReported,
    BatchAdopted,
    ExpertReviewHeld,
    NameAnnounced,
    NameApproved,
    NameChanged,
    NameEnteredInGazetteer,
    NameExtentChanged,
    NameFiled,
    NameTakenOver,
    NamingProposed,
    OpinionsCollected,
    SignErected,
)
from sample.feed import DIVISION, Feed, Truth, dice

SOURCE = "placenames"
AUTHORITY = "市人民政府"
FILED_LATE, INCOMPLETE = 2, 4
"""Places in the second batch: filed after twenty days; announced without its position."""
_FIRST = (
    ("春", "Chun"),
    ("梅", "Mei"),
    ("松", "Song"),
    ("澄", "Cheng"),
    ("锦", "Jin"),
    ("瑞", "Rui"),
    ("望", "Wang"),
    ("丹", "Dan"),
)
_SECOND = (
    ("溪", "xi"),
    ("湖", "hu"),
    ("园", "yuan"),
    ("桥", "qiao"),
    ("林", "lin"),
    ("台", "tai"),
    ("堤", "di"),
)
_KINDS = (("路", "Lu"), ("街", "Jie"), ("巷", "Xiang"))


def _names() -> list[tuple[str, str]]:
    """Invented names with their romanisation, all distinct in sound."""
    pairs = [(a, b) for b in _SECOND for a in _FIRST]
    return [
        (f"{a}{b}{_KINDS[n % 3][0]}", f"{sa}{sb} {_KINDS[n % 3][1]}")
        for n, ((a, sa), (b, sb)) in enumerate(pairs)
    ]


def send(feed: Feed, year: int) -> Truth:
    """Send the naming office's year."""
    roll = dice("placenames", year)
    names = _names()
    count: Counter[str] = Counter()
    townships = list(TOWNSHIPS)
    batches = (
        (1, 40, date(year, 2, 20), (date(year, 5, 8), date(year, 6, 19), date(year, 12, 24))),
        (2, 6, date(year, 8, 5), (date(year, 11, 12),)),
    )
    drawn = 0
    for batch, size, adopted_on, approvals in batches:
        places = [f"DM-{year}-{batch}-{n + 1:03d}" for n in range(size)]
        feed.send(
            SOURCE,
            f"batch-{year}-{batch}",
            BatchAdopted(
                plan=f"{year}-{batch}", batch=batch, places=tuple(places), adopted_on=adopted_on
            ),
        )
        for n, place in enumerate(places):
            name, romanised = names[drawn]
            drawn += 1
            # The last two roads of the first batch were approved a week before the year ended.
            approved_on = (
                approvals[min(n * 2 // size, 1) if n < 38 else -1] if batch == 1 else approvals[0]
            )
            if batch == 1:
                count[month_of(approved_on)] += 1
            _road(
                feed,
                place=place,
                batch=batch,
                name=name,
                romanised=romanised,
                township=roll.choice(townships),
                proposed_on=adopted_on + timedelta(days=roll.randrange(3, 12)),
                approved_on=approved_on,
                announced_after=9 if approved_on.month == 12 else roll.randrange(5, 14),
                signs=roll.randrange(0, 5) if batch == 1 else 0,
                late=batch == 2 and n == FILED_LATE,
                incomplete=batch == 2 and n == INCOMPLETE,
            )
    _changes(feed, year, names[drawn:])
    return {f"{year}-{n:02d}": {"F46": count[f"{year}-{n:02d}"]} for n in range(1, 13)}


def _road(
    feed: Feed,
    *,
    place: str,
    batch: int,
    name: str,
    romanised: str,
    township: str,
    proposed_on: date,
    approved_on: date,
    announced_after: int,
    signs: int,
    late: bool,
    incomplete: bool,
) -> None:
    assessed_on = add_working_days(proposed_on, 12)
    location = f"{TOWNSHIPS[township]}规划区内,东西走向,长 {400 + len(name) * 70} 米"
    announced_on = approved_on + timedelta(days=announced_after)
    document = f"示例府函〔{approved_on.year}〕{approved_on:%m%d}号"
    feed.send(
        SOURCE,
        f"proposed-{place}",
        NamingProposed(
            place=place,
            batch=batch,
            proposed_name=name,
            reason="新建道路,需确定标准地名",
            location=location,
            township=township,
            proposed_on=proposed_on,
        ),
    )
    feed.send(
        SOURCE,
        f"assessed-{place}",
        AssessmentReported(place=place, reported_on=assessed_on, passed=True),
    )
    feed.send(
        SOURCE,
        f"experts-{place}",
        ExpertReviewHeld(place=place, held_on=assessed_on + timedelta(days=7), experts=5),
    )
    feed.send(
        SOURCE,
        f"opinions-{place}",
        OpinionsCollected(
            place=place,
            opened_on=assessed_on + timedelta(days=8),
            closed_on=assessed_on + timedelta(days=22),
            opinions=int(place[-1]),
        ),
    )
    feed.send(
        SOURCE,
        f"approved-{place}",
        NameApproved(
            place=place,
            batch=batch,
            standard_name=name,
            romanised_name=romanised,
            township=township,
            authority=AUTHORITY,
            document_number=document,
            approved_on=approved_on,
        ),
    )
    feed.send(
        SOURCE,
        f"filed-{place}",
        NameFiled(
            place=place,
            filed_with="省人民政府",
            filed_on=approved_on + timedelta(days=20 if late else 6),
        ),
    )
    feed.send(
        SOURCE,
        f"announced-{place}",
        NameAnnounced(
            place=place,
            announced_on=announced_on,
            standard_name=name,
            romanised_name=romanised,
            division=DIVISION,
            location=None if incomplete else location,
            authority=AUTHORITY,
            approved_on=approved_on,
        ),
    )
    feed.send(
        SOURCE,
        f"gazetteer-{place}",
        NameEnteredInGazetteer(place=place, entered_on=announced_on + timedelta(days=4)),
    )
    if signs:
        feed.send(
            SOURCE,
            f"signed-{place}",
            SignErected(place=place, signs=signs, erected_on=announced_on + timedelta(days=60)),
        )


def _changes(feed: Feed, year: int, names: list[tuple[str, str]]) -> None:
    """Two older roads: one renamed, one extended. Neither is a naming."""
    for n in (1, 2):
        name, romanised = names[n]
        feed.send(
            SOURCE,
            f"taken-over-{n}",
            NameTakenOver(
                place=f"DM-2015-{n:03d}",
                standard_name=name,
                romanised_name=romanised,
                approved_on=date(2015, 6, 1),
                taken_over_on=date(year, 1, 1),
            ),
        )
    name, romanised = names[0]
    feed.send(
        SOURCE,
        f"renamed-{year}",
        NameChanged(
            place="DM-2015-001",
            standard_name=name,
            romanised_name=romanised,
            authority=AUTHORITY,
            document_number=f"示例府函〔{year}〕88号",
            approved_on=date(year, 9, 3),
            reason="与建成区内另一道路同音",
        ),
    )
    feed.send(
        SOURCE,
        f"extended-{year}",
        NameExtentChanged(
            place="DM-2015-002",
            location="向东延长至规划三路,全长 1210 米",
            authority=AUTHORITY,
            document_number=f"示例府函〔{year}〕89号",
            approved_on=date(year, 9, 3),
        ),
    )
