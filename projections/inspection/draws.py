"""What is inspected, 双随机 draws of it, and 执法公示 that belongs to no single case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.enforcement import ExemptionCause, InformationKind, ObjectKind, PublicationStage
from domain.inspection import (
    DrawnObjectExempted,
    EnforcementInformationPublished,
    EnforcementInformationWithdrawn,
    ObjectRegistered,
    ObjectRemoved,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
)
from projections.read_model import ReadModel


class InspectedObject(NamedTuple):
    """What is on the list of what is inspected, from registered_on until the day of removed_on.

    `object` is its stream, as inspections and penalties name it.
    """

    object: str
    kind: ObjectKind
    name: str
    township: str | None
    registered_on: date
    removed_on: date | None = None


class Draw(NamedTuple):
    """A draw, and apart from it the population snapshot; the list's digest ties them together."""

    draw_number: str
    step: str
    """snapshot or draw."""
    on_date: date
    baseline_on: date | None
    bodies: int
    list_digest: str
    drawn: int
    officers: list[str]
    redraw_disclosed: bool
    """Whether it says why it was drawn again."""


class DrawnObject(NamedTuple):
    """What came of the draw for one object: drawn, or exempted later with its cause."""

    draw_number: str
    object: str
    step: str
    """drawn or exempted."""
    on_date: date
    cause: ExemptionCause | None


class EnforcementInformation(NamedTuple):
    """A published item, one row per kind; it stands from published_on until withdrawn_on."""

    item_number: str
    stage: PublicationStage
    kind: InformationKind
    published_on: date
    withdrawn_on: date | None


inspected_objects = ReadModel(
    "inspected_object",
    InspectedObject,
    indexes=("object",),
    doc="what is inspected and stands on no other register",
)
draws = ReadModel(
    "draw", Draw, indexes=("draw_number",), doc="population snapshots and random draws"
)
drawn_objects = ReadModel(
    "drawn_object",
    DrawnObject,
    indexes=("draw_number", "object"),
    doc="objects drawn, and those exempted",
)
enforcement_information = ReadModel(
    "enforcement_information",
    EnforcementInformation,
    indexes=("kind, published_on",),
    doc="what was published of enforcement beside single cases",
)


@inspected_objects.shows
def listed(kept: Sequence[InspectedObject | date]) -> Iterator[InspectedObject]:
    return (row for row in kept if isinstance(row, InspectedObject))


@inspected_objects.folds
def object_registered(
    kept: Sequence[InspectedObject | date], entry: Entry[ObjectRegistered]
) -> Iterator[InspectedObject | date]:
    """Registered again, it is on the list anew; a removal of a day before it is its own."""
    yield from listed(kept)
    data = entry.data
    removed = next((day for day in kept if isinstance(day, date)), None)
    yield InspectedObject(
        entry.stream, data.kind, data.name, data.township, data.registered_on, removed
    )


@inspected_objects.folds
def object_removed(
    kept: Sequence[InspectedObject | date], entry: Entry[ObjectRemoved]
) -> Iterator[InspectedObject | date]:
    """What had been removed before stays as it was."""
    on = entry.data.removed_on
    rows = list(listed(kept))
    yield from (row._replace(removed_on=row.removed_on or on) for row in rows) if rows else (on,)


@draws.adds
def snapshot(entry: Entry[PopulationSnapshotTaken]) -> Iterator[Draw]:
    data = entry.data
    yield Draw(
        data.draw_number,
        "snapshot",
        data.taken_on,
        data.baseline_on,
        data.bodies,
        data.list_digest,
        0,
        [],
        redraw_disclosed=False,
    )


@draws.adds
def drawn(entry: Entry[RandomDrawPerformed]) -> Iterator[Draw]:
    data = entry.data
    yield Draw(
        data.draw_number,
        "draw",
        data.drawn_on,
        None,
        data.population,
        data.list_digest,
        len(set(data.drawn_objects)),
        sorted(set(data.drawn_officers)),
        redraw_disclosed=data.redrawn_because is not None,
    )


@drawn_objects.adds
def objects(entry: Entry[RandomDrawPerformed]) -> Iterator[DrawnObject]:
    data = entry.data
    for name in sorted(set(data.drawn_objects)):
        yield DrawnObject(data.draw_number, name, "drawn", data.drawn_on, None)


@drawn_objects.adds
def exempted(entry: Entry[DrawnObjectExempted]) -> Iterator[DrawnObject]:
    data = entry.data
    yield DrawnObject(data.draw_number, data.object, "exempted", data.exempted_on, data.cause)


@enforcement_information.folds
def published(
    rows: Sequence[EnforcementInformation], entry: Entry[EnforcementInformationPublished]
) -> Iterator[EnforcementInformation]:
    yield from rows
    data = entry.data
    for kind in sorted(set(data.kinds)):
        yield EnforcementInformation(data.item_number, data.stage, kind, data.published_on, None)


@enforcement_information.folds
def withdrawn(
    rows: Sequence[EnforcementInformation], entry: Entry[EnforcementInformationWithdrawn]
) -> Iterator[EnforcementInformation]:
    """What had been taken down before stays as it was."""
    on = entry.data.withdrawn_on
    for row in rows:
        yield row if row.withdrawn_on is not None else row._replace(withdrawn_on=on)
