"""The payrolls of the planted year: every line of money belongs to a batch that adds up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.assistance import payouts as facts
from domain.event import Event
from sample.days import working_days_before
from sample.defects.plot import Plot

PAY_WORKING_DAY = 8
"""Of the month: when money arrives; by the 10th or what working days leave of it."""


@dataclass(slots=True)
class Batch:
    """Money of a programme that is paid on one day, for the payroll of a month."""

    key: str
    programme: str
    month: int
    on: date
    amounts: list[int] = field(default_factory=list)
    approved_fen: int = 0
    """More or less than what arrived."""
    released_fen: int = 0
    prepared_by: str = "JB-02"
    approved_by: str = "SP-01"

    def __str__(self) -> str:
        return f"payroll/{self.key}"


class Payrolls:
    """Sends lines at once, and the steps of each batch at the end."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.batches: dict[str, Batch] = {}

    def batch(self, programme: str, month: int, name: str = "") -> str:
        """The month's batch of a programme, or one of its own by a name."""
        key = f"{programme}-{self.plot.month(month)}{name and '-' + name}"
        if key not in self.batches:
            on = self.plot.working(month, PAY_WORKING_DAY)
            self.batches[key] = Batch(key, programme, month, on)
        return key

    def pay(
        self,
        number: str,
        township: str,
        batch: str,
        months: tuple[int, ...],
        fen: int,
        **fields: Any,
    ) -> str:
        """A line of a batch, listed in its payroll or not; returns the payment's name."""
        of = self.batches[batch]
        if fields.pop("listed", True):
            of.amounts.append(fen)
        said: dict[str, Any] = {
            "programme": of.programme,
            "months": tuple(self.plot.month(month) for month in months),
            "amount_fen": fen,
            "township": township,
            "batch": batch,
        }
        return self.plot.say("payouts", number, facts.PaymentSettled, of.on, **said, **fields)

    def close(self) -> None:
        """Prepared, approved, money asked for and released, the bank told."""
        for key, batch in self.batches.items():
            total, lines = sum(batch.amounts), len(batch.amounts)
            steps: tuple[tuple[type[Event], int, int, dict[str, str]], ...] = (
                (facts.PayrollPrepared, 6, batch.approved_fen, {}),
                (
                    facts.PayrollApproved,
                    5,
                    batch.approved_fen,
                    {"prepared_by": batch.prepared_by, "approved_by": batch.approved_by},
                ),
                (facts.FundsRequested, 5, batch.released_fen, {}),
                (facts.FundsReleased, 2, batch.released_fen, {}),
                (facts.PaymentInstructed, 1, 0, {"bank": "示例银行"}),
            )
            for step, before, more, fields in steps:
                self.plot.say(
                    "payouts",
                    key,
                    step,
                    working_days_before(batch.on, before),
                    programme=batch.programme,
                    month=self.plot.month(batch.month),
                    amount_fen=total + more,
                    lines=lines,
                    **fields,
                )
