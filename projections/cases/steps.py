"""The procedure of each case: one row per step that was taken, from the application to the end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.assistance.benefits import (
    ApplicationAccepted,
    ApplicationReceived,
    BenefitConfirmed,
    BenefitRefused,
    BenefitResumed,
    BenefitSuspended,
    BenefitTerminated,
    CareLevelAssessed,
    CaseTakenOver,
    CompletionRequested,
    DecisionDeferred,
    DemocraticReviewHeld,
    EconomicCheckReported,
    HomeVisitRecorded,
    NoticeClosed,
    NoticePosted,
    ObjectionFiled,
    PreliminaryOpinionGiven,
    ReviewCompleted,
    TerminationNoticePosted,
)
from domain.calendar import month_end
from domain.casework import CaseEvent, Programme
from domain.children import (
    ChildApplicationReceived,
    ChildCaseTakenOver,
    ChildReviewCompleted,
    ChildSupportConfirmed,
    ChildSupportRefused,
    ChildSupportTerminated,
    ParentStatusVerified,
    SupportExtendedWhileStudying,
)
from domain.codes import Labels
from domain.disability import (
    DisabilityVerified,
    FirstReviewDone,
    SubsidyApplied,
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyNoticeClosed,
    SubsidyNoticePosted,
    SubsidyRefused,
    SubsidyResumed,
    SubsidyReviewed,
    SubsidyStopped,
)
from domain.elderly import (
    AllowanceApplied,
    AllowanceApproved,
    AllowanceResumed,
    AllowanceStopped,
    AllowanceTakenOver,
)
from projections.read_model import ReadModel

StepKind = Annotated[
    Literal[
        "taken-over",
        "applied",
        "accepted",
        "deferred",
        "completion",
        "checked",
        "visited",
        "discussed",
        "assessed",
        "opinion",
        "notice",
        "notice-closed",
        "objection",
        "granted",
        "refused",
        "reviewed",
        "extended",
        "suspended",
        "resumed",
        "end-notice",
        "ended",
    ],
    Labels(
        "期初接收",
        "申请",
        "受理",
        "延长期限",
        "一次性告知补正",
        "信息核对（查验）",
        "入户调查",
        "民主评议",
        "自理能力评估",
        "初审",
        "公示",
        "公示期满",
        "公示异议",
        "确认（审定）",
        "不予确认",
        "核查（复核）",
        "成年在读延续",
        "暂停",
        "恢复",
        "终止公示",
        "终止",
    ),
]


class Step(NamedTuple):
    """A step of a case; `until` is the last day of a notice or of an extension.

    `programme` and `township` stand with applications, decisions and take-overs only. `officers`
    are who handled it, `approver` who decided, as the facts name them.
    """

    case_number: str
    step: StepKind
    on_date: date
    until: date | None
    programme: Programme | None
    township: str | None
    officers: list[str]
    approver: str | None
    decided_on: date | None
    """Of a decision, and of a case taken over the original one."""
    review_months: int | None
    """Until the next review, where the case says so itself."""


steps = ReadModel(
    "case_step",
    Step,
    indexes=("stream, step", "step, on_date"),
    doc="steps of each case",
    private="steps of single cases; audit rules read them",
)

_KINDS: dict[str, StepKind] = {
    ApplicationAccepted.TYPE: "accepted",
    DecisionDeferred.TYPE: "deferred",
    CompletionRequested.TYPE: "completion",
    EconomicCheckReported.TYPE: "checked",
    ParentStatusVerified.TYPE: "checked",
    DisabilityVerified.TYPE: "checked",
    HomeVisitRecorded.TYPE: "visited",
    DemocraticReviewHeld.TYPE: "discussed",
    CareLevelAssessed.TYPE: "assessed",
    PreliminaryOpinionGiven.TYPE: "opinion",
    FirstReviewDone.TYPE: "opinion",
    NoticeClosed.TYPE: "notice-closed",
    SubsidyNoticeClosed.TYPE: "notice-closed",
    ObjectionFiled.TYPE: "objection",
    ReviewCompleted.TYPE: "reviewed",
    ChildReviewCompleted.TYPE: "reviewed",
    SubsidyReviewed.TYPE: "reviewed",
    BenefitRefused.TYPE: "refused",
    ChildSupportRefused.TYPE: "refused",
    SubsidyRefused.TYPE: "refused",
    BenefitSuspended.TYPE: "suspended",
    BenefitResumed.TYPE: "resumed",
    SubsidyResumed.TYPE: "resumed",
    AllowanceResumed.TYPE: "resumed",
    BenefitTerminated.TYPE: "ended",
    ChildSupportTerminated.TYPE: "ended",
    SubsidyStopped.TYPE: "ended",
    AllowanceStopped.TYPE: "ended",
}


def _step(fact: CaseEvent, step: StepKind, until: date | None = None) -> tuple[Step]:
    return (
        Step(
            fact.case_number,
            step,
            fact.occurred_on(),
            until,
            getattr(fact, "programme", None),
            getattr(fact, "township", None),
            list(getattr(fact, "handlers", ())),
            getattr(fact, "approver", None),
            getattr(fact, "decided_on", None),
            getattr(fact, "review_months", None),
        ),
    )


@steps.adds
def taken(
    entry: Entry[
        ApplicationAccepted
        | CompletionRequested
        | DecisionDeferred
        | EconomicCheckReported
        | HomeVisitRecorded
        | DemocraticReviewHeld
        | CareLevelAssessed
        | PreliminaryOpinionGiven
        | NoticeClosed
        | ObjectionFiled
        | ReviewCompleted
        | ParentStatusVerified
        | ChildReviewCompleted
        | FirstReviewDone
        | DisabilityVerified
        | SubsidyNoticeClosed
        | SubsidyReviewed
    ],
) -> tuple[Step]:
    return _step(entry.data, _KINDS[entry.type])


@steps.adds
def decided(
    entry: Entry[
        BenefitRefused
        | BenefitSuspended
        | BenefitResumed
        | BenefitTerminated
        | ChildSupportRefused
        | ChildSupportTerminated
        | SubsidyRefused
        | SubsidyStopped
        | SubsidyResumed
        | AllowanceStopped
        | AllowanceResumed
    ],
) -> tuple[Step]:
    return _step(entry.data, _KINDS[entry.type])


@steps.adds
def applied(
    entry: Entry[
        ApplicationReceived | ChildApplicationReceived | SubsidyApplied | AllowanceApplied
    ],
) -> tuple[Step]:
    return _step(entry.data, "applied")


@steps.adds
def granted(
    entry: Entry[BenefitConfirmed | ChildSupportConfirmed | SubsidyApproved | AllowanceApproved],
) -> tuple[Step]:
    return _step(entry.data, "granted")


@steps.adds
def taken_over(
    entry: Entry[CaseTakenOver | ChildCaseTakenOver | SubsidyCaseTakenOver | AllowanceTakenOver],
) -> tuple[Step]:
    return _step(entry.data, "taken-over")


@steps.adds
def posted(entry: Entry[NoticePosted | SubsidyNoticePosted]) -> tuple[Step]:
    return _step(entry.data, "notice", entry.data.until)


@steps.adds
def end_posted(entry: Entry[TerminationNoticePosted]) -> tuple[Step]:
    return _step(entry.data, "end-notice", entry.data.until)


@steps.adds
def extended(entry: Entry[SupportExtendedWhileStudying]) -> tuple[Step]:
    return _step(entry.data, "extended", month_end(entry.data.until_month))
