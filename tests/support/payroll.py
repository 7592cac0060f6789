"""Lists of payments (发放清册), and money that was not due: found, ordered back, not pursued."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.assistance.payouts import (
    FundsReleased,
    FundsRequested,
    OverpaymentFound,
    OverpaymentWrittenOff,
    PaymentInstructed,
    PayrollApproved,
    PayrollPrepared,
    RecoveryOrdered,
    RecoveryReceived,
)
from domain.event import Event


def a_list(
    batch: str, month: str, fen: int, lines: int = 1, *, programme: str = "dibao", day: int = 2
) -> tuple[Event, ...]:
    """The steps of a batch, all on one day of its month."""
    said: dict[str, Any] = {
        "batch": batch,
        "programme": programme,
        "month": month,
        "amount_fen": fen,
        "lines": lines,
        "done_on": date.fromisoformat(f"{month}-{day:02d}"),
    }
    return (
        PayrollPrepared(**said),
        PayrollApproved(**said, prepared_by="JB-1", approved_by="SP-1"),
        FundsRequested(**said),
        FundsReleased(**said),
        PaymentInstructed(**said, bank="示例银行"),
    )


def approved(month: str, *, programme: str = "dibao") -> PayrollApproved:
    """The approval of a list of a month, on its second day."""
    return PayrollApproved(
        batch=f"{programme}-{month}",
        programme=programme,
        month=month,
        amount_fen=0,
        lines=0,
        done_on=date.fromisoformat(f"{month}-02"),
        prepared_by="JB-1",
        approved_by="SP-1",
    )


def prepared(month: str, *, programme: str = "dibao") -> PayrollPrepared:
    """It opens the list that `approved` approves."""
    return PayrollPrepared(
        batch=f"{programme}-{month}",
        programme=programme,
        month=month,
        amount_fen=0,
        lines=0,
        done_on=date.fromisoformat(f"{month}-01"),
    )


def lists(*months: str, programme: str = "dibao") -> list[Event]:
    """Lists of these months, each prepared and approved."""
    return [
        step
        for month in months
        for step in (prepared(month, programme=programme), approved(month, programme=programme))
    ]


def found_overpaid(number: str, fen: int, on: str, *months: str) -> OverpaymentFound:
    return OverpaymentFound(
        case_number=number,
        programme="dibao",
        months=months,
        amount_fen=fen,
        found_on=date.fromisoformat(on),
        reason="收入核减后未调整",
    )


def ordered_back(number: str, fen: int, on: str, due: str) -> RecoveryOrdered:
    return RecoveryOrdered(
        case_number=number,
        programme="dibao",
        amount_fen=fen,
        ordered_on=date.fromisoformat(on),
        due_on=date.fromisoformat(due),
    )


def came_back(number: str, fen: int, on: str) -> RecoveryReceived:
    return RecoveryReceived(
        case_number=number, programme="dibao", amount_fen=fen, received_on=date.fromisoformat(on)
    )


def waived(number: str, fen: int, on: str) -> OverpaymentWrittenOff:
    return OverpaymentWrittenOff(
        case_number=number,
        programme="dibao",
        amount_fen=fen,
        approved_on=date.fromisoformat(on),
        approved_by="SP-1",
        reason="家庭确有困难",
    )
