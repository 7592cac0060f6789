"""孤儿 (orphans) and 事实无人抚养儿童 (children whose living parents cannot bring them up).

Flow: application → parents' situation compared with other departments → confirmed by the district
→ reviewed → ended the month after the situation ends. No 公示 anywhere: the child's privacy
forbids it. Orphans are 散居 (with a guardian) or 集中 (in an institution); the two have different
standards, and a move between them ends one case and begins another. The amount is the standard
in force in the month; only a child that also lives on 低保 or 特困 gets a top-up of its own amount.
Entitlement runs from the month after the decision (R-CH-04) and past 18 while studying (R-CH-03).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.calendar import completed_years
from domain.casework import (
    CaseBegin,
    CaseEnd,
    CaseEvent,
    CaseMoved,
    CaseStep,
    ChildProgramme,
    Handlers,
    MonthlyFen,
    ReviewOutcome,
)
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import (
    Code,
    Day,
    Digest,
    DocumentNumber,
    Month,
    Part,
    Payee,
    Text,
    Township,
    Village,
    flag,
)

ADULT_YEARS = 18

Upbringing = Annotated[
    Literal["home-based", "institutional"],
    Labels("社会散居", "集中养育"),
]
Situation = Annotated[
    Literal[
        "died",
        "missing",
        "not-found",
        "severely-disabled",
        "seriously-ill",
        "imprisoned",
        "compulsory-detoxification",
        "otherwise-detained",
        "out-of-contact",
        "guardianship-revoked",
        "deported",
    ],
    Labels(
        "死亡",
        "宣告失踪",
        "查找不到",
        "重残",
        "重病",
        "服刑在押",
        "强制隔离戒毒",
        "被执行其他限制人身自由的措施",
        "失联满6个月",
        "被撤销监护资格",
        "被遣送（驱逐）出境",
    ),
]
"""R-CH-02: 民发〔2019〕62号, 民发〔2020〕125号."""
GONE: frozenset[str] = frozenset({"died", "missing", "not-found"})
"""Both parents in one of these: the child is an orphan, not 事实无人抚养."""
EndReason = Annotated[
    Literal[
        "situation-ended",
        "adopted",
        "of-age",
        "schooling-ended",
        "died",
        "moved-away",
        "changed-upbringing",
        "to-other-programme",
        "other",
    ],
    Labels(
        "父母情形消失",
        "被收养",
        "年满18周岁",
        "结束全日制就读",
        "死亡",
        "户籍迁出",
        "养育方式变更（另立个案）",
        "转入其他保障",
        "其他",
    ),
]


class Child(Payee):
    """The child. Its open part keeps the month of the 18th birthday, which R-CH-03 needs."""

    @flag
    def adult_from(self, _on: date, _division: str) -> str | None:
        """Month of the 18th birthday, where the document states the birth date."""
        born = self.born_on()
        return None if born is None else f"{born.year + ADULT_YEARS}-{born:%m}"

    @flag
    def of_age(self, on: date, _division: str) -> bool | None:
        """Whether 18 on the day of the fact, where the document states the birth date."""
        born = self.born_on()
        return None if born is None else completed_years(born, on) >= ADULT_YEARS


class Parent(Part):
    """One parent's situation, by code; the parent is not named."""

    parent: Annotated[Literal["father", "mother"], Labels("父亲", "母亲")]
    situation: Situation
    since: Day | None = None

    def told_by(self) -> object:
        """Each parent is told of once."""
        return self.parent


Parents = Annotated[tuple[Parent, ...], Field(min_length=1, max_length=2), DISTINCT]


class ChildApplicationReceived(CaseEvent):
    """申请 by the guardian, for the child."""

    TYPE: ClassVar[str] = "children.application-received.v1"
    TITLE: ClassVar[str] = "儿童保障申请"
    BASIS: ClassVar[str] = "国办发〔2010〕54号; 民发〔2019〕62号"
    APART: ClassVar[tuple[tuple[str, str], ...]] = (("child", "guardian"),)
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "received_on"

    programme: ChildProgramme
    township: Township
    village: Village
    received_on: Day
    child: Child
    guardian: Payee | None = None


class ParentStatusVerified(CaseStep):
    """街镇查验: the parents' situation compared with the data of other departments."""

    TYPE: ClassVar[str] = "children.parent-status-verified.v1"
    TITLE: ClassVar[str] = "父母情形查验"
    BASIS: ClassVar[str] = "民发〔2019〕62号; 民发〔2020〕125号"
    parents: Parents
    agencies: Annotated[tuple[Text, ...], Field(max_length=12), DISTINCT] = ()
    """Departments asked, e.g. 法院, 公安, 残联."""


