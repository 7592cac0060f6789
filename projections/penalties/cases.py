"""Penalty cases: one row per case, filled in as its steps become known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from domain.aggregate import Entry
from domain.codes import Labels
from domain.penalties.events import (
    AboutParty,
    CaseClosed,
    CaseFiled,
    ClueRegistered,
    EvidencePreserved,
    EvidenceTaken,
    HearingHeld,
    HearingRequested,
    LegalReviewPassed,
    PenaltyDecided,
    PenaltyNotImposed,
    PenaltyPublicationWithdrawn,
    PenaltyPublished,
    PenaltyRevoked,
    PenaltyServed,
    PenaltyVaried,
    PreservedEvidenceHandled,
    PriorNoticeServed,
    StatementHeard,
)
from domain.penalties.kinds import Procedure, is_listed
from projections.read_model import ReadModel

PartyKind = Annotated[
    Literal["registered", "person", "unregistered-body"],
    Labels("已登记的单位", "自然人", "未登记的组织"),
]


class PenaltyCase(NamedTuple):
    """A case with the inspection it took up, if any.

    `subject` is who is on a register, by stream, or what an unregistered body calls itself; None of
    a natural person. A decision by the simple procedure is served by being handed over.
    `evidence` counts how often evidence was taken; `licences_shown` and the records hold when they
    hold each time. `platform` is the source of the decision; `listed` = legal review comes first.
    """

    case_number: str
    party: PartyKind | None = None
    subject: str | None = None
    township: str | None = None
    clue_origin: str | None = None
    inspection_number: str | None = None
    breach_ended_on: date | None = None
    grave: bool = False
    found_on: date | None = None
    filed_on: date | None = None
    handlers: list[str] = []  # noqa: RUF012  rows are never changed in place
    first_evidence_on: date | None = None
    evidence: int = 0
    licences_shown: bool = True
    has_text_record: bool = True
    has_recording: bool = True
    unshown_on: date | None = None
    """The first day on which evidence was taken without a licence shown."""
    unrecorded_on: date | None = None
    """The first on which it was taken without both records."""
    reviewed_on: date | None = None
    reviewer: str | None = None
    reviewer_fit: bool = False
    noticed_on: date | None = None
    hearing_offered_on: date | None = None
    hearing_waived_on: date | None = None
    hearing_requested_on: date | None = None
    hearing_held_on: date | None = None
    dropped_on: date | None = None
    """When it was decided that nobody is punished."""
    decided_on: date | None = None
    decision_number: str | None = None
    procedure: Procedure | None = None
    platform: str | None = None
    kinds: list[str] = []  # noqa: RUF012  rows are never changed in place
    amount_fen: int = 0
    listed: bool = False
    service_due_on: date | None = None
    served_on: date | None = None
    served_by_notice: bool = False
    has_receipt: bool = False
    publication_due_on: date | None = None
    published_on: date | None = None
    publication_withdrawn_on: date | None = None
    withdrawal_explained: bool = False
    revoked_on: date | None = None
    varied_on: date | None = None
    closed_on: date | None = None


class PreservedEvidence(NamedTuple):
    """Evidence that was preserved (先行登记保存), and when it was dealt with."""

    case_number: str
    preserved_on: date
    handled_on: date | None


penalty_cases = ReadModel(
    "penalty_case",
    PenaltyCase,
    indexes=("decided_on", "inspection_number"),
    doc="penalty cases with the dates of their steps",
)
preserved_evidence = ReadModel(
    "preserved_evidence",
    PreservedEvidence,
    doc="evidence preserved, and when it was dealt with",
    private="evidence of single cases; audit rules read it",
)


def _row(rows: Sequence[PenaltyCase], entry: Entry) -> PenaltyCase:
    return rows[0] if rows else PenaltyCase(entry.key)


def party_of(data: AboutParty) -> dict[str, Any]:
    if data.subject is not None:
        return {"party": "registered", "subject": data.subject}
    kind: PartyKind = "person" if data.unregistered_body is None else "unregistered-body"
    return {"party": kind, "subject": data.unregistered_body}


def _filled(rows: Sequence[PenaltyCase], entry: Entry, **columns: Any) -> PenaltyCase:
    """The case's row with these columns where nothing stood in them.

    The steps may become known in any order. One that is told twice was done on the first day: what
    comes after a day says nothing of it.
    """
    return _also(_row(rows, entry), **columns)


def _also(row: PenaltyCase, **columns: Any) -> PenaltyCase:
    new = {name: value for name, value in columns.items() if getattr(row, name) is None}
    return row._replace(**new)


@penalty_cases.folds
def clue(rows: Sequence[PenaltyCase], entry: Entry[ClueRegistered]) -> Iterator[PenaltyCase]:
    data = entry.data
    columns = {"clue_origin": data.origin, "found_on": data.registered_on}
    yield _filled(rows, entry, **columns, **party_of(data))


@penalty_cases.folds
def filed(rows: Sequence[PenaltyCase], entry: Entry[CaseFiled]) -> Iterator[PenaltyCase]:
    data = entry.data
    row = _filled(rows, entry, **party_of(data))
    if row.filed_on is None:
        row = row._replace(
            filed_on=data.filed_on,
            found_on=row.found_on or data.filed_on,
            breach_ended_on=data.breach_ended_on,
            grave=data.grave,
            handlers=sorted({*row.handlers, *data.handlers}),
        )
    yield row._replace(inspection_number=_taken_up(row, data.inspection_number))


@penalty_cases.folds
def evidence(rows: Sequence[PenaltyCase], entry: Entry[EvidenceTaken]) -> Iterator[PenaltyCase]:
    data = entry.data
    row = _row(rows, entry)
    on = data.taken_on
    recorded = data.text_record is not None and data.recording is not None
    yield row._replace(
        inspection_number=_taken_up(row, data.inspection_number),
        first_evidence_on=row.first_evidence_on or on,
        evidence=row.evidence + 1,
        licences_shown=row.licences_shown and data.licences_shown,
        has_text_record=row.has_text_record and data.text_record is not None,
        has_recording=row.has_recording and data.recording is not None,
        unshown_on=row.unshown_on or (None if data.licences_shown else on),
        unrecorded_on=row.unrecorded_on or (None if recorded else on),
    )


def _taken_up(row: PenaltyCase, number: str | None) -> str | None:
    """The inspection that a case took up: the first one named, and none once it is decided."""
    return row.inspection_number or (number if row.decided_on is None else None)


@penalty_cases.folds
def reviewed(rows: Sequence[PenaltyCase], entry: Entry[LegalReviewPassed]) -> Iterator[PenaltyCase]:
    """The first by who may do it is the one that must come before the decision."""
    data = entry.data
    row = _row(rows, entry)
    unfit = row.reviewer in row.handlers or not row.reviewer_fit
    if row.reviewed_on is None or (unfit and row.decided_on is None):
        row = row._replace(
            reviewed_on=data.reviewed_on,
            reviewer=data.reviewer,
            reviewer_fit=data.legally_qualified or data.reviewed_before,
        )
    yield row


@penalty_cases.folds
def noticed(rows: Sequence[PenaltyCase], entry: Entry[PriorNoticeServed]) -> Iterator[PenaltyCase]:
    on = entry.data.served_on
    row = _filled(rows, entry, noticed_on=on)
    yield _also(row, hearing_offered_on=on) if entry.data.hearing_offered else row


@penalty_cases.folds
def statement(rows: Sequence[PenaltyCase], entry: Entry[StatementHeard]) -> Iterator[PenaltyCase]:
    data = entry.data
    yield _filled(rows, entry, hearing_waived_on=data.heard_on if data.hearing_waived else None)


@penalty_cases.folds
def hearing_requested(
    rows: Sequence[PenaltyCase], entry: Entry[HearingRequested]
) -> Iterator[PenaltyCase]:
    yield _filled(rows, entry, hearing_requested_on=entry.data.requested_on)


@penalty_cases.folds
def hearing_held(rows: Sequence[PenaltyCase], entry: Entry[HearingHeld]) -> Iterator[PenaltyCase]:
    yield _filled(rows, entry, hearing_held_on=entry.data.held_on)


@penalty_cases.folds
def dropped(rows: Sequence[PenaltyCase], entry: Entry[PenaltyNotImposed]) -> Iterator[PenaltyCase]:
    yield _filled(rows, entry, dropped_on=entry.data.decided_on)


@penalty_cases.folds
def decided(rows: Sequence[PenaltyCase], entry: Entry[PenaltyDecided]) -> Iterator[PenaltyCase]:
    data = entry.data
    on = data.decided_on
    row = _filled(rows, entry, **party_of(data))
    if row.decided_on is not None:
        yield row
        return
    if data.procedure == "simple":
        shown = bool(data.licences_shown)
        row = row._replace(licences_shown=shown, unshown_on=None if shown else on)
        if data.handed_over:
            row = row._replace(served_on=on, has_receipt=True)
    yield row._replace(
        procedure=data.procedure,
        township=data.township,
        decided_on=on,
        decision_number=data.decision_number,
        handlers=sorted({*row.handlers, *data.handlers}),
        platform=entry.source,
        kinds=sorted(set(data.kinds)),
        amount_fen=data.amount_fen,
        listed=is_listed(data.listed_ground, data.kinds),
        service_due_on=on
        if data.procedure == "simple"
        else entry.bureau.due_on("penalties.serve-working-days", on),
        publication_due_on=entry.bureau.due_on("penalties.publish-working-days", on),
    )


@penalty_cases.folds
def served(rows: Sequence[PenaltyCase], entry: Entry[PenaltyServed]) -> Iterator[PenaltyCase]:
    data = entry.data
    receipt = data.receipt_number is not None and data.receipt is not None
    row = _row(rows, entry)
    if row.served_on is None:
        row = row._replace(
            served_on=data.served_on,
            served_by_notice=data.method == "public-notice",
            has_receipt=receipt,
        )
    yield row


@penalty_cases.folds
def published(rows: Sequence[PenaltyCase], entry: Entry[PenaltyPublished]) -> Iterator[PenaltyCase]:
    """The first publication is the one that must be in time."""
    yield _filled(rows, entry, published_on=entry.data.published_on)


@penalty_cases.folds
def publication_withdrawn(
    rows: Sequence[PenaltyCase], entry: Entry[PenaltyPublicationWithdrawn]
) -> Iterator[PenaltyCase]:
    data = entry.data
    row = _row(rows, entry)
    if row.publication_withdrawn_on is None:
        explained = data.reason is not None
        on = data.withdrawn_on
        row = row._replace(publication_withdrawn_on=on, withdrawal_explained=explained)
    yield row


@penalty_cases.folds
def revoked(rows: Sequence[PenaltyCase], entry: Entry[PenaltyRevoked]) -> Iterator[PenaltyCase]:
    yield _filled(rows, entry, revoked_on=entry.data.revoked_on)


@penalty_cases.folds
def varied(rows: Sequence[PenaltyCase], entry: Entry[PenaltyVaried]) -> Iterator[PenaltyCase]:
    yield _filled(rows, entry, varied_on=entry.data.varied_on)


@penalty_cases.folds
def closed(rows: Sequence[PenaltyCase], entry: Entry[CaseClosed]) -> Iterator[PenaltyCase]:
    yield _filled(rows, entry, closed_on=entry.data.closed_on)


@preserved_evidence.folds
def preserved(
    rows: Sequence[PreservedEvidence], entry: Entry[EvidencePreserved]
) -> Iterator[PreservedEvidence]:
    yield from rows
    data = entry.data
    yield PreservedEvidence(data.case_number, data.preserved_on, None)


@preserved_evidence.folds
def handled(
    rows: Sequence[PreservedEvidence], entry: Entry[PreservedEvidenceHandled]
) -> Iterator[PreservedEvidence]:
    """All that was kept by then."""
    on = entry.data.handled_on
    yield from (row._replace(handled_on=row.handled_on or on) for row in rows)
