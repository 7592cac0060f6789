"""Money paid and sent back: one row per settlement, return, arrears line and recovery (a flow)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.assistance.payouts import (
    ArrearsPaid,
    Item,
    PaymentReturned,
    PaymentSettled,
    RecoveryReceived,
)
from domain.casework import Programme
from domain.codes import Labels
from projections.read_model import ReadModel

Movement = Annotated[
    Literal["settled", "returned", "arrears", "recovered"], Labels("到账", "退票", "补发", "追回")
]


class Payment(NamedTuple):
    """A line of money; `kind` is settled, returned (a negative amount), arrears or recovered.

    `months` are those it is for, in equal parts, "2024-01 2024-02". `township` None = that of the
    case.
    """

    case_number: str
    programme: Programme
    item: Item
    kind: Movement
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


@payments.adds
def settled(entry: Entry[PaymentSettled]) -> tuple[Payment]:
    return _paid(entry.data, "settled", entry.data.amount_fen)


@payments.adds
def arrears(entry: Entry[ArrearsPaid]) -> tuple[Payment]:
    return _paid(entry.data, "arrears", entry.data.amount_fen)


@payments.adds
def returned(entry: Entry[PaymentReturned]) -> tuple[Payment]:
    return _paid(entry.data, "returned", -entry.data.amount_fen)


@payments.adds
def recovered(entry: Entry[RecoveryReceived]) -> tuple[Payment]:
    money = entry.data
    return (
        Payment(
            money.case_number,
            money.programme,
            "basic",
            "recovered",
            money.amount_fen,
            money.received_on,
            "",
            money.township,
        ),
    )


def _paid(
    money: PaymentSettled | ArrearsPaid | PaymentReturned, kind: Movement, amount_fen: int
) -> tuple[Payment]:
    return (
        Payment(
            money.case_number,
            money.programme,
            money.item,
            kind,
            amount_fen,
            money.occurred_on(),
            " ".join(money.months),
            money.township,
        ),
    )
