"""Places: the steps of their naming, what they are called and where they lie by date; batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.aggregate import Entry
from domain.placename import (
    ANNOUNCEMENT_PARTICULARS,
    AssessmentReported,
    BatchAdopted,
    ExpertReviewHeld,
    NameAnnounced,
    NameApproved,
    NameChanged,
    NameExtentChanged,
    NameFiled,
    NameRetired,
    NameTakenOver,
    NamingProposed,
    OpinionsCollected,
    SignErected,
    sound_of,
)
from projections.read_model import ReadModel
from projections.stretches import Change, decided, found, lasting


class PlaceName(NamedTuple):
    """A place with the steps of its naming; `complete` = the announcement had all particulars.

    `reviewed_on`: of the experts (专家论证); `asked_on`: when opinions were all in (征求意见).

    `given_name` is the one it was given: as approved, before that as proposed; what it is called
    since stands in `place_value`. `changed_on` is the last change of name or extent: no naming.
    """

    place: str
    given_name: str = ""
    batch: int | None = None
    township: str | None = None
    proposed_on: date | None = None
    assessed_on: date | None = None
    reviewed_on: date | None = None
    asked_on: date | None = None
    approved_on: date | None = None
    authority: str | None = None
    filed_on: date | None = None
    announced_on: date | None = None
    complete: bool = False
    signed_on: date | None = None
    changed_on: date | None = None


place_names = ReadModel(
    "place_name",
    PlaceName,
    indexes=("batch, approved_on", "stream", "place"),
    doc="place names and their steps",
)


class _Place(NamedTuple):
    """A place whose steps fill in in any order; not `begun` = neither proposed nor taken over."""

    row: PlaceName
    begun: bool


def _row(kept: Sequence[_Place], entry: Entry) -> PlaceName:
    return kept[0].row if kept else PlaceName(entry.key)


def _filled(kept: Sequence[_Place], entry: Entry, **columns: Any) -> _Place:
    row = _row(kept, entry)._replace(**columns)
    return _Place(row, begun=any(place.begun for place in kept))


@place_names.shows
def begun_places(kept: Sequence[_Place]) -> Iterator[PlaceName]:
    return (place.row for place in kept if place.begun)


@place_names.folds
def taken_over(kept: Sequence[_Place], entry: Entry[NameTakenOver]) -> Iterator[_Place]:
    row = _row(kept, entry)
    yield _Place(row._replace(given_name=row.given_name or entry.data.standard_name), begun=True)


@place_names.folds
def proposed(kept: Sequence[_Place], entry: Entry[NamingProposed]) -> Iterator[_Place]:
    """A place is one row: a second proposal takes the place of one that was not approved."""
    data = entry.data
    row = _row(kept, entry)
    if row.approved_on is None:
        if any(place.begun for place in kept):
            row = PlaceName(data.place)
        row = row._replace(given_name=data.proposed_name, batch=data.batch, township=data.township)
    yield _Place(row._replace(proposed_on=row.proposed_on or data.proposed_on), begun=True)


@place_names.folds
def assessed(kept: Sequence[_Place], entry: Entry[AssessmentReported]) -> Iterator[_Place]:
    passed = entry.data.reported_on if entry.data.passed else None
    yield _filled(kept, entry, assessed_on=passed)


@place_names.folds
def reviewed(kept: Sequence[_Place], entry: Entry[ExpertReviewHeld]) -> Iterator[_Place]:
    yield _filled(kept, entry, reviewed_on=entry.data.held_on)


@place_names.folds
def asked(kept: Sequence[_Place], entry: Entry[OpinionsCollected]) -> Iterator[_Place]:
    yield _filled(kept, entry, asked_on=entry.data.closed_on)


@place_names.folds
def approved(kept: Sequence[_Place], entry: Entry[NameApproved]) -> Iterator[_Place]:
    """The first approval names the place; a second one is a breach and names nothing anew."""
    data = entry.data
    if _row(kept, entry).approved_on is not None:
        yield from kept
        return
    yield _filled(
        kept,
        entry,
        given_name=data.standard_name,
        batch=data.batch,
        township=data.township,
        approved_on=data.approved_on,
        authority=data.authority,
    )


@place_names.folds
def filed(kept: Sequence[_Place], entry: Entry[NameFiled]) -> Iterator[_Place]:
    yield _filled(kept, entry, filed_on=entry.data.filed_on)


@place_names.folds
def announced(kept: Sequence[_Place], entry: Entry[NameAnnounced]) -> Iterator[_Place]:
    data = entry.data
    complete = all(getattr(data, name) is not None for name in ANNOUNCEMENT_PARTICULARS)
    yield _filled(kept, entry, announced_on=data.announced_on, complete=complete)


@place_names.folds
def signed(kept: Sequence[_Place], entry: Entry[SignErected]) -> Iterator[_Place]:
    yield _filled(kept, entry, signed_on=entry.data.erected_on)


@place_names.folds
def changed(
    kept: Sequence[_Place], entry: Entry[NameChanged | NameExtentChanged]
) -> Iterator[_Place]:
    yield _filled(kept, entry, changed_on=entry.data.approved_on)


class PlaceValue(NamedTuple):
    """What holds of a place from valid_from to the day before valid_to (None = still).

    `item`: name, romanised-name or location (起止点), each in stretches of its own.
    """

    place: str
    item: str
    value: str
    valid_from: date
    valid_to: date | None


place_values = lasting(
    ReadModel(
        "place_value",
        PlaceValue,
        indexes=("place, item",),
        doc="names and locations of places, by date",
    )
)


class PlaceCalled(NamedTuple):
    """What a place is called from valid_from to the day before valid_to, and how that sounds."""

    place: str
    name: str
    sound: str
    valid_from: date
    valid_to: date | None


places_called = lasting(
    ReadModel(
        "place_called",
        PlaceCalled,
        indexes=("sound", "place"),
        doc="names of places by date, with the sound by which they are compared",
    )
)
_APPROVED = "approved"
"""What a change of no value is of: it marks that the place was named."""


def _value(place: str, item: str, on: date, value: str) -> Change:
    return Change(item, on, (place, item, value))


def _called(data: NameTakenOver | NameApproved | NameChanged) -> tuple[Change, Change]:
    place, on = data.place, data.approved_on
    return (
        _value(place, "name", on, data.standard_name),
        _value(place, "romanised-name", on, data.romanised_name),
    )


@place_values.folds
def name_taken_over(kept: Sequence[Change], entry: Entry[NameTakenOver]) -> Iterator[Change]:
    return found(kept, entry.data.taken_over_on, *_called(entry.data))


@place_values.folds
def name_approved(kept: Sequence[Change], entry: Entry[NameApproved]) -> Iterator[Change]:
    """The first approval names the place; a second one is a breach and names nothing anew."""
    if any(change.of == _APPROVED for change in kept):
        return iter(kept)
    return decided(kept, Change(_APPROVED, entry.data.approved_on, None), *_called(entry.data))


@place_values.folds
def renamed(kept: Sequence[Change], entry: Entry[NameChanged]) -> Iterator[Change]:
    return decided(kept, *_called(entry.data))


@place_values.folds
def located(
    kept: Sequence[Change], entry: Entry[NameAnnounced | NameExtentChanged]
) -> Iterator[Change]:
    """An announcement that leaves the location out changes nothing."""
    data = entry.data
    if data.location is None:
        return iter(kept)
    return decided(kept, _value(data.place, "location", data.occurred_on(), data.location))


@place_values.folds
def retired(kept: Sequence[Change], entry: Entry[NameRetired]) -> Iterator[Change]:
    items = sorted({change.of for change in kept})
    return decided(kept, *(Change(item, entry.data.retired_on, None) for item in items))


def _sounds(data: NameTakenOver | NameApproved | NameChanged) -> Change:
    called = (data.place, data.standard_name, sound_of(data.romanised_name))
    return Change("called", data.approved_on, called)


@places_called.folds
def called_before(kept: Sequence[Change], entry: Entry[NameTakenOver]) -> Iterator[Change]:
    return found(kept, entry.data.taken_over_on, _sounds(entry.data))


@places_called.folds
def called(kept: Sequence[Change], entry: Entry[NameApproved]) -> Iterator[Change]:
    if any(change.of == _APPROVED for change in kept):
        return iter(kept)
    return decided(kept, Change(_APPROVED, entry.data.approved_on, None), _sounds(entry.data))


@places_called.folds
def called_otherwise(kept: Sequence[Change], entry: Entry[NameChanged]) -> Iterator[Change]:
    return decided(kept, _sounds(entry.data))


@places_called.folds
def called_no_more(kept: Sequence[Change], entry: Entry[NameRetired]) -> Iterator[Change]:
    return decided(kept, Change("called", entry.data.retired_on, None))


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
