"""Penalty cases of the sample year: two revocations with every step, one case without a penalty."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import add_working_days, roll_to_working_day
from domain.inspection import CaseTransferred
from domain.penalties.events import (
    CaseClosed,
    CaseFiled,
    ClueRegistered,
    EvidenceTaken,
    FinePaid,
    LegalReviewPassed,
    PenaltyDecided,
    PenaltyNotImposed,
    PenaltyPublished,
    PenaltyServed,
    PriorNoticeServed,
    StatementHeard,
)
from sample.bodies import ZOMBIES_REVOKED, Body, case_number, digest, workday
from sample.desk import SITE, Desk


class Penalties:
    """What the handlers of penalty cases did."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def clue(self, case: str, body: Body, on: date) -> None:
        self.desk.send(
            ClueRegistered(
                case_number=case,
                subject=body.stream,
                origin="annual-check",
                summary="连续两年未参加年度检查",
                registered_on=on,
            )
        )

    def file(self, case: str, body: Body, on: date) -> None:
        self.desk.send(
            CaseFiled(
                case_number=case,
                subject=body.stream,
                handlers=("ZF-03", "ZF-05"),
                approved_by="SP-01",
                filed_on=on,
            )
        )

    def evidence(self, case: str, on: date, inspection: str | None = None) -> None:
        self.desk.send(
            EvidenceTaken(
                case_number=case,
                officers=("ZF-03", "ZF-05"),
                licences_shown=True,
                text_record=digest(f"{case} {on} 询问笔录"),
                recording=digest(f"{case} {on} 录像"),
                inspection_number=inspection,
                taken_on=on,
            )
        )

    def punish(self, number: int, kinds: tuple[str, ...], amount_fen: int) -> None:
        """A whole case, counted back from its decision."""
        body = self.desk.plan.zombies_revoked[number]
        case = case_number(self.desk.year, number)
        decided = workday(self.desk.year, *ZOMBIES_REVOKED[number])

        def before(days: int) -> date:
            return roll_to_working_day(decided - timedelta(days=days))

        self.clue(case, body, before(72))
        self.file(case, body, before(64))
        inspection = self.absorbed(case, body, before(56)) if number == 0 else None
        self.evidence(case, before(56), inspection)
        self.evidence(case, before(48))
        self.desk.send(
            PriorNoticeServed(
                case_number=case,
                hearing_offered=True,
                receipt=digest(f"{case} 告知回证"),
                served_on=before(22),
            )
        )
        self.desk.send(StatementHeard(case_number=case, waived=number == 1, heard_on=before(18)))
        self.desk.send(
            LegalReviewPassed(
                case_number=case,
                reviewer="FS-01",
                legally_qualified=True,
                opinion=digest(f"{case} 法制审核意见"),
                reviewed_on=before(8),
            )
        )
        self.desk.send(
            PenaltyDecided.model_validate(
                {
                    "case_number": case,
                    "subject": body.stream,
                    "township": body.township,
                    "decision_number": f"示例民罚决〔{self.desk.year}〕{number + 1}号",
                    "kinds": kinds,
                    "amount_fen": amount_fen,
                    "listed_ground": "major-rights",
                    "legal_basis": "社会团体登记管理条例 第三十条",
                    "handlers": ("ZF-03", "ZF-05"),
                    "approved_by": "ZF-01",
                    "decided_on": decided,
                }
            )
        )
        self.desk.count(decided, "F28", "F30", "F31")
        self.after(case, decided, number, amount_fen)

    def after(self, case: str, decided: date, number: int, amount_fen: int) -> None:
        """Served on the third working day, published on the fifth."""
        served = add_working_days(decided, 3)
        self.desk.send(
            PenaltyServed(
                case_number=case,
                method="in-person",
                receipt_number=f"示例民送证〔{self.desk.year}〕{number + 1}号",
                receipt=digest(f"{case} 送达回证"),
                served_on=served,
            )
        )
        published = add_working_days(decided, 5)
        self.desk.send(PenaltyPublished(case_number=case, place=SITE, published_on=published))
        if amount_fen:
            paid = add_working_days(served, 6)
            self.desk.send(FinePaid(case_number=case, amount_fen=amount_fen, paid_on=paid))
        closed = add_working_days(served, 10)
        self.desk.send(
            CaseClosed(case_number=case, archive=digest(f"{case} 卷宗"), closed_on=closed)
        )

    def absorbed(self, case: str, body: Body, on: date) -> str:
        """An inspection that ends in the penalty: it is no inspection 宗 of its own."""
        number = self.desk.number()
        self.desk.inspect(
            number,
            body.stream,
            on,
            "special",
            outcome="transferred",
            township=body.township,
            officers=("ZF-03", "ZF-05"),
            cause="年检线索核查",
        )
        self.desk.send(
            CaseTransferred(inspection_number=number, penalty_case=case, transferred_on=on)
        )
        return number

    def not_punished(self) -> None:
        """A case that ends without a penalty."""
        case, body = f"CF-03-{self.desk.year}", self.desk.plan.zombies_rectified[0]
        self.clue(case, body, workday(self.desk.year, 4, 8))
        self.file(case, body, workday(self.desk.year, 4, 15))
        self.evidence(case, workday(self.desk.year, 4, 24))
        self.desk.send(
            PenaltyNotImposed(
                case_number=case,
                reason="违法行为轻微并及时改正",
                decided_on=workday(self.desk.year, 5, 20),
            )
        )
