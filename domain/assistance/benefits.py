"""低保 (minimum living allowance, per household) and 特困 (destitution support, per person).

低保 is decided in 户 and counted in 户 and 人; it is paid per household as a top-up: the sum over
covered members of standard − per-capita income, plus any 分类施保 supplement, in whole 元
(R-DB-02). 特困 is a flat monthly standard per person, urban or rural, and 照料护理费 another item
(R-TK-07). Both are monthly, from the month after the decision (R-DB-06).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.casework import (
    Area,
    AssistanceProgramme,
    CaseBegin,
    CaseEnd,
    CaseEvent,
    CaseStep,
    Level,
    MonthlyFen,
)
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import (
    Code,
    Day,
    Digest,
    DocumentNumber,
    Fen,
    Month,
    Part,
    Payee,
    Text,
    Township,
    Village,
)

SupportMode = Annotated[
    Literal["home-based", "institutional"],
    Labels("分散供养", "集中供养"),
]
CareLevel = Annotated[
    Literal["independent", "partial-care", "full-care"],
    Labels("全自理", "半护理", "全护理"),
]
TerminationReason = Annotated[
    Literal[
        "income-above-standard",
        "died",
        "moved-away",
        "withdrawn",
        "to-other-programme",
        "household-merged",
        "other",
    ],
    Labels("收入超标", "死亡", "户籍迁出", "自愿退出", "转入其他救助", "并户", "其他"),
]


class Member(Part):
    """A member of a household; `covered` = has 保障 status and counts into 人数."""

    person: Payee
    covered: bool
    head: bool = False

    def told_by(self) -> object:
        """A person is a member once."""
        return self.person.told_by()


ReviewMonths = Annotated[int, Field(ge=1, le=36)]
"""分类核查: months until the next review; None = as the bureau's rules say."""
Members = Annotated[tuple[Member, ...], Field(min_length=1, max_length=20), DISTINCT]


class ApplicationReceived(CaseEvent):
    """申请: the applicant asked for support (or the township found the need itself, art. 17)."""

    TYPE: ClassVar[str] = "assistance.application-received.v1"
    TITLE: ClassVar[str] = "申请"
    BASIS: ClassVar[str] = "社会救助暂行办法 11, 16"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "received_on"

    programme: AssistanceProgramme
    township: Township
    village: Village
    received_on: Day
    applicant: Payee
    found_by_township: bool = False
    relative_of_officer: bool = False
    """近亲属备案 declared (R-DB-11)."""


class ApplicationAccepted(CaseStep):
    """受理: papers complete; the time limit starts."""

    TYPE: ClassVar[str] = "assistance.application-accepted.v1"
    TITLE: ClassVar[str] = "受理"
    BASIS: ClassVar[str] = "社会救助暂行办法 4, 11"


class DecisionDeferred(CaseStep):
    """延长审核确认期限: the longer time for the decision on a difficult case."""

    TYPE: ClassVar[str] = "assistance.decision-deferred.v1"
    TITLE: ClassVar[str] = "延长审核确认期限"
    BASIS: ClassVar[str] = "民发〔2021〕57号"
    reason: Text


class CompletionRequested(CaseStep):
    """补正: the applicant was told, once, which papers are missing."""

    TYPE: ClassVar[str] = "assistance.completion-requested.v1"
    TITLE: ClassVar[str] = "一次性告知补正"
    BASIS: ClassVar[str] = "最低生活保障审核确认办法; 特困人员认定办法"
    missing: Text


class EconomicCheckReported(CaseStep):
    """家庭经济状况信息核对."""

    TYPE: ClassVar[str] = "assistance.economic-check-reported.v1"
    TITLE: ClassVar[str] = "信息核对"
    BASIS: ClassVar[str] = "社会救助暂行办法 58"
    passed: bool


class HomeVisitRecorded(CaseStep):
    """入户调查."""

    TYPE: ClassVar[str] = "assistance.home-visit-recorded.v1"
    TITLE: ClassVar[str] = "入户调查"
    BASIS: ClassVar[str] = "社会救助暂行办法 11()(2)"


class DemocraticReviewHeld(CaseStep):
    """民主评议, where the investigation is disputed."""

    TYPE: ClassVar[str] = "assistance.democratic-review-held.v1"
    TITLE: ClassVar[str] = "民主评议"
    BASIS: ClassVar[str] = "社会救助暂行办法 11()(2)"
    support: bool


