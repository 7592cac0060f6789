"""Subsidies for disabled persons: 困难残疾人生活补贴, 重度残疾人护理补贴 and what else is granted.

One case per person per subsidy; a person may hold several. Flow: application (anywhere, also
online) → township's first review → 残联 verifies card and grade → district decides → notice → paid
monthly → reviewed → stopped, resumed. The amount is the standard in force in the month, where the
subsidy is graded that of its level. Entitlement runs from the month of application (R-DS-02), not
from the month after the decision as in 低保.
Basis: 国发〔2015〕52号.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal, cast

from domain.casework import (
    CaseEnd,
    CaseEvent,
    CaseStep,
    GrantAdjusted,
    PersonalGrant,
    ReviewOutcome,
    SubsidyProgramme,
)
from domain.codes import Labels
from domain.event import (
    CardHolder,
    Code,
    Count,
    Day,
    Month,
    Text,
    Township,
    Village,
    flag,
    in_clear,
)
from domain.identifiers import CardCategory

Ground = Annotated[
    Literal["dibao", "dibao-borderline", "other-hardship"],
    Labels("低保家庭", "低保边缘家庭", "其他困难"),
]
StopReason = Annotated[
    Literal[
        "died",
        "moved-away",
        "grade-changed",
        "card-expired",
        "dibao-ended",
        "to-tekun",
        "review-missed",
        "withdrawn",
        "other",
    ],
    Labels(
        "死亡",
        "户籍迁出",
        "等级变化",
        "残疾人证过期或注销",
        "退出低保",
        "纳入特困供养",
        "未按期复核",
        "自愿放弃",
        "其他",
    ),
]


class SubsidyHolder(CardHolder):
    """The disabled person; category and grade of the card stay open, for R-DS-06."""

    @flag
    def card_category(self, _on: date, _division: str) -> CardCategory:
        """残疾类别."""
        return cast(CardCategory, int(in_clear(self.card_number)[18]))


class SubsidyApplied(CaseEvent):
    """申请: starts the entitlement once approved."""

    TYPE: ClassVar[str] = "disability.application-received.v1"
    TITLE: ClassVar[str] = "补贴申请"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "received_on"

    programme: SubsidyProgramme
    township: Township
    village: Village
    received_on: Day
    holder: SubsidyHolder
    channel: Annotated[
        Literal["counter", "online", "cross-province"], Labels("窗口申请", "网上申请", "跨省通办")
    ] = "counter"


class FirstReviewDone(CaseStep):
    """街镇初审."""

    TYPE: ClassVar[str] = "disability.first-review-done.v1"
    TITLE: ClassVar[str] = "街镇初审"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    support: bool


class DisabilityVerified(CaseStep):
    """区残联审核: card valid, category and grade as stated."""

    TYPE: ClassVar[str] = "disability.card-verified.v1"
    TITLE: ClassVar[str] = "残联审核"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    passed: bool


class SubsidyNoticePosted(CaseStep):
    """公示 of the intended subsidy."""

    TYPE: ClassVar[str] = "disability.notice-posted.v1"
    TITLE: ClassVar[str] = "公示"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    until: Day


class SubsidyNoticeClosed(CaseStep):
    """The notice period ended."""

    TYPE: ClassVar[str] = "disability.notice-closed.v1"
    TITLE: ClassVar[str] = "公示期满"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    objections: Count = 0


class SubsidyEntitlement(PersonalGrant):
    """What the approval fixes: who, which subsidy, from which month."""

    programme: SubsidyProgramme
    holder: SubsidyHolder
    card_valid_until: Day | None = None
    """Last day of validity of the card, where it says one."""
    ground: Ground | None = None
    """Living subsidy: why the person counts as in hardship."""
    household_case: Code | None = None
    """Case number of the person's 低保 household, with ground dibao."""


class SubsidyApproved(SubsidyEntitlement):
    """区民政审定."""

    TYPE: ClassVar[str] = "disability.subsidy-approved.v1"
    TITLE: ClassVar[str] = "审定"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    ON: ClassVar[str] = "decided_on"

    applied_on: Day
    """Day of the application, from whose month the subsidy is paid (R-DS-02)."""
    approver: Code | None = None


class SubsidyCaseTakenOver(SubsidyEntitlement):
    """Holder brought into the ledger with the original decision (期初接收)."""

    TYPE: ClassVar[str] = "disability.case-taken-over.v1"
    TITLE: ClassVar[str] = "期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    last_month: Month | None = None
    taken_over_on: Day


class SubsidyAdjusted(GrantAdjusted):
    """档次或者金额调整, e.g. after another assessment; also a move within the district."""

    TYPE: ClassVar[str] = "disability.subsidy-adjusted.v1"
    TITLE: ClassVar[str] = "待遇调整"
    BASIS: ClassVar[str] = "国发〔2015〕52号"


class SubsidyRefused(CaseEvent):
    """不予发放, told to the applicant."""

    TYPE: ClassVar[str] = "disability.subsidy-refused.v1"
    TITLE: ClassVar[str] = "不予审定"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    ON: ClassVar[str] = "decided_on"

    decided_on: Day
    notified_on: Day
    reason: Text


class SubsidyReviewed(CaseStep):
    """复核 of a running subsidy."""

    TYPE: ClassVar[str] = "disability.subsidy-reviewed.v1"
    TITLE: ClassVar[str] = "复核"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    outcome: ReviewOutcome


class CardChanged(CaseEvent):
    """残疾人证换领: a new card, possibly another category or grade."""

    TYPE: ClassVar[str] = "disability.card-changed.v1"
    TITLE: ClassVar[str] = "残疾人证变更"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    ON: ClassVar[str] = "changed_on"

    holder: SubsidyHolder
    card_valid_until: Day | None = None
    changed_on: Day


class CardCancelled(CaseEvent):
    """残疾人证注销: from the next month on nothing is due."""

    TYPE: ClassVar[str] = "disability.card-cancelled.v1"
    TITLE: ClassVar[str] = "残疾人证注销"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    ON: ClassVar[str] = "cancelled_on"

    cancelled_on: Day
    reason: Text


class SubsidyStopped(CaseEnd):
    """停发: `last_month` is the last one paid; the month after the condition ended (R-DS-03)."""

    TYPE: ClassVar[str] = "disability.subsidy-stopped.v1"
    TITLE: ClassVar[str] = "停发"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    ON: ClassVar[str] = "decided_on"

    last_month: Month
    reason: StopReason
    died_on: Day | None = None
    decided_on: Day


class SubsidyResumed(CaseEvent):
    """恢复发放 after a stop, from a month on."""

    TYPE: ClassVar[str] = "disability.subsidy-resumed.v1"
    TITLE: ClassVar[str] = "恢复发放"
    BASIS: ClassVar[str] = "国发〔2015〕52号"
    ON: ClassVar[str] = "decided_on"

    first_month: Month
    decided_on: Day
    reason: Text
