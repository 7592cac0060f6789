"""The two disability subsidies of the sample year, everything but the money."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from domain import disability as facts
from sample.cases.decisions import approver, original_decision, two_handlers
from sample.cases.holders import Holder
from sample.cases.plan import plan
from sample.days import add_working_days, first_day, label, working_day
from sample.feed import Feed, dice
from sample.office import place
from sample.sender import Sender

LATE = (2, 23)
"""Month and day on which some cases taken over arrived: after the first pay day."""
CHANNELS = ("counter", "counter", "online", "cross-province")
STOP_REASONS = ("died", "died", "died", "moved-away", "card-expired")


def send(feed: Feed, year: int) -> None:
    """Send the cases; counts holders of the nursing (F23) and the living subsidy (F25)."""
    cases, chance = plan(feed.office, year), dice("disability sent", year)
    sender = Sender(feed, "disability", year, "{name}-{year}-{number:06d}")
    for figure, holders in (("F25", cases.living), ("F23", cases.nursing)):
        for holder in holders:
            _send_holder(sender, chance, holder, late=holder.number in cases.late)
            for month in holder.spell.months:
                feed.count(figure, first_day(year, month))
    for holder in cases.late_approvals:
        on = working_day(year + 1, 1, 16)
        _apply(sender, chance, holder, on)
        feed.count("F23", sender.day(12, 1))
        feed.plant(f"护理补贴 {holder.number} 上年12月申请，次年1月审定，自申请之月计发", on, "F23")


def _fields(year: int, holder: Holder) -> dict[str, Any]:
    return {
        "programme": holder.programme,
        **place(holder.village),
        "first_month": label(year, holder.spell.first),
        "holder": holder.person,
        "ground": holder.ground,
        "household_case": holder.household,
        "level": holder.level,
    }


def _send_holder(sender: Sender, chance: Random, holder: Holder, *, late: bool) -> None:
    year, first, last = sender.year, holder.spell.first, holder.spell.last
    if first <= 0:
        # Paid from the month of the application: the decision came a month later (R-DS-02).
        fields = _fields(year, holder) | original_decision(sender, chance, min(first + 2, 1))
        case = sender.about(holder.number).arriving(sender.day(*LATE) if late else None)
        case.send(facts.SubsidyCaseTakenOver, sender.day(1, 1), "jg", **fields)
    else:
        _apply(sender, chance, holder, working_day(year, first, chance.randint(15, 17)))
    if last is not None:
        _stop(sender.about(holder.number), chance, holder, last)


def _apply(sender: Sender, chance: Random, holder: Holder, approved_on: date) -> None:
    """Application in the first month, review, card check, notice, approval."""
    case, fields = sender.about(holder.number), _fields(sender.year, holder)
    applied_on = working_day(sender.year, holder.spell.first, 1)
    handlers = two_handlers(chance)
    asked = {name: fields[name] for name in ("programme", "township", "village", "holder")}
    case.send(facts.SubsidyApplied, applied_on, "sq", **asked, channel=chance.choice(CHANNELS))
    reviewed_on, verified_on, posted_on = (add_working_days(applied_on, n) for n in (3, 6, 7))
    until = add_working_days(posted_on, 5)
    case.send(facts.FirstReviewDone, reviewed_on, "cs", handlers=handlers, support=True)
    case.send(facts.DisabilityVerified, verified_on, "cl", handlers=("CL-01",), passed=True)
    case.send(facts.SubsidyNoticePosted, posted_on, "gs", handlers=handlers, until=until)
    case.send(facts.SubsidyNoticeClosed, until, "gs", handlers=handlers)
    fields |= {"applied_on": applied_on, "approver": approver(chance)}
    fields["decision_number"] = f"{case.office.prefix}残〔{approved_on.year}〕{holder.number}号"
    case.send(facts.SubsidyApproved, approved_on, "sd", **fields)


def _stop(case: Sender, chance: Random, holder: Holder, last: int) -> None:
    """In time for the next payroll, or after `overpaid` months when a death came to light late."""
    reason = "died" if holder.overpaid else chance.choice(STOP_REASONS)
    if holder.ground == "dibao":
        reason = "grade-changed"
    died_on = working_day(case.year, last, chance.randint(2, 17)) if reason == "died" else None
    on = working_day(case.year, last + holder.overpaid + 1, 4)
    stopped = {"last_month": label(case.year, last), "reason": reason, "died_on": died_on}
    if died_on is not None:
        case.feed.ended_after_death(died_on, on, f"case/{case.key}")
    case.send(facts.SubsidyStopped, on, "tf", **stopped)
