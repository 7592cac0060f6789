"""The state of a case (救助个案) of any programme: what the ledger needs to judge its next fact.

One stream per case number, shared by 低保, 特困, children's and disability lines and by payouts.
"""

from __future__ import annotations

from typing import ClassVar

from domain.aggregate import Aggregate, Data, evolves, judges
from domain.assistance import BenefitAdjusted, BenefitConfirmed, BenefitTerminated, CaseTakenOver
from domain.calendar import month_of
from domain.payouts import PaymentReturned, PaymentSettled


class Case(Aggregate):
    """A case that may be paid monthly.

    `paid_months` lists "<item>:<month>" of settled payments still standing; `last_month` None
    means open-ended; `monthly_amount_fen` None means the line pays a standard, not an amount of
    the case.
    """

    STREAM: ClassVar[str] = "case"

    programme: str = ""
    first_month: str | None = None
    last_month: str | None = None
    monthly_amount_fen: int | None = None
    decided_on: str | None = None
    paid_months: tuple[str, ...] = ()

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges(PaymentSettled)
    def judge_payment(self, event: PaymentSettled) -> tuple[str, ...]:
        """Programme, entitled months, months already paid, amount, payment ahead of the month."""
        breaches: list[str] = []
        if event.programme != self.programme:
            breaches.append("programme-differs")
        if event.item != "basic":
            return tuple(breaches)
        first, last = self.first_month, self.last_month
        if first is None or any(m < first or (last is not None and m > last) for m in event.months):
            breaches.append("month-not-entitled")
        if any(f"basic:{month}" in self.paid_months for month in event.months):
            breaches.append("month-already-paid")
        due = self.monthly_amount_fen
        if due is not None and event.amount_fen != due * len(event.months):
            breaches.append("amount-differs")
        if event.months[-1] > month_of(event.settled_on):
            breaches.append("paid-in-advance")
        return tuple(breaches)

    # Evolution: assignments only; these bodies run again on every replay.

    @evolves(CaseTakenOver, BenefitConfirmed)
    def on_confirmed(self, data: Data) -> None:
        self.programme = data["programme"]
        self.first_month = data["first_month"]
        self.last_month = data.get("last_month")
        self.monthly_amount_fen = data["monthly_amount_fen"]
        self.decided_on = data["decided_on"]

    @evolves(BenefitAdjusted)
    def on_adjusted(self, data: Data) -> None:
        self.monthly_amount_fen = data["monthly_amount_fen"]

    @evolves(BenefitTerminated)
    def on_terminated(self, data: Data) -> None:
        self.last_month = data["last_month"]

    @evolves(PaymentSettled)
    def on_payment_settled(self, data: Data) -> None:
        item = data.get("item", "basic")
        self.paid_months = (*self.paid_months, *(f"{item}:{m}" for m in data["months"]))

    @evolves(PaymentReturned)
    def on_payment_returned(self, data: Data) -> None:
        item = data.get("item", "basic")
        back = {f"{item}:{m}" for m in data["months"]}
        self.paid_months = tuple(m for m in self.paid_months if m not in back)
