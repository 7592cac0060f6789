"""A small history of three sources, all received on one day, with everything that can go wrong."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import BenefitAdjusted, BenefitTerminated, MemberAdded
from domain.assistance.payouts import RecoveryReceived
from domain.event import Event
from tests.support.ledger import event
from tests.support.money import a_household, a_payment, a_person, a_return, a_standard, arrears

DAY = date(2024, 12, 31)
OFFICE, BANK, STANDARDS = "social-assistance", "payouts", "standards"


def _line(
    source: str, event_id: str, fact: Event, corrects: str | None = None, kind: str | None = None
) -> bytes:
    return event(source, event_id, fact, received=DAY, corrects=corrects, kind=kind)


def _adjusted(number: str, month: str, fen: int, persons: int = 1) -> BenefitAdjusted:
    return BenefitAdjusted(
        case_number=number,
        from_month=month,
        monthly_amount_fen=fen,
        covered_persons=persons,
        decided_on=date.fromisoformat(f"{month}-02"),
        reason="示例",
    )


def _terminated(number: str, last_month: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number,
        last_month=last_month,
        reason="withdrawn",
        decided_on=date.fromisoformat(f"{last_month}-20"),
    )


def _joined(number: str, on: str) -> MemberAdded:
    return MemberAdded.model_validate(
        {
            "case_number": number,
            "member": {"person": a_person().model_dump(), "covered": True},
            "changed_on": date.fromisoformat(on),
            "reason": "示例",
        },
        strict=False,
    )


def _recovered(number: str, fen: int) -> RecoveryReceived:
    return RecoveryReceived(
        case_number=number, programme="dibao", amount_fen=fen, received_on=date(2024, 9, 3)
    )


def history() -> dict[str, list[bytes]]:
    """What each source sends, in its own order.

    Payments wait for their cases, corrections for what they correct, one for ever. The office
    changes an adjustment, changes that change, and takes a termination back; the bank changes a
    payment, takes the change back, sends money back and repays it, and reports a recovery.
    """
    return {
        OFFICE: [
            _line(OFFICE, "c-1", a_household("DB-1", fen=50_000)),
            _line(OFFICE, "a-1", _adjusted("DB-1", "2024-03", 60_000)),
            _line(OFFICE, "c-2", a_household("DB-2", fen=40_000)),
            _line(OFFICE, "j-1", _joined("DB-1", "2024-05-06")),
            _line(OFFICE, "a-2", _adjusted("DB-1", "2024-06", 90_000, 2)),
            _line(OFFICE, "a-1b", _adjusted("DB-1", "2024-02", 65_000), f"{OFFICE}/a-1", "changed"),
            _line(OFFICE, "t-2", _terminated("DB-2", "2024-04")),
            _line(OFFICE, "t-1", _terminated("DB-1", "2022-10")),
            _line(
                OFFICE, "a-1c", _adjusted("DB-1", "2024-04", 66_000), f"{OFFICE}/a-1b", "changed"
            ),
            _line(OFFICE, "t-2r", _terminated("DB-2", "2024-04"), f"{OFFICE}/t-2", "revoked"),
            _line(OFFICE, "a-3", _adjusted("DB-2", "2024-07", 45_000)),
            _line(OFFICE, "c-3", a_household("DB-3", fen=30_000)),
        ],
        BANK: [
            _line(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01")),
            _line(BANK, "p-2", a_payment("DB-2", 40_000, "2024-01")),
            _line(BANK, "p-2b", a_payment("DB-2", 41_000, "2024-01"), f"{BANK}/p-2", "changed"),
            _line(BANK, "r-1", a_return("DB-1", f"{BANK}/p-1", 50_000, "2024-01", on="2024-02-01")),
            _line(
                BANK,
                "p-1x",
                a_payment("DB-1", 50_000, "2024-01", on="2024-02-05", repays=f"{BANK}/p-1"),
            ),
            _line(BANK, "p-2c", a_payment("DB-2", 41_000, "2024-01"), f"{BANK}/p-2b", "revoked"),
            _line(BANK, "n-1", arrears("DB-3", 9_000, "2024-01", "2024-02", on="2024-05-08")),
            _line(BANK, "p-3", a_payment("DB-3", 30_000, "2024-03")),
            _line(BANK, "v-3", _recovered("DB-3", 30_000), f"{BANK}/p-3", "recovered"),
            _line(BANK, "p-9", a_payment("DB-9", 30_000, "2024-03")),
            _line(BANK, "p-9b", a_payment("DB-9", 31_000, "2024-03"), f"{BANK}/p-9", "changed"),
        ],
        STANDARDS: [
            _line(STANDARDS, "s-1", a_standard("dibao", 746, "rural")),
            _line(
                STANDARDS,
                "s-1b",
                a_standard("dibao", 750, "rural"),
                f"{STANDARDS}/s-1",
                "changed",
            ),
        ],
    }


WAITING = 2
"""How many of them wait for ever: a payment of an unknown case, and its correction."""


def in_turn(sources: dict[str, list[bytes]], turns: list[str]) -> list[bytes]:
    """The lines with the sources taking turns as told; the rest follows in order."""
    left = {name: list(lines) for name, lines in sources.items()}
    lines = [left[name].pop(0) for name in turns if left[name]]
    return lines + [line for rest in left.values() for line in rest]
