"""The state of a penalty case (处罚案件): which steps were taken before the decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.calendar import Due
from domain.codes import Labels
from domain.enforcement import OnTheSpot, registered, too_few
from domain.penalties.events import (
    CaseFiled,
    ClueRegistered,
    EvidencePreserved,
    EvidenceTaken,
    FinePaid,
    HearingHeld,
    HearingRequested,
    LegalReviewPassed,
    PenaltyDecided,
    PenaltyNotImposed,
    PenaltyPublicationWithdrawn,
    PenaltyRevoked,
    PenaltyServed,
    PenaltyVaried,
    PreservedEvidenceHandled,
    PriorNoticeServed,
    StatementHeard,
)
from domain.penalties.kinds import OF_THE_POLICE, SIMPLE, is_listed
from domain.penalties.procedure import StepFault, Steps, expired, faults, late

Breach = (
    OnTheSpot
    | StepFault
    | Annotated[
        Literal[
            "already-decided",
            "party-not-registered",
            "not-filed",
            "no-evidence",
            "not-approved",
            "approver-is-handler",
            "chair-is-handler",
            "not-ours-to-decide",
            "evidence-kept-too-long",
            "beyond-simple-procedure",
            "not-handed-over",
            "served-late",
            "receipt-missing",
            "collected-by-officers",
            "publication-left-standing",
            "withdrawn-without-reason",
        ],
        Labels(
            "同一案件重复作出决定",
            "当事人未登记",
            "未立案即作出决定",
            "无调查取证记录",
            "决定未经审批",
            "审批人同时是办案人",
            "听证主持人同时是办案人",
            "民政部门无权作出该种处罚",
            "先行登记保存的证据逾期未处理",
            "超出简易程序的适用范围",
            "当场处罚决定书未当场交付",
            "处罚决定逾期送达",
            "送达回证缺失",
            "执法人员违反规定当场收缴罚款",
            "决定撤销、变更后逾期撤回公示",
            "撤回公示未说明理由",
        ),
    ]
)


class PenaltyCase(Aggregate):
    """A penalty case: which steps were taken before the decision, each on its first day."""

    STREAM: ClassVar[str] = "penalty"

    breach_ended_on: date | None = None
    grave: bool = False
    found_on: date | None = None
    filed_on: date | None = None
    handlers: tuple[str, ...] = ()
    evidence: bool = False
    preserved_on: date | None = None
    """Since when evidence is kept that was not dealt with."""
    noticed_on: date | None = None
    hearing_offered_on: date | None = None
    hearing_waived_on: date | None = None
    hearing_requested_on: date | None = None
    hearing_held_on: date | None = None
    reviewed_on: date | None = None
    reviewer: str | None = None
    reviewer_fit: bool = False
    decided_on: date | None = None
    simple: bool = False
    undone_on: date | None = None
    """When the decision was varied, revoked or held unlawful."""

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    def judge_filing(self, event: CaseFiled, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-03: an act found when its limitation was over is not punished (art. 36)."""
        found = self.found_on or event.filed_on
        over = expired(event.breach_ended_on, found, bureau, grave=event.grave)
        return ("limitation-over",) if over else ()

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
    def judge_handling(self, event: PreservedEvidenceHandled, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-09: within 7 working days of the day on which it was preserved."""
        if self.preserved_on is None:
            return ()
        rule = "penalties.evidence-working-days"
        over = bureau.is_over(rule, self.preserved_on, event.handled_on)
        return ("evidence-kept-too-long",) if over else ()

    @judges
    def judge_review(self, event: LegalReviewPassed) -> tuple[Breach, ...]:
        """R-PN-06: by somebody who did not handle the case, and who may do it."""
        breaches: list[Breach] = []
        if event.reviewer in self.handlers:
            breaches.append("reviewer-is-handler")
        if not (event.legally_qualified or event.reviewed_before):
            breaches.append("reviewer-not-qualified")
        return tuple(breaches)

    @judges
    def judge_hearing(self, event: HearingHeld) -> tuple[Breach, ...]:
        """R-PN-05: chaired by somebody who did not investigate (art. 64)."""
        return ("chair-is-handler",) if event.chair in self.handlers else ()

    @judges
    @once("already-decided")
    def judge_decision(self, event: PenaltyDecided, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-04 to R-PN-07, R-PN-12: no decision without the steps of its procedure."""
        breaches: list[Breach] = [] if self.decided_on is None else ["already-decided"]
        if event.subject is not None and not registered(event.subject):
            breaches.append("party-not-registered")
        if any(kind in OF_THE_POLICE for kind in event.kinds):
            breaches.append("not-ours-to-decide")
        if event.procedure == "simple":
            return (*breaches, *_on_the_spot(event, bureau))
        steps = (fault for fault, certain in faults(self._steps(event), bureau) if certain)
        return (*breaches, *self._file(event, bureau), *steps)

    def _steps(self, event: PenaltyDecided) -> Steps:
        return Steps(
            breach_ended_on=self.breach_ended_on,
            grave=self.grave,
            found_on=self.found_on,
            filed_on=self.filed_on,
            handlers=(*self.handlers, *event.handlers),
            noticed_on=self.noticed_on,
            hearing_offered_on=self.hearing_offered_on,
            hearing_waived_on=self.hearing_waived_on,
            hearing_requested_on=self.hearing_requested_on,
            hearing_held_on=self.hearing_held_on,
            reviewed_on=self.reviewed_on,
            reviewer=self.reviewer,
            reviewer_fit=self.reviewer_fit,
            decided_on=event.decided_on,
            person=event.person is not None,
            kinds=event.kinds,
            amount_fen=event.amount_fen,
            listed=is_listed(event.listed_ground, event.kinds),
        )

    def _file(self, event: PenaltyDecided, bureau: Bureau) -> list[Breach]:
        """What must be in the file: it was filed, handled by two, proved and approved."""
        breaches: list[Breach] = []
        if too_few(event.handlers, event.decided_on, bureau):
            breaches.append("fewer-than-two-officers")
        if self.filed_on is None:
            breaches.append("not-filed")
        if not self.evidence:
            breaches.append("no-evidence")
        if event.approved_by is None:
            breaches.append("not-approved")
        elif event.approved_by in event.handlers:
            breaches.append("approver-is-handler")
        return breaches

    @judges
    def judge_no_penalty(self, event: PenaltyNotImposed, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-07: not to punish is a decision, too (art. 57)."""
        return ("decided-late",) if late(self.filed_on, event.decided_on, bureau) else ()

    @judges
    def judge_service(self, event: PenaltyServed, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-08: in time from the decision, and with a receipt; a public notice has none."""
        breaches: list[Breach] = []
        public = event.method == "public-notice"
        if self.decided_on is not None:
            due = service_due(self.decided_on, bureau, public=public)
            if due is not None and due.over(event.served_on):
                breaches.append("served-late")
        if not public and (event.receipt is None or event.receipt_number is None):
            breaches.append("receipt-missing")
        return tuple(breaches)

    @judges
    def judge_payment(self, event: FinePaid, bureau: Bureau) -> tuple[Breach, ...]:
        """R-PN-13: not into the hands of officers (art. 67), but for arts 68 and 69."""
        if event.collected != "officers" or event.collection_ground == "remote":
            return ()
        yuan = bureau.rules.number("penalties.collect-yuan", event.paid_on)
        small = yuan is not None and event.amount_fen <= yuan * 100
        hard = event.collection_ground == "hard-to-collect-later"
        return () if self.simple and (small or hard) else ("collected-by-officers",)

    @judges
    def judge_withdrawal(
        self, event: PenaltyPublicationWithdrawn, bureau: Bureau
    ) -> tuple[Breach, ...]:
        """R-PN-11: in time from the day on which the decision was undone, and with reasons."""
        breaches: list[Breach] = []
        if self.undone_on is not None:
            rule = "penalties.withdraw-working-days"
            if bureau.is_over(rule, self.undone_on, event.withdrawn_on):
                breaches.append("publication-left-standing")
        if event.reason is None:
            breaches.append("withdrawn-without-reason")
        return tuple(breaches)

    # Evolution: assignments only; these bodies run again on every replay.

    @evolves
    def on_clue(self, event: ClueRegistered) -> None:
        self.found_on = self.found_on or event.registered_on

    @evolves
    def on_filed(self, event: CaseFiled) -> None:
        if self.filed_on is None:
            self.filed_on, self.handlers = event.filed_on, event.handlers
            self.breach_ended_on, self.grave = event.breach_ended_on, event.grave
            self.found_on = self.found_on or event.filed_on

    @evolves
    def on_evidence(self, _event: EvidenceTaken) -> None:
        self.evidence = True

    @evolves
    def on_preserved(self, event: EvidencePreserved) -> None:
        self.preserved_on = self.preserved_on or event.preserved_on

    @evolves
    def on_handled(self, _event: PreservedEvidenceHandled) -> None:
        self.preserved_on = None

    @evolves
    def on_reviewed(self, event: LegalReviewPassed) -> None:
        """The first that was done by who may do it."""
        if self.reviewed_on is None or self.reviewer in self.handlers or not self.reviewer_fit:
            self.reviewed_on, self.reviewer = event.reviewed_on, event.reviewer
            self.reviewer_fit = event.legally_qualified or event.reviewed_before

    @evolves
    def on_noticed(self, event: PriorNoticeServed) -> None:
        self.noticed_on = self.noticed_on or event.served_on
        if event.hearing_offered:
            self.hearing_offered_on = self.hearing_offered_on or event.served_on

    @evolves
    def on_statement(self, event: StatementHeard) -> None:
        if event.hearing_waived:
            self.hearing_waived_on = self.hearing_waived_on or event.heard_on

    @evolves
    def on_hearing_requested(self, event: HearingRequested) -> None:
        self.hearing_requested_on = self.hearing_requested_on or event.requested_on

    @evolves
    def on_hearing_held(self, event: HearingHeld) -> None:
        self.hearing_held_on = self.hearing_held_on or event.held_on

    @evolves
    def on_decided(self, event: PenaltyDecided) -> None:
        if self.decided_on is None:
            self.decided_on, self.simple = event.decided_on, event.procedure == "simple"

    @evolves
    def on_undone(self, event: PenaltyVaried | PenaltyRevoked) -> None:
        self.undone_on = self.undone_on or event.occurred_on()


def service_due(decided_on: date, bureau: Bureau, *, public: bool) -> Due | None:
    """The last day for service; by public notice it is served only when its days have passed."""
    due = bureau.due("penalties.serve-working-days", decided_on)
    if due is None or not public:
        return due
    days = bureau.rules.number("penalties.notice-service-days", decided_on) or 0
    return Due(*(day + timedelta(days=days) for day in due))


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
