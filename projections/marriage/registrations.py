"""Marriages, divorces and re-issues: one row per registration or re-issue (a flow); ceremonies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple, cast

from domain.aggregate import Entry
from domain.codes import Labels
from domain.marriage.divorces import DivorceRegistered, DivorceRegistrationRevoked
from domain.marriage.marriages import (
    CertificateCeremonyHeld,
    CourtJudgmentFiled,
    DivorceCertReissued,
    Judgment,
    MarriageCertReissued,
    MarriageRegistered,
    RegistrationRevoked,
    Reissued,
    faults_of,
)
from domain.marriage.parties import ArchivedParty, Party
from projections.read_model import ReadModel

RegistrationKind = Annotated[
    Literal["marriage", "divorce", "marriage-reissue", "divorce-reissue"],
    Labels("结婚登记", "离婚登记", "补领结婚证", "补领离婚证"),
]
Couple = Annotated[
    Literal["mainland", "hong-kong-macao-taiwan", "overseas"],
    Labels("内地居民", "涉港澳台居民", "涉华侨、外国人"),
]
"""By the one of the two who comes from farthest; statistics tell the three apart."""
_FARTHEST: tuple[Couple, ...] = ("mainland", "hong-kong-macao-taiwan", "overseas")
_FROM = {"overseas-chinese": 2, "foreign": 2, None: 0}


class Registration(NamedTuple):
    """A registration or re-issue, which stays in its year whatever became of it.

    `residents` = how many of the couple have their 户籍 in the district; `copies` = certificates
    handed out. `revoked_on` is when the registry took it back, `judged_on` when a court's judgment
    on it was filed.
    """

    certificate_number: str
    kind: RegistrationKind
    registered_on: date
    residents: int
    couple: Couple
    copies: int
    faults: list[str]
    """Breaches that a marriage is by itself (domain/marriage/marriages.py)."""
    revoked_on: date | None = None
    judged_on: date | None = None
    judgment: Judgment | None = None


registrations = ReadModel(
    "marriage_registration",
    Registration,
    indexes=("kind, registered_on", "stream"),
    doc="marriages, divorces and re-issued certificates, as counts without names",
)


class _Revoked(NamedTuple):
    on: date


class _Judged(NamedTuple):
    on: date
    judgment: Judgment


_End = _Revoked | _Judged
"""What became of a registration; it may be told of a day before it."""


def _registration(
    fact: MarriageRegistered | DivorceRegistered | Reissued,
    kind: RegistrationKind,
    copies: int = 2,
    faults: Sequence[str] = (),
) -> Registration:
    residents = sum(party.resident_here for party in fact.parties)
    on = fact.occurred_on()
    couple = _FARTHEST[max(map(_distance, fact.parties))]
    number = fact.certificate_number
    return Registration(number, kind, on, residents, couple, copies, list(faults))


def _distance(party: Party | ArchivedParty) -> int:
    return _FROM.get(party.outside, 1)


def _ended(row: Registration, end: _End) -> Registration:
    """The first end of its kind is the one that took effect."""
    if isinstance(end, _Judged):
        if row.judged_on is None:
            return row._replace(judged_on=end.on, judgment=end.judgment)
    elif row.revoked_on is None:
        return row._replace(revoked_on=end.on)
    return row


@registrations.shows
def shown(kept: Sequence[Registration | _End]) -> Iterator[Registration]:
    return (row for row in kept if isinstance(row, Registration))


@registrations.folds
def registered(
    kept: Sequence[Registration | _End], entry: Entry[MarriageRegistered | DivorceRegistered]
) -> Iterator[Registration]:
    """An end of a day before it, when nothing was registered yet, is its end."""
    if entry.type == MarriageRegistered.TYPE:
        faults = faults_of(cast(MarriageRegistered, entry.data), entry.bureau)
        row = _registration(entry.data, "marriage", faults=faults)
    else:
        row = _registration(entry.data, "divorce")
    for each in kept:
        if isinstance(each, Registration):
            yield each
        else:
            row = _ended(row, each)
    yield row


def _end(kept: Sequence[Registration | _End], end: _End) -> Iterator[Registration | _End]:
    registered = list(shown(kept))
    yield from (_ended(row, end) for row in registered) if registered else (*kept, end)


@registrations.folds
def revoked(
    kept: Sequence[Registration | _End],
    entry: Entry[RegistrationRevoked | DivorceRegistrationRevoked],
) -> Iterator[Registration | _End]:
    """The registration stays in its year; the day of its revocation stands beside it."""
    return _end(kept, _Revoked(entry.data.revoked_on))


@registrations.folds
def judged(
    kept: Sequence[Registration | _End], entry: Entry[CourtJudgmentFiled]
) -> Iterator[Registration | _End]:
    return _end(kept, _Judged(entry.data.filed_on, entry.data.outcome))


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
    place: str
    organisers: list[str]
    """Who held it with the office, each once."""


ceremonies = ReadModel(
    "ceremony_couple",
    CeremonyCouple,
    indexes=("held_on",),
    doc="couples of certificate ceremonies, by certificate number",
)


@ceremonies.adds
def ceremony_held(entry: Entry[CertificateCeremonyHeld]) -> Iterator[CeremonyCouple]:
    data = entry.data
    organisers = list(dict.fromkeys(data.co_organisers))
    count = len(data.co_organisers)
    for number in data.certificates:
        yield CeremonyCouple(data.ceremony, data.held_on, number, count, data.place, organisers)
