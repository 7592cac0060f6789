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
)
from domain.aggregate import Entry
from projections.read_model import ReadModel


class Adoption(NamedTuple):
    """An application and what became of it.

    `ended_how`: refused, withdrawn, dissolved (解除) or revoked (撤销).
    """

    application: str
    child_kind: ChildKind
    applied_on: date
    registered_on: date | None
    ended_on: date | None
    ended_how: str | None


adoptions = ReadModel(
    "adoption", Adoption, indexes=("registered_on",), doc="applications for adoption and outcomes"
)
_ENDS = {
    AdoptionRefused.TYPE: "refused",
    AdoptionWithdrawn.TYPE: "withdrawn",
    AdoptionDissolved.TYPE: "dissolved",
    AdoptionRevoked.TYPE: "revoked",
}


@adoptions.folds
def applied(rows: Sequence[Adoption], entry: Entry[AdoptionApplied]) -> Iterator[Adoption]:
    yield from rows
    data = entry.data
    yield Adoption(data.application, data.child_kind, data.applied_on, None, None, None)


@adoptions.folds
def taken_over(rows: Sequence[Adoption], entry: Entry[AdoptionTakenOver]) -> Iterator[Adoption]:
    yield from rows
    data = entry.data
    on = data.registered_on
    yield Adoption(data.application, data.child_kind, data.applied_on, on, None, None)


@adoptions.folds
def registered(rows: Sequence[Adoption], entry: Entry[AdoptionRegistered]) -> Iterator[Adoption]:
    """The relation starts with the first registration; a second one starts nothing."""
    on = entry.data.registered_on
    for row in rows:
        yield row if row.registered_on is not None else row._replace(registered_on=on)


@adoptions.folds
def ended(
    rows: Sequence[Adoption],
    entry: Entry[AdoptionRefused | AdoptionWithdrawn | AdoptionDissolved | AdoptionRevoked],
) -> Iterator[Adoption]:
    for row in rows:
        yield row._replace(ended_on=entry.data.occurred_on(), ended_how=_ENDS[entry.type])
