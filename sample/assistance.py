"""低保 and 特困 of the sample year, everything but the money."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from domain.assistance.benefits import (
    BenefitConfirmed,
    BenefitTerminated,
    CaseTakenOver,
    Member,
    SupportChanged,
    TerminationNoticePosted,
    TerminationReason,
)
from domain.calendar import add_working_days
from sample.applications import (
    Application,
    approver,
    decision_day,
    original_decision,
    send_application,
    send_refusal,
    two_handlers,
)
from sample.dibao import LATE, Households, send_review
from sample.feed import Feed, Truth, dice
from sample.flat import Holder
from sample.outbox import Outbox
from sample.payees import draw_payee
from sample.payroll import DIBAO, GO_LIVE, MONTHS, label, working_day
from sample.people import People
from sample.places import draw_village
from sample.register import register

_REFUSED = 12
_FROM_JANUARY = 4
"""Households confirmed in December, entitled from January of the next year only."""


def send(feed: Feed, year: int) -> Truth:
    """Send the cases; the truth of F14, F15 (households) and F17 (特困 persons)."""
    cases = register(year)
    chance = dice("assistance", year)
    outbox = Outbox(feed, "social-assistance", year)
    line = Households(outbox, chance)
    for household in cases.households:
        confirmed = line.send(household, late=household.number in cases.late)
        if household is cases.miscounted and confirmed is not None:
            line.correct(household, *confirmed)
            feed.planted.append(
                {
                    "what": f"低保户 {household.number} 更正:一名成员无保障身份,保障人数减1",
                    "known_since": f"{year + 1}-02-19",
                    "figures": "F15",
                }
            )
    for person in cases.tekun:
        _send_tekun(outbox, chance, person, late=person.number in cases.late)
    _change_support(outbox, chance, cases.tekun)
    _send_others(outbox, chance)
    return {
        label(year, month): {
            "F14": sum(1 for h in cases.households if h.spell.holds(month)),
            "F15": sum(h.covered(month) for h in cases.households if h.spell.holds(month))
            - cases.miscounted.spell.holds(month),
            "F17": sum(1 for h in cases.tekun if h.spell.holds(month)),
        }
        for month in MONTHS
    }


def _send_tekun(outbox: Outbox, chance: Random, person: Holder, *, late: bool) -> None:
    year, first, last = outbox.year, person.spell.first, person.spell.last
    standard = person.standard.new if first > GO_LIVE else person.standard.old
    fields: dict[str, Any] = {
        "case_number": person.number,
        "programme": "tekun",
        "area": "urban" if person.urban else "rural",
        "township": person.village[:9],
        "village": person.village,
        "first_month": label(year, first),
        "monthly_amount_fen": 100 * standard,
        "standard_fen": 100 * standard,
        "members": (Member(person=person.person, covered=True, head=True),),
        "mode": person.mode,
        "care_level": person.care,
    }
    if first <= 0:
        original = original_decision(chance, year, first)
        received = date(year, *LATE) if late else None
        outbox.send("jg", CaseTakenOver(**fields, **original), received=received)
        if last is None:
            send_review(outbox, chance, person.number)
    else:
        on = decision_day(chance, year, first)
        application = Application(
            person.number, "tekun", person.village, person.person, on, person.care
        )
        send_application(outbox, chance, application)
        number = f"湘民救〔{year}〕{person.number}号"
        outbox.send(
            "qr",
            BenefitConfirmed(
                **fields, decided_on=on, decision_number=number, approver=approver(chance)
            ),
        )
    if last is not None:
        _end_tekun(outbox, chance, person, last)


def _end_tekun(outbox: Outbox, chance: Random, person: Holder, last: int) -> None:
    """Mostly by death, reported in time for the next payroll but for one who was paid on."""
    year = outbox.year
    reason: TerminationReason = "died"
    if not person.overpaid and chance.random() < 0.2:
        reason = "moved-away"
    died_on = working_day(year, last, chance.randint(2, 17))
    on = working_day(year, last + person.overpaid + 1, 4)
    outbox.send(
        "zz",
        BenefitTerminated(
            case_number=person.number,
            last_month=label(year, last),
            reason=reason,
            died_on=died_on if reason == "died" else None,
            decided_on=on,
        ),
    )
    outbox.send(
        "zg",
        TerminationNoticePosted(
            case_number=person.number,
            done_on=add_working_days(on, 2),
            handlers=two_handlers(chance),
            until=add_working_days(on, 9),
        ),
    )


def _change_support(outbox: Outbox, chance: Random, tekun: list[Holder]) -> None:
    """Six persons of independent living move into the institution; the basic amount stays."""
    may = [h for h in tekun if h.spell.first <= 0 and h.spell.last is None]
    may = [h for h in may if h.care == "independent" and h.mode == "home-based"]
    for person in chance.sample(may, 6):
        month = chance.randint(2, 11)
        outbox.send(
            "gy",
            SupportChanged(
                case_number=person.number,
                from_month=label(outbox.year, month + 1),
                mode="institutional",
                care_level="independent",
                decided_on=working_day(outbox.year, month, 12),
            ),
        )


def _send_others(outbox: Outbox, chance: Random) -> None:
    """Applications that never count in the year: refused, or confirmed for the next year."""
    year = outbox.year
    people = People(chance, 9)
    for n in range(1, _REFUSED + 1):
        village = draw_village(chance, urban=chance.random() < 0.4)
        applicant = draw_payee(chance, people, (year - 70, year - 30))
        on = working_day(year, n + 1, chance.randint(1, 10))
        application = Application(f"DB-8{n:04d}", "dibao", village, applicant, on)
        send_refusal(outbox, chance, application)
    for n in range(1, _FROM_JANUARY + 1):
        urban = n % 2 == 0
        village = draw_village(chance, urban=urban)
        head = draw_payee(chance, people, (year - 70, year - 30))
        number, on = f"DB-9{n:04d}", working_day(year, 12, 8 + n)
        send_application(outbox, chance, Application(number, "dibao", village, head, on))
        standard, income = DIBAO["urban" if urban else "rural"].new, 100 * n
        outbox.send(
            "qr",
            BenefitConfirmed(
                case_number=number,
                programme="dibao",
                area="urban" if urban else "rural",
                township=village[:9],
                village=village,
                first_month=label(year, 13),
                monthly_amount_fen=100 * (standard - income),
                per_capita_income_fen=100 * income,
                standard_fen=100 * standard,
                members=(Member(person=head, covered=True, head=True),),
                decided_on=on,
                decision_number=f"湘民救〔{year}〕{number}号",
                approver=approver(chance),
            ),
        )
