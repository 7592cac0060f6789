"""Payouts (资金发放) of all programmes: payroll steps per batch, then one line per case and month.

Flow: payroll prepared → approved (民政) → funds requested → released (财政) → instructed (银行) →
settled or returned (退票) → repaid. Arrears (补发) are one line per person that lists its months.
发放金额 of a report = settled in the period, less returns dated in the period, plus arrears;
recoveries and other items (care, funeral, price subsidy) never count into it.
Basis: 社会救助暂行办法 art. 5 (special account, no diversion).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.calendar import month_end
from domain.casework import BASIC, CaseEvent, Item, Programme
from domain.codes import Labels
from domain.event import Code, Count, Day, Event, Fen, Month, Payee, Text, Township, wrong_field
from domain.references import Names

Months = Annotated[
    tuple[Month, ...],
    Field(min_length=1, max_length=120, json_schema_extra={"uniqueItems": True}),
]
"""Each month once: a line is for a set of months."""
OUTGOING = ("assistance.payment-settled.v1", "assistance.arrears-paid.v1")
"""Types of the lines by which money reached an account."""
Payment = Annotated[str, Field(max_length=200), Names(OUTGOING)]
""""<source>/<id>" of a line by which money reached an account of the same case."""


class PayrollStep(Event):
    """Common fields of the steps of one payroll batch (发放批次)."""

    STREAM: ClassVar[str] = "payroll"
    KEY: ClassVar[str] = "batch"
    ON: ClassVar[str] = "done_on"

    batch: Code
    programme: Programme
    month: Month
    amount_fen: Fen
    lines: Count
    done_on: Day


class PayrollPrepared(PayrollStep):
    """The list of who is to be paid was drawn up."""

    TYPE: ClassVar[str] = "assistance.payroll-prepared.v1"
    TITLE: ClassVar[str] = "发放清册编制"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2); 财办〔2020〕37号"
    OPENS: ClassVar[bool] = True


class PayrollApproved(PayrollStep):
    """The bureau approved the list; approver and preparer must differ (不相容岗位)."""

    TYPE: ClassVar[str] = "assistance.payroll-approved.v1"
    TITLE: ClassVar[str] = "发放清册审批"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2); 财办〔2020〕37号"
    prepared_by: Code
    approved_by: Code


class FundsRequested(PayrollStep):
    """The bureau asked the finance office for the money."""

    TYPE: ClassVar[str] = "assistance.funds-requested.v1"
    TITLE: ClassVar[str] = "资金申请"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2)"


class FundsReleased(PayrollStep):
    """The finance office released the money."""

    TYPE: ClassVar[str] = "assistance.funds-released.v1"
    TITLE: ClassVar[str] = "资金拨付"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2)"


class PaymentInstructed(PayrollStep):
    """The bank was told to pay the batch."""

    TYPE: ClassVar[str] = "assistance.payment-instructed.v1"
    TITLE: ClassVar[str] = "代发指令"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2); 财办〔2020〕37号"
    bank: Text


class OfMonths(CaseEvent):
    """Money for months: what it names must have been open in the last of them."""

    if TYPE_CHECKING:
        months: Months  # a field of each, at its place among the others

    @model_validator(mode="after")
    def _each_month_once(self) -> Self:
        if len(set(self.months)) < len(self.months):
            raise wrong_field("malformed_value", "months", "each month once")
        return self

    def listed_in(self) -> tuple[date, date] | None:
        last = max(self.months)
        return date.fromisoformat(f"{last}-01"), month_end(last)


class OfBefore(CaseEvent):
    """Money of before: what it is about may have been closed since."""

    def listed_in(self) -> tuple[date, date] | None:
        return None


class PaymentSettled(OfMonths):
    """Money reached the account of a case (低保: the household) or person for the months named.

    The months of one line have equal amounts; unequal ones go in separate lines.
    """

    TYPE: ClassVar[str] = "assistance.payment-settled.v1"
    TITLE: ClassVar[str] = "到账"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2); 财办〔2020〕37号"
    ON: ClassVar[str] = "settled_on"
    PAYS: ClassVar[bool] = True

    programme: Programme
    item: Item = BASIC
    months: Months
    amount_fen: Fen
    settled_on: Day
    township: Township | None = None
    """Where it is not given, the township of the case counts."""
    batch: Code | None = None
    payee: Payee | None = None
    """Only when the account is not the one on file (e.g. a repayment after a return)."""
    repays: Payment | None = None
    """Of the returned payment that this one makes good."""


class ArrearsPaid(OfMonths):
    """补发: one line per case for months already past, e.g. the difference after a raise (提标).

    The months of one line have equal amounts; unequal ones go in separate lines.
    """

    TYPE: ClassVar[str] = "assistance.arrears-paid.v1"
    TITLE: ClassVar[str] = "补发"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2), 13(3)"
    ON: ClassVar[str] = "settled_on"
    PAYS: ClassVar[bool] = True

    programme: Programme
    item: Item = BASIC
    months: Months
    amount_fen: Fen
    settled_on: Day
    township: Township | None = None
    reason: Annotated[
        Literal["standard-raise", "late-approval", "correction"],
        Labels("提标补发", "迟批补发", "更正补发"),
    ]
    """late-approval: whole amounts, for months nothing was paid for; else differences."""
    batch: Code | None = None
    """standard-raise: the batch of the raise."""


PayeeRelation = Annotated[
    Literal["own", "guardian", "institution", "other"],
    Labels("本人", "监护人", "供养机构", "其他人"),
]
"""Whose account it is."""


class PayeeChanged(CaseEvent):
    """Money goes to another account or person from now on (e.g. a guardian, 代领)."""

    TYPE: ClassVar[str] = "assistance.payee-changed.v1"
    TITLE: ClassVar[str] = "领款账户变更"
    BASIS: ClassVar[str] = "财办〔2020〕37号"
    ON: ClassVar[str] = "changed_on"

    payee: Payee
    relation: PayeeRelation | None = None
    changed_on: Day
    reason: Text


class PaymentReturned(OfMonths):
    """退票: the bank sent the money back; the months count as unpaid again.

    It counts as far as something is left of the payment that it names.
    """

    TYPE: ClassVar[str] = "assistance.payment-returned.v1"
    TITLE: ClassVar[str] = "退票"
    BASIS: ClassVar[str] = "财办〔2020〕37号"
    ON: ClassVar[str] = "returned_on"

    programme: Programme
    item: Item = BASIC
    months: Months
    amount_fen: Fen
    returned_on: Day
    township: Township | None = None
    payment: Payment
    """What was sent back."""
    reason: Text


class OverpaymentFound(OfMonths):
    """Money was paid that was not due (多发, 死亡后发放, 重复享受)."""

    TYPE: ClassVar[str] = "assistance.overpayment-found.v1"
    TITLE: ClassVar[str] = "发现多发"
    BASIS: ClassVar[str] = "社会救助暂行办法 64, 68"
    ON: ClassVar[str] = "found_on"

    programme: Programme
    months: Months
    amount_fen: Fen
    found_on: Day
    reason: Text


class RecoveryOrdered(OfBefore):
    """追缴: the household or person was told to pay back."""

    TYPE: ClassVar[str] = "assistance.recovery-ordered.v1"
    TITLE: ClassVar[str] = "责令退回"
    BASIS: ClassVar[str] = "社会救助暂行办法 68"
    ON: ClassVar[str] = "ordered_on"

    programme: Programme
    amount_fen: Fen
    ordered_on: Day
    due_on: Day


class RecoveryReceived(OfBefore):
    """追回: money came back. It never lowers 发放金额; it is an item of its own."""

    TYPE: ClassVar[str] = "assistance.recovery-received.v1"
    TITLE: ClassVar[str] = "追回到账"
    BASIS: ClassVar[str] = "社会救助暂行办法 68"
    ON: ClassVar[str] = "received_on"
    RECOVERS: ClassVar[tuple[str, ...]] = OUTGOING

    programme: Programme
    amount_fen: Fen
    received_on: Day
    township: Township | None = None


class OverpaymentWrittenOff(OfBefore):
    """核销: an overpayment is not pursued, with approval."""

    TYPE: ClassVar[str] = "assistance.overpayment-written-off.v1"
    TITLE: ClassVar[str] = "多发核销"
    BASIS: ClassVar[str] = "业务管理需要：经批准核销"
    ON: ClassVar[str] = "approved_on"

    programme: Programme
    amount_fen: Fen
    approved_on: Day
    approved_by: Code
    reason: Text
