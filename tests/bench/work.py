"""The work that is measured: cases taken over, then one payment per case and month for ten months.

One payment in a hundred breaks a rule, and every contender must say which. What the results must
be is worked out here from the plan of the breaches, not by judging anything.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from domain.assistance.benefits import CaseTakenOver, Member
from domain.assistance.payouts import PaymentSettled
from domain.catalogue import full_type
from domain.children import Child, ChildCaseTakenOver
from domain.event import Event, Payee
from domain.identifiers import resident_id_check
from infra.bureaus import shipped
from sample.people import UNASSIGNED

LEDGER = "445102"
CASES = 10_000
MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 11))
BEGINS = "2023-01"
PROGRAMMES = ("dibao", "orphan", "unattended-child")
PLACES = tuple(p.code for p in shipped().townships.values() if not p.statistical)
WRONG_EVERY = 100
WRONG = (
    "amount-differs",
    "month-already-paid",
    "month-not-entitled",
    "programme-differs",
    "unknown-case",
)
"""What can be wrong with a payment. One of an unknown case waits (parked, put aside); the others
are recorded as they are, with the breach, and count: the money was paid."""

Total = tuple[str, str, str]
"""Township, programme, month of settlement."""
Totals = dict[Total, tuple[int, int]]
"""分 paid, and the number of payments."""


class Payment(NamedTuple):
    """One payment of the plan: what is wrong with it, if anything, and what it adds to a total."""

    raw: bytes
    wrong: str | None
    total: Total
    amount_fen: int


class Results(NamedTuple):
    """What a contender must have come to."""

    totals: Totals
    breaches: dict[str, int]
    unknown: int


@dataclass(frozen=True, slots=True)
class Work:
    """Messages as they would arrive, in order; `cases` with the source of each."""

    cases: list[tuple[str, bytes]]
    payments: list[Payment]

    @property
    def raw(self) -> list[bytes]:
        return [payment.raw for payment in self.payments]


def work(cases: int = CASES) -> Work:
    """The same bytes in every run; ten payments per case."""
    taken_over = [_case_message(number) for number in range(cases)]
    plan = ((month, number) for month in range(len(MONTHS)) for number in range(cases))
    return Work(taken_over, [_payment(*of, sequence) for sequence, of in enumerate(plan, 1)])


def results(payments: Iterable[Payment]) -> Results:
    """What these payments must come to, by the plan."""
    sums: Counter[Total] = Counter()
    counts: Counter[Total] = Counter()
    wrong: Counter[str] = Counter()
    for payment in payments:
        if payment.wrong is not None:
            wrong[payment.wrong] += 1
        if payment.wrong != "unknown-case":
            sums[payment.total] += payment.amount_fen
            counts[payment.total] += 1
    unknown = wrong.pop("unknown-case", 0)
    return Results({key: (sums[key], counts[key]) for key in sums}, dict(wrong), unknown)


def wrong_with(month: int, number: int) -> str | None:
    """Which rule the payment of this case in this month breaks: one in a hundred, all in turn.

    Nothing was paid before the first month, so there no month can be paid twice.
    """
    turn, rest = divmod(number + 37 * month, WRONG_EVERY)
    if rest:
        return None
    kind = WRONG[(turn + month) % len(WRONG)]
    return "amount-differs" if month == 0 and kind == "month-already-paid" else kind


def breaches_of(
    data: dict[str, Any], programme: str, first_month: str, amount_fen: int, paid: Iterable[str]
) -> list[str]:
    """How the other Python contenders judge: what is unlawful about a payment of this case."""
    months = data["months"]
    entitled = all(month >= first_month for month in months)
    rules = {
        "programme-differs": data["programme"] != programme,
        "month-not-entitled": not entitled,
        "month-already-paid": not set(months).isdisjoint(paid),
        "amount-differs": entitled and data["amount_fen"] != amount_fen * len(months),
        "paid-in-advance": months[-1] > data["settled_on"][:7],
    }
    return [name for name, broken in rules.items() if broken]


def case_number(number: int) -> str:
    return f"DB-{number:06d}"


def _programme(number: int) -> str:
    return PROGRAMMES[number % len(PROGRAMMES)]


def _place(number: int) -> str:
    return PLACES[number % len(PLACES)]


def _amount(number: int) -> int:
    return 50_000 + 100 * (number % 47)


def _payment(month: int, number: int, sequence: int) -> Payment:
    wrong = wrong_with(month, number)
    programme = _programme(number + (wrong == "programme-differs"))
    amount = _amount(number) + (1 if wrong == "amount-differs" else 0)
    paid_for = MONTHS[month]
    if wrong == "month-already-paid":
        paid_for = MONTHS[month - 1]
    elif wrong == "month-not-entitled":
        paid_for = "2022-12"
    fact = PaymentSettled.model_construct(
        case_number=f"XX-{number:06d}" if wrong == "unknown-case" else case_number(number),
        programme=programme,
        months=(paid_for,),
        amount_fen=amount,
        settled_on=date.fromisoformat(f"{MONTHS[month]}-08"),
        township=_place(number),
    )
    raw = message_of("payouts", f"p-{MONTHS[month]}-{number:06d}", fact, sequence)
    return Payment(raw, wrong, (_place(number), programme, MONTHS[month]), amount)


def _person(number: int) -> dict[str, Any]:
    month, day = divmod(number // 999, 28)
    body = f"{UNASSIGNED + 9}2012{month % 12 + 1:02d}{day + 1:02d}{number % 999 + 1:03d}"
    return {
        "id_kind": "resident-id",
        "id_number": body + resident_id_check(body),
        "name": "示例",
        "account": f"9999990000000{number:06d}",
    }


def _case_message(number: int) -> tuple[str, bytes]:
    programme = _programme(number)
    common: dict[str, Any] = {
        "case_number": case_number(number),
        "programme": programme,
        "township": _place(number),
        "village": f"{_place(number)}001",
        "first_month": BEGINS,
        "monthly_amount_fen": _amount(number),
        "decision_number": "示例〔2022〕1号",
        "decided_on": date(2022, 12, 10),
        "taken_over_on": date(2024, 1, 1),
    }
    source = "social-assistance" if programme == "dibao" else "child-welfare"
    fact: Event
    if programme == "dibao":
        member = Member(person=Payee(**_person(number)), covered=True, head=True)
        fact = CaseTakenOver(area="rural", members=(member,), **common)
    else:
        fact = ChildCaseTakenOver(child=Child(**_person(number)), **common)
    return source, message_of(source, f"c-{number:06d}", fact, number + 1)


def message_of(source: str, event_id: str, fact: Event, sequence: int) -> bytes:
    """A CloudEvent for a live ledger: without `receivedat`, the ledger has its own clock."""
    message = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": full_type(type(fact)),
        "subject": fact.stream(),
        "time": f"{fact.occurred_on()}T10:00:00+08:00",
        "datacontenttype": "application/json",
        "division": LEDGER,
        "sequence": sequence,
        "data": fact.model_dump(mode="json", exclude_none=True),
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def rate(rates: Sequence[float]) -> float:
    """The rate of the median round."""
    return round(statistics.median(rates), 1)


def expect(what: str, found: object, wanted: object) -> None:
    """A bench that does not check its results measures nothing."""
    if found != wanted:
        raise AssertionError(f"{what}: {found!r}, expected {wanted!r}")