class ChildEntitlement(CaseBegin):
    """What a confirming decision fixes."""

    APART: ClassVar[tuple[tuple[str, str], ...]] = (("child", "guardian"),)

    programme: ChildProgramme
    mode: Upbringing = "home-based"
    """散居 or 集中; 事实无人抚养儿童 are always home-based."""
    township: Township
    village: Village
    first_month: Month
    child: Child
    guardian: Payee | None = None
    parents: Parents | None = None
    monthly_amount_fen: MonthlyFen | None = None
    """Only for a top-up (R-CH-05); None = the standard in force in each month."""
    decision_number: DocumentNumber
    decided_on: Day


class ChildSupportConfirmed(ChildEntitlement):
    """区级确认: the district confirmed the support. No public notice before it."""

    TYPE: ClassVar[str] = "children.support-confirmed.v1"
    TITLE: ClassVar[str] = "儿童保障确认"
    BASIS: ClassVar[str] = "国办发〔2010〕54号; 民发〔2019〕62号; 民发〔2020〕125号"
    ON: ClassVar[str] = "decided_on"

    approver: Code | None = None


class ChildCaseTakenOver(ChildEntitlement):
    """在册 child brought into the ledger with the original decision (期初接收)."""

    TYPE: ClassVar[str] = "children.case-taken-over.v1"
    TITLE: ClassVar[str] = "期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    last_month: Month | None = None
    taken_over_on: Day


class ChildSupportRefused(CaseEvent):
    """不予确认, told to the guardian in writing."""

    TYPE: ClassVar[str] = "children.support-refused.v1"
    TITLE: ClassVar[str] = "不予确认"
    BASIS: ClassVar[str] = "国办发〔2010〕54号; 民发〔2019〕62号"
    ON: ClassVar[str] = "decided_on"

    decided_on: Day
    notified_on: Day
    reason: Text


class ChildSupportAdjusted(CaseEvent):
    """A top-up (R-CH-05) changes from a month on; None = from now on the full standard."""

    TYPE: ClassVar[str] = "children.support-adjusted.v1"
    TITLE: ClassVar[str] = "补差金额调整"
    BASIS: ClassVar[str] = "民发〔2019〕62号：已享受低保、特困的补足差额"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    monthly_amount_fen: MonthlyFen | None = None
    decided_on: Day
    reason: Text


class ChildMoved(CaseMoved):
    """迁居 of the child."""

    TYPE: ClassVar[str] = "children.child-moved.v1"
    TITLE: ClassVar[str] = "迁居"
    BASIS: ClassVar[str] = "业务管理需要：迁居后由迁入地镇街管理"


class ChildReviewCompleted(CaseStep):
    """动态核查."""

    TYPE: ClassVar[str] = "children.review-completed.v1"
    TITLE: ClassVar[str] = "动态核查"
    BASIS: ClassVar[str] = "民发〔2019〕62号：动态管理"
    outcome: ReviewOutcome


class SupportExtendedWhileStudying(CaseEvent):
    """成年在读延续: support goes on after 18 during full-time schooling up to undergraduate."""

    TYPE: ClassVar[str] = "children.support-extended-while-studying.v1"
    TITLE: ClassVar[str] = "成年在读延续"
    BASIS: ClassVar[str] = "本地执行口径：年满十八周岁仍在全日制学校就读的延续保障"
    ON: ClassVar[str] = "decided_on"

    until_month: Month
    stage: Annotated[
        Literal["secondary", "vocational", "undergraduate"],
        Labels("普通高中", "中等职业学校", "普通本专科"),
    ]
    certificate: Digest | None = None
    """在读证明."""
    handlers: Handlers
    decided_on: Day


class ChildSupportTerminated(CaseEnd):
    """终止: stopped from the month after `last_month`."""

    TYPE: ClassVar[str] = "children.support-terminated.v1"
    TITLE: ClassVar[str] = "终止"
    BASIS: ClassVar[str] = "国办发〔2010〕54号; 民发〔2019〕62号"
    ON: ClassVar[str] = "decided_on"

    last_month: Month
    reason: EndReason
    died_on: Day | None = None
    adoption_number: DocumentNumber | None = None
    """收养登记证字号, with reason adopted (R-CH-07)."""
    decided_on: Day
