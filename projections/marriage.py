"""Marriages, divorces and re-issues: one row per registration or re-issue (a flow); ceremonies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.marriage.divorces import DivorceRegistered
from domain.marriage.marriages import (
    CertificateCeremonyHeld,
    DivorceCertReissued,
    MarriageCertReissued,
    MarriageRegistered,
    RegistrationRevoked,
    Reissued,
)
from projections.read_model import ReadModel


class Registration(NamedTuple):
    """A registration or re-issue.

    `kind`: marriage, divorce, marriage-reissue, divorce-reissue. `residents` = how many of the
    couple have their 户籍 in the district; `copies` = certificates handed out.
    """

    certificate_number: str
    kind: str
    registered_on: date
    residents: int
    copies: int
    revoked_on: date | None


registrations = ReadModel(
    "marriage_registration",
    Registration,
    indexes=("kind, registered_on",),
    doc="marriages, divorces and re-issued certificates, as counts without names",
)


def _registration(
    fact: MarriageRegistered | DivorceRegistered | Reissued, kind: str, copies: int = 2
) -> Registration:
    residents = sum(party.resident_here for party in fact.parties)
    on = fact.occurred_on()
    return Registration(fact.certificate_number, kind, on, residents, copies, None)


@registrations.shows
def shown(kept: Sequence[Registration | date]) -> Iterator[Registration]:
    return (row for row in kept if isinstance(row, Registration))


@registrations.folds
def married(
    kept: Sequence[Registration | date], entry: Entry[MarriageRegistered]
) -> Iterator[Registration]:
    """A revocation of a day before it, when nothing was registered yet, is its revocation."""
    row = _registration(entry.data, "marriage")
    for each in kept:
        if isinstance(each, Registration):
            yield each
        else:
            row = row._replace(revoked_on=each)
    yield row


@registrations.folds
def revoked(
    kept: Sequence[Registration | date], entry: Entry[RegistrationRevoked]
) -> Iterator[Registration | date]:
    """The registration stays in its year; the day of its revocation stands beside it."""
    on = entry.data.revoked_on
    for row in shown(kept):
        yield row._replace(revoked_on=on)
    if not any(shown(kept)):
        yield on


@registrations.adds
def divorced(entry: Entry[DivorceRegistered]) -> Iterator[Registration]:
    yield _registration(entry.data, "divorce")


@registrations.adds
def marriage_reissued(entry: Entry[MarriageCertReissued]) -> Iterator[Registration]:
    yield _registration(entry.data, "marriage-reissue", entry.data.copies)


@registrations.adds
def divorce_reissued(entry: Entry[DivorceCertReissued]) -> Iterator[Registration]:
    yield _registration(entry.data, "divorce-reissue", entry.data.copies)


class CeremonyCouple(NamedTuple):
    """One couple of a certificate ceremony (集体颁证)."""

    ceremony: str
    held_on: date
    certificate_number: str
    co_organisers: int


ceremonies = ReadModel(
    "ceremony_couple",
    CeremonyCouple,
    indexes=("held_on",),
    doc="couples of certificate ceremonies, by certificate number",
)


@ceremonies.adds
def ceremony_held(entry: Entry[CertificateCeremonyHeld]) -> Iterator[CeremonyCouple]:
    data = entry.data
    organisers = len(data.co_organisers)
    for number in data.certificates:
        yield CeremonyCouple(data.ceremony, data.held_on, number, organisers)
