"""Orphans and 事实无人抚养儿童 of the sample year, everything but the money. No notice anywhere."""

from __future__ import annotations

from random import Random
from typing import Any, cast

from domain.children import (
    Child,
    ChildApplicationReceived,
    ChildCaseTakenOver,
    ChildReviewCompleted,
    ChildSupportConfirmed,
    ChildSupportTerminated,
    EndReason,
    Parent,
    ParentStatusVerified,
    Situation,
)
from sample.applications import approver, decision_day, original_decision, two_handlers
from sample.feed import Feed, Truth, dice
from sample.flat import Holder
from sample.outbox import Outbox, working_days_before
from sample.payroll import MONTHS, label, working_day
from sample.register import register

_SITUATIONS: tuple[Situation, ...] = (
    "severely-disabled",
    "seriously-ill",
    "imprisoned",
    "compulsory-detoxification",
    "out-of-contact",
)


def send(feed: Feed, year: int) -> Truth:
    """Send the cases; the truth of F19 (orphans at home) and F21 (unattended children)."""
    cases = register(year)
    chance = dice("children sent", year)
    outbox = Outbox(feed, "child-welfare", year)
    for child in cases.children:
        _send_child(outbox, chance, child)
    return {
        label(year, month): {
            "F19": sum(
                1
                for c in cases.children
                if c.programme == "orphan" and c.mode == "home-based" and c.spell.holds(month)
            ),
            "F21": sum(
                1
                for c in cases.children
                if c.programme == "unattended-child" and c.spell.holds(month)
            ),
        }
        for month in MONTHS
    }


def _send_child(outbox: Outbox, chance: Random, child: Holder) -> None:
    year, first, last = outbox.year, child.spell.first, child.spell.last
    parents = _parents(chance, child)
    fields: dict[str, Any] = {
        "case_number": child.number,
        "programme": child.programme,
        "mode": child.mode,
        "township": child.village[:9],
        "village": child.village,
        "first_month": label(year, first),
        "child": child.person,
        "parents": parents,
    }
    if first <= 0:
        outbox.send("jg", ChildCaseTakenOver(**fields, **original_decision(chance, year, first)))
        if last is None:
            outbox.send(
                "hc",
                ChildReviewCompleted(
                    case_number=child.number,
                    done_on=working_day(year, chance.randint(3, 11), chance.randint(1, 16)),
                    handlers=two_handlers(chance),
                    outcome="keep",
                ),
            )
    else:
        _confirm(outbox, chance, child, parents, fields)
    if last is not None:
        reasons: tuple[EndReason, ...] = ("situation-ended", "moved-away", "schooling-ended")
        outbox.send(
            "zz",
            ChildSupportTerminated(
                case_number=child.number,
                last_month=label(year, last),
                reason=chance.choice(reasons),
                decided_on=working_day(year, last, 15),
            ),
        )


def _parents(chance: Random, child: Holder) -> tuple[Parent, ...]:
    if child.mode == "institutional":
        both: tuple[Situation, Situation] = ("not-found", "not-found")
    elif child.programme == "orphan":
        both = ("died", chance.choice(("died", "missing")))
    else:
        both = (chance.choice(_SITUATIONS), chance.choice((*_SITUATIONS, "died")))
    return (
        Parent(parent="father", situation=both[0]),
        Parent(parent="mother", situation=both[1]),
    )


def _confirm(
    outbox: Outbox,
    chance: Random,
    child: Holder,
    parents: tuple[Parent, ...],
    fields: dict[str, Any],
) -> None:
    """Application, verification of the parents (15 working days), decision (15 more)."""
    on = decision_day(chance, outbox.year, child.spell.first)
    outbox.send(
        "sq",
        ChildApplicationReceived(
            case_number=child.number,
            programme=fields["programme"],
            township=fields["township"],
            village=child.village,
            received_on=working_days_before(on, 22),
            child=cast(Child, child.person),
        ),
    )
    outbox.send(
        "cy",
        ParentStatusVerified(
            case_number=child.number,
            done_on=working_days_before(on, 10),
            handlers=two_handlers(chance),
            parents=parents,
            agencies=("公安", "法院", "残联"),
        ),
    )
    outbox.send(
        "qr",
        ChildSupportConfirmed(
            **fields,
            decided_on=on,
            decision_number=f"湘民童〔{on.year}〕{child.number}号",
            approver=approver(chance),
        ),
    )
