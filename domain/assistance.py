"""低保 (minimum living allowance, per household) and 特困 (destitution support, per person).

低保 is decided in 户 and counted in 户 and 人; it is paid per household as a top-up: the sum over
covered members of standard − per-capita income, plus any 分类施保 supplement, in whole 元
(R-DB-02, 社会救助暂行办法 art. 12). 特困 is a flat monthly standard per person, urban or rural; the
care allowance (照料护理费) is a separate item (R-TK-07).
Entitlement is monthly, from the month after the confirming decision (R-DB-06).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.event import (
    Code,
    DocumentNumber,
    Event,
    Fen,
    Month,
    Part,
    Payee,
    Text,
    Township,
    Village,
)

Area = Literal["urban", "rural"]
AREAS: dict[str, str] = {"urban": "城市", "rural": "农村"}
AssistanceProgramme = Literal["dibao", "tekun"]
SupportMode = Literal["home-based", "institutional"]
SUPPORT_MODES: dict[str, str] = {"home-based": "分散供养", "institutional": "集中供养"}
CareLevel = Literal["independent", "partial-care", "full-care"]
CARE_LEVELS: dict[str, str] = {
    "independent": "全自理",
    "partial-care": "半护理",
    "full-care": "全护理",
}
TerminationReason = Literal[
    "income-above-standard", "died", "moved-away", "withdrawn", "to-other-programme", "other"
]
TERMINATION_REASONS: dict[str, str] = {
    "income-above-standard": "收入超标",
    "died": "死亡",
    "moved-away": "户籍迁出",
    "withdrawn": "自愿退出",
    "to-other-programme": "转入其他救助",
    "other": "其他",
}


class Member(Part):
    """A member of a household; `covered` = has 保障 status and counts into 人数."""

    person: Payee
    covered: bool
    head: bool = False


Members = Annotated[tuple[Member, ...], Field(min_length=1, max_length=20)]


class CaseEvent(Event):
    """Common fields of the facts about one case."""

    STREAM: ClassVar[str] = "case"
    KEY: ClassVar[str] = "case_number"

    case_number: Code


class ApplicationReceived(CaseEvent):
    """申请: the applicant asked for support (or the township found the need itself, art. 17)."""

    TYPE: ClassVar[str] = "assistance.application-received.v1"
    TITLE: ClassVar[str] = "申请"
    BASIS: ClassVar[str] = "社会救助暂行办法 arts 11, 16"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "received_on"

    programme: AssistanceProgramme
    township: Township
    village: Village
    received_on: date
    applicant: Payee
    found_by_township: bool = False
    relative_of_officer: bool = False
    """近亲属备案 declared (R-DB-11)."""


class CaseStep(CaseEvent):
    """A step of the procedure that changes no entitlement."""

    ON: ClassVar[str] = "done_on"

    done_on: date
    handlers: Annotated[tuple[Code, ...], Field(min_length=1, max_length=6)]
    """Officer codes (经办人)."""


class ApplicationAccepted(CaseStep):
    """受理: papers complete; the time limit starts."""

    TYPE: ClassVar[str] = "assistance.application-accepted.v1"
    TITLE: ClassVar[str] = "受理"


class EconomicCheckReported(CaseStep):
    """家庭经济状况信息核对."""

    TYPE: ClassVar[str] = "assistance.economic-check-reported.v1"
    TITLE: ClassVar[str] = "信息核对"
    passed: bool


class HomeVisitRecorded(CaseStep):
    """入户调查."""

    TYPE: ClassVar[str] = "assistance.home-visit-recorded.v1"
    TITLE: ClassVar[str] = "入户调查"


class PreliminaryOpinionGiven(CaseStep):
    """初审意见 of the township."""

    TYPE: ClassVar[str] = "assistance.preliminary-opinion-given.v1"
    TITLE: ClassVar[str] = "初审意见"
    support: bool


class NoticePosted(CaseStep):
    """公示 before the decision, in the applicant's village; not a publication (公布)."""

    TYPE: ClassVar[str] = "assistance.notice-posted.v1"
    TITLE: ClassVar[str] = "公示"
    BASIS: ClassVar[str] = "社会救助暂行办法 art. 11(2)"
    until: date


