"""Ash-keeping bodies, and every number of the controlled forms: printed, issued, voided, sealed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.funeral import (
    AshesCertificateIssued,
    AshesPlaced,
    FormKind,
    FormStockCounted,
    FormStockPrinted,
    FormStockSealed,
    FormVersionActivated,
    FormVoided,
    KeepingBodyClosed,
    KeepingBodyKind,
    KeepingBodyTakenOver,
)
from projections.read_model import ReadModel
from projections.stretches import Change, decided, lasting


class KeepingBody(NamedTuple):
    """A body (机构, not a person) that keeps ashes, on the register under a name.

    It is at D when valid_from ≤ D and D < valid_to (None = still).
    """

    body: str
    name: str
    kind: KeepingBodyKind
    township: str
    valid_from: date
    valid_to: date | None


keeping_bodies = lasting(
    ReadModel("keeping_body", KeepingBody, doc="register of ash-keeping bodies")
)


@keeping_bodies.folds
def taken_over(kept: Sequence[Change], entry: Entry[KeepingBodyTakenOver]) -> Iterator[Change]:
    """One on the register already is called what is told now, from now on."""
    data = entry.data
    body = (data.body, data.name, data.kind, data.township)
    return decided(kept, Change(data.body, data.registered_on, body))


@keeping_bodies.folds
def closed(kept: Sequence[Change], entry: Entry[KeepingBodyClosed]) -> Iterator[Change]:
    return decided(kept, Change(entry.data.body, entry.data.closed_on, None))


class FormMovement(NamedTuple):
    """Forms of one version that moved: `step` printed, issued, voided, sealed, counted (blanks).

    `forms` is how many; first and last number are equal for a single form.
    """

    form: str
    kind: FormKind
    step: str
    on_date: date
    first_number: int | None
    last_number: int | None
    forms: int
    deceased: str | None = None
    """For whom it was issued, a pseudonym."""
    told: int | None = None
    """How many were counted under seal."""


movements = ReadModel(
    "form_movement",
    FormMovement,
    indexes=("form, step", "form, first_number", "deceased"),
    doc="controlled forms by number",
)


@movements.adds
def printed(entry: Entry[FormStockPrinted]) -> Iterator[FormMovement]:
    yield _range(entry.data, "printed")


@movements.adds
def sealed(entry: Entry[FormStockSealed]) -> Iterator[FormMovement]:
    yield _range(entry.data, "sealed")._replace(told=entry.data.count)


@movements.adds
def issued(entry: Entry[AshesCertificateIssued]) -> Iterator[FormMovement]:
    yield _single(entry.data, "issued")._replace(deceased=entry.data.deceased.ref)


@movements.adds
def voided(entry: Entry[FormVoided]) -> Iterator[FormMovement]:
    yield _single(entry.data, "voided")


@movements.adds
def counted(entry: Entry[FormStockCounted]) -> Iterator[FormMovement]:
    forms = entry.data
    yield FormMovement(forms.form, forms.kind, "counted", forms.counted_on, None, None, forms.blank)


def _range(forms: FormStockPrinted | FormStockSealed, step: str) -> FormMovement:
    first, last = forms.first_number, forms.last_number
    on = forms.occurred_on()
    return FormMovement(forms.form, forms.kind, step, on, first, last, last - first + 1)


def _single(form: AshesCertificateIssued | FormVoided, step: str) -> FormMovement:
    number = form.number
    return FormMovement(form.form, form.kind, step, form.occurred_on(), number, number, 1)


class FormVersion(NamedTuple):
    """A version in use from a day on; `replaces` names the version stopped that day."""

    form: str
    kind: FormKind
    activated_on: date
    replaces: str | None


versions = ReadModel("form_version", FormVersion, doc="versions of controlled forms in use")


@versions.adds
def activated(entry: Entry[FormVersionActivated]) -> Iterator[FormVersion]:
    data = entry.data
    yield FormVersion(data.form, data.kind, data.activated_on, data.replaces)


class AshesPlacement(NamedTuple):
    """Ashes of somebody (a pseudonym) placed at a body, against a receipt."""

    deceased: str
    body: str
    receipt_form: str
    receipt_number: int
    placed_on: date


placements = ReadModel(
    "ashes_placement", AshesPlacement, indexes=("deceased",), doc="where ashes were placed"
)


@placements.adds
def placed(entry: Entry[AshesPlaced]) -> Iterator[AshesPlacement]:
    data = entry.data
    yield AshesPlacement(
        data.deceased.ref, data.body, data.receipt_form, data.receipt_number, data.placed_on
    )
