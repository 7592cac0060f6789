"""Inspections of all lines: one row per inspection, filled in as its steps become known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.aggregate import Entry
from domain.inspection import (
    CaseTransferred,
    InspectionCancelled,
    InspectionConducted,
    InspectionMode,
    InspectionNotified,
    InspectionOutcome,
    InspectionResultPublished,
    RectificationOrdered,
    RectificationVerified,
    VerificationOutcome,
)
from projections.read_model import ReadModel


class Inspection(NamedTuple):
    """An inspection of one object; `inspected_on` None = announced, but nobody recorded it.

    `platform` is the source that published the inspection; `result_due_on` the last day for its
    result (None = no limit known).
    """

    inspection_number: str
    object: str | None = None
    township: str | None = None
    mode: InspectionMode | None = None
    draw_number: str | None = None
    joint_with: str | None = None
    planned_on: date | None = None
    cancelled_on: date | None = None
    inspected_on: date | None = None
    officers: list[str] = []  # noqa: RUF012  rows are never changed in place
    licences_shown: bool = False
    has_text_record: bool = False
    has_recording: bool = False
    platform: str | None = None
    outcome: InspectionOutcome | None = None
    result_due_on: date | None = None
    result_published_on: date | None = None
    penalty_case: str | None = None
    transferred_on: date | None = None
    rectification_ordered_on: date | None = None
    rectification_due_on: date | None = None
    rectification_outcome: VerificationOutcome | None = None
    rectification_verified_on: date | None = None
    rectification_closed_on: date | None = None
    """When it was found done, or further action was taken."""


inspections = ReadModel(
    "inspection",
    Inspection,
    indexes=("inspected_on", "draw_number", "inspection_number"),
    doc="inspections with officers, records, result and rectification",
)


def _filled(rows: Sequence[Inspection], entry: Entry, step: str, **columns: Any) -> Inspection:
    """The inspection's row with these columns, where the day of this step was not known.

    A step that is told twice was done on the first day: what comes after a day says nothing of it.
    """
    row = rows[0] if rows else Inspection(entry.key)
    return row if getattr(row, step) is not None else row._replace(**columns)


@inspections.folds
def notified(rows: Sequence[Inspection], entry: Entry[InspectionNotified]) -> Iterator[Inspection]:
    data = entry.data
    row = _filled(rows, entry, "planned_on", planned_on=data.planned_on)
    if row.object is None:
        row = row._replace(object=data.object, draw_number=data.draw_number)
    yield row


@inspections.folds
def cancelled(
    rows: Sequence[Inspection], entry: Entry[InspectionCancelled]
) -> Iterator[Inspection]:
    yield _filled(rows, entry, "cancelled_on", cancelled_on=entry.data.cancelled_on)


@inspections.folds
def conducted(
    rows: Sequence[Inspection], entry: Entry[InspectionConducted]
) -> Iterator[Inspection]:
    data = entry.data
    on = data.inspected_on
    yield _filled(
        rows,
        entry,
        "inspected_on",
        object=data.object,
        township=data.township,
        mode=data.mode,
        draw_number=data.draw_number,
        joint_with=data.joint_with,
        inspected_on=on,
        officers=sorted(set(data.officers)),
        licences_shown=data.licences_shown,
        has_text_record=data.text_record is not None,
        has_recording=data.recording is not None,
        platform=entry.source,
        outcome=data.outcome,
        result_due_on=entry.bureau.due_on("inspection.publish-working-days", on),
    )


@inspections.folds
def result_published(
    rows: Sequence[Inspection], entry: Entry[InspectionResultPublished]
) -> Iterator[Inspection]:
    """The first publication is the one that must be in time."""
    on = entry.data.published_on
    yield _filled(rows, entry, "result_published_on", result_published_on=on)


@inspections.folds
def transferred(rows: Sequence[Inspection], entry: Entry[CaseTransferred]) -> Iterator[Inspection]:
    data = entry.data
    case, on = data.penalty_case, data.transferred_on
    yield _filled(rows, entry, "penalty_case", penalty_case=case, transferred_on=on)


@inspections.folds
def rectification_ordered(
    rows: Sequence[Inspection], entry: Entry[RectificationOrdered]
) -> Iterator[Inspection]:
    yield _filled(
        rows,
        entry,
        "rectification_ordered_on",
        rectification_ordered_on=entry.data.ordered_on,
        rectification_due_on=entry.data.due_on,
    )


@inspections.folds
def rectification_verified(
    rows: Sequence[Inspection], entry: Entry[RectificationVerified]
) -> Iterator[Inspection]:
    data = entry.data
    row = _filled(
        rows,
        entry,
        "rectification_verified_on",
        rectification_outcome=data.outcome,
        rectification_verified_on=data.verified_on,
    )
    if data.outcome == "passed" or data.further_action is not None:
        closed = row.rectification_closed_on or data.verified_on
        row = row._replace(rectification_closed_on=closed)
    yield row
