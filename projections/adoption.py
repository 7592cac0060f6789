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
)
from domain.aggregate import Entry
from projections.read_model import ReadModel, day, maybe_day


class Adoption(NamedTuple):
    """An application and what became of it.

    `ended_how`: refused, withdrawn, dissolved (解除) or revoked (撤销).
    """

    application: str
    child_kind: str
    applied_on: date
    registered_on: date | None
    ended_on: date | None
    ended_how: str | None


adoptions = ReadModel(
    "adoption", Adoption, indexes=("registered_on",), doc="applications for adoption and outcomes"
)
_ENDS = {
    AdoptionRefused.TYPE: ("refused", "refused_on"),
    AdoptionWithdrawn.TYPE: ("withdrawn", "withdrawn_on"),
    AdoptionDissolved.TYPE: ("dissolved", "dissolved_on"),
    AdoptionRevoked.TYPE: ("revoked", "revoked_on"),
}


@adoptions.folds(AdoptionApplied, AdoptionTakenOver)
def applied(rows: Sequence[Adoption], entry: Entry) -> Iterator[Adoption]:
    yield from rows
    data = entry.data
    yield Adoption(
        data["application"],
        data["child_kind"],
        day(data["applied_on"]),
        maybe_day(data.get("registered_on")),
        None,
        None,
    )


@adoptions.folds(AdoptionRegistered)
def registered(rows: Sequence[Adoption], entry: Entry) -> Iterator[Adoption]:
    """The relation starts with the first registration; a second one starts nothing."""
    on = day(entry.data["registered_on"])
    for row in rows:
        yield row if row.registered_on is not None else row._replace(registered_on=on)


@adoptions.folds(AdoptionRefused, AdoptionWithdrawn, AdoptionDissolved, AdoptionRevoked)
def ended(rows: Sequence[Adoption], entry: Entry) -> Iterator[Adoption]:
    how, on = _ENDS[entry.type]
    for row in rows:
        yield row._replace(ended_on=day(entry.data[on]), ended_how=how)
