"""Money paid and sent back: one row per settlement, return, arrears line and recovery (a flow)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.assistance.payouts import ArrearsPaid, PaymentReturned, PaymentSettled, RecoveryReceived
from projections.read_model import ReadModel, day


class Payment(NamedTuple):
    """A line of money; `kind` is settled, returned (a negative amount), arrears or recovered.

    `months` are those it is for, in equal parts, "2024-01 2024-02". `township` None = that of the
    case.
    """

    case_number: str
    programme: str
    item: str
    kind: str
    amount_fen: int
    paid_on: date
    months: str
    township: str | None


payments = ReadModel(
    "payment",
    Payment,
    indexes=("programme, paid_on",),
    doc="money paid, returned, paid in arrears, recovered; by settlement date",
)


def _line(entry: Entry, kind: str, on: str, sign: int = 1) -> tuple[Payment]:
    data = entry.data
    return (
        Payment(
            data["case_number"],
            data["programme"],
            data.get("item", "basic"),
            kind,
            sign * data["amount_fen"],
            day(data[on]),
            " ".join(data.get("months", ())),
            data.get("township"),
        ),
    )


@payments.adds(PaymentSettled)
def settled(entry: Entry) -> tuple[Payment]:
    return _line(entry, "settled", "settled_on")


@payments.adds(ArrearsPaid)
def arrears(entry: Entry) -> tuple[Payment]:
    return _line(entry, "arrears", "settled_on")


@payments.adds(PaymentReturned)
def returned(entry: Entry) -> tuple[Payment]:
    return _line(entry, "returned", "returned_on", -1)


@payments.adds(RecoveryReceived)
def recovered(entry: Entry) -> tuple[Payment]:
    return _line(entry, "recovered", "received_on")
