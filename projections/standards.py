"""Standards (保障标准) with the day they take effect, raises (提标) done, arrears approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.casework import Area, Programme, StandardKind
from domain.standards import (
    ArrearsBatchApproved,
    StandardAdopted,
    StandardRaiseImplemented,
)
from projections.read_model import ReadModel


class Standard(NamedTuple):
    """In force from `effective_from` until the next one of its kind and area takes effect.

    Of two that take effect on one day the one adopted later is in force. Without an area it is that
    of 城市 and 农村.
    """

    kind: StandardKind
    area: Area | None
    amount_fen: int
    effective_from: date
    adopted_on: date
    document_number: str
    authority: str


class RaiseStandard(NamedTuple):
    """One standard of a raise; from `go_live_month` on the payroll pays it."""

    batch: str
    kind: StandardKind
    area: Area | None
    effective_from: date
    go_live_month: str
    implemented_on: date


class ArrearsBatch(NamedTuple):
    """Arrears of one programme of a raise, as approved."""

    batch: str
    programme: Programme
    lines: int
    amount_fen: int
    approved_on: date


standards = ReadModel(
    "standard", Standard, indexes=("kind",), doc="standards per person and month, with effect from"
)
raises = ReadModel(
    "raise_standard", RaiseStandard, doc="standards that a raise put into the payroll"
)
arrears_batches = ReadModel("arrears_batch", ArrearsBatch, doc="approved arrears lists of a raise")


@standards.adds
def adopted(entry: Entry[StandardAdopted]) -> Iterator[Standard]:
    data = entry.data
    yield Standard(
        data.kind,
        data.area,
        data.amount_fen,
        data.effective_from,
        data.adopted_on,
        data.document_number,
        data.authority,
    )


@raises.adds
def implemented(entry: Entry[StandardRaiseImplemented]) -> Iterator[RaiseStandard]:
    data = entry.data
    for standard in data.standards:
        yield RaiseStandard(
            data.batch,
            standard.kind,
            standard.area,
            data.effective_from,
            data.go_live_month,
            data.implemented_on,
        )


@arrears_batches.adds
def approved(entry: Entry[ArrearsBatchApproved]) -> Iterator[ArrearsBatch]:
    data = entry.data
    yield ArrearsBatch(
        data.batch,
        data.programme,
        data.lines,
        data.amount_fen,
        data.approved_on,
    )
