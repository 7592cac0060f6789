"""收养登记 of a year: four registrations, a refusal, a withdrawal, an older relation dissolved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from domain import adoption as facts
from sample.days import roll_to_working_day
from sample.feed import Feed, dice
from sample.people import People
from sample.sender import Sender


class _Plan(NamedTuple):
    """One application: days of the year on which it was made and registered, or how it ended."""

    kind: str
    applied: int
    registered: int | None
    end: str = ""


PLANS = (
    _Plan("step-child", -13, 8),
    _Plan("foundling", 48, 128),
    _Plan("kin", 150, 176),
    _Plan("parents-unable", 260, 288),
    _Plan("orphan", 351, 376),
    _Plan("kin", 95, None, "refused"),
    _Plan("parents-unable", 201, None, "withdrawn"),
)
"""Of these, four are registered within the year; the fifth in January after."""


def send(feed: Feed, year: int) -> None:
    """Send the adoption office's year; counts F47."""
    office = Sender(feed, "adoption", year, "{name}-{key}")
    people = People(dice("adoption", year), 6)
    start = date(year, 1, 1)
    for n, plan in enumerate(PLANS, start=1):
        case = office.about(f"SY-{year}-{n:03d}")
        applied_on = roll_to_working_day(start + timedelta(days=plan.applied))
        _apply(case, people, plan.kind, applied_on)
        if plan.kind != "step-child":
            on = max(start, roll_to_working_day(applied_on + timedelta(days=14)))
            result = {"assessors": ("JB-07", "JB-08"), "suitable": plan.end != "refused"}
            case.send(facts.AssessmentCompleted, on, "assessed", **result)
        if plan.kind == "foundling":
            announced, expired = (applied_on + timedelta(days=days) for days in (2, 63))
            case.send(facts.ParentsSearchAnnounced, announced, "search")
            case.send(facts.ParentsSearchExpired, expired, "unclaimed")
        if plan.registered is not None:
            on = roll_to_working_day(start + timedelta(days=plan.registered))
            case.send(
                facts.AdoptionRegistered,
                on,
                "registered",
                certificate_number=f"示例收〔{on.year}〕{n}号",
                registrars=("HY-01",),
            )
            feed.count("F47", on)
        ended_on = applied_on + timedelta(days=20)
        if plan.end == "refused":
            case.send(facts.AdoptionRefused, ended_on, "refused", reason="评估不合格")
        elif plan.end == "withdrawn":
            case.send(facts.AdoptionWithdrawn, ended_on, "withdrawn")
    older = office.about("SY-2009-001")
    _apply(older, people, "parents-unable", date(2009, 3, 20), date(2009, 4, 14))
    number = "示例收〔2009〕1号"
    older.send(facts.AdoptionDissolved, office.day(8, 15), "dissolved", certificate_number=number)


def _apply(
    case: Sender, people: People, kind: str, applied_on: date, registered_on: date | None = None
) -> None:
    """An application of the year, or one taken over from before."""
    adopters = tuple(
        facts.Adopter(
            id_kind="resident-id",
            id_number=people.id_number(date(applied_on.year - 38, 3 + man, 1), man=bool(man)),
            name=people.name(),
            residence_division=case.office.division,
        )
        for man in (1, 0)
    )
    child = facts.Child(
        id_kind="resident-id",
        id_number=people.id_number(date(applied_on.year - 4, 5, 1), man=False),
        name=people.name(),
    )
    fields = {"child_kind": kind, "adopters": adopters, "child": child, "children_before": 0}
    start = case.day(1, 1)
    if applied_on < start:
        fields |= {"applied_on": applied_on, "registered_on": registered_on}
        case.send(facts.AdoptionTakenOver, start, "taken-over", **fields)
    else:
        case.send(facts.AdoptionApplied, applied_on, "applied", **fields)
