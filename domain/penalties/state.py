"""The state of a penalty case (处罚案件): which steps were taken before the decision."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from domain.aggregate import Aggregate, evolves, judges, once
from domain.codes import Labels
from domain.enforcement import DECIDE_PENALTY_CALENDAR_DAYS, LEAST_OFFICERS, OnTheSpot, in_force
from domain.penalties.events import (
    CaseFiled,
    EvidenceTaken,
    HearingHeld,
    HearingRequested,
    LegalReviewPassed,
    PenaltyDecided,
    PriorNoticeServed,
    is_listed,
)

Breach = (
    OnTheSpot
    | Annotated[
        Literal[
            "already-decided",
            "not-filed",
            "decided-late",
            "no-evidence",
            "no-prior-notice",
            "hearing-not-held",
            "no-legal-review",
            "approver-is-handler",
        ],
        Labels(
            "同一案件重复作出决定",
            "未立案即作出决定",
            "立案后超过期限作出决定",
            "无调查取证记录",
            "决定前未事先告知",
            "当事人要求听证而未举行",
            "应当审核而未经法制审核",
            "审批人同时是办案人",
        ),
    ]
)


class PenaltyCase(Aggregate):
    """A penalty case: which steps were taken before the decision."""

    STREAM: ClassVar[str] = "penalty"

    filed_on: date | None = None
    evidence: bool = False
    reviewed_on: date | None = None
    noticed_on: date | None = None
    hearing_due: bool = False
    decided_on: date | None = None

    # Judging: what is wrong with a fact, given the state. It is recorded all the same.

    @judges
    def judge_evidence(self, event: EvidenceTaken) -> tuple[Breach, ...]:
        """R-PN-01, R-PN-02, R-PN-14."""
        breaches: list[Breach] = []
        if len(set(event.officers)) < LEAST_OFFICERS:
            breaches.append("fewer-than-two-officers")
        if not event.licences_shown:
            breaches.append("licences-not-shown")
        if event.text_record is None or event.recording is None:
            breaches.append("record-incomplete")
        return tuple(breaches)

    @judges
    @once("already-decided")
    def judge_decision(self, event: PenaltyDecided) -> tuple[Breach, ...]:
        """R-PN-04 to R-PN-07: no decision without its steps, in order, within 90 days."""
        breaches: list[Breach] = [] if self.decided_on is None else ["already-decided"]
        if self.filed_on is None:
            breaches.append("not-filed")
        else:
            limit = in_force(DECIDE_PENALTY_CALENDAR_DAYS, event.decided_on)
            taken = (event.decided_on - self.filed_on).days
            if limit is not None and taken > limit.number:
                breaches.append("decided-late")
        if not self.evidence:
            breaches.append("no-evidence")
        decided = event.decided_on
        if self.noticed_on is None or self.noticed_on > decided:
            breaches.append("no-prior-notice")
        if self.hearing_due:
            breaches.append("hearing-not-held")
        reviewed = self.reviewed_on is not None and self.reviewed_on <= decided
        if is_listed(event.listed_ground, event.kinds) and not reviewed:
            breaches.append("no-legal-review")
        if event.approved_by in event.handlers:
            breaches.append("approver-is-handler")
        return tuple(breaches)

    # Evolution: assignments only; these bodies run again on every replay.

    @evolves
    def on_filed(self, event: CaseFiled) -> None:
        self.filed_on = event.filed_on

    @evolves
    def on_evidence(self, _event: EvidenceTaken) -> None:
        self.evidence = True

    @evolves
    def on_reviewed(self, event: LegalReviewPassed) -> None:
        self.reviewed_on = event.reviewed_on

    @evolves
    def on_noticed(self, event: PriorNoticeServed) -> None:
        self.noticed_on = event.served_on

    @evolves
    def on_hearing_requested(self, _event: HearingRequested) -> None:
        self.hearing_due = True

    @evolves
    def on_hearing_held(self, _event: HearingHeld) -> None:
        self.hearing_due = False

    @evolves
    def on_decided(self, event: PenaltyDecided) -> None:
        self.decided_on = event.decided_on
