"""Sending lines of money, and entering each in the sample's own book when it is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.assistance.payouts import (
    ArrearsPaid,
    FundsReleased,
    FundsRequested,
    Item,
    PaymentInstructed,
    PaymentReturned,
    PaymentSettled,
    PayrollApproved,
    PayrollPrepared,
    Programme,
)
from domain.calendar import month_of
from domain.event import Payee
from sample.outbox import Outbox, working_days_before
from sample.payroll import Claim, label

FIGURE: dict[Programme, str] = {
    "dibao": "F16",
    "tekun": "F18",
    "orphan": "F20",
    "unattended-child": "F22",
    "nursing-subsidy": "F24",
    "living-subsidy": "F26",
}


class Line(NamedTuple):
    """A line of money to a case: 元 for some months."""

    claim: Claim
    months: tuple[int, ...]
    yuan: int
    item: Item = "basic"


class Paid(NamedTuple):
    """A payment that was sent: its name "<source>/<id>" and what it said."""

    name: str
    event: PaymentSettled
    line: Line
    on: date

    @property
    def claim(self) -> Claim:
        """The case that was paid."""
        return self.line.claim


class Book:
    """The sample's own count of money, by figure and month of settlement."""

    def __init__(self, outbox: Outbox, uncounted: frozenset[str]) -> None:
        """`uncounted` names the cases that belong to no figure (orphans in the institution)."""
        self.outbox = outbox
        self._uncounted = uncounted
        self._yuan: dict[tuple[str, str], int] = defaultdict(int)

    def enter(self, line: Line, on: date, sign: int = 1) -> None:
        """Basic money only; `sign` -1 when it came back or never was."""
        if line.item == "basic" and line.claim.number not in self._uncounted:
            self._yuan[month_of(on), FIGURE[line.claim.programme]] += sign * line.yuan

    def fen(self, month: str) -> dict[str, int]:
        """The counts of a month, in 分."""
        return {figure: 100 * self._yuan[month, figure] for figure in FIGURE.values()}

    def pay(
        self,
        line: Line,
        on: date,
        batch: str,
        payee: Payee | None = None,
        repays: str | None = None,
    ) -> Paid:
        """到账."""
        event = PaymentSettled(
            **self._said(line),
            item=line.item,
            settled_on=on,
            batch=batch,
            payee=payee,
            repays=repays,
        )
        name = self.outbox.send("dz", event)
        self.enter(line, on)
        return Paid(name, event, line, on)

    def pay_arrears(self, line: Line, on: date, batch: str) -> None:
        """补发 after the raise."""
        event = ArrearsPaid(**self._said(line), settled_on=on, reason="standard-raise", batch=batch)
        self.outbox.send("bf", event)
        self.enter(line, on)

    def send_back(self, paid: Paid, on: date, reason: str, received: date | None = None) -> None:
        """退票."""
        event = PaymentReturned(
            **self._said(paid.line), returned_on=on, payment=paid.name, reason=reason
        )
        self.outbox.send("tp", event, received=received)
        self.enter(paid.line, on, -1)

    def revoke(self, paid: Paid, received: date) -> None:
        """撤销: the payment never was."""
        self.outbox.send("cx", paid.event, received=received, corrects=paid.name, how="revoked")
        self.enter(paid.line, paid.on, -1)

    def send_payroll(
        self, batch: str, programme: Programme, month: int, amounts: Sequence[int], paid_on: date
    ) -> None:
        """The steps of a batch (元 of each line) in the six working days before the pay day."""
        fields: dict[str, Any] = {
            "batch": batch,
            "programme": programme,
            "month": label(self.outbox.year, month),
            "amount_fen": 100 * sum(amounts),
            "lines": len(amounts),
        }

        def day(before: int) -> dict[str, Any]:
            return {"done_on": working_days_before(paid_on, before)}

        self.outbox.send("qc", PayrollPrepared(**fields, **day(6)))
        self.outbox.send(
            "qc", PayrollApproved(**fields, **day(5), prepared_by="JB-02", approved_by="SP-01")
        )
        self.outbox.send("qc", FundsRequested(**fields, **day(5)))
        self.outbox.send("qc", FundsReleased(**fields, **day(2)))
        self.outbox.send("qc", PaymentInstructed(**fields, **day(1), bank="示例银行湘桥支行"))

    def _said(self, line: Line) -> dict[str, Any]:
        """What every line of money states."""
        return {
            "case_number": line.claim.number,
            "programme": line.claim.programme,
            "months": tuple(label(self.outbox.year, month) for month in line.months),
            "amount_fen": 100 * line.yuan,
            "township": line.claim.township,
        }
