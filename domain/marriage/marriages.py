"""婚姻登记: marriages, re-issued certificates, ceremonies. Divorces stand in domain/divorce.

Law in force for 2024: 民法典 arts 1046-1054, 1076-1078; 婚姻登记条例 (2003, 国令387号);
民发〔2020〕116号.
From 2025-05-10 the revised 条例 (国令804号) lets any registry register any couple.
A re-issued certificate (补领) changes nobody's status and is no registration of a marriage.
Certificate numbers run without gaps per kind and year: J marriage, L divorce, BJ and BL re-issues.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.aggregate import Aggregate, evolves, judges, once
from domain.calendar import CalendarUnknown, completed_years, is_working_day
from domain.codes import Labels
from domain.event import (
    Code,
    Day,
    Division,
    DocumentNumber,
    Event,
    Person,
    Sealed,
    Text,
    flag,
    in_clear,
)
from domain.identifiers import check_marriage_certificate

MARRIAGEABLE_MAN = 22
MARRIAGEABLE_WOMAN = 20
"""Completed years on the day of registration (民法典 art. 1047; the birthday itself counts)."""


def _certificate(text: str) -> str:
    if (fault := check_marriage_certificate(text)) is not None:
        raise PydanticCustomError(fault, "kind, division, year, number: J445102-2024-000001")
    return text


CertificateNumber = Annotated[str, AfterValidator(_certificate)]
"""婚姻证字号, e.g. J445102-2024-000001 (民发〔2015〕230号)."""
Couples = Annotated[tuple[CertificateNumber, ...], Field(min_length=1, max_length=200)]
RefusalReason = Annotated[
    Literal["under-age", "not-both-willing", "already-married", "close-relatives"],
    Labels(
        "未到法定结婚年龄", "非双方自愿", "一方或者双方已有配偶", "直系血亲或者三代以内旁系血亲"
    ),
]
MarriageKind = Annotated[
    Literal["first", "remarriage-of-the-couple", "late-registration"],
    Labels("初婚或者再婚", "复婚", "补办结婚登记"),
]
Officers = Annotated[tuple[Code, ...], Field(min_length=1, max_length=4)]
"""Registrar codes (婚姻登记员)."""


class Party(Person):
    """One of the two. The 户籍 is sealed; whether it is in the district stays open."""

    residence_division: Sealed[Division]

    @flag
    def resident_here(self, _on: date, division: str) -> bool:
        """Whether the 户籍 is in the district."""
        return in_clear(self.residence_division) == division

    @flag
    def of_age(self, on: date, _division: str) -> bool | None:
        """Whether old enough to marry; None when the document states no birth date and sex."""
        born, man = self.born_on(), self.is_man()
        if born is None or man is None:
            return None
        least = MARRIAGEABLE_MAN if man else MARRIAGEABLE_WOMAN
        return completed_years(born, on) >= least


Parties = Annotated[tuple[Party, ...], Field(min_length=2, max_length=2)]


class MarriageRegistered(Event):
    """结婚登记: both present, decided on the spot (2003 条例 art. 7)."""

    TYPE: ClassVar[str] = "marriage.marriage-registered.v1"
    TITLE: ClassVar[str] = "结婚登记"
    BASIS: ClassVar[str] = "民法典 art. 1049；婚姻登记条例 (2003) arts 4-7"
    STREAM: ClassVar[str] = "marriage"
    KEY: ClassVar[str] = "certificate_number"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "registered_on"

    certificate_number: CertificateNumber
    parties: Parties
    registered_on: Day
    registrars: Officers
    kind: MarriageKind = "first"
    opening_notice: DocumentNumber | None = None
    """Notice that the office opens on a holiday; without it a holiday is a closed day."""


class MarriageTakenOver(Event):
    """An earlier registration brought into the ledger from the archive (档案接收)."""

    TYPE: ClassVar[str] = "marriage.marriage-taken-over.v1"
    TITLE: ClassVar[str] = "既往结婚登记接收"
    STREAM: ClassVar[str] = "marriage"
    KEY: ClassVar[str] = "certificate_number"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    certificate_number: CertificateNumber
    parties: Parties
    registered_on: Day
    taken_over_on: Day


class MarriageRefused(Event):
    """不予登记, with the reason told to the couple."""

    TYPE: ClassVar[str] = "marriage.marriage-refused.v1"
    TITLE: ClassVar[str] = "不予结婚登记"
    BASIS: ClassVar[str] = "婚姻登记条例 (2003) arts 6, 7"
    RECORD_ONLY: ClassVar[str] = "no marriage, and no figure counts refusals"
    STREAM: ClassVar[str] = "marriage-application"
    KEY: ClassVar[str] = "receipt"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "refused_on"

    receipt: Code
    reason: RefusalReason
    refused_on: Day


class RegistrationRevoked(Event):
    """撤销登记 (冒名顶替、弄虚作假). The registration was made and still counts in its year."""

    TYPE: ClassVar[str] = "marriage.registration-revoked.v1"
    TITLE: ClassVar[str] = "撤销婚姻登记"
    STREAM: ClassVar[str] = "marriage"
    KEY: ClassVar[str] = "certificate_number"
    ON: ClassVar[str] = "revoked_on"

    certificate_number: CertificateNumber
    revoked_on: Day
    document_number: DocumentNumber
    reason: Text


class CourtJudgmentFiled(Event):
    """A court's judgment (无效, 撤销) filed with the registration (2003 条例 art. 16)."""

    TYPE: ClassVar[str] = "marriage.court-judgment-filed.v1"
    TITLE: ClassVar[str] = "法院判决归档"
    BASIS: ClassVar[str] = "婚姻登记条例 (2003) art. 16"
    STREAM: ClassVar[str] = "marriage"
    KEY: ClassVar[str] = "certificate_number"
    ON: ClassVar[str] = "filed_on"

    certificate_number: CertificateNumber
    outcome: Annotated[Literal["void", "annulled"], Labels("婚姻无效", "婚姻撤销")]
    judgment_number: DocumentNumber
    filed_on: Day


