"""Money paid and sent back: one row per settlement, return, arrears line and recovery (a flow).

Beside it, what a line of money paid is for one of its months: so the months of a case are added up
without taking apart what every line says; and 临时救助, decided and handed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.assistance.payouts import (
    ArrearsPaid,
    FundsReleased,
    FundsRequested,
    OverpaymentFound,
    OverpaymentWrittenOff,
    PaymentInstructed,
    PaymentReturned,
    PaymentSettled,
    PayrollApproved,
    PayrollPrepared,
    RecoveryOrdered,
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

PayrollStepKind = Annotated[
    Literal["prepared", "approved", "requested", "released", "instructed"],
    Labels("编制", "审批", "申请资金", "拨付", "代发指令"),
]
OverpaymentKind = Annotated[
    Literal["found", "ordered", "waived"], Labels("发现多发", "责令退回", "核销")
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
    """The one month that basic money was paid for, since the year 0. None where there are several:
    those are in MonthPaid."""
    township: str | None
    whole: bool
    """Whether it pays its months, or sends them back, and not only a difference of them."""
    batch: str | None
    fact: int
    """Position at which the line was told first; it stays, whatever corrects it."""
    names: str | None
    """The line that it sends back, makes good or recovers, "<source>/<id>" as it was told."""


payments = ReadModel(
    "payment",
    Payment,
    indexes=(
        "programme, paid_on; kind, item, amount_fen",
        "month_number, stream; amount_fen, paid_on",
        "stream",
        "batch",
        "paid_on WHERE kind = 'returned'",
    ),
    doc="money paid, returned, paid in arrears, recovered; by settlement date",
)


class MonthPaid(NamedTuple):
    """The part for one month of a line of basic money that was paid for several."""

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


class PayrollStep(NamedTuple):
    """A step of a batch of payments (发放批次): its list, and the money for it."""

    batch: str
    step: PayrollStepKind
    programme: Programme
    month: str
    amount_fen: int
    lines: int
    done_on: date


payroll_steps = ReadModel(
    "payroll_step",
    PayrollStep,
    indexes=("batch, step", "programme, month, step"),
    doc="lists of payments: prepared, approved, money asked for, released, ordered to be paid",
    private="lists that are still on their way; audit rules read them",
)

_STEPS: dict[str, PayrollStepKind] = {
    PayrollPrepared.TYPE: "prepared",
    PayrollApproved.TYPE: "approved",
    FundsRequested.TYPE: "requested",
    FundsReleased.TYPE: "released",
    PaymentInstructed.TYPE: "instructed",
}


@payroll_steps.adds
def payroll_step(
    entry: Entry[
        PayrollPrepared | PayrollApproved | FundsRequested | FundsReleased | PaymentInstructed
    ],
) -> tuple[PayrollStep]:
    data = entry.data
    step = _STEPS[entry.type]
    return (
        PayrollStep(
            data.batch,
            step,
            data.programme,
            data.month,
            data.amount_fen,
            data.lines,
            data.done_on,
        ),
    )


class Overpayment(NamedTuple):
    """Money of a case that was not due: found, ordered back, or not pursued."""

    case_number: str
    kind: OverpaymentKind
    programme: Programme
    amount_fen: int
    on_date: date
    due_on: date | None
    """Of an order: the last day."""


overpayments = ReadModel(
    "overpayment",
    Overpayment,
    indexes=("stream",),
    doc="money found not to be due, ordered back, not pursued",
    private="what single households have to pay back",
)


@overpayments.adds
def overpaid(entry: Entry[OverpaymentFound]) -> tuple[Overpayment]:
    data = entry.data
    return (
        Overpayment(
            data.case_number, "found", data.programme, data.amount_fen, data.found_on, None
        ),
    )


@overpayments.adds
def ordered_back(entry: Entry[RecoveryOrdered]) -> tuple[Overpayment]:
    data = entry.data
    return (
        Overpayment(
            data.case_number,
            "ordered",
            data.programme,
            data.amount_fen,
            data.ordered_on,
            data.due_on,
        ),
    )


@overpayments.adds
def not_pursued(entry: Entry[OverpaymentWrittenOff]) -> tuple[Overpayment]:
    data = entry.data
    return (
        Overpayment(
            data.case_number, "waived", data.programme, data.amount_fen, data.approved_on, None
        ),
    )


@payments.adds
def settled(entry: Entry[PaymentSettled]) -> tuple[Payment]:
    data = entry.data
    return _paid(entry, "settled", data.amount_fen, batch=data.batch, names=data.repays)


@payments.adds
def arrears(entry: Entry[ArrearsPaid]) -> tuple[Payment]:
    data = entry.data
    late = data.reason == "late-approval"
    return _paid(entry, "arrears", data.amount_fen, batch=data.batch, whole=late)


@payments.adds
def returned(entry: Entry[PaymentReturned]) -> tuple[Payment]:
    return _paid(entry, "returned", -entry.data.amount_fen, names=entry.data.payment)


@payments.adds
def recovered(entry: Entry[RecoveryReceived]) -> tuple[Payment]:
    money = entry.data
    return (
        Payment(
            case_number=money.case_number,
            programme=money.programme,
            item=BASIC,
            kind="recovered",
            amount_fen=money.amount_fen,
            paid_on=money.received_on,
            months="",
            month_number=None,
            township=money.township,
            whole=False,
            batch=None,
            fact=(entry.root or entry).position,
            names=entry.recovers,
        ),
    )


def _paid(
    entry: Entry[PaymentSettled] | Entry[ArrearsPaid] | Entry[PaymentReturned],
    kind: Movement,
    amount_fen: int,
    *,
    batch: str | None = None,
    names: str | None = None,
    whole: bool = True,
) -> tuple[Payment]:
    money = entry.data
    months = money.months
    several = money.item != BASIC or len(months) > 1 or kind == "returned"
    return (
        Payment(
            money.case_number,
            money.programme,
            money.item,
            kind,
            amount_fen,
            money.occurred_on(),
            " ".join(months),
            None if several else month_number(months[0]),
            money.township,
            whole,
            batch,
            (entry.root or entry).position,
            names,
        ),
    )


@paid_months.adds
def months_paid(entry: Entry[PaymentSettled | ArrearsPaid]) -> Iterable[MonthPaid]:
    """Equal parts; a part of a 分 counts as a whole one, so that three of them make the line."""
    money = entry.data
    months = money.months
    if len(months) == 1 or money.item != BASIC:
        return ()
    part, on = -(-money.amount_fen // len(months)), money.occurred_on()
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
    replaced_on: date | None
    """When another decision took its place."""
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
    """Another decision takes the place of the one before it, from its day on."""
    data = entry.data
    for relief in kept:
        yield relief._replace(replaced_on=relief.replaced_on or data.decided_on)
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
        None,
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
