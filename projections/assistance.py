"""Money paid and sent back: one row per settlement, return, arrears line and recovery (a flow).

Beside it, what each of these lines is for one of its months: so the months of a case are added up
without taking apart what every line says; and 临时救助, decided and handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.assistance.payouts import (
    ArrearsPaid,
    PaymentReturned,
    PaymentSettled,
    RecoveryReceived,
)
from domain.assistance.relief import (
    Decider,
    ReliefCause,
    ReliefDecided,
    ReliefKind,
    ReliefManner,
    ReliefPaid,
    ReliefPapersCompleted,
)
from domain.calendar import month_number
from domain.casework import BASIC, Area, Item, Programme
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


class Relief(NamedTuple):
    """A decision on 临时救助: what is given once, to how many persons, and what became of it."""

    relief_number: str
    programme: Programme
    kind: ReliefKind
    cause: ReliefCause
    manner: ReliefManner
    urgent: bool
    area: Area
    township: str
    village: str
    persons: int
    amount_fen: int
    decided_by: Decider
    decided_on: date
    papers_on: date | None


reliefs = ReadModel(
    "relief", Relief, indexes=("decided_on", "stream"), doc="temporary relief, by decision"
)


class ReliefPayment(NamedTuple):
    """Money or goods of a relief that were handed over."""

    relief_number: str
    amount_fen: int
    paid_on: date


relief_payments = ReadModel(
    "relief_payment", ReliefPayment, indexes=("paid_on",), doc="temporary relief handed over"
)


@reliefs.folds
def relief_decided(kept: Sequence[Relief], entry: Entry[ReliefDecided]) -> Iterator[Relief]:
    """Another decision takes the place of the one before it."""
    data = entry.data
    yield Relief(
        data.relief_number,
        data.programme,
        data.kind,
        data.cause,
        data.manner,
        data.urgent,
        data.area,
        data.township,
        data.village,
        data.persons,
        data.amount_fen,
        data.decided_by,
        data.decided_on,
        next((relief.papers_on for relief in kept), None),
    )


@reliefs.folds
def papers_completed(
    kept: Sequence[Relief], entry: Entry[ReliefPapersCompleted]
) -> Iterator[Relief]:
    on = entry.data.completed_on
    return (relief._replace(papers_on=relief.papers_on or on) for relief in kept)


@relief_payments.adds
def relief_paid(entry: Entry[ReliefPaid]) -> tuple[ReliefPayment]:
    data = entry.data
    return (ReliefPayment(data.relief_number, data.amount_fen, data.paid_on),)
