"""The two disability subsidies of the sample year, everything but the money."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any, cast

from domain.calendar import add_working_days
from domain.disability import (
    DisabilityVerified,
    FirstReviewDone,
    StopReason,
    SubsidyApplied,
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyHolder,
    SubsidyNoticeClosed,
    SubsidyNoticePosted,
    SubsidyStopped,
)
from sample.applications import approver, original_decision, two_handlers
from sample.feed import Feed, Truth, dice
from sample.flat import Holder
from sample.outbox import Outbox
from sample.payroll import MONTHS, label, working_day
from sample.register import register

_LATE = (2, 23)
"""Month and day on which some cases taken over arrived: after the first pay day."""


def send(feed: Feed, year: int) -> Truth:
    """Send the cases; the truth of F23 (nursing) and F25 (living) holders."""
    cases = register(year)
    chance = dice("disability sent", year)
    outbox = Outbox(feed, "disability", year)
    for holder in (*cases.living, *cases.nursing):
        _send_holder(outbox, chance, holder, late=holder.number in cases.late)
    for holder in cases.late_approvals:
        on = working_day(year + 1, 1, 16)
        _apply(outbox, chance, holder, on)
        feed.planted.append(
            {
                "what": f"护理补贴 {holder.number} 上年12月申请,次年1月审定,自申请之月计发",
                "known_since": on.isoformat(),
                "figures": "F23",
            }
        )
    december = label(year, 12)
    return {
        label(year, month): {
            "F23": sum(1 for h in cases.nursing if h.spell.holds(month))
            + (len(cases.late_approvals) if label(year, month) == december else 0),
            "F25": sum(1 for h in cases.living if h.spell.holds(month)),
        }
        for month in MONTHS
    }


def _fields(year: int, holder: Holder) -> dict[str, Any]:
    return {
        "case_number": holder.number,
        "programme": holder.programme,
        "township": holder.village[:9],
        "village": holder.village,
        "first_month": label(year, holder.spell.first),
        "holder": holder.person,
        "ground": holder.ground,
        "household_case": holder.household,
    }


def _send_holder(outbox: Outbox, chance: Random, holder: Holder, *, late: bool) -> None:
    year, first, last = outbox.year, holder.spell.first, holder.spell.last
    if first <= 0:
        # Paid from the month of the application: the decision came a month later (R-DS-02).
        original = original_decision(chance, year, min(first + 2, 1))
        event = SubsidyCaseTakenOver(**_fields(year, holder), **original)
        outbox.send("jg", event, received=date(year, *_LATE) if late else None)
    else:
        _apply(outbox, chance, holder, working_day(year, first, chance.randint(15, 17)))
    if last is not None:
        _stop(outbox, chance, holder, last)


def _apply(outbox: Outbox, chance: Random, holder: Holder, approved_on: date) -> None:
    """Application in the first month, review, card check, notice, approval."""
    year, number = outbox.year, holder.number
    applied_on = working_day(year, holder.spell.first, 1)
    handlers = two_handlers(chance)
    outbox.send(
        "sq",
        SubsidyApplied(
            case_number=number,
            programme=cast(Any, holder.programme),
            township=holder.village[:9],
            village=holder.village,
            received_on=applied_on,
            holder=cast(SubsidyHolder, holder.person),
            channel=chance.choice(("counter", "counter", "online", "cross-province")),
        ),
    )
    reviewed_on, verified_on = add_working_days(applied_on, 3), add_working_days(applied_on, 6)
    posted_on = add_working_days(applied_on, 7)
    outbox.send(
        "cs",
        FirstReviewDone(case_number=number, done_on=reviewed_on, handlers=handlers, support=True),
    )
    outbox.send(
        "cl",
        DisabilityVerified(
            case_number=number, done_on=verified_on, handlers=("CL-01",), passed=True
        ),
    )
    until = add_working_days(posted_on, 5)
    outbox.send(
        "gs",
        SubsidyNoticePosted(case_number=number, done_on=posted_on, handlers=handlers, until=until),
    )
    outbox.send("gs", SubsidyNoticeClosed(case_number=number, done_on=until, handlers=handlers))
    outbox.send(
        "sd",
        SubsidyApproved(
            **_fields(year, holder),
            applied_on=applied_on,
            decided_on=approved_on,
            decision_number=f"湘民残〔{approved_on.year}〕{number}号",
            approver=approver(chance),
        ),
    )


def _stop(outbox: Outbox, chance: Random, holder: Holder, last: int) -> None:
    """In time for the next payroll, or after `overpaid` months when a death came to light late."""
    year = outbox.year
    reasons: tuple[StopReason, ...] = ("died", "died", "died", "moved-away", "card-expired")
    reason: StopReason = "died" if holder.overpaid else chance.choice(reasons)
    if holder.ground == "dibao":
        reason = "grade-changed"
    died_on = working_day(year, last, chance.randint(2, 17)) if reason == "died" else None
    outbox.send(
        "tf",
        SubsidyStopped(
            case_number=holder.number,
            last_month=label(year, last),
            reason=reason,
            died_on=died_on,
            decided_on=working_day(year, last + holder.overpaid + 1, 4),
        ),
    )
