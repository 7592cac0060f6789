"""Ash-keeping bodies, and every number of the controlled forms: printed, issued, voided, sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.funeral import (
    AshesCertificateIssued,
    AshesPlaced,
    FormStockCounted,
    FormStockPrinted,
    FormStockSealed,
    FormVersionActivated,
    FormVoided,
    KeepingBodyClosed,
    KeepingBodyTakenOver,
)
from projections.read_model import ReadModel, day


class KeepingBody(NamedTuple):
    """A body (机构, not a person) that keeps ashes, on the register from day to day."""

    body: str
    name: str
    kind: str
    township: str
    registered_on: date
    closed_on: date | None


keeping_bodies = ReadModel("keeping_body", KeepingBody, doc="register of ash-keeping bodies")


@keeping_bodies.folds(KeepingBodyTakenOver)
def taken_over(rows: Sequence[KeepingBody], entry: Entry) -> Iterator[KeepingBody]:
    yield from rows
    data = entry.data
    yield KeepingBody(
        data["body"],
        data["name"],
        data["kind"],
        data["township"],
        day(data["registered_on"]),
        None,
    )


@keeping_bodies.folds(KeepingBodyClosed)
def closed(rows: Sequence[KeepingBody], entry: Entry) -> Iterator[KeepingBody]:
    for row in rows:
        yield row._replace(closed_on=day(entry.data["closed_on"]))


class FormMovement(NamedTuple):
    """Forms of one version that moved: `step` printed, issued, voided, sealed, counted (blanks).

    `forms` is how many; first and last number are equal for a single form.
    """

    form: str
    kind: str
    step: str
    on_date: date
    first_number: int | None
    last_number: int | None
    forms: int


movements = ReadModel(
    "form_movement", FormMovement, indexes=("form, step",), doc="controlled forms by number"
)


def _movement(entry: Entry, step: str, on: str) -> FormMovement:
    data = entry.data
    first = data.get("first_number", data.get("number"))
    last = data.get("last_number", data.get("number"))
    forms = data["blank"] if first is None else last - first + 1
    return FormMovement(data["form"], data["kind"], step, day(data[on]), first, last, forms)


@movements.adds(FormStockPrinted)
def printed(entry: Entry) -> Iterator[FormMovement]:
    yield _movement(entry, "printed", "printed_on")


@movements.adds(AshesCertificateIssued)
def issued(entry: Entry) -> Iterator[FormMovement]:
    yield _movement(entry, "issued", "issued_on")


@movements.adds(FormVoided)
def voided(entry: Entry) -> Iterator[FormMovement]:
    yield _movement(entry, "voided", "voided_on")


@movements.adds(FormStockSealed)
def sealed(entry: Entry) -> Iterator[FormMovement]:
    yield _movement(entry, "sealed", "sealed_on")


@movements.adds(FormStockCounted)
def counted(entry: Entry) -> Iterator[FormMovement]:
    yield _movement(entry, "counted", "counted_on")


class FormVersion(NamedTuple):
    """A version in use from a day on; `replaces` names the version stopped that day."""

    form: str
    kind: str
    activated_on: date
    replaces: str | None


versions = ReadModel("form_version", FormVersion, doc="versions of controlled forms in use")


@versions.adds(FormVersionActivated)
def activated(entry: Entry) -> Iterator[FormVersion]:
    data = entry.data
    yield FormVersion(data["form"], data["kind"], day(data["activated_on"]), data.get("replaces"))


class Placement(NamedTuple):
    """Ashes placed at a registered body (a flow)."""

    body: str
    placed_on: date
    receipt_form: str
    receipt_number: int


placements = ReadModel("ashes_placement", Placement, doc="ashes placed, without names")


@placements.adds(AshesPlaced)
def placed(entry: Entry) -> Iterator[Placement]:
    data = entry.data
    yield Placement(
        data["body"], day(data["placed_on"]), data["receipt_form"], data["receipt_number"]
    )
