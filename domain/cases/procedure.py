"""The procedure of a case up to its decision (R-DB-03 to R-DB-05, R-DB-10): which steps were taken.

A decision is judged by the steps that came before it. Cases of children have no notice: the child's
privacy forbids it.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from domain.aggregate import Aggregate, evolves, judges
from domain.assistance.benefits import (
    ApplicationAccepted,
    ApplicationReceived,
    BenefitConfirmed,
    BenefitRefused,
    CareLevelAssessed,
    DecisionDeferred,
    DemocraticReviewHeld,
    EconomicCheckReported,
    HomeVisitRecorded,
    NoticeClosed,
    NoticePosted,
    ObjectionFiled,
    PreliminaryOpinionGiven,
)
from domain.bureau.bureau import Bureau
from domain.bureau.programmes import Programme
from domain.cases.decisions import Breach
from domain.children import ChildApplicationReceived, ChildSupportConfirmed, ParentStatusVerified
from domain.disability import (
    DisabilityVerified,
    FirstReviewDone,
    SubsidyApplied,
    SubsidyApproved,
    SubsidyNoticePosted,
)

_INVESTIGATES = frozenset({"visited", "checked", "discussed"})
_STEPS: dict[str, str] = {
    ApplicationAccepted.TYPE: "accepted",
    EconomicCheckReported.TYPE: "checked",
    ParentStatusVerified.TYPE: "checked",
    DisabilityVerified.TYPE: "checked",
    HomeVisitRecorded.TYPE: "visited",
    DemocraticReviewHeld.TYPE: "discussed",
    CareLevelAssessed.TYPE: "assessed",
    PreliminaryOpinionGiven.TYPE: "opinion",
    FirstReviewDone.TYPE: "opinion",
}


class Procedure(Aggregate):
    """The steps since the last application, and the officers who took them."""

    STREAM: ClassVar[str] = "case"

    of_child: bool = False
    """A case of a child's, in which nothing is posted."""
    steps: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    accepted_on: date | None = None
    """When the application was accepted: the time for the decision runs from then."""
    deferred: bool = False
    """The decision has the longer time."""
    notice_on: date | None = None
    notice_until: date | None = None
    objected: bool = False
    """An objection was filed; `heard` says what was done about it since."""
    heard: tuple[str, ...] = ()

    @judges
    def judge_notice(self, event: NoticePosted, bureau: Bureau) -> tuple[Breach, ...]:
        """R-DB-03: up for so many days before the decision; of children there is none."""
        if self.of_child:
            return ("child-noticed",)
        days = bureau.rules.number("assistance.notice-days", event.done_on)
        short = days is not None and (event.until - event.done_on).days < days
        return ("notice-too-short",) if short else ()

    @judges
    def judge_subsidy_notice(self, event: SubsidyNoticePosted) -> tuple[Breach, ...]:
        return ("child-noticed",) if self.of_child else ()

    @judges
    def judge_notice_closed(self, event: NoticeClosed) -> tuple[Breach, ...]:
        """Not before the day that it says itself."""
        early = self.notice_until is not None and event.done_on < self.notice_until
        return ("notice-closed-early",) if early else ()

    @judges
    def judge_refusal(self, event: BenefitRefused, bureau: Bureau) -> tuple[Breach, ...]:
        """R-DB-04: in time as well."""
        return self.late(event.decided_on, bureau)

    def procedure_breaches(
        self, event: BenefitConfirmed, programme: Programme, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """What was left out before a decision on 低保, 特困 or a status without money."""
        breaches: list[Breach] = []
        if "accepted" not in self.steps:
            breaches.append("not-accepted")
        if "checked" not in self.steps:
            breaches.append("not-checked")
        if "visited" not in self.steps:
            breaches.append("not-visited")
        if programme.one_person and "assessed" not in self.steps:
            breaches.append("not-assessed")
        if "opinion" not in self.steps:
            breaches.append("no-opinion")
        if self.notice_until is None:
            breaches.append("notice-missing")
        elif event.decided_on <= self.notice_until:
            breaches.append("notice-not-over")
        if self.objected and _INVESTIGATES.isdisjoint(self.heard):
            breaches.append("objection-not-investigated")
        elif self.objected and "notice" not in self.heard:
            breaches.append("objection-not-noticed")
        return (*breaches, *self.late(event.decided_on, bureau), *self.approver_breaches(event))

    def child_procedure_breaches(self, event: ChildSupportConfirmed) -> tuple[Breach, ...]:
        verified: tuple[Breach, ...] = () if "checked" in self.steps else ("not-checked",)
        return (*verified, *self.approver_breaches(event))

    def subsidy_procedure_breaches(self, event: SubsidyApproved) -> tuple[Breach, ...]:
        breaches: list[Breach] = []
        if "opinion" not in self.steps:
            breaches.append("no-opinion")
        if "checked" not in self.steps:
            breaches.append("not-checked")
        return (*breaches, *self.approver_breaches(event))

    def late(self, decided_on: date, bureau: Bureau) -> tuple[Breach, ...]:
        """R-DB-04: in time from the acceptance; longer, where the time was extended."""
        if self.accepted_on is None:
            return ()
        limit = "assistance.deferred-working-days" if self.deferred else _DECIDE
        return ("decided-late",) if bureau.is_over(limit, self.accepted_on, decided_on) else ()

    def approver_breaches(
        self, event: BenefitConfirmed | ChildSupportConfirmed | SubsidyApproved
    ) -> tuple[Breach, ...]:
        """不相容岗位: who approves has not handled the case before."""
        return ("approver-handled",) if event.approver in self.officers else ()

    @evolves
    def on_applied(
        self, event: ApplicationReceived | ChildApplicationReceived | SubsidyApplied
    ) -> None:
        """A new application has all steps before it."""
        self.of_child = event.TYPE == ChildApplicationReceived.TYPE
        self.steps, self.officers, self.heard = (), (), ()
        self.accepted_on = self.notice_on = self.notice_until = None
        self.deferred = self.objected = False

    @evolves
    def on_accepted(self, event: ApplicationAccepted) -> None:
        self.accepted_on = event.done_on
        self._took("accepted", event.handlers)

    @evolves
    def on_step(
        self,
        event: EconomicCheckReported
        | ParentStatusVerified
        | DisabilityVerified
        | HomeVisitRecorded
        | DemocraticReviewHeld
        | CareLevelAssessed
        | PreliminaryOpinionGiven
        | FirstReviewDone,
    ) -> None:
        self._took(_STEPS[event.TYPE], event.handlers)

    @evolves
    def on_deferred(self, event: DecisionDeferred) -> None:
        self.deferred = True

    @evolves
    def on_notice(self, event: NoticePosted) -> None:
        self.notice_on, self.notice_until = event.done_on, event.until
        self._took("notice", event.handlers)

    @evolves
    def on_objection(self, event: ObjectionFiled) -> None:
        self.objected, self.heard = True, ()

    def _took(self, step: str, handlers: tuple[str, ...]) -> None:
        if step not in self.steps:
            self.steps = (*self.steps, step)
        again = step != "notice" or not _INVESTIGATES.isdisjoint(self.heard)
        if self.objected and again and step not in self.heard:
            self.heard = (*self.heard, step)
        self.officers = tuple(sorted({*self.officers, *handlers}))


_DECIDE = "assistance.decide-working-days"
