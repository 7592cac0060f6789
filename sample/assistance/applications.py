"""The procedure of 低保 and 特困 from application to decision, as the sample's townships run it."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import NamedTuple

from domain.assistance import benefits as facts
from domain.event import Payee
from sample.cases.decisions import approver, two_handlers
from sample.cases.payroll import standard_of
from sample.days import add_working_days, label, working_day, working_days_before
from sample.office import place
from sample.people import People
from sample.sender import Sender

DECISION_WORKING_DAYS = 26
"""From the application to the decision; the law gives 30 from acceptance (R-DB-04)."""
REFUSED = 12
FROM_JANUARY = 4
"""Households confirmed in December, entitled from January of the next year only."""


class Application(NamedTuple):
    """Who asks for what where, and when the bureau decided."""

    number: str
    programme: str
    village: str
    applicant: Payee
    decided_on: date
    care: str | None = None


def send_application(sender: Sender, chance: Random, application: Application) -> None:
    """All steps before the decision: the notice is up for seven working days and then closed."""
    case, handlers = sender.about(application.number), two_handlers(chance)

    def before(working_days: int) -> date:
        return working_days_before(application.decided_on, working_days)

    relation = {
        "found_by_township": chance.random() < 0.1,
        "relative_of_officer": chance.random() < 0.03,
    }
    _receive(case, application, before(DECISION_WORKING_DAYS), relation)
    _check(case, handlers, (before(25), before(20), before(16)), passed=True)
    if application.care is not None:
        care = {"handlers": handlers, "care_level": application.care}
        case.send(facts.CareLevelAssessed, before(15), "pg", **care)
    case.send(facts.PreliminaryOpinionGiven, before(13), "cs", handlers=handlers, support=True)
    until = add_working_days(before(12), 7)
    case.send(facts.NoticePosted, before(12), "gs", handlers=handlers, until=until)
    case.send(facts.NoticeClosed, before(4), "gs", handlers=handlers)


def _receive(
    case: Sender, application: Application, on: date, relation: dict[str, bool] | None = None
) -> None:
    case.send(
        facts.ApplicationReceived,
        on,
        "sq",
        programme=application.programme,
        **place(application.village),
        applicant=application.applicant,
        **(relation or {}),
    )


def _check(
    case: Sender, handlers: tuple[str, ...], days: tuple[date, date, date], *, passed: bool
) -> None:
    accepted_on, checked_on, visited_on = days
    case.send(facts.ApplicationAccepted, accepted_on, "sl", handlers=handlers)
    case.send(facts.EconomicCheckReported, checked_on, "hd", handlers=handlers[:1], passed=passed)
    case.send(facts.HomeVisitRecorded, visited_on, "rh", handlers=handlers)


def _refuse(sender: Sender, chance: Random, application: Application) -> None:
    """An application that the economic check does not bear out; told in writing within 3 days."""
    case, decided_on = sender.about(application.number), application.decided_on
    received_on = working_days_before(decided_on, 14)
    handlers = two_handlers(chance)
    _receive(case, application, received_on)
    accepted_on, checked_on, visited_on = (add_working_days(received_on, n) for n in (1, 6, 9))
    _check(case, handlers, (accepted_on, checked_on, visited_on), passed=False)
    told = {"notified_on": add_working_days(decided_on, 2), "reason": "家庭人均收入高于保障标准"}
    case.send(facts.BenefitRefused, decided_on, "bq", **told)


def send_others(sender: Sender, chance: Random) -> None:
    """Applications that never count in the year: refused, or confirmed for the next year."""
    year, people = sender.year, People(chance, 9)
    for n in range(1, REFUSED + 1):
        village = sender.office.draw_village(chance, urban=chance.random() < 0.4)
        applicant = people.payee(year - 70, year - 30)
        on = working_day(year, n + 1, chance.randint(1, 10))
        _refuse(sender, chance, Application(f"DB-8{n:04d}", "dibao", village, applicant, on))
    for n in range(1, FROM_JANUARY + 1):
        area = "rural" if n % 2 else "urban"
        village = sender.office.draw_village(chance, urban=area == "urban")
        head = people.payee(year - 70, year - 30)
        number, on = f"DB-9{n:04d}", working_day(year, 12, 8 + n)
        send_application(sender, chance, Application(number, "dibao", village, head, on))
        amount, income = standard_of(sender.office, "dibao", area).new, 100 * n
        sender.about(number).send(
            facts.BenefitConfirmed,
            on,
            "qr",
            programme="dibao",
            area=area,
            **place(village),
            first_month=label(year, 13),
            monthly_amount_fen=100 * (amount - income),
            per_capita_income_fen=100 * income,
            standard_fen=100 * amount,
            members=(facts.Member(person=head, covered=True, head=True),),
            decision_number=f"{sender.office.prefix}救〔{year}〕{number}号",
            approver=approver(chance),
        )
