"""Adoptions: one row per application with its outcome; counts only leave this table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.adoption import (
    AdoptionApplied,
    AdoptionDissolved,
    AdoptionRefused,
    AdoptionRegistered,
    AdoptionRevoked,
    AdoptionTakenOver,
    AdoptionWithdrawn,
    ChildKind,
    ParentsSearchAnnounced,
)
from domain.aggregate import Entry
from projections.read_model import ReadModel


class Adoption(NamedTuple):
    """An application and what became of it.

    `ended_how`: refused, withdrawn, dissolved (解除) or revoked (撤销).
    """

    application: str
    child_kind: ChildKind | None = None
    applied_on: date | None = None
    registered_on: date | None = None
    ended_on: date | None = None
    ended_how: str | None = None
    searched_on: date | None = None
    """When the search for a foundling's parents was announced."""
    archived: bool = False
    """Whether it was taken over."""


adoptions = ReadModel(
    "adoption",
    Adoption,
    indexes=("registered_on", "stream"),
    doc="applications for adoption and outcomes",
)
_ENDS = {
    AdoptionRefused.TYPE: "refused",
    AdoptionWithdrawn.TYPE: "withdrawn",
    AdoptionDissolved.TYPE: "dissolved",
    AdoptionRevoked.TYPE: "revoked",
}


@adoptions.shows
def shown(kept: Sequence[Adoption]) -> Iterator[Adoption]:
    """Applications; what is told of none that stands waits for it."""
    return (row for row in kept if row.applied_on is not None)


def _last(kept: Sequence[Adoption], entry: Entry) -> tuple[Sequence[Adoption], Adoption]:
    """The applications before the last, and the last, which may be one still to come."""
    return (kept[:-1], kept[-1]) if kept else ((), Adoption(entry.key))


@adoptions.folds
def applied(kept: Sequence[Adoption], entry: Entry[AdoptionApplied]) -> Iterator[Adoption]:
    """A number used again is another application."""
    data = entry.data
    before, last = _last(kept, entry)
    yield from before
    if last.applied_on is not None:
        yield last
        last = Adoption(data.application)
    yield last._replace(child_kind=data.child_kind, applied_on=data.applied_on)


@adoptions.folds
def taken_over(kept: Sequence[Adoption], entry: Entry[AdoptionTakenOver]) -> Iterator[Adoption]:
    """One that is known already is taken over as it is, but for an earlier application."""
    data = entry.data
    before, last = _last(kept, entry)
    yield from before
    if last.applied_on is None or data.applied_on < last.applied_on:
        last = last._replace(child_kind=data.child_kind, applied_on=data.applied_on)
    yield last._replace(registered_on=last.registered_on or data.registered_on, archived=True)


@adoptions.folds
def searched(kept: Sequence[Adoption], entry: Entry[ParentsSearchAnnounced]) -> Iterator[Adoption]:
    """The last announcement is the one that runs; without an application it waits."""
    before, last = _last(kept, entry)
    yield from before
    yield last._replace(searched_on=entry.data.announced_on)


@adoptions.folds
def registered(kept: Sequence[Adoption], entry: Entry[AdoptionRegistered]) -> Iterator[Adoption]:
    """The relation starts with the first registration; a second one starts nothing."""
    before, last = _last(kept, entry)
    yield from before
    yield last._replace(registered_on=last.registered_on or entry.data.registered_on)


@adoptions.folds
def ended(
    kept: Sequence[Adoption],
    entry: Entry[AdoptionRefused | AdoptionWithdrawn | AdoptionDissolved | AdoptionRevoked],
) -> Iterator[Adoption]:
    before, last = _last(kept, entry)
    yield from before
    yield last._replace(ended_on=entry.data.occurred_on(), ended_how=_ENDS[entry.type])
