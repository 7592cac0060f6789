"""The steps of a case, from the application to the end: each a fact on a day, the rest is usual."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import (
    ApplicationAccepted,
    ApplicationReceived,
    BenefitConfirmed,
    BenefitRefused,
    CareLevelAssessed,
    CompletionRequested,
    DecisionDeferred,
    DemocraticReviewHeld,
    EconomicCheckReported,
    HomeVisitRecorded,
    Member,
    NoticeClosed,
    NoticePosted,
    ObjectionFiled,
    PreliminaryOpinionGiven,
    ReviewCompleted,
    TerminationNoticePosted,
)
from domain.calendar import month_of, next_month
from domain.children import (
    Child,
    ChildApplicationReceived,
    ChildReviewCompleted,
    ChildSupportConfirmed,
    ChildSupportRefused,
    Parent,
    ParentStatusVerified,
    SupportExtendedWhileStudying,
)
from domain.disability import (
    DisabilityVerified,
    FirstReviewDone,
    SubsidyApplied,
    SubsidyApproved,
    SubsidyHolder,
    SubsidyNoticeClosed,
    SubsidyNoticePosted,
    SubsidyRefused,
    SubsidyReviewed,
)
from domain.event import Event, Payee
from tests.support.money import TOWN, VILLAGE, a_holder, a_person, an_id

CLERK, OTHER = "JB-01", "JB-02"
BOTH = (CLERK, OTHER)
PARENTS = (
    Parent(parent="father", situation="died"),
    Parent(parent="mother", situation="missing"),
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def applied(
    number: str, on: str, programme: str = "dibao", *, person: Payee | None = None
) -> ApplicationReceived:
    return ApplicationReceived(
        case_number=number,
        programme=programme,
        township=TOWN,
        village=VILLAGE,
        received_on=day(on),
        applicant=person or a_person(),
    )


def accepted(number: str, on: str) -> ApplicationAccepted:
    return ApplicationAccepted(case_number=number, done_on=day(on), handlers=BOTH)


def deferred(number: str, on: str) -> DecisionDeferred:
    return DecisionDeferred(
        case_number=number, done_on=day(on), handlers=BOTH, reason="跨省核对未回复"
    )


def completion(number: str, on: str) -> CompletionRequested:
    return CompletionRequested(
        case_number=number, done_on=day(on), handlers=BOTH, missing="收入证明"
    )


def checked(number: str, on: str) -> EconomicCheckReported:
    return EconomicCheckReported(case_number=number, done_on=day(on), handlers=BOTH, passed=True)


def visited(number: str, on: str) -> HomeVisitRecorded:
    return HomeVisitRecorded(case_number=number, done_on=day(on), handlers=BOTH)


def discussed(number: str, on: str) -> DemocraticReviewHeld:
    return DemocraticReviewHeld(case_number=number, done_on=day(on), handlers=BOTH, support=True)


def assessed(number: str, on: str) -> CareLevelAssessed:
    return CareLevelAssessed(
        case_number=number, done_on=day(on), handlers=BOTH, care_level="full-care"
    )


def opinion(number: str, on: str) -> PreliminaryOpinionGiven:
    return PreliminaryOpinionGiven(case_number=number, done_on=day(on), handlers=BOTH, support=True)


def posted(number: str, on: str, until: str) -> NoticePosted:
    return NoticePosted(case_number=number, done_on=day(on), handlers=BOTH, until=day(until))


def objected(number: str, on: str) -> ObjectionFiled:
    return ObjectionFiled(case_number=number, done_on=day(on), handlers=BOTH)


def closed(number: str, on: str) -> NoticeClosed:
    return NoticeClosed(case_number=number, done_on=day(on), handlers=BOTH)


def refused(number: str, on: str) -> BenefitRefused:
    return BenefitRefused(
        case_number=number, decided_on=day(on), notified_on=day(on), reason="收入超过标准"
    )


def confirmed(
    number: str,
    on: str,
    programme: str = "dibao",
    *,
    approver: str | None = None,
    person: Payee | None = None,
) -> BenefitConfirmed:
    """One rural person: 低保 of 500 元, 特困 of 1,120 元 a month from the next month on."""
    top_up = programme == "dibao"
    return BenefitConfirmed(
        case_number=number,
        programme=programme,
        area="rural",
        township=TOWN,
        village=VILLAGE,
        first_month=next_month(month_of(day(on))),
        monthly_amount_fen=50_000 if top_up else 112_000,
        per_capita_income_fen=20_000 if top_up else 0,
        standard_fen=70_000 if top_up else None,
        members=(Member(person=person or a_person(), covered=True, head=True),),
        mode=None if top_up else "home-based",
        care_level=None if top_up else "full-care",
        decision_number="湘民〔2024〕1号",
        decided_on=day(on),
        approver=approver,
    )


def reviewed(number: str, on: str) -> ReviewCompleted:
    return ReviewCompleted(case_number=number, done_on=day(on), handlers=BOTH, outcome="keep")


def end_posted(number: str, on: str, until: str) -> TerminationNoticePosted:
    return TerminationNoticePosted(
        case_number=number, done_on=day(on), handlers=BOTH, until=day(until)
    )


def to_the_decision(number: str) -> tuple[Event, ...]:
    """A lawful procedure up to the decision, which may be made from 2024-03-18 on."""
    return (
        applied(number, "2024-03-01"),
        accepted(number, "2024-03-01"),
        checked(number, "2024-03-04"),
        visited(number, "2024-03-05"),
        opinion(number, "2024-03-06"),
        posted(number, "2024-03-07", "2024-03-17"),
        closed(number, "2024-03-18"),
    )


def a_young_child(born: str = "20120301") -> Child:
    return Child(id_kind="resident-id", id_number=an_id(born), name="示例童")


def child_applied(number: str, on: str, child: Child | None = None) -> ChildApplicationReceived:
    return ChildApplicationReceived(
        case_number=number,
        programme="orphan",
        township=TOWN,
        village=VILLAGE,
        received_on=day(on),
        child=child or a_young_child(),
    )


def parents_verified(number: str, on: str) -> ParentStatusVerified:
    return ParentStatusVerified(case_number=number, done_on=day(on), handlers=BOTH, parents=PARENTS)


def child_refused(number: str, on: str) -> ChildSupportRefused:
    return ChildSupportRefused(
        case_number=number, decided_on=day(on), notified_on=day(on), reason="母亲已找到"
    )


def child_confirmed(
    number: str, on: str, child: Child | None = None, *, approver: str | None = None
) -> ChildSupportConfirmed:
    return ChildSupportConfirmed(
        case_number=number,
        programme="orphan",
        township=TOWN,
        village=VILLAGE,
        first_month=next_month(month_of(day(on))),
        child=child or a_young_child(),
        parents=PARENTS,
        decision_number="湘民〔2024〕2号",
        decided_on=day(on),
        approver=approver,
    )


def child_reviewed(number: str, on: str) -> ChildReviewCompleted:
    return ChildReviewCompleted(case_number=number, done_on=day(on), handlers=BOTH, outcome="keep")


def studies_on(number: str, on: str, until: str) -> SupportExtendedWhileStudying:
    return SupportExtendedWhileStudying(
        case_number=number,
        until_month=until,
        stage="undergraduate",
        handlers=BOTH,
        decided_on=day(on),
    )


def subsidy_applied(number: str, on: str, holder: SubsidyHolder | None = None) -> SubsidyApplied:
    return SubsidyApplied(
        case_number=number,
        programme="nursing-subsidy",
        township=TOWN,
        village=VILLAGE,
        received_on=day(on),
        holder=holder or a_holder(),
    )


def first_reviewed(number: str, on: str) -> FirstReviewDone:
    return FirstReviewDone(case_number=number, done_on=day(on), handlers=BOTH, support=True)


def card_verified(number: str, on: str) -> DisabilityVerified:
    return DisabilityVerified(case_number=number, done_on=day(on), handlers=BOTH, passed=True)


def subsidy_posted(number: str, on: str, until: str) -> SubsidyNoticePosted:
    return SubsidyNoticePosted(case_number=number, done_on=day(on), handlers=BOTH, until=day(until))


def subsidy_closed(number: str, on: str) -> SubsidyNoticeClosed:
    return SubsidyNoticeClosed(case_number=number, done_on=day(on), handlers=BOTH)


def subsidy_refused(number: str, on: str) -> SubsidyRefused:
    return SubsidyRefused(
        case_number=number, decided_on=day(on), notified_on=day(on), reason="等级不符"
    )


def subsidy_approved(
    number: str,
    on: str,
    since: str,
    holder: SubsidyHolder | None = None,
    *,
    approver: str | None = None,
) -> SubsidyApproved:
    """Applied for on a day, from whose month on it is paid."""
    return SubsidyApproved(
        case_number=number,
        programme="nursing-subsidy",
        township=TOWN,
        village=VILLAGE,
        first_month=since[:7],
        holder=holder or a_holder(),
        applied_on=day(since),
        decision_number="湘民〔2024〕3号",
        decided_on=day(on),
        approver=approver,
    )


def subsidy_reviewed(number: str, on: str) -> SubsidyReviewed:
    return SubsidyReviewed(case_number=number, done_on=day(on), handlers=BOTH, outcome="keep")
