"""Payroll batches (发放批次): who draws up the list does not approve it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, judges
from domain.assistance.payouts import PayrollApproved
from domain.codes import Labels

Breach = Annotated[Literal["approver-prepared"], Labels("发放清册由同一人编制、审批")]


class Payroll(Aggregate):
    """One batch. It has nothing to remember."""

    STREAM: ClassVar[str] = "payroll"

    @judges
    def judge_approval(self, event: PayrollApproved) -> tuple[Breach, ...]:
        """不相容岗位."""
        return ("approver-prepared",) if event.approved_by == event.prepared_by else ()
