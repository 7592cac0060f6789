"""Who was on the spot when: one row for each act of enforcement at which officers are named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, NamedTuple

from domain.aggregate import Entry
from domain.codes import Labels
from domain.inspection import InspectionConducted, RectificationVerified
from domain.penalties.events import EvidenceTaken, PenaltyDecided
from projections.read_model import ReadModel

ActKind = Annotated[
    Literal["inspection", "verification", "evidence", "decision"],
    Labels("行政检查", "整改复查", "调查取证", "处罚决定"),
]


class Act(NamedTuple):
    """An act with those who took part; times as "HH:MM", where they were told.

    `number` is that of the inspection or case, `inspection_number` the inspection in whose course
    it was. A decision is made by its handlers, at no place.
    """

    kind: ActKind
    number: str
    on_date: date
    officers: list[str]
    mode: str | None = None
    inspection_number: str | None = None
    object: str | None = None
    from_time: str | None = None
    until_time: str | None = None
    township: str | None = None


enforcement_acts = ReadModel(
    "enforcement_act",
    Act,
    indexes=("stream", "on_date"),
    doc="inspections, verifications, evidence and decisions with the officers who took part",
    private="where officers were; audit rules read it",
)


@enforcement_acts.adds
def inspection(entry: Entry[InspectionConducted]) -> Iterator[Act]:
    data = entry.data
    yield Act(
        "inspection",
        data.inspection_number,
        data.inspected_on,
        sorted(set(data.officers)),
        data.mode,
        data.inspection_number,
        data.object,
        data.from_time,
        data.until_time,
        data.township,
    )


@enforcement_acts.adds
def verification(entry: Entry[RectificationVerified]) -> Iterator[Act]:
    data = entry.data
    yield Act(
        "verification",
        data.inspection_number,
        data.verified_on,
        sorted(set(data.officers)),
        from_time=data.from_time,
        until_time=data.until_time,
    )


@enforcement_acts.adds
def evidence(entry: Entry[EvidenceTaken]) -> Iterator[Act]:
    data = entry.data
    yield Act(
        "evidence",
        data.case_number,
        data.taken_on,
        sorted(set(data.officers)),
        inspection_number=data.inspection_number,
        from_time=data.from_time,
        until_time=data.until_time,
    )


@enforcement_acts.adds
def decision(entry: Entry[PenaltyDecided]) -> Iterator[Act]:
    data = entry.data
    officers = sorted(set(data.handlers))
    yield Act("decision", data.case_number, data.decided_on, officers, township=data.township)
