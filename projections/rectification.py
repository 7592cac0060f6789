"""What people said of findings: one row per finding and stretch of days that an answer holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.aggregate import Entry
from domain.rectification import (
    FindingDismissed,
    FindingEvent,
    FindingRectified,
    FindingState,
    FindingUpheld,
    RecoveryWaived,
)
from projections.read_model import ReadModel
from projections.stretches import Change, decided, lasting


class FindingAnswer(NamedTuple):
    """Holds at D when valid_from ≤ D and D < valid_to (None = still).

    `source` and `decided_by` tell who said so: who entered the fact cannot close its finding.
    `answered_at` is the position of the answer: a finding that changes after it is to be looked at
    again.
    """

    finding: str
    state: FindingState
    decided_by: str
    source: str
    reason: str
    unit: str | None
    due_on: date | None
    amount_fen: int | None
    document_number: str | None
    answered_at: int
    valid_from: date
    valid_to: date | None


answers = lasting(
    ReadModel(
        "finding_answer",
        FindingAnswer,
        indexes=("finding",),
        doc="what people said of findings",
    )
)


@answers.folds
def dismissed(kept: Sequence[Change], entry: Entry[FindingDismissed]) -> Iterator[Change]:
    return _answered(kept, entry, "dismissed", None, None, None, None)


@answers.folds
def upheld(kept: Sequence[Change], entry: Entry[FindingUpheld]) -> Iterator[Change]:
    data = entry.data
    return _answered(kept, entry, "upheld", data.unit, data.due_on, data.amount_fen, None)


@answers.folds
def rectified(kept: Sequence[Change], entry: Entry[FindingRectified]) -> Iterator[Change]:
    """The unit and the day that were set stay."""
    data = entry.data
    unit, due_on = _set_before(kept)
    document = data.document_number
    return _answered(kept, entry, "rectified", unit, due_on, data.recovered_fen, document)


@answers.folds
def waived(kept: Sequence[Change], entry: Entry[RecoveryWaived]) -> Iterator[Change]:
    data = entry.data
    unit, due_on = _set_before(kept)
    return _answered(kept, entry, "waived", unit, due_on, data.amount_fen, data.document_number)


def _set_before(kept: Sequence[Change]) -> tuple[str | None, date | None]:
    if not kept or kept[-1].value is None:
        return None, None
    before = FindingAnswer._make((*kept[-1].value, kept[-1].on, None))
    return before.unit, before.due_on


def _answered(
    kept: Sequence[Change], entry: Entry[Any], state: FindingState, *said: Any
) -> Iterator[Change]:
    data: FindingEvent = entry.data
    value = (data.finding, state, data.decided_by, entry.source, data.reason, *said)
    return decided(kept, Change(data.finding, data.decided_on, (*value, entry.position)))