class CareLevelAssessed(CaseStep):
    """特困: 生活自理能力评估."""

    TYPE: ClassVar[str] = "assistance.care-level-assessed.v1"
    TITLE: ClassVar[str] = "自理能力评估"
    BASIS: ClassVar[str] = "特困人员认定办法"
    care_level: CareLevel


class PreliminaryOpinionGiven(CaseStep):
    """初审意见 of the township."""

    TYPE: ClassVar[str] = "assistance.preliminary-opinion-given.v1"
    TITLE: ClassVar[str] = "初审意见"
    BASIS: ClassVar[str] = "社会救助暂行办法 11()(2)"
    support: bool


class NoticePosted(CaseStep):
    """公示 before the decision, in the applicant's village; not a publication (公布)."""

    TYPE: ClassVar[str] = "assistance.notice-posted.v1"
    TITLE: ClassVar[str] = "公示"
    BASIS: ClassVar[str] = "社会救助暂行办法 11()(2)"
    until: Day
    photo: Digest | None = None


class ObjectionFiled(CaseStep):
    """异议 against the notice: asks for a new investigation and a new notice."""

    TYPE: ClassVar[str] = "assistance.objection-filed.v1"
    TITLE: ClassVar[str] = "公示异议"
    BASIS: ClassVar[str] = "社会救助暂行办法 11()(2), 63"


class NoticeClosed(CaseStep):
    """The notice period ended."""

    TYPE: ClassVar[str] = "assistance.notice-closed.v1"
    TITLE: ClassVar[str] = "公示期满"
    BASIS: ClassVar[str] = "社会救助暂行办法 11()(2)"
    objections: Annotated[int, Field(ge=0, le=1000)] = 0


class Entitlement(CaseBegin):
    """What a confirming decision fixes. 特困: one member, who is the person supported.

    Of a top-up (低保) monthly_amount_fen = (standard_fen − per_capita_income_fen) × covered members
    + supplement_fen (R-DB-02), and stays until adjusted. Of a flat or graded programme (特困) it is
    the standard at the decision; later months follow the standard in force. What pays nothing (低保
    边缘) has none.
    """

    EXAMPLE: ClassVar[dict[str, int]] = {"monthly_amount_fen": 50_000}

    programme: AssistanceProgramme
    area: Area
    township: Township
    village: Village
    first_month: Month
    level: Level | None = None
    """Only where the programme is graded."""
    monthly_amount_fen: MonthlyFen | None = None
    per_capita_income_fen: Fen = 0
    """Monthly income per member, for R-DB-02."""
    supplement_fen: Fen = 0
    """分类施保 supplement inside monthly_amount_fen."""
    standard_fen: MonthlyFen | None = None
    """The standard per person that the amount was worked out with."""
    members: Members
    mode: SupportMode | None = None
    care_level: CareLevel | None = None
    review_months: ReviewMonths | None = None
    decision_number: DocumentNumber
    decided_on: Day


class BenefitConfirmed(Entitlement):
    """审核确认: the district bureau confirmed the benefit."""

    TYPE: ClassVar[str] = "assistance.benefit-confirmed.v1"
    TITLE: ClassVar[str] = "审核确认"
    BASIS: ClassVar[str] = "社会救助暂行办法 11, 16"
    ON: ClassVar[str] = "decided_on"

    approver: Code | None = None


class CaseTakenOver(Entitlement):
    """在保 case brought into the ledger with its original decision (期初接收)."""

    TYPE: ClassVar[str] = "assistance.case-taken-over.v1"
    TITLE: ClassVar[str] = "期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    last_month: Month | None = None
    taken_over_on: Day


class BenefitRefused(CaseEvent):
    """不予确认, told to the applicant in writing."""

    TYPE: ClassVar[str] = "assistance.benefit-refused.v1"
    TITLE: ClassVar[str] = "不予确认"
    BASIS: ClassVar[str] = "社会救助暂行办法 11()(3), 16(2)"
    ON: ClassVar[str] = "decided_on"

    decided_on: Day
    notified_on: Day
    reason: Text


