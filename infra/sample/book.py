"""Sending lines of money, and entering each in the sample's own book when it is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.calendar import month_of
from domain.event import Payee
from domain.payouts import (
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
from infra.sample.outbox import Outbox, working_days_before
from infra.sample.payroll import Claim, label

FIGURE: dict[Programme, str] = {
    "dibao": "F16",
    "tekun": "F18",
    "orphan": "F20",
    "unattended-child": "F22",
    "nursing-subsidy": "F24",
    "living-subsidy": "F26",
}


class Paid(NamedTuple):
    """A payment that was sent: its name "<source>/<id>" and what it said."""

    name: str
    event: PaymentSettled
    claim: Claim
    months: tuple[int, ...]
    yuan: int
    on: date


class Book:
    """The sample's own count of money, by figure and month of settlement."""

    def __init__(self, outbox: Outbox, uncounted: frozenset[str]) -> None:
        """`uncounted` names the cases that belong to no figure (orphans in the institution)."""
        self.outbox = outbox
        self._uncounted = uncounted
        self._yuan: dict[tuple[str, str], int] = defaultdict(int)

    def enter(self, claim: Claim, item: Item, on: date, yuan: int) -> None:
        """Basic money only; negative when it came back."""
        if item == "basic" and claim.number not in self._uncounted:
            self._yuan[month_of(on), FIGURE[claim.programme]] += yuan

    def fen(self, month: str) -> dict[str, int]:
        """The counts of a month, in 分."""
        return {figure: 100 * self._yuan[month, figure] for figure in FIGURE.values()}

    def pay(
        self,
        claim: Claim,
        months: tuple[int, ...],
        yuan: int,
        on: date,
        batch: str,
        item: Item = "basic",
        payee: Payee | None = None,
        repays: str | None = None,
    ) -> Paid:
        """到账."""
        event = PaymentSettled(
            case_number=claim.number,
            programme=claim.programme,
            item=item,
            months=self._labels(months),
            amount_fen=100 * yuan,
            settled_on=on,
            township=claim.township,
            batch=batch,
            payee=payee,
            repays=repays,
        )
        name = self.outbox.send("dz", event)
        self.enter(claim, item, on, yuan)
        return Paid(name, event, claim, months, yuan, on)

    def pay_arrears(
        self, claim: Claim, months: tuple[int, ...], yuan: int, on: date, batch: str
    ) -> None:
        """补发 after the raise."""
        event = ArrearsPaid(
            case_number=claim.number,
            programme=claim.programme,
            months=self._labels(months),
            amount_fen=100 * yuan,
            settled_on=on,
            township=claim.township,
            reason="standard-raise",
            batch=batch,
        )
        self.outbox.send("bf", event)
        self.enter(claim, "basic", on, yuan)

    def send_back(self, paid: Paid, on: date, reason: str, received: date | None = None) -> None:
        """退票."""
        event = PaymentReturned(
            case_number=paid.claim.number,
            programme=paid.claim.programme,
            months=self._labels(paid.months),
            amount_fen=100 * paid.yuan,
            returned_on=on,
            township=paid.claim.township,
            payment=paid.name,
            reason=reason,
        )
        self.outbox.send("tp", event, received=received)
        self.enter(paid.claim, "basic", on, -paid.yuan)

    def revoke(self, paid: Paid, received: date) -> None:
        """撤销: the payment never was."""
        self.outbox.send("cx", paid.event, received=received, corrects=paid.name, how="revoked")
        self.enter(paid.claim, paid.event.item, paid.on, -paid.yuan)

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

    def _labels(self, months: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(label(self.outbox.year, month) for month in months)
