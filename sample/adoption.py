"""收养登记 of a year: four registrations, a refusal, a withdrawal, an older relation dissolved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from domain.adoption import (
    Adopter,
    AdoptionApplied,
    AdoptionDissolved,
    AdoptionRefused,
    AdoptionRegistered,
    AdoptionTakenOver,
    AdoptionWithdrawn,
    AssessmentCompleted,
    Child,
    ChildKind,
    ParentsSearchAnnounced,
    ParentsSearchExpired,
)
from domain.calendar import month_of, roll_to_working_day
from sample.feed import DIVISION, Feed, Truth, dice
from sample.people import People

SOURCE = "adoption"


class _Plan(NamedTuple):
    """One application: day of the year it was made, day of registration (0 = none)."""

    kind: ChildKind
    applied: int
    registered: int
    end: str = ""


PLANS = (
    _Plan("step-child", -13, 8),
    _Plan("foundling", 48, 128),
    _Plan("kin", 150, 176),
    _Plan("parents-unable", 260, 288),
    _Plan("orphan", 351, 376),
    _Plan("kin", 95, 0, "refused"),
    _Plan("parents-unable", 201, 0, "withdrawn"),
)
"""Of these, four are registered within the year; the fifth in January after."""


def send(feed: Feed, year: int) -> Truth:
    """Send the adoption office's year."""
    people = People(dice("adoption", year), 6)
    start = date(year, 1, 1)
    truth = {f"{year}-{n:02d}": {"F47": 0} for n in range(1, 13)}
    for n, plan in enumerate(PLANS, start=1):
        application = f"SY-{year}-{n:03d}"
        applied_on = roll_to_working_day(start + timedelta(days=plan.applied))
        _apply(feed, people, application, plan.kind, applied_on, start)
        if plan.kind != "step-child":
            feed.send(
                SOURCE,
                f"assessed-{application}",
                AssessmentCompleted(
                    application=application,
                    completed_on=max(start, roll_to_working_day(applied_on + timedelta(days=14))),
                    assessors=("JB-07", "JB-08"),
                    suitable=plan.end != "refused",
                ),
            )
        if plan.kind == "foundling":
            _search(feed, application, applied_on)
        if plan.registered:
            on = roll_to_working_day(start + timedelta(days=plan.registered))
            feed.send(
                SOURCE,
                f"registered-{application}",
                AdoptionRegistered(
                    application=application,
                    certificate_number=f"示例收〔{on.year}〕{n}号",
                    registered_on=on,
                    registrars=("HY-01",),
                ),
            )
            if month_of(on) in truth:
                truth[month_of(on)]["F47"] += 1
        _end(feed, application, plan.end, applied_on + timedelta(days=20))
    _dissolve(feed, people, year)
    return truth


def _apply(
    feed: Feed,
    people: People,
    application: str,
    kind: ChildKind,
    applied_on: date,
    start: date,
    registered_on: date | None = None,
) -> None:
    adopters = tuple(
        Adopter(
            id_kind="resident-id",
            id_number=people.id_number(date(applied_on.year - 38, 3 + man, 1), man=bool(man)),
            name=people.name(),
            residence_division=DIVISION,
        )
        for man in (1, 0)
    )
    child = Child(
        id_kind="resident-id",
        id_number=people.id_number(date(applied_on.year - 4, 5, 1), man=False),
        name=people.name(),
    )
    if applied_on < start:
        feed.send(
            SOURCE,
            f"taken-over-{application}",
            AdoptionTakenOver(
                application=application,
                child_kind=kind,
                adopters=adopters,
                child=child,
                children_before=0,
                applied_on=applied_on,
                taken_over_on=start,
                registered_on=registered_on,
            ),
        )
    else:
        feed.send(
            SOURCE,
            f"applied-{application}",
            AdoptionApplied(
                application=application,
                child_kind=kind,
                adopters=adopters,
                child=child,
                children_before=0,
                applied_on=applied_on,
            ),
        )


def _search(feed: Feed, application: str, applied_on: date) -> None:
    announced_on = applied_on + timedelta(days=2)
    feed.send(
        SOURCE,
        f"search-{application}",
        ParentsSearchAnnounced(application=application, announced_on=announced_on),
    )
    feed.send(
        SOURCE,
        f"unclaimed-{application}",
        ParentsSearchExpired(application=application, expired_on=announced_on + timedelta(days=61)),
    )


def _end(feed: Feed, application: str, how: str, on: date) -> None:
    if how == "refused":
        feed.send(
            SOURCE,
            f"refused-{application}",
            AdoptionRefused(application=application, refused_on=on, reason="评估不合格"),
        )
    elif how == "withdrawn":
        feed.send(
            SOURCE,
            f"withdrawn-{application}",
            AdoptionWithdrawn(application=application, withdrawn_on=on),
        )


def _dissolve(feed: Feed, people: People, year: int) -> None:
    """A relation registered years ago ends by agreement."""
    application, registered_on = "SY-2009-001", date(2009, 4, 14)
    _apply(
        feed,
        people,
        application,
        "parents-unable",
        date(2009, 3, 20),
        date(year, 1, 1),
        registered_on,
    )
    feed.send(
        SOURCE,
        f"dissolved-{application}",
        AdoptionDissolved(
            application=application,
            certificate_number="示例收〔2009〕1号",
            dissolved_on=date(year, 8, 15),
        ),
    )
