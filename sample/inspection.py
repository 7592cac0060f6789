"""Inspections of the sample year: 执法公示, 双随机, joint ash inspections, patrols."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from domain import inspection as facts
from domain.event import Event
from sample.days import add_working_days, roll_to_working_day, workday
from sample.enforcement import PAIRS, inspect, own_books, platform
from sample.feed import Feed, dice, digest
from sample.organisations.bodies import Body, plan
from sample.sender import Sender

DRAWN = 14
WITH_PROBLEMS = (2, 7, 11)
MISTYPED = 4
"""Places in the draw: told to rectify; recorded with a mistyped officer and corrected."""
PUBLISHED: tuple[tuple[str, str, tuple[str, ...], tuple[int, int, int], str | None], ...] = (
    ("GS-01", "before", ("subject", "officers", "powers"), (-1, 12, 15), None),
    ("GS-02", "before", ("basis",), (-1, 12, 15), None),
    ("GS-03", "before", ("procedure", "remedies"), (-1, 12, 15), None),
    ("GS-04", "before", ("catalogue",), (0, 3, 5), None),
    ("GS-05", "before", ("basis",), (0, 6, 28), "GS-02"),
    ("GS-06", "supervision", ("supervision",), (0, 12, 12), None),
)
"""执法公示: item, stage, kinds, day, and the item that it replaces."""
OBJECTS = (
    ("YL-01", "elderly-home", "示例养老院"),
    ("YL-02", "elderly-home", "示例颐养中心"),
    ("BZ-01", "cemetery", "示例公益性公墓"),
)
"""What is inspected and stands on no other register: code, kind, name."""
ASH = (
    (3, 28, "GH-03", platform, "rectification"),
    (7, 18, "GH-07", platform, "nothing-found"),
    (10, 24, "GH-09", own_books, "rectification"),
)
"""Joint inspections of ash-keeping bodies; the last is entered in the bureau's own books only."""


def send(feed: Feed, year: int) -> None:
    """Send the year of inspections; counts F28, F29, F31 and F36."""
    chance, sender = dice("enforcement", year), platform(feed, year)
    _publish(sender)
    _random_inspections(sender, chance)
    for month, day, body, books, outcome in ASH:
        done = _inspect_ashes(books(feed, year), chance, workday(year, month, day), body, outcome)
        feed.count("F28", workday(year, month, day))
        feed.count("F29", workday(year, month, day))
        if books is platform:
            feed.count("F31", workday(year, month, day))
        else:
            what, basis = "检查未录入执法平台", "国办发〔2018〕118号"
            feed.breaks("A38", what, basis, done.stream())
    _objects(sender)
    bodies = plan(feed.office, year).ordinary
    for stream, patrolled, officers in (
        (bodies[5].stream, (2, 6), PAIRS[0]),
        ("keeping-body/GH-05", (4, 2), PAIRS[1]),
        ("inspected-object/YL-01", (7, 4), PAIRS[2]),
        (bodies[9].stream, (8, 14), PAIRS[3]),
    ):
        inspect(sender, stream, workday(year, *patrolled), "patrol", officers=officers)
    feed.send_again(f"{sender.name}/yzf-{year}-0020", date(year, 9, 9))


def _objects(sender: Sender) -> None:
    """Homes and a cemetery; one closes. The first is inspected in full when the year is over."""
    for (code, kind, name), body in zip(
        OBJECTS, plan(sender.office, sender.year).ordinary, strict=False
    ):
        fields = {"kind": kind, "name": name, "township": body.township}
        sender.about(code).send(facts.ObjectRegistered, sender.day(1, 1), **fields)
    sender.about("YL-02").send(facts.ObjectRemoved, workday(sender.year, 9, 30), reason="停业")
    on = workday(sender.year + 1, 1, 8)
    case, _, _ = inspect(sender, "inspected-object/YL-01", on, "special")
    _publish_result(case, dice("inspected objects", sender.year), on)