class NoticeClosed(CaseStep):
    """The notice period ended."""

    TYPE: ClassVar[str] = "assistance.notice-closed.v1"
    TITLE: ClassVar[str] = "公示期满"
    objections: Annotated[int, Field(ge=0, le=1000)] = 0


class Entitlement(CaseEvent):
    """What a confirming decision fixes. 特困: one member, who is the person supported."""

    programme: AssistanceProgramme
    area: Area
    township: Township
    village: Village
    first_month: Month
    monthly_amount_fen: Annotated[int, Field(gt=0, le=10**9)]
    per_capita_income_fen: Fen = 0
    """Monthly income per member, for R-DB-02."""
    supplement_fen: Fen = 0
    """分类施保 supplement inside monthly_amount_fen."""
    members: Members
    mode: SupportMode | None = None
    care_level: CareLevel | None = None
    decision_number: DocumentNumber
    decided_on: date


class BenefitConfirmed(Entitlement):
    """审核确认: the district bureau confirmed the benefit."""

    TYPE: ClassVar[str] = "assistance.benefit-confirmed.v1"
    TITLE: ClassVar[str] = "审核确认"
    BASIS: ClassVar[str] = "社会救助暂行办法 arts 11, 16"
    ON: ClassVar[str] = "decided_on"


class CaseTakenOver(Entitlement):
    """在保 case brought into the ledger with its original decision (期初接收)."""

    TYPE: ClassVar[str] = "assistance.case-taken-over.v1"
    TITLE: ClassVar[str] = "期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    last_month: Month | None = None
    taken_over_on: date


class BenefitRefused(CaseEvent):
    """不予确认, told to the applicant in writing."""

    TYPE: ClassVar[str] = "assistance.benefit-refused.v1"
    TITLE: ClassVar[str] = "不予确认"
    ON: ClassVar[str] = "decided_on"

    decided_on: date
    notified_on: date
    reason: Text


class BenefitAdjusted(CaseEvent):
    """增发 / 减发: a new monthly amount, covered members or place from a month on."""

    TYPE: ClassVar[str] = "assistance.benefit-adjusted.v1"
    TITLE: ClassVar[str] = "待遇调整"
    BASIS: ClassVar[str] = "社会救助暂行办法 art. 13"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    monthly_amount_fen: Annotated[int, Field(gt=0, le=10**9)]
    per_capita_income_fen: Fen = 0
    supplement_fen: Fen = 0
    covered_persons: Annotated[int, Field(ge=1, le=20)]
    decided_on: date
    reason: Text


class SupportChanged(CaseEvent):
    """特困: mode of support (集中 / 分散) or care level changed."""

    TYPE: ClassVar[str] = "assistance.support-changed.v1"
    TITLE: ClassVar[str] = "供养方式或护理档次变更"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    mode: SupportMode
    care_level: CareLevel
    decided_on: date


class ReviewCompleted(CaseStep):
    """定期核查."""

    TYPE: ClassVar[str] = "assistance.review-completed.v1"
    TITLE: ClassVar[str] = "定期核查"
    outcome: Literal["keep", "raise", "lower", "stop"]


class BenefitTerminated(CaseEvent):
    """停保 / 终止供养, with the last month paid."""

    TYPE: ClassVar[str] = "assistance.benefit-terminated.v1"
    TITLE: ClassVar[str] = "终止"
    BASIS: ClassVar[str] = "社会救助暂行办法 arts 13, 18"
    ON: ClassVar[str] = "decided_on"

    last_month: Month
    reason: TerminationReason
    decided_on: date
