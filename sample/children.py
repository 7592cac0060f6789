"""Orphans and 事实无人抚养儿童 of the sample year, everything but the money. No notice anywhere."""

from __future__ import annotations

from random import Random
from typing import Any

from domain import children as facts
from sample.cases.decisions import approver, decision_day, original_decision, two_handlers
from sample.cases.holders import Holder
from sample.cases.plan import plan
from sample.days import first_day, label, working_day, working_days_before
from sample.feed import Feed, dice
from sample.office import place
from sample.sender import Sender

FIGURES = {("orphan", "home-based"): "F19", ("unattended-child", "home-based"): "F21"}
SITUATIONS = (
    "severely-disabled",
    "seriously-ill",
    "imprisoned",
    "compulsory-detoxification",
    "out-of-contact",
)
END_REASONS = ("situation-ended", "moved-away", "schooling-ended")


def send(feed: Feed, year: int) -> None:
    """Send the cases; counts orphans at home and unattended children."""
    chance = dice("children sent", year)
    sender = Sender(feed, "child-welfare", year, "{name}-{year}-{number:06d}")
    for child in plan(feed.office, year).children:
        _send_child(sender.about(child.number), chance, child)
        if figure := FIGURES.get((child.programme, child.mode)):
            for month in child.spell.months:
                feed.count(figure, first_day(year, month))


def _send_child(case: Sender, chance: Random, child: Holder) -> None:
    year, first, last = case.year, child.spell.first, child.spell.last
    fields: dict[str, Any] = {
        "programme": child.programme,
        "mode": child.mode,
        "first_month": label(year, first),
        "child": child.person,
        "parents": _parents(chance, child),
        **place(child.village),
    }
    if first <= 0:
        fields |= original_decision(case, chance, first)
        case.send(facts.ChildCaseTakenOver, case.day(1, 1), "jg", **fields)
        if last is None:
            on = working_day(year, chance.randint(3, 11), chance.randint(1, 16))
            handlers = two_handlers(chance)
            case.send(facts.ChildReviewCompleted, on, "hc", handlers=handlers, outcome="keep")
    else:
        # Application, verification of the parents (15 working days), decision (15 more).
        on = decision_day(chance, year, first)
        asked = {name: fields[name] for name in ("programme", "child", "township", "village")}
        case.send(facts.ChildApplicationReceived, working_days_before(on, 22), "sq", **asked)
        case.send(
            facts.ParentStatusVerified,
            working_days_before(on, 10),
            "cy",
            handlers=two_handlers(chance),
            parents=fields["parents"],
            agencies=("公安", "法院", "残联"),
        )
        fields["decision_number"] = f"{case.office.prefix}童〔{on.year}〕{child.number}号"
        case.send(facts.ChildSupportConfirmed, on, "qr", **fields, approver=approver(chance))
    if last is not None:
        ended = {"last_month": label(year, last), "reason": chance.choice(END_REASONS)}
        case.send(facts.ChildSupportTerminated, working_day(year, last, 15), "zz", **ended)


def _parents(chance: Random, child: Holder) -> tuple[facts.Parent, ...]:
    if child.mode == "institutional":
        father, mother = "not-found", "not-found"
    elif child.programme == "orphan":
        father, mother = "died", chance.choice(("died", "missing"))
    else:
        father, mother = chance.choice(SITUATIONS), chance.choice((*SITUATIONS, "died"))
    return tuple(
        facts.Parent.model_validate({"parent": parent, "situation": situation})
        for parent, situation in (("father", father), ("mother", mother))
    )
