"""Builders of couples, marriages, divorces and re-issues: tests name only what matters."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from domain.event import Event
from domain.identifiers import resident_id_check
from domain.marriage.divorces import DivorceApplied, DivorceRegistered
from domain.marriage.marriages import DivorceCertReissued, MarriageCertReissued, MarriageRegistered
from domain.marriage.parties import ArchivedParty, Party
from tests.support.enforcement import on

HERE, AWAY = "445102", "440501"
MAN, WOMAN = ("19900101", 1), ("19920101", 2)
DAY = "02-02"
Kind = Literal["J", "L", "BJ", "BL"]


def a_party(born: str, serial: int, home: str = HERE) -> Party:
    """An odd serial is a man's, an even one a woman's."""
    body = f"445199{born}{serial:03d}"
    number = body + resident_id_check(body)
    return Party(id_kind="resident-id", id_number=number, name="示例甲", residence_division=home)


def a_couple(homes: tuple[str, str] = (HERE, HERE)) -> tuple[Party, Party]:
    return a_party(*MAN, homes[0]), a_party(*WOMAN, homes[1])


def archived(*couple: Party) -> tuple[ArchivedParty, ...]:
    """A couple as an archive names them."""
    return tuple(ArchivedParty.model_validate(dict(party)) for party in couple)


def number(kind: Kind, serial: int, year: int = 2024) -> str:
    return f"{kind}445102-{year}-{serial:06d}"


def a_marriage(serial: int = 1, day: str = DAY, **more: Any) -> MarriageRegistered:
    return MarriageRegistered.model_validate(
        {
            "certificate_number": number("J", serial, on(day).year),
            "parties": a_couple(),
            "registered_on": on(day),
            "registrars": ("HY-01", "HY-02"),
            **more,
        }
    )


def an_application(receipt: str, day: str) -> DivorceApplied:
    return DivorceApplied(receipt=receipt, parties=a_couple(), applied_on=on(day))


def a_divorce(receipt: str, serial: int, day: str, **more: Any) -> DivorceRegistered:
    return DivorceRegistered.model_validate(
        {
            "receipt": receipt,
            "certificate_number": number("L", serial, on(day).year),
            "parties": a_couple(),
            "registered_on": on(day),
            "registrars": ("HY-01",),
            **more,
        }
    )


def a_reissue(kind: Kind, serial: int, copies: int, homes: tuple[str, str] = (HERE, HERE)) -> Event:
    cls = MarriageCertReissued if kind == "BJ" else DivorceCertReissued
    return cls(
        certificate_number=number(kind, serial),
        parties=archived(*a_couple(homes)),
        copies=copies,
        registered_on=date(2018, 6, 1),
        issued_on=on("03-04"),
        registrars=("HY-01",),
    )
