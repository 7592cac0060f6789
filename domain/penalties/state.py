"""The state of a penalty case (处罚案件): which steps were taken before the decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.calendar import completed_years
from domain.codes import Labels
from domain.enforcement import OnTheSpot, registered, too_few
from domain.penalties.events import (
    ALWAYS_LISTED,
    SIMPLE,
    CaseFiled,
    ClueRegistered,
    EvidenceTaken,
    HearingHeld,
    HearingRequested,
    LegalReviewPassed,
    PenaltyDecided,
    PenaltyPublicationWithdrawn,
    PenaltyRevoked,
    PenaltyServed,
    PenaltyVaried,
    PriorNoticeServed,
    StatementHeard,
    is_listed,
)

Breach = (
    OnTheSpot
    | Annotated[
        Literal[
            "already-decided",
            "party-not-registered",
            "limitation-over",
            "reviewer-is-handler",
            "not-filed",
            "decided-late",
            "no-evidence",
            "no-prior-notice",
            "hearing-not-offered",
            "hearing-not-held",
            "hearing-term-not-over",
            "no-legal-review",
            "not-approved",
            "approver-is-handler",
            "beyond-simple-procedure",
            "not-handed-over",
            "served-late",
            "publication-left-standing",
        ],
        Labels(
            "同一案件重复作出决定",
            "当事人未登记",
            "违法行为已过追责期限",
            "法制审核人同时是办案人",
            "未立案即作出决定",
            "立案后超过期限作出决定",
            "无调查取证记录",
            "决定前未事先告知",
            "应当告知听证权利而未告知",
            "当事人要求听证而未举行",
            "要求听证的期限未满即作出决定",
            "应当审核而未经法制审核",
            "决定未经审批",
            "审批人同时是办案人",
            "超出简易程序的适用范围",
            "当场处罚决定书未当场交付",
            "处罚决定逾期送达",
            "决定撤销后逾期撤回公示",
        ),
    ]
)


class PenaltyCase(Aggregate):
    """A penalty case: which steps were taken before the decision."""

    STREAM: ClassVar[str] = "penalty"

    found_on: date | None = None
    filed_on: date | None = None
    handlers: tuple[str, ...] = ()
    evidence: bool = False
    reviewed_on: date | None = None
    noticed_on: date | None = None
    hearing_offered: bool = False
    hearing_waived: bool = False
    hearing_due: bool = False
    heard: bool = False
    decided_on: date | None = None
    undone_on: date | None = None
    """When the decision was varied, revoked or held unlawful."""

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    def judge_filing(self, event: CaseFiled, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-03: an act found when its limitation was over is not punished (art. 36)."""
        if event.breach_ended_on is None:
            return ()
        name = f"penalties.{'grave-' if event.grave else ''}limitation-years"
        years = bureau.rules.number(name, event.filed_on)
        found = self.found_on or event.filed_on
        passed = completed_years(event.breach_ended_on, found - timedelta(days=1))
        return ("limitation-over",) if years is not None and passed >= years else ()

    @judges
    def judge_evidence(self, event: EvidenceTaken, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-01, R-PN-02, R-PN-14."""
        breaches: list[Breach] = []
        if too_few(event.officers, event.taken_on, bureau):
            breaches.append("fewer-than-two-officers")
        if not event.licences_shown:
            breaches.append("licences-not-shown")
        if event.text_record is None or event.recording is None:
            breaches.append("record-incomplete")
        return tuple(breaches)

    @judges
    def judge_review(self, event: LegalReviewPassed) -> tuple[Breach, ...]:
        """R-PN-06: by somebody who did not handle the case."""
        return ("reviewer-is-handler",) if event.reviewer in self.handlers else ()

    @judges
    @once("already-decided")
    def judge_decision(self, event: PenaltyDecided, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-04 to R-PN-07, R-PN-12: no decision without the steps of its procedure."""
        breaches: list[Breach] = [] if self.decided_on is None else ["already-decided"]
        if event.subject is not None and not registered(event.subject):
            breaches.append("party-not-registered")
        if event.procedure == "simple":
            return (*breaches, *_on_the_spot(event, bureau))
        return (*breaches, *self._steps(event, bureau), *self._hearing(event, bureau))

    def _steps(self, event: PenaltyDecided, bureau: Bureau) -> list[Breach]:
        """What must come before a decision, in order, within 90 days."""
        breaches: list[Breach] = []
        decided = event.decided_on
        if self.filed_on is None:
            breaches.append("not-filed")
        else:
            days = bureau.rules.number("penalties.decide-days", decided)
            if days is not None and (decided - self.filed_on).days > days:
                breaches.append("decided-late")
        if not self.evidence:
            breaches.append("no-evidence")
        if self.noticed_on is None or self.noticed_on > decided:
            breaches.append("no-prior-notice")
        reviewed = self.reviewed_on is not None and self.reviewed_on <= decided
        if is_listed(event.listed_ground, event.kinds) and not reviewed:
            breaches.append("no-legal-review")
        if event.approved_by is None:
            breaches.append("not-approved")
        elif event.approved_by in event.handlers:
            breaches.append("approver-is-handler")
        return breaches

    def _hearing(self, event: PenaltyDecided, bureau: Bureau) -> list[Breach]:
        """Offered where major rights are touched, held where asked for, its term waited for."""
        if self.hearing_due:
            return ["hearing-not-held"]
        if self.heard or self.noticed_on is None:
            return []
        if not self.hearing_offered:
            major = any(kind in ALWAYS_LISTED for kind in event.kinds)
            return ["hearing-not-offered"] if major else []
        if self.hearing_waived or event.decided_on < self.noticed_on:
            return []
        over = bureau.is_over("penalties.hearing-working-days", self.noticed_on, event.decided_on)
        return ["hearing-term-not-over"] if over is False else []

    @judges
    def judge_service(self, event: PenaltyServed, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-08: in time from the decision."""
        if self.decided_on is None:
            return ()
        late = bureau.is_over("penalties.serve-working-days", self.decided_on, event.served_on)
        return ("served-late",) if late else ()

    @judges
    def judge_withdrawal(
        self, event: PenaltyPublicationWithdrawn, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """R-PN-11: in time from the day on which the decision was undone."""
        if self.undone_on is None:
            return ()
        limit = "penalties.withdraw-working-days"
        late = bureau.is_over(limit, self.undone_on, event.withdrawn_on)
        return ("publication-left-standing",) if late else ()

    # Evolution: assignments only; these bodies run again on every replay.

    @evolves
    def on_clue(self, event: ClueRegistered) -> None:
        self.found_on = event.registered_on

    @evolves
    def on_filed(self, event: CaseFiled) -> None:
        self.filed_on, self.handlers = event.filed_on, event.handlers

    @evolves
    def on_evidence(self, _event: EvidenceTaken) -> None:
        self.evidence = True

    @evolves
    def on_reviewed(self, event: LegalReviewPassed) -> None:
        self.reviewed_on = event.reviewed_on

    @evolves
    def on_noticed(self, event: PriorNoticeServed) -> None:
        self.noticed_on, self.hearing_offered = event.served_on, event.hearing_offered

    @evolves
    def on_statement(self, event: StatementHeard) -> None:
        self.hearing_waived = event.hearing_waived

    @evolves
    def on_hearing_requested(self, _event: HearingRequested) -> None:
        self.hearing_due = True

    @evolves
    def on_hearing_held(self, _event: HearingHeld) -> None:
        self.hearing_due, self.heard = False, True

    @evolves
    def on_decided(self, event: PenaltyDecided) -> None:
        self.decided_on = event.decided_on

    @evolves
    def on_undone(self, event: PenaltyVaried | PenaltyRevoked) -> None:
        self.undone_on = event.occurred_on()


def _on_the_spot(event: PenaltyDecided, bureau: Bureau) -> list[Breach]:
    """The simple procedure (arts 51, 52): small, by two officers, handed over at once."""
    breaches: list[Breach] = []
    of = "body" if event.person is None else "person"
    yuan = bureau.rules.number(f"penalties.simple-{of}-yuan", event.decided_on)
    above = yuan is not None and event.amount_fen > yuan * 100
    if above or any(kind not in SIMPLE for kind in event.kinds):
        breaches.append("beyond-simple-procedure")
    if too_few(event.handlers, event.decided_on, bureau):
        breaches.append("fewer-than-two-officers")
    if not event.licences_shown:
        breaches.append("licences-not-shown")
    if not event.handed_over:
        breaches.append("not-handed-over")
    return breaches
