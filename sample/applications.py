"""The procedure of 低保 and 特困 from application to decision, as the sample's townships run it."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any, NamedTuple

from domain.assistance.benefits import (
    ApplicationAccepted,
    ApplicationReceived,
    AssistanceProgramme,
    BenefitRefused,
    CareLevel,
    CareLevelAssessed,
    EconomicCheckReported,
    HomeVisitRecorded,
    NoticeClosed,
    NoticePosted,
    PreliminaryOpinionGiven,
)
from domain.calendar import add_working_days
from domain.event import Payee
from sample.outbox import Outbox, working_days_before
from sample.payroll import label, working_day

DECISION_WORKING_DAYS = 26
"""From the application to the decision; the law gives 30 from acceptance (R-DB-04)."""


def two_handlers(chance: Random) -> tuple[str, str]:
    """Two case workers."""
    one, other = chance.sample(range(1, 13), 2)
    return f"JB-{one:02d}", f"JB-{other:02d}"


class Application(NamedTuple):
    """Who asks for what where, and when the bureau decided."""

    case_number: str
    programme: AssistanceProgramme
    village: str
    applicant: Payee
    decided_on: date
    care: CareLevel | None = None


def send_application(outbox: Outbox, chance: Random, application: Application) -> None:
    """All steps before the decision: the notice is up for seven working days and then closed."""
    case_number, programme, village, applicant, decided_on, care = application

    def day(before: int) -> date:
        return working_days_before(decided_on, before)

    handlers = two_handlers(chance)
    outbox.send(
        "sq",
        ApplicationReceived(
            case_number=case_number,
            programme=programme,
            township=village[:9],
            village=village,
            received_on=day(DECISION_WORKING_DAYS),
            applicant=applicant,
            found_by_township=chance.random() < 0.1,
            relative_of_officer=chance.random() < 0.03,
        ),
    )
    _send_checks(outbox, case_number, handlers, (day(25), day(20), day(16)), passed=True)
    if care is not None:
        outbox.send(
            "pg",
            CareLevelAssessed(
                case_number=case_number, done_on=day(15), handlers=handlers, care_level=care
            ),
        )
    outbox.send(
        "cs",
        PreliminaryOpinionGiven(
            case_number=case_number, done_on=day(13), handlers=handlers, support=True
        ),
    )
    posted, closed = day(12), day(4)
    outbox.send(
        "gs",
        NoticePosted(
            case_number=case_number, done_on=posted, handlers=handlers,
            until=add_working_days(posted, 7),
        ),
    )  # fmt: skip
    outbox.send("gs", NoticeClosed(case_number=case_number, done_on=closed, handlers=handlers))


def _send_checks(
    outbox: Outbox,
    case_number: str,
    handlers: tuple[str, ...],
    days: tuple[date, date, date],
    *,
    passed: bool,
) -> None:
    accepted_on, checked_on, visited_on = days
    outbox.send(
        "sl", ApplicationAccepted(case_number=case_number, done_on=accepted_on, handlers=handlers)
    )
    outbox.send(
        "hd",
        EconomicCheckReported(
            case_number=case_number, done_on=checked_on, handlers=handlers[:1], passed=passed
        ),
    )
    outbox.send(
        "rh", HomeVisitRecorded(case_number=case_number, done_on=visited_on, handlers=handlers)
    )


def send_refusal(outbox: Outbox, chance: Random, application: Application) -> None:
    """An application that the economic check does not bear out; told in writing within 3 days."""
    case_number, programme, village, applicant, decided_on, _ = application
    received_on = working_days_before(decided_on, 14)
    handlers = two_handlers(chance)
    outbox.send(
        "sq",
        ApplicationReceived(
            case_number=case_number,
            programme=programme,
            township=village[:9],
            village=village,
            received_on=received_on,
            applicant=applicant,
        ),
    )
    days = (
        add_working_days(received_on, 1),
        add_working_days(received_on, 6),
        add_working_days(received_on, 9),
    )
    _send_checks(outbox, case_number, handlers, days, passed=False)
    outbox.send(
        "bq",
        BenefitRefused(
            case_number=case_number,
            decided_on=decided_on,
            notified_on=add_working_days(decided_on, 2),
            reason="家庭人均收入高于保障标准",
        ),
    )


def decision_day(chance: Random, year: int, first: int) -> date:
    """A day of the month before the first month of entitlement (R-DB-06)."""
    return working_day(year, first - 1, chance.randint(3, 17))


def original_decision(chance: Random, year: int, first: int) -> dict[str, Any]:
    """Date and 文号 of the decision under which a case came into the year."""
    on = date.fromisoformat(f"{label(year, first - 1)}-{chance.randint(5, 25):02d}")
    return {
        "decided_on": on,
        "decision_number": f"湘民救〔{on.year}〕{chance.randrange(1, 900)}号",
        "taken_over_on": date(year, 1, 1),
    }


def approver(chance: Random) -> str:
    """One of the officers who sign decisions."""
    return f"SP-{chance.randint(1, 3):02d}"
