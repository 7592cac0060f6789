"""Place names: one row per place with the dates of its steps, and the places planned per batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.placename import (
    ANNOUNCEMENT_PARTICULARS,
    AssessmentReported,
    BatchAdopted,
    NameAnnounced,
    NameApproved,
    NameChanged,
    NameExtentChanged,
    NameFiled,
    NameTakenOver,
    NamingProposed,
    SignErected,
)
from projections.read_model import ReadModel


class PlaceName(NamedTuple):
    """A place with its steps; `complete` = the announcement had all required particulars.

    `changed_on` is the last change of name or extent: no naming.
    """

    place: str
    name: str
    batch: int | None
    township: str | None
    proposed_on: date | None
    assessed_on: date | None
    approved_on: date | None
    authority: str | None
    filed_on: date | None
    announced_on: date | None
    complete: bool
    signed_on: date | None
    changed_on: date | None


place_names = ReadModel(
    "place_name", PlaceName, indexes=("batch, approved_on",), doc="place names and their steps"
)


def _blank(place: str, name: str, batch: int | None, township: str | None) -> PlaceName:
    return PlaceName(
        place,
        name,
        batch,
        township,
        *(None,) * 6,
        complete=False,
        signed_on=None,
        changed_on=None,
    )


@place_names.folds
def taken_over(rows: Sequence[PlaceName], entry: Entry[NameTakenOver]) -> Iterator[PlaceName]:
    yield from rows
    yield _blank(entry.data.place, entry.data.standard_name, None, None)


@place_names.folds
def proposed(rows: Sequence[PlaceName], entry: Entry[NamingProposed]) -> Iterator[PlaceName]:
    """A place is one row: a second proposal takes the place of one that was not approved."""
    if any(row.approved_on is not None for row in rows):
        yield from rows
        return
    data = entry.data
    row = _blank(data.place, data.proposed_name, data.batch, data.township)
    yield row._replace(proposed_on=data.proposed_on)


@place_names.folds
def assessed(rows: Sequence[PlaceName], entry: Entry[AssessmentReported]) -> Iterator[PlaceName]:
    for row in rows:
        passed = entry.data.reported_on if entry.data.passed else None
        yield row._replace(assessed_on=passed)


@place_names.folds
def approved(rows: Sequence[PlaceName], entry: Entry[NameApproved]) -> Iterator[PlaceName]:
    """The first approval names the place; a second one is a breach and names nothing anew."""
    data = entry.data
    for row in rows:
        yield (
            row
            if row.approved_on is not None
            else row._replace(
                name=data.standard_name,
                batch=data.batch,
                township=data.township,
                approved_on=data.approved_on,
                authority=data.authority,
            )
        )


@place_names.folds
def filed(rows: Sequence[PlaceName], entry: Entry[NameFiled]) -> Iterator[PlaceName]:
    for row in rows:
        yield row._replace(filed_on=entry.data.filed_on)


@place_names.folds
def announced(rows: Sequence[PlaceName], entry: Entry[NameAnnounced]) -> Iterator[PlaceName]:
    data = entry.data
    for row in rows:
        yield row._replace(
            announced_on=data.announced_on,
            complete=all(getattr(data, name) is not None for name in ANNOUNCEMENT_PARTICULARS),
        )


@place_names.folds
def signed(rows: Sequence[PlaceName], entry: Entry[SignErected]) -> Iterator[PlaceName]:
    for row in rows:
        yield row._replace(signed_on=entry.data.erected_on)


@place_names.folds
def renamed(rows: Sequence[PlaceName], entry: Entry[NameChanged]) -> Iterator[PlaceName]:
    data = entry.data
    for row in rows:
        yield row._replace(name=data.standard_name, changed_on=data.approved_on)


@place_names.folds
def extent_changed(
    rows: Sequence[PlaceName], entry: Entry[NameExtentChanged]
) -> Iterator[PlaceName]:
    for row in rows:
        yield row._replace(changed_on=entry.data.approved_on)


class PlannedName(NamedTuple):
    """A place that a batch is to name."""

    batch: int
    place: str
    adopted_on: date


planned_names = ReadModel("planned_name", PlannedName, doc="places that a batch is to name")


@planned_names.adds
def batch_adopted(entry: Entry[BatchAdopted]) -> Iterator[PlannedName]:
    data = entry.data
    for place in data.places:
        yield PlannedName(data.batch, place, data.adopted_on)