class BenefitAdjusted(CaseEvent):
    """增发 / 减发: a new monthly amount, covered members or place from a month on.

    Also the recalculation of a household after a raise, then with `raise_batch`; it may reach back
    and may concern a case that has ended since. What is left out stays as it was.
    """

    TYPE: ClassVar[str] = "assistance.benefit-adjusted.v1"
    TITLE: ClassVar[str] = "待遇调整"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    level: Level | None = None
    monthly_amount_fen: MonthlyFen | None = None
    per_capita_income_fen: Fen = 0
    supplement_fen: Fen = 0
    standard_fen: MonthlyFen | None = None
    covered_persons: Annotated[int, Field(ge=1, le=20)]
    area: Area | None = None
    township: Township | None = None
    village: Village | None = None
    raise_batch: Code | None = None
    phase_out_until: Month | None = None
    """渐退: up to this month it is paid though the income is no longer below the standard."""
    decided_on: Day
    reason: Text


class MemberAdded(CaseEvent):
    """A person joined the household; the amount changes by a 待遇调整 of its own.

    With 保障 status the person counts from the next month on.
    """

    TYPE: ClassVar[str] = "assistance.member-added.v1"
    TITLE: ClassVar[str] = "家庭成员增加"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"
    ON: ClassVar[str] = "changed_on"

    member: Member
    changed_on: Day
    reason: Text


class MemberRemoved(CaseEvent):
    """A person left the household or lost 保障 status; the amount changes by a 待遇调整.

    A person who had 保障 status counts up to the month of the change.
    """

    TYPE: ClassVar[str] = "assistance.member-removed.v1"
    TITLE: ClassVar[str] = "家庭成员减少"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"
    ON: ClassVar[str] = "changed_on"

    person: Payee
    changed_on: Day
    died_on: Day | None = None
    reason: Text


class SupportChanged(CaseEvent):
    """特困: mode of support (集中 / 分散) or care level changed."""

    TYPE: ClassVar[str] = "assistance.support-changed.v1"
    TITLE: ClassVar[str] = "供养方式或护理档次变更"
    BASIS: ClassVar[str] = "社会救助暂行办法 19; 特困人员认定办法"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    mode: SupportMode
    care_level: CareLevel
    decided_on: Day


class ReviewCompleted(CaseStep):
    """定期核查."""

    TYPE: ClassVar[str] = "assistance.review-completed.v1"
    TITLE: ClassVar[str] = "定期核查"
    BASIS: ClassVar[str] = "社会救助暂行办法 13(2)"
    outcome: Annotated[
        Literal["keep", "raise", "lower", "stop"], Labels("维持", "增发", "减发", "停止")
    ]
    review_months: ReviewMonths | None = None


class BenefitSuspended(CaseEvent):
    """暂停 (e.g. whereabouts unknown): nothing is due from `from_month` until resumed."""

    TYPE: ClassVar[str] = "assistance.benefit-suspended.v1"
    TITLE: ClassVar[str] = "暂停"
    BASIS: ClassVar[str] = "社会救助暂行办法 13(3)"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    decided_on: Day
    reason: Text


class BenefitResumed(CaseEvent):
    """恢复 after 暂停, or after a termination found wrong (e.g. a death that was none)."""

    TYPE: ClassVar[str] = "assistance.benefit-resumed.v1"
    TITLE: ClassVar[str] = "恢复"
    BASIS: ClassVar[str] = "社会救助暂行办法 13(3)"
    ON: ClassVar[str] = "decided_on"

    first_month: Month
    decided_on: Day
    reason: Text


class TerminationNoticePosted(CaseStep):
    """特困: the termination is noticed publicly (art. 18)."""

    TYPE: ClassVar[str] = "assistance.termination-notice-posted.v1"
    TITLE: ClassVar[str] = "终止公示"
    BASIS: ClassVar[str] = "社会救助暂行办法 18"
    until: Day


class BenefitTerminated(CaseEnd):
    """停保 / 终止供养, with the last month paid."""

    TYPE: ClassVar[str] = "assistance.benefit-terminated.v1"
    TITLE: ClassVar[str] = "终止"
    BASIS: ClassVar[str] = "社会救助暂行办法 13, 18"
    ON: ClassVar[str] = "decided_on"

    last_month: Month
    reason: TerminationReason
    died_on: Day | None = None
    decided_on: Day
