"""Who leads a social organisation and for how long, and the certificate it holds.

换届: the members elect a council for a term; an election after its end needs approval. 负责人备案:
those elected are filed with the registrar. 换证: the certificate is replaced when its validity
ends, what stands on it changes, or it is lost.
Basis: 社会团体登记管理条例, 民办非企业单位登记管理暂行条例, and the charter (章程示范文本).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import Day, Digest, DocumentNumber, Person, Sealed, flag, in_clear
from domain.organisations.events import OrganisationEvent

LeadingPost = Annotated[
    Literal["chair", "vice-chair", "secretary-general", "head", "supervisor"],
    Labels("理事长（会长）", "副理事长（副会长）", "秘书长", "行政负责人", "监事长（监事）"),
]
CertificateCause = Annotated[
    Literal["expired", "changed", "lost", "damaged"],
    Labels("有效期满", "登记事项变更", "遗失", "损毁"),
]


class Principal(Person):
    """One who leads the body; the post stays open."""

    post: Sealed[LeadingPost]

    def told_by(self) -> object:
        """Somebody may hold several posts, each of them once."""
        return self.identity() or object(), in_clear(self.post)

    @flag
    def leads_as(self, _on: date, _division: str) -> LeadingPost:
        """The post."""
        return in_clear(self.post)


class CouncilElected(OrganisationEvent):
    """换届: the body elected its council (理事会) for a term, both days included."""

    TYPE: ClassVar[str] = "organisations.council-elected.v1"
    TITLE: ClassVar[str] = "换届"
    BASIS: ClassVar[str] = "社会团体章程示范文本"
    ON: ClassVar[str] = "elected_on"

    term_from: Day
    term_until: Day
    postponement: DocumentNumber | None = None
    """Approval of an election later than the charter asks for (延期换届)."""
    minutes: Digest | None = None
    elected_on: Day


class PrincipalsFiled(OrganisationEvent):
    """负责人备案: all who lead the body, from now on."""

    TYPE: ClassVar[str] = "organisations.principals-filed.v1"
    TITLE: ClassVar[str] = "负责人备案"
    BASIS: ClassVar[str] = "社会团体章程示范文本"
    ON: ClassVar[str] = "filed_on"

    principals: Annotated[tuple[Principal, ...], Field(min_length=1, max_length=60), DISTINCT]
    filing_number: DocumentNumber
    filed_on: Day


class CertificateReplaced(OrganisationEvent):
    """换证: a new certificate (登记证书) with its validity, both days included."""

    TYPE: ClassVar[str] = "organisations.certificate-replaced.v1"
    TITLE: ClassVar[str] = "换发登记证书"
    BASIS: ClassVar[str] = "社会团体登记管理条例; 民办非企业单位登记管理暂行条例"
    ON: ClassVar[str] = "issued_on"

    cause: CertificateCause
    valid_from: Day
    valid_until: Day
    old_collected: bool
    """Whether the old one came back; of a lost one it cannot."""
    issued_on: Day
