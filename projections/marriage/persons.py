"""Who was married from when to when, by pseudonym; and every certificate number that was used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from domain.aggregate import Entry
from domain.bureau.bureau import Bureau
from domain.identifiers import MARRIAGE_CERTIFICATE, MarriageCertificateKind
from domain.marriage.divorces import (
    DivorceRegistered,
    DivorceRegistrationRevoked,
    DivorceTakenOver,
)
from domain.marriage.marriages import (
    CertificateVoided,
    CourtJudgmentFiled,
    DivorceCertReissued,
    MarriageCertReissued,
    MarriageRegistered,
    MarriageTakenOver,
    RegistrationRevoked,
)
from domain.marriage.parties import is_of_series
from projections.read_model import ReadModel


class MaritalFact(NamedTuple):
    """A marriage or a divorce of one person, who is a pseudonym.

    `undone_on`: it was revoked, or a court's judgment on it was filed.
    """

    person_ref: str
    kind: Literal["married", "divorced"]
    archived: bool
    """Of before the ledger."""
    on_date: date
    undone_on: date | None = None


marital_facts = ReadModel(
    "marital_fact",
    MaritalFact,
    indexes=("person_ref",),
    doc="marriages and divorces by person, as pseudonyms",
    private="marriages by person; audit rules read them",
)


class _Undone(NamedTuple):
    on: date


@marital_facts.shows
def of_persons(kept: Sequence[MaritalFact | _Undone]) -> Iterator[MaritalFact]:
    """An end may be told of a day before its registration."""
    undone = min((each.on for each in kept if isinstance(each, _Undone)), default=None)
    for each in kept:
        if isinstance(each, MaritalFact):
            yield each._replace(undone_on=undone)


@marital_facts.folds
def married(
    kept: Sequence[MaritalFact | _Undone],
    entry: Entry[MarriageRegistered | MarriageTakenOver | DivorceRegistered | DivorceTakenOver],
) -> Iterator[MaritalFact | _Undone]:
    yield from kept
    data = entry.data
    archived = entry.type in (MarriageTakenOver.TYPE, DivorceTakenOver.TYPE)
    kind: Literal["married", "divorced"] = (
        "married" if entry.type.startswith("marriage.marriage-") else "divorced"
    )
    for ref in dict.fromkeys(party.ref for party in data.parties):
        yield MaritalFact(ref, kind, archived, data.registered_on)


@marital_facts.folds
def undone(
    kept: Sequence[MaritalFact | _Undone],
    entry: Entry[RegistrationRevoked | CourtJudgmentFiled | DivorceRegistrationRevoked],
) -> Iterator[MaritalFact | _Undone]:
    yield from kept
    yield _Undone(entry.data.occurred_on())


class Certificate(NamedTuple):
    """A certificate number that was used up: issued, or voided.

    `series` is its kind, division and year, e.g. J110101-2010; `fits` = it is one that the office
    gives to what it was issued for.
    """

    series: str
    serial: int
    used_for: Literal["marriage", "divorce", "marriage-reissue", "divorce-reissue", "voided"]
    on_date: date
    fits: bool


certificates = ReadModel(
    "certificate",
    Certificate,
    indexes=("series, serial",),
    doc="numbers of marriage certificates: issued or voided",
    private="numbers of marriage certificates; audit rules read them",
)
_USED: dict[
    str,
    tuple[
        Literal["marriage", "divorce", "marriage-reissue", "divorce-reissue"],
        MarriageCertificateKind,
    ],
] = {
    MarriageRegistered.TYPE: ("marriage", "J"),
    DivorceRegistered.TYPE: ("divorce", "L"),
    MarriageCertReissued.TYPE: ("marriage-reissue", "BJ"),
    DivorceCertReissued.TYPE: ("divorce-reissue", "BL"),
}


@certificates.adds
def issued(
    entry: Entry[
        MarriageRegistered | DivorceRegistered | MarriageCertReissued | DivorceCertReissued
    ],
) -> Iterator[Certificate]:
    used_for, kind = _USED[entry.type]
    series, serial = _parts(entry.data.certificate_number)
    on = entry.data.occurred_on()
    fits = is_of_series(entry.data.certificate_number, kind, entry.bureau, on)
    yield Certificate(series, serial, used_for, on, fits)


@certificates.adds
def voided(entry: Entry[CertificateVoided]) -> Iterator[Certificate]:
    series, serial = _parts(entry.data.certificate_number)
    yield Certificate(series, serial, "voided", entry.data.voided_on, _is_own(series, entry.bureau))


def _parts(number: str) -> tuple[str, int]:
    series, _, serial = number.rpartition("-")
    return series, int(serial)


def _is_own(series: str, bureau: Bureau) -> bool:
    match = MARRIAGE_CERTIFICATE.fullmatch(f"{series}-000000")
    return match is not None and match["division"] == bureau.division
