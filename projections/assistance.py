"""Money paid and sent back: one row per settlement, return, arrears line and recovery (a flow).

Beside it, what each of these lines is for one of its months: so the months of a case are added up
without taking apart what every line says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.assistance.payouts import (
    ArrearsPaid,
    PaymentReturned,
    PaymentSettled,
    RecoveryReceived,
)
from domain.calendar import month_number
from domain.casework import BASIC, Item, Programme
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
    month_number: int | None
    """The one month that basic money is for or was sent back of, since the year 0. None where there
    are several: those are in MonthPaid."""
    township: str | None


payments = ReadModel(
    "payment",
    Payment,
    indexes=(
        "programme, paid_on; kind, item, amount_fen",
        "month_number, stream; amount_fen, paid_on",
    ),
    doc="money paid, returned, paid in arrears, recovered; by settlement date",
)


class MonthPaid(NamedTuple):
    """The part for one month of a line of basic money for several; negative where sent back."""

    month_number: int
    """Since the year 0."""
    part_fen: int
    paid_on: date


paid_months = ReadModel(
    "paid_month",
    MonthPaid,
    indexes=("month_number, stream; part_fen, paid_on",),
    doc="what basic money for several months is for, month by month",
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
            BASIC,
            "recovered",
            money.amount_fen,
            money.received_on,
            "",
            None,
            money.township,
        ),
    )


def _paid(
    money: PaymentSettled | ArrearsPaid | PaymentReturned, kind: Movement, amount_fen: int
) -> tuple[Payment]:
    months = money.months
    return (
        Payment(
            money.case_number,
            money.programme,
            money.item,
            kind,
            amount_fen,
            money.occurred_on(),
            " ".join(months),
            None if money.item != BASIC or len(months) > 1 else month_number(months[0]),
            money.township,
        ),
    )


@paid_months.adds
def months_paid(entry: Entry[PaymentSettled | ArrearsPaid]) -> Iterable[MonthPaid]:
    return _parts(entry.data, 1)


@paid_months.adds
def months_returned(entry: Entry[PaymentReturned]) -> Iterable[MonthPaid]:
    return _parts(entry.data, -1)


def _parts(money: PaymentSettled | ArrearsPaid | PaymentReturned, sign: int) -> Iterable[MonthPaid]:
    """Equal parts; a part of a 分 counts as a whole one, so that three of them make the line."""
    months = money.months
    if len(months) == 1 or money.item != BASIC:
        return ()
    part, on = sign * -(-money.amount_fen // len(months)), money.occurred_on()
    return [MonthPaid(month_number(month), part, on) for month in months]
