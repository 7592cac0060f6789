"""特困 persons of the sample year: taken over or applied for, moved, ended."""

from __future__ import annotations

from random import Random
from typing import Any

from domain.assistance import benefits as facts
from sample.assistance.applications import Application, send_application
from sample.assistance.dibao import LATE
from sample.cases.decisions import approver, decision_day, original_decision, two_handlers
from sample.cases.holders import Holder
from sample.cases.payroll import GO_LIVE
from sample.cases.plan import Plan
from sample.cases.reviews import send_reviews
from sample.days import add_working_days, first_day, label, working_day
from sample.office import place
from sample.sender import Sender


def send_persons(sender: Sender, chance: Random, cases: Plan) -> None:
    """Send the cases and count F17."""
    for person in cases.tekun:
        _send_person(sender, chance, person, late=person.number in cases.late)
        for month in person.spell.months:
            sender.feed.count("F17", first_day(sender.year, month))
    _change_support(sender, chance, cases.tekun)


def _send_person(sender: Sender, chance: Random, person: Holder, *, late: bool) -> None:
    year, first, last = sender.year, person.spell.first, person.spell.last
    case = sender.about(person.number)
    standard = person.standard.new if first > GO_LIVE else person.standard.old
    fields: dict[str, Any] = {
        "programme": "tekun",
        "area": "urban" if person.urban else "rural",
        **place(person.village),
        "first_month": label(year, first),
        "monthly_amount_fen": 100 * standard,
        "standard_fen": 100 * standard,
        "members": (facts.Member(person=person.person, covered=True, head=True),),
        "mode": person.mode,
        "care_level": person.care,
    }
    ended_on = None if last is None else working_day(year, last + person.overpaid + 1, 4)
    if first <= 0:
        fields |= original_decision(case, chance, first)
        known = sender.day(*LATE) if late else None
        case.arriving(known).send(facts.CaseTakenOver, sender.day(1, 1), "jg", **fields)
        decided_on = fields["decided_on"]
        send_reviews(case, chance, decided_on, ended_on=ended_on, known_from=known)
    else:
        on = decision_day(chance, year, first)
        application = Application(
            person.number, "tekun", person.village, person.person, on, person.care
        )
        send_application(sender, chance, application)
        fields["decision_number"] = f"{sender.office.prefix}救〔{year}〕{person.number}号"
        case.send(facts.BenefitConfirmed, on, "qr", **fields, approver=approver(chance))
        send_reviews(case, chance, on, ended_on=ended_on)
    if last is not None:
        _end(case, chance, last, person.overpaid)


def _end(case: Sender, chance: Random, last: int, overpaid: int) -> None:
    """Mostly by death, reported in time for the next payroll but for one who was paid on."""
    died = bool(overpaid) or chance.random() >= 0.2
    died_on = working_day(case.year, last, chance.randint(2, 17))
    on = working_day(case.year, last + overpaid + 1, 4)
    if died:
        case.feed.ended_after_death(died_on, on, f"case/{case.key}")
    case.send(
        facts.BenefitTerminated,
        on,
        "zz",
        last_month=label(case.year, last),
        reason="died" if died else "moved-away",
        died_on=died_on if died else None,
    )
    posted_on, until = add_working_days(on, 2), add_working_days(on, 9)
    handlers = two_handlers(chance)
    case.send(facts.TerminationNoticePosted, posted_on, "zg", handlers=handlers, until=until)


def _change_support(sender: Sender, chance: Random, tekun: list[Holder]) -> None:
    """Six persons of independent living move into the institution; the basic amount stays."""
    may = [h for h in tekun if h.spell.all_year]
    may = [h for h in may if h.care == "independent" and h.mode == "home-based"]
    for person in chance.sample(may, 6):
        month = chance.randint(2, 11)
        moved = {"mode": "institutional", "care_level": "independent"}
        moved["from_month"] = label(sender.year, month + 1)
        on = working_day(sender.year, month, 12)
        sender.about(person.number).send(facts.SupportChanged, on, "gy", **moved)
