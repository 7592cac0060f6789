"""临时救助 of the sample year: some eight decisions a month, half of them by the townships."""

from __future__ import annotations

from datetime import datetime, time
from random import Random
from typing import Any

from domain.assistance import relief as facts
from domain.money import FEN_PER_YUAN
from sample.cases.decisions import two_handlers
from sample.days import MONTHS, add_working_days, working_day
from sample.feed import SHANGHAI
from sample.office import place
from sample.people import People
from sample.sender import Sender

A_MONTH = 8
REFUSED = 6
PERSONS = (1, 1, 2, 3, 4)
EMERGENCIES = ("fire", "traffic-accident", "accident", "illness", "disaster")
EXPENSES = ("illness", "education", "other")


def send_reliefs(sender: Sender, payer: Sender, chance: Random) -> None:
    """Send them for each programme that pays once; no figure of the annual report counts them."""
    people = People(chance, 6)
    for programme in sender.office.bureau.programmes.values():
        if programme.pays == "once":
            for number in range(len(MONTHS) * A_MONTH):
                _send(sender, payer, chance, people, programme.code, number)
            for number in range(REFUSED):
                _refuse(sender, chance, people, programme.code, number)


def _send(
    sender: Sender, payer: Sender, chance: Random, people: People, programme: str, number: int
) -> None:
    year, office, urban = sender.year, sender.office, number % 3 == 0
    month, on_spot = MONTHS[number // A_MONTH], number % A_MONTH == 1
    key, handlers = f"{programme}-{year}-{number + 1:04d}", two_handlers(chance)
    case, recipient = sender.about(key), people.payee(year - 75, year - 25)
    home = place(office.draw_village(chance, urban=urban))
    on = working_day(year, month, 3 + number % A_MONTH + chance.randint(0, 5))
    emergency = on_spot or chance.random() < 0.6
    limit = office.bureau.rules.number("assistance.township-limit-yuan", on) or 0
    small = on_spot or chance.random() < 0.5
    yuan = 100 * (chance.randint(3, 10) if small else chance.randint(12, 60))
    manner = "goods" if on_spot else "referral" if number % 31 == 30 else "money"
    fen = 0 if manner == "referral" else yuan * FEN_PER_YUAN
    if not on_spot:
        asked = {"programme": programme, **home, "applicant": recipient}
        applied_on = working_day(year, month, 1)
        found = chance.random() < 0.2
        case.send(facts.ReliefApplied, applied_on, "ls", **asked, found_by_township=found)
    decided: dict[str, Any] = {
        "programme": programme,
        "kind": "emergency" if emergency else "expenses",
        "cause": chance.choice(EMERGENCIES if emergency else EXPENSES),
        "manner": manner,
        "urgent": on_spot,
        "area": "urban" if urban else "rural",
        **home,
        "recipient": recipient,
        "persons": chance.choice(PERSONS),
        "amount_fen": fen,
        "decided_by": "township" if yuan <= limit else "district",
        "decision_number": f"{office.prefix}临救〔{year}〕{number + 1}号",
        "handlers": handlers,
    }
    case.send(facts.ReliefDecided, on, "lj", **decided)
    if fen:
        paid_on = on if on_spot else add_working_days(on, 3)
        told = datetime.combine(paid_on, time(18, 30), SHANGHAI)  # after what decided it
        payer.about(key).arriving(told).send(facts.ReliefPaid, paid_on, "lf", amount_fen=fen)
    if on_spot:
        completed_on = add_working_days(on, 6)
        case.send(facts.ReliefPapersCompleted, completed_on, "lb", handlers=handlers)


def _refuse(sender: Sender, chance: Random, people: People, programme: str, number: int) -> None:
    year, month = sender.year, MONTHS[2 * number]
    case = sender.about(f"{programme}-{year}-9{number + 1:03d}")
    home = place(sender.office.draw_village(chance, urban=number % 2 == 0))
    applicant = people.payee(year - 75, year - 25)
    asked = {"programme": programme, **home, "applicant": applicant}
    case.send(facts.ReliefApplied, working_day(year, month, 4), "ls", **asked)
    reason = "家庭基本生活未因此陷入困难"
    case.send(facts.ReliefRefused, working_day(year, month, 8), "lx", reason=reason)
