"""The work that is measured: 2,000 cases taken over, then 20,000 payments, one per case and month.

One payment in a hundred pays a month a second time; both systems must say so.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date
from functools import cache

from domain.assistance import CaseTakenOver, Member
from domain.event import Payee
from domain.identifiers import resident_id_check
from domain.payouts import PaymentSettled
from infra.sample.feed import Feed
from infra.sample.people import UNASSIGNED

CASES = 2_000
MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 11))
PAYMENTS = CASES * len(MONTHS)
AMOUNT_FEN = 50_000
TWICE = PAYMENTS // 100
"""How many payments are for a month already paid."""
TOWNSHIP = "445102100"


@dataclass(frozen=True, slots=True)
class Work:
    """Messages as they would arrive, in order."""

    cases: list[bytes]
    payments: list[bytes]


def case_number(number: int) -> str:
    return f"DB-{number:05d}"


def _person(number: int) -> Payee:
    body = f"{UNASSIGNED + 9}1960{number // 999 + 1:02d}01{number % 999 + 1:03d}"
    return Payee(
        id_kind="resident-id",
        id_number=body + resident_id_check(body),
        name="示例",
        account=f"9999990000000{number:06d}",
    )


def _case(number: int) -> CaseTakenOver:
    return CaseTakenOver(
        case_number=case_number(number),
        programme="dibao",
        area="rural",
        township=TOWNSHIP,
        village="445102100001",
        first_month="2023-01",
        monthly_amount_fen=AMOUNT_FEN,
        per_capita_income_fen=20_000,
        members=(Member(person=_person(number), covered=True, head=True),),
        decision_number="示例〔2022〕1号",
        decided_on=date(2022, 12, 10),
        taken_over_on=date(2024, 1, 1),
    )


def _payment(number: int, month: str, *, paid_for: str) -> PaymentSettled:
    return PaymentSettled(
        case_number=case_number(number),
        programme="dibao",
        months=(paid_for,),
        amount_fen=AMOUNT_FEN,
        settled_on=date.fromisoformat(f"{month}-08"),
        township=TOWNSHIP,
    )


@cache
def work() -> Work:
    """The same bytes in every run."""
    feed = Feed()
    for number in range(CASES):
        feed.send("social-assistance", f"c-{number:05d}", _case(number))
    for month in MONTHS:
        for number in range(CASES):
            twice = month == MONTHS[-1] and number < TWICE
            payment = _payment(number, month, paid_for=MONTHS[-2] if twice else month)
            feed.send("payouts", f"p-{month}-{number:05d}", payment)
    lines = list(feed.lines())
    return Work(lines[:CASES], lines[CASES:])


def rate(events: int, seconds: list[float]) -> float:
    """Events per second of the median round."""
    return round(events / statistics.median(seconds), 1)


def expect(what: str, found: object, wanted: object) -> None:
    """A bench that does not check its results measures nothing."""
    if found != wanted:
        raise AssertionError(f"{what}: {found!r}, expected {wanted!r}")
