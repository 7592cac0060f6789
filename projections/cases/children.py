"""Children with support of their own: when they come of age, and who of all children is adopted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.adoption import (
    AdoptionApplied,
    AdoptionDissolved,
    AdoptionRegistered,
    AdoptionRevoked,
    AdoptionTakenOver,
)
from domain.aggregate import Entry
from domain.children import ChildCaseTakenOver, ChildMoved, ChildSupportConfirmed
from projections.read_model import ReadModel


class SupportedChild(NamedTuple):
    """The child of a case. Months are "YYYY-MM".

    `adult_from` is the month of the 18th birthday, None where nobody knows it.
    """

    person_ref: str
    township: str
    adult_from: str | None
    first_month: str
    granted_on: date


children = ReadModel(
    "supported_child",
    SupportedChild,
    indexes=("stream", "person_ref"),
    doc="children with support, when they come of age",
    private="children, by pseudonym",
)


@children.folds
def granted(
    _kept: Sequence[SupportedChild], entry: Entry[ChildSupportConfirmed | ChildCaseTakenOver]
) -> Iterator[SupportedChild]:
    """The child that the last decision names."""
    data = entry.data
    yield SupportedChild(
        data.child.ref,
        data.township,
        data.child.adult_from,
        data.first_month,
        data.occurred_on(),
    )


@children.folds
def moved(kept: Sequence[SupportedChild], entry: Entry[ChildMoved]) -> Iterator[SupportedChild]:
    return (child._replace(township=entry.data.township) for child in kept)


class AdoptedChild(NamedTuple):
    """A child whose adoption is registered, until it is dissolved or revoked."""

    child_ref: str
    registered_on: date | None
    ended_on: date | None = None


adopted = ReadModel(
    "adopted_child",
    AdoptedChild,
    indexes=("child_ref",),
    doc="children whose adoption is registered",
    private="children, by pseudonym",
)


@adopted.shows
def shown(kept: Sequence[AdoptedChild]) -> Iterator[AdoptedChild]:
    return (child for child in kept if child.registered_on is not None)


@adopted.folds
def applied(kept: Sequence[AdoptedChild], entry: Entry[AdoptionApplied]) -> Iterator[AdoptedChild]:
    yield from (child for child in kept if child.registered_on is not None)
    yield AdoptedChild(entry.data.child.ref, None)


@adopted.folds
def taken_over(
    kept: Sequence[AdoptedChild], entry: Entry[AdoptionTakenOver]
) -> Iterator[AdoptedChild]:
    yield from (child for child in kept if child.registered_on is not None)
    yield AdoptedChild(entry.data.child.ref, entry.data.registered_on)


@adopted.folds
def registered(
    kept: Sequence[AdoptedChild], entry: Entry[AdoptionRegistered]
) -> Iterator[AdoptedChild]:
    on = entry.data.registered_on
    return (child._replace(registered_on=child.registered_on or on) for child in kept)


@adopted.folds
def ended(
    kept: Sequence[AdoptedChild], entry: Entry[AdoptionDissolved | AdoptionRevoked]
) -> Iterator[AdoptedChild]:
    on = entry.data.occurred_on()
    return (child._replace(ended_on=child.ended_on or on) for child in kept)
