"""婚姻登记: marriages, re-issued certificates, ceremonies. Divorces stand in divorces.py.

Law in force for 2024: 民法典 arts 1046-1054, 1076-1078; 婚姻登记条例 (2003, 国令387号);
民发〔2020〕116号.
From 2025-05-10 the revised 条例 (国令804号) lets any registry register any couple.
A re-issued certificate (补领) changes nobody's status and is no registration of a marriage.
One that is revoked, void or annulled was registered all the same and counts in its year.
Certificate numbers run without gaps per kind and year: J marriage, L divorce, BJ and BL re-issues.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, Others, compares, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.calendar import CalendarUnknown
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import Code, Day, DocumentNumber, Event, Text
from domain.funeral import Cremation
from domain.marriage.parties import (
    ArchivedNumber,
    ArchivedParties,
    CertificateNumber,
    Parties,
    is_of_series,
)

Couples = Annotated[tuple[CertificateNumber, ...], Field(min_length=1, max_length=200), DISTINCT]
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
Officers = Annotated[tuple[Code, ...], Field(min_length=1, max_length=4), DISTINCT]
"""Registrar codes (婚姻登记员)."""


RevocationGround = Annotated[
    Literal["false-identity", "false-papers"],
    Labels("冒名顶替", "弄虚作假"),
]
NullityGround = Annotated[
    Literal["bigamy", "close-relatives", "under-age", "coercion", "illness-concealed"],
    Labels(
        "重婚",
        "有禁止结婚的亲属关系",
        "未到法定婚龄",
        "受胁迫结婚",
        "婚前隐瞒重大疾病",
    ),
]
VOID_GROUNDS = ("bigamy", "close-relatives", "under-age")
"""On these a marriage is void (民法典 art. 1051), on the others annulled (arts 1052, 1053)."""
Judgment = Annotated[Literal["void", "annulled"], Labels("婚姻无效", "婚姻撤销")]


class MarriageRegistered(Event):
    """结婚登记: both present, decided on the spot (2003 条例 art. 7)."""

    TYPE: ClassVar[str] = "marriage.marriage-registered.v1"
    TITLE: ClassVar[str] = "结婚登记"
    BASIS: ClassVar[str] = "民法典 1049; 婚姻登记条例（国令387号） 4-7"
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
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    STREAM: ClassVar[str] = "marriage"
    KEY: ClassVar[str] = "certificate_number"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    certificate_number: ArchivedNumber
    parties: ArchivedParties
    registered_on: Day
    taken_over_on: Day


class MarriageRefused(Event):
    """不予登记, with the reason told to the couple."""

    TYPE: ClassVar[str] = "marriage.marriage-refused.v1"
    TITLE: ClassVar[str] = "不予结婚登记"
    BASIS: ClassVar[str] = "婚姻登记条例（国令387号） 6, 7"
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
    BASIS: ClassVar[str] = "高检发办字〔2021〕109号"
    STREAM: ClassVar[str] = "marriage"
    KEY: ClassVar[str] = "certificate_number"
    ON: ClassVar[str] = "revoked_on"

    certificate_number: ArchivedNumber
    revoked_on: Day
    document_number: DocumentNumber
    reason: Text
    ground: RevocationGround | None = None
    proof: DocumentNumber | None = None
    """What it rests on: a paper of the police, or advice of a court or a procuratorate."""


class CourtJudgmentFiled(Event):
    """A court's judgment (无效, 撤销) filed with the registration (2003 条例 art. 16).

    Such a marriage never bound anybody (民法典 art. 1054); it was registered, and counts, all the
    same.
    """

    TYPE: ClassVar[str] = "marriage.court-judgment-filed.v1"
    TITLE: ClassVar[str] = "法院判决归档"
    BASIS: ClassVar[str] = "民法典 1051-1053; 婚姻登记条例（国令387号） 16"
    STREAM: ClassVar[str] = "marriage"
    KEY: ClassVar[str] = "certificate_number"
    ON: ClassVar[str] = "filed_on"

    certificate_number: ArchivedNumber
    outcome: Judgment
    ground: NullityGround | None = None
    judgment_number: DocumentNumber
    filed_on: Day


class CertificateVoided(Event):
    """作废: a numbered blank was spoiled; its number is used up."""

    TYPE: ClassVar[str] = "marriage.certificate-voided.v1"
    TITLE: ClassVar[str] = "证件作废"
    BASIS: ClassVar[str] = "婚姻登记工作规范"
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
    parties: ArchivedParties
    """The couple of the registration, from the archive."""
    copies: Annotated[int, Field(ge=1, le=2)]
    """Certificates handed out: one, or one for each."""
    registered_on: Day
    """Date of the registration that the certificate stands for."""
    first_certificate: ArchivedNumber | None = None
    """Number of the certificate that was lost, where the archive has it."""
    issued_on: Day
    registrars: Officers


class MarriageCertReissued(Reissued):
    """补领结婚证: the couple is married; no new registration."""

    TYPE: ClassVar[str] = "marriage.marriage-certificate-reissued.v1"
    TITLE: ClassVar[str] = "补领结婚证"
    BASIS: ClassVar[str] = "婚姻登记条例（国令387号） 17"


class DivorceCertReissued(Reissued):
    """补领离婚证: usually one of the two asks."""

    TYPE: ClassVar[str] = "marriage.divorce-certificate-reissued.v1"
    TITLE: ClassVar[str] = "补领离婚证"
    BASIS: ClassVar[str] = "婚姻登记条例（国令387号） 17"


class CertificateCeremonyHeld(Event):
    """集体颁证: couples already registered received their certificates in public."""

    TYPE: ClassVar[str] = "marriage.certificate-ceremony-held.v1"
    TITLE: ClassVar[str] = "集体颁证"
    BASIS: ClassVar[str] = "婚姻登记工作规范"
    STREAM: ClassVar[str] = "ceremony"
    KEY: ClassVar[str] = "ceremony"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "held_on"

    ceremony: Code
    held_on: Day
    place: Text
    certificates: Couples
    co_organisers: Annotated[tuple[Text, ...], Field(max_length=10), DISTINCT] = ()
    opening_notice: DocumentNumber | None = None
    """Notice that the office opens on a holiday."""

    def refers(self) -> tuple[str, ...]:
        return tuple(f"marriage/{number}" for number in self.certificates)


Breach = Annotated[
    Literal[
        "certificate-number-used-twice",
        "party-under-age",
        "married-to-oneself",
        "same-sex",
        "registered-on-a-closed-day",
        "certificate-of-another-series",
        "registration-already-ended",
        "revoked-without-proof",
        "ground-of-another-outcome",
        "already-married",
        "party-dead",
        "archived-with-oneself",
    ],
    Labels(
        "婚姻证字号重复使用",
        "当事人未到法定婚龄",
        "双方为同一人",
        "双方并非一男一女",
        "非工作日登记而无开放通知",
        "婚姻证字号的类别、区划或者年份与登记不符",
        "该登记已撤销或者已判无效",
        "撤销登记没有证明材料",
        "判决结果与所依据的情形不符",
        "一方在本账本中尚有未终止的婚姻",
        "一方此前已死亡",
        "档案所载双方为同一人",
    ),
]


class Dissolution(Aggregate):
    """What ends a marriage by agreement, as others need to know it (divorces.py)."""

    parties: tuple[str, ...] = ()
    """Pseudonyms of the two."""
    dissolved_on: date | None = None


class Marriage(Aggregate):
    """State of one registration."""

    STREAM: ClassVar[str] = "marriage"

    registered_on: date | None = None
    ended: bool = False
    parties: tuple[str, ...] = ()
    """Pseudonyms of the two."""

    @compares("marriage", "divorce", "cremation")
    def compare_marriage(self, event: MarriageRegistered, others: Others) -> tuple[Breach, ...]:
        """民法典 1042: one whose marriage stands (no court told of its end); 13: a dead person."""
        on = event.registered_on
        refs = [party.ref for party in event.parties]
        breaches: list[Breach] = []
        if any(is_married(ref, on, others) for ref in refs):
            breaches.append("already-married")
        if any(is_dead(ref, on, others) for ref in refs):
            breaches.append("party-dead")
        return tuple(breaches)

    @judges
    @once("certificate-number-used-twice")
    def judge_marriage(self, event: MarriageRegistered, bureau: Bureau) -> tuple[Breach, ...]:
        """A number used twice, and what is wrong with a registration by itself."""
        twice: tuple[Breach, ...] = (
            ("certificate-number-used-twice",) if self.registered_on is not None else ()
        )
        return (*twice, *faults_of(event, bureau))

    @judges
    def judge_archived(self, event: MarriageTakenOver) -> tuple[Breach, ...]:
        """Of another day, by the law of which nothing else is judged here."""
        alone = len({party.ref for party in event.parties}) < len(event.parties)
        return ("archived-with-oneself",) if alone else ()

    @judges
    @once("registration-already-ended")
    def judge_revocation(self, event: RegistrationRevoked) -> tuple[Breach, ...]:
        """One that is registered, on proof by those who looked into it."""
        breaches: list[Breach] = ["registration-already-ended"] if self.ended else []
        if event.ground is not None and event.proof is None:
            breaches.append("revoked-without-proof")
        return tuple(breaches)

    @judges
    @once("registration-already-ended")
    def judge_judgment(self, event: CourtJudgmentFiled) -> tuple[Breach, ...]:
        """Void on the grounds of art. 1051, annulled on those of arts 1052 and 1053."""
        breaches: list[Breach] = ["registration-already-ended"] if self.ended else []
        void = event.outcome == "void"
        if event.ground is not None and (event.ground in VOID_GROUNDS) is not void:
            breaches.append("ground-of-another-outcome")
        return tuple(breaches)

    @evolves
    def on_registered(self, event: MarriageRegistered | MarriageTakenOver) -> None:
        self.registered_on = event.registered_on
        self.parties = tuple(party.ref for party in event.parties)

    @evolves
    def on_ended(self, _event: RegistrationRevoked | CourtJudgmentFiled) -> None:
        self.ended = True


def is_dead(ref: str, on: date, others: Others) -> bool:
    """Whether a person was dead before a day, as a cremation says."""
    return any(isinstance(each, Cremation) and each.died_before(on) for each in others(ref))


def is_married(ref: str, on: date, others: Others) -> bool:
    """Whether a marriage of a person stands on a day: not void, ended by divorce, or by death."""
    told = others(ref)
    divorced = {
        frozenset(other.parties)
        for other in told
        if isinstance(other, Dissolution) and other.dissolved_on is not None
        if other.dissolved_on <= on
    }
    for other in told:
        if not isinstance(other, Marriage) or other.ended or other.registered_on is None:
            continue
        couple = frozenset(other.parties)
        dead = any(is_dead(spouse, on, others) for spouse in couple - {ref})
        if other.registered_on <= on and couple not in divorced and not dead:
            return True
    return False


def faults_of(event: MarriageRegistered, bureau: Bureau) -> tuple[Breach, ...]:
    """What is wrong with a registration, whatever else is known.

    Under age (R-MR-01), not a man and a woman (民法典 1046, 1049), on a closed day without notice,
    or under a number that is not of this office, year and kind (R-MR-08).
    """
    breaches: list[Breach] = []
    if any(party.of_age is False for party in event.parties):
        breaches.append("party-under-age")
    if len({party.ref for party in event.parties}) < len(event.parties):
        breaches.append("married-to-oneself")
    elif any(party.same_sex for party in event.parties):
        breaches.append("same-sex")
    if event.opening_notice is None and _is_closed(bureau, event.registered_on):
        breaches.append("registered-on-a-closed-day")
    if not is_of_series(event.certificate_number, "J", bureau, event.registered_on):
        breaches.append("certificate-of-another-series")
    return tuple(breaches)


def _is_closed(bureau: Bureau, on: date) -> bool:
    """Whether the office is closed that day; False where the working days are not known."""
    try:
        return not bureau.calendar.is_working_day(on)
    except CalendarUnknown:
        return False