def _publish(sender: Sender) -> None:
    for number, stage, kinds, (years, month, day), replaced in PUBLISHED:
        on = workday(sender.year + years, month, day)
        sender.about(number).arriving(max(on, sender.day(1, 2))).send(
            facts.EnforcementInformationPublished,
            on,
            stage=stage,
            kinds=kinds,
            title=f"执法公示 {number}",
            place=sender.office.site,
        )
        if replaced is not None:
            withdrawn = facts.EnforcementInformationWithdrawn
            sender.about(replaced).send(withdrawn, workday(sender.year, 7, 1), reason="已更新")


def _draw(sender: Sender, chance: Random) -> tuple[list[Body], str]:
    """15 drawn out of the register of last year's end; one ends of itself before its turn."""
    year, bodies, number = sender.year, plan(sender.office, sender.year), f"SSJ-{sender.year}-01"
    draw, listed = sender.about(number), digest(f"名录库 {number}")
    draw.send(
        facts.PopulationSnapshotTaken,
        workday(year, 5, 13),
        baseline_on=date(year - 1, 12, 31),
        bodies=len(bodies.taken_over),
        list_digest=listed,
    )
    drawn, gone = chance.sample(bodies.ordinary, DRAWN), bodies.deregistered[1]
    draw.send(
        facts.RandomDrawPerformed,
        workday(year, 5, 15),
        population=len(bodies.taken_over),
        list_digest=listed,
        algorithm="SHA-256（种子+序号）升序取前15",
        seed=f"seed-{chance.randrange(10**9):09d}",
        drawn_objects=tuple(body.stream for body in (*drawn[:9], gone, *drawn[9:])),
        drawn_officers=("ZF-03", "ZF-04", "ZF-05", "ZF-06"),
    )
    exempt = {"object": gone.stream, "cause": "deregistered", "approved_by": "SP-01"}
    draw.send(facts.DrawnObjectExempted, workday(year, 5, 30), **exempt)
    return drawn, number


def _random_inspections(sender: Sender, chance: Random) -> None:
    drawn, draw_number = _draw(sender, chance)
    day = workday(sender.year, 5, 23)
    for place, body in enumerate(drawn):
        number = f"JC-{sender.year}-{place + 1:03d}"
        notified = roll_to_working_day(day - timedelta(days=6))
        told = {"object": body.stream, "draw_number": draw_number, "planned_on": day}
        sender.about(number).send(facts.InspectionNotified, notified, **told)
        fields: dict[str, Any] = {"township": body.township, "draw_number": draw_number}
        if place in WITH_PROBLEMS:
            fields["outcome"] = "rectification"
        if place == MISTYPED:
            fields["officers"] = ("ZF-03", "ZF-50")
        case, event, name = inspect(sender, body.stream, day, "random", **fields)
        if place == MISTYPED:
            right = event.model_copy(update={"officers": ("ZF-03", "ZF-05")})
            case.arriving(day + timedelta(days=1)).tell(right, corrects=name, kind="changed")
        _publish_result(case, chance, day)
        if place in WITH_PROBLEMS:
            _rectify(case, day, "财务管理制度不健全")
        for figure in ("F28", "F29", "F31", "F36"):
            sender.feed.count(figure, day)
        day = add_working_days(day, 2)


def _inspect_ashes(sender: Sender, chance: Random, on: date, body: str, outcome: str) -> Event:
    fields = {"outcome": outcome, "joint_with": f"{sender.office.bureau.short[-1]}殡葬管理所"}
    case, event, _ = inspect(sender, f"keeping-body/{body}", on, "joint", **fields)
    _publish_result(case, chance, on)
    if outcome == "rectification":
        _rectify(case, on, "骨灰安放登记不全，责任落实不到位")
    return event


def _publish_result(case: Sender, chance: Random, on: date) -> None:
    published = add_working_days(on, chance.randrange(6, 16))
    case.send(facts.InspectionResultPublished, published, place=case.office.site)


def _rectify(case: Sender, on: date, problems: str) -> None:
    document, due = digest(f"{case.key} 整改通知书"), on + timedelta(days=30)
    ordered = {"problems": problems, "due_on": due, "document": document}
    case.send(facts.RectificationOrdered, on, **ordered)
    verified = roll_to_working_day(on + timedelta(days=27))
    checked = {"outcome": "passed", "officers": ("ZF-03", "ZF-04")}
    case.send(facts.RectificationVerified, verified, **checked)
