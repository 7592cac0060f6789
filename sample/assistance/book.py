"""Sending lines of money, and entering each in the sample's own book when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.assistance import payouts as facts
from domain.casework import Programme
from domain.event import Payee
from sample.cases.payroll import Claim
from sample.days import label, working_days_before
from sample.sender import Sender

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
    item: str = "basic"


class Paid(NamedTuple):
    """A payment that was sent: its name "<source>/<id>" and what it said."""

    name: str
    event: facts.PaymentSettled
    line: Line
    on: date

    @property
    def claim(self) -> Claim:
        """The case that was paid."""
        return self.line.claim


class Book:
    """The sample's own count of money, by figure and month of settlement."""

    def __init__(self, sender: Sender, uncounted: frozenset[str]) -> None:
        """`uncounted` names the cases that belong to no figure (orphans in the institution)."""
        self.sender = sender
        self.year = sender.year
        self._uncounted = uncounted

    def enter(self, line: Line, on: date, sign: int = 1) -> None:
        """Basic money only; `sign` -1 when it came back or never was."""
        if line.item == "basic" and line.claim.number not in self._uncounted:
            self.sender.feed.count(FIGURE[line.claim.programme], on, sign * 100 * line.yuan)

    def pay(
        self,
        line: Line,
        on: date,
        batch: str,
        payee: Payee | None = None,
        repays: str | None = None,
    ) -> Paid:
        """到账."""
        said: dict[str, Any] = self._said(line) | {"item": line.item}
        event = facts.PaymentSettled(**said, settled_on=on, batch=batch, payee=payee, repays=repays)
        name = self.sender.tell(event, "dz")
        self.enter(line, on)
        return Paid(name, event, line, on)

    def pay_arrears(self, line: Line, on: date, batch: str) -> None:
        """补发 after the raise."""
        said = self._said(line) | {"reason": "standard-raise", "batch": batch}
        self.sender.send(facts.ArrearsPaid, on, "bf", **said)
        self.enter(line, on)

    def send_back(self, paid: Paid, on: date, reason: str, received: date | None = None) -> None:
        """退票."""
        said = self._said(paid.line) | {"payment": paid.name, "reason": reason}
        self.sender.arriving(received).send(facts.PaymentReturned, on, "tp", **said)
        self.enter(paid.line, on, -1)

    def revoke(self, paid: Paid, received: date) -> None:
        """撤销: the payment never was."""
        sender = self.sender.arriving(received)
        sender.tell(paid.event, "cx", corrects=paid.name, kind="revoked")
        self.enter(paid.line, paid.on, -1)

    def send_payroll(
        self, batch: str, programme: str, month: int, amounts: Sequence[int], paid_on: date
    ) -> None:
        """The steps of a batch (元 of each line) in the six working days before the pay day."""
        steps: tuple[tuple[type[facts.PayrollStep], int, dict[str, str]], ...] = (
            (facts.PayrollPrepared, 6, {}),
            (facts.PayrollApproved, 5, {"prepared_by": "JB-02", "approved_by": "SP-01"}),
            (facts.FundsRequested, 5, {}),
            (facts.FundsReleased, 2, {}),
            (facts.PaymentInstructed, 1, {"bank": self.sender.office.word("bank", "示例银行")}),
        )
        for step, days_before, fields in steps:
            self.sender.about(batch).send(
                step,
                working_days_before(paid_on, days_before),
                "qc",
                programme=programme,
                month=label(self.year, month),
                amount_fen=100 * sum(amounts),
                lines=len(amounts),
                **fields,
            )

    def _said(self, line: Line) -> dict[str, Any]:
        """What every line of money states."""
        return {
            "case_number": line.claim.number,
            "programme": self.sender.office.code(line.claim.programme),
            "months": tuple(label(self.year, month) for month in line.months),
            "amount_fen": 100 * line.yuan,
            "township": line.claim.township,
        }