class CertificateVoided(Event):
    """作废: a numbered blank was spoiled; its number is used up."""

    TYPE: ClassVar[str] = "marriage.certificate-voided.v1"
    TITLE: ClassVar[str] = "证件作废"
    RECORD_ONLY: ClassVar[str] = "nothing accounts for the numbers of blanks"
    STREAM: ClassVar[str] = "voided-certificate"
    KEY: ClassVar[str] = "certificate_number"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "voided_on"

    certificate_number: CertificateNumber
    voided_on: Day
    reason: Text


class Reissued(Event):
    """Common fields of a re-issue: one application, whoever of the two comes."""

    STREAM: ClassVar[str] = "reissue"
    KEY: ClassVar[str] = "certificate_number"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "issued_on"

    certificate_number: CertificateNumber
    parties: Parties
    """The couple of the registration, from the archive."""
    copies: Annotated[int, Field(ge=1, le=2)]
    """Certificates handed out: one, or one for each."""
    registered_on: Day
    """Date of the registration that the certificate stands for."""
    first_certificate: CertificateNumber | None = None
    """Number of the certificate that was lost, where the archive has it."""
    issued_on: Day
    registrars: Officers


class MarriageCertReissued(Reissued):
    """补领结婚证: the couple is married; no new registration."""

    TYPE: ClassVar[str] = "marriage.marriage-certificate-reissued.v1"
    TITLE: ClassVar[str] = "补领结婚证"
    BASIS: ClassVar[str] = "婚姻登记条例 (2003) art. 17"


class DivorceCertReissued(Reissued):
    """补领离婚证: usually one of the two asks."""

    TYPE: ClassVar[str] = "marriage.divorce-certificate-reissued.v1"
    TITLE: ClassVar[str] = "补领离婚证"
    BASIS: ClassVar[str] = "婚姻登记条例 (2003) art. 17"


class CertificateCeremonyHeld(Event):
    """集体颁证: couples already registered received their certificates in public."""

    TYPE: ClassVar[str] = "marriage.certificate-ceremony-held.v1"
    TITLE: ClassVar[str] = "集体颁证"
    STREAM: ClassVar[str] = "ceremony"
    KEY: ClassVar[str] = "ceremony"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "held_on"

    ceremony: Code
    held_on: Day
    place: Text
    certificates: Couples
    co_organisers: Annotated[tuple[Text, ...], Field(max_length=10)] = ()
    opening_notice: DocumentNumber | None = None
    """Notice that the office opens on a holiday."""

    def refers(self) -> tuple[str, ...]:
        return tuple(f"marriage/{number}" for number in self.certificates)


Breach = Annotated[
    Literal["certificate-number-used-twice", "party-under-age", "registered-on-a-closed-day"],
    Labels("婚姻证字号重复使用", "当事人未到法定婚龄", "非工作日登记而无开放通知"),
]


class Marriage(Aggregate):
    """State of one registration."""

    STREAM: ClassVar[str] = "marriage"

    registered_on: date | None = None
    ended: bool = False

    @judges
    @once("certificate-number-used-twice")
    def judge_marriage(self, event: MarriageRegistered) -> tuple[Breach, ...]:
        """A number used twice; a party under age (R-MR-01); a closed day without notice (A39)."""
        breaches: list[Breach] = (
            ["certificate-number-used-twice"] if self.registered_on is not None else []
        )
        if any(party.of_age is False for party in event.parties):
            breaches.append("party-under-age")
        if event.opening_notice is None and _is_closed(event.registered_on):
            breaches.append("registered-on-a-closed-day")
        return tuple(breaches)

    @evolves
    def on_registered(self, event: MarriageRegistered | MarriageTakenOver) -> None:
        self.registered_on = event.registered_on

    @evolves
    def on_ended(self, _event: RegistrationRevoked | CourtJudgmentFiled) -> None:
        self.ended = True


def _is_closed(on: date) -> bool:
    """Whether the office is closed that day; False where the working days are not known."""
    try:
        return not is_working_day(on)
    except CalendarUnknown:
        return False
