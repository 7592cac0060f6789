"""Money paid and sent back: one row per settlement, return, arrears line and recovery (a flow)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.payouts import ArrearsPaid, PaymentReturned, PaymentSettled, RecoveryReceived
from projections.read_model import ReadModel, day


class Payment(NamedTuple):
    """A line of money. `amount_fen` is negative for a return; `kind` settled, returned, arrears,
    recovered. `first_month` to `last_month` are the months it is for; `months` how many."""

    case_number: str
    programme: str
    item: str
    kind: str
    amount_fen: int
    paid_on: date
    first_month: str
    last_month: str
    months: int
    township: str


payments = ReadModel(
    "payment",
    Payment,
    indexes=("programme, paid_on", "case_number"),
    doc="money paid, returned, paid in arrears, recovered; by settlement date",
)


def _line(entry: Entry, kind: str, on: str, sign: int = 1) -> Payment:
    data = entry.data
    months = data.get("months") or [data[on][:7]]
    return Payment(
        data["case_number"],
        data["programme"],
        data.get("item", "basic"),
        kind,
        sign * data["amount_fen"],
        day(data[on]),
        min(months),
        max(months),
        len(months),
        data["township"],
    )


@payments.adds(PaymentSettled)
def settled(entry: Entry) -> Iterator[Payment]:
    yield _line(entry, "settled", "settled_on")


@payments.adds(ArrearsPaid)
def arrears(entry: Entry) -> Iterator[Payment]:
    yield _line(entry, "arrears", "settled_on")


@payments.adds(PaymentReturned)
def returned(entry: Entry) -> Iterator[Payment]:
    yield _line(entry, "returned", "returned_on", -1)


@payments.adds(RecoveryReceived)
def recovered(entry: Entry) -> Iterator[Payment]:
    yield _line(entry, "recovered", "received_on")
