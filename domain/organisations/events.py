"""社会组织 (social organisations): register, changes, annual reports, zombies, end.

One stream per body, named by its 统一社会信用代码; an application has a stream of its own until the
body exists. Life: established → changed, charter approved → (abnormal list) → liquidated →
deregistered, or its registration revoked (a penalty-type decision, see domain/penalties.py).
清理整治 of a zombie states its way: revoked, deregistered or told to rectify (R-SO-09). Who leads a
body, and its certificate, stand in leadership.py.
Basis: 社会团体登记管理条例, 民办非企业单位登记管理暂行条例, 民发〔2021〕63号.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import (
    Code,
    Count,
    Day,
    Digest,
    DocumentNumber,
    Event,
    Fen,
    Person,
    Text,
    Township,
    Uscc,
)

OrganisationKind = Annotated[
    Literal["association", "private-non-enterprise", "foundation"],
    Labels("社会团体", "民办非企业单位", "基金会"),
]
KIND_CODES: dict[str, str] = {
    "association": "51",
    "private-non-enterprise": "52",
    "foundation": "53",
}
"""First two characters of the 统一社会信用代码."""
ZombieGround = Annotated[
    Literal["annual-checks-missed", "no-activity", "outside-charter", "unreachable"],
    Labels("连续两年未参加年检年报", "取得证书后一年未开展活动", "未按章程开展活动", "无法联系"),
]
DisposalWay = Annotated[
    Literal["revoked", "certificate-revoked", "deregistered", "rectification"],
    Labels("撤销登记", "吊销登记证书", "注销登记", "限期整改"),
]
RegisteredItem = Annotated[
    Literal["name", "address", "legal-representative", "scope", "capital", "sponsoring-authority"],
    Labels("名称", "住所", "法定代表人", "业务范围", "注册资金", "业务主管单位"),
]
RevocationWay = Annotated[
    Literal["revoked", "certificate-revoked"], Labels("撤销登记", "吊销登记证书")
]
AnnualConclusion = Annotated[
    Literal["passed", "basically-passed", "failed"], Labels("合格", "基本合格", "不合格")
]


class OrganisationEvent(Event):
    """Common fields of the facts about one body."""

    STREAM: ClassVar[str] = "organisation"
    KEY: ClassVar[str] = "uscc"

    uscc: Uscc


class ApplicationEvent(Event):
    """Common fields of the steps before a body exists."""

    STREAM: ClassVar[str] = "organisation-application"
    KEY: ClassVar[str] = "application_number"

    application_number: Code


class Registered(OrganisationEvent):
    """What the register holds of a body from its first day."""

    kind: OrganisationKind
    name: Text
    township: Township
    address: Text | None = None
    sponsoring_authority: Text | None = None
    """业务主管单位; None for classes registered directly (R-SO-02)."""
    legal_representative: Person
    capital_fen: Fen
    decision_number: DocumentNumber
    decided_on: Day


class OrganisationTakenOver(Registered):
    """A registered body brought into the ledger with its original decision (期初接收)."""

    TYPE: ClassVar[str] = "organisations.organisation-taken-over.v1"
    TITLE: ClassVar[str] = "社会组织期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    taken_over_on: Day


class EstablishmentApplied(ApplicationEvent):
    """申请成立登记."""

    TYPE: ClassVar[str] = "organisations.establishment-applied.v1"
    TITLE: ClassVar[str] = "成立登记申请"
    BASIS: ClassVar[str] = "社会团体登记管理条例 9, 11; 民办非企业单位登记管理暂行条例 8-9"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "applied_on"

    kind: OrganisationKind
    name: Text
    sponsor_approved_on: Day | None = None
    """Date of the sponsoring authority's approval (R-SO-02)."""
    individual_members: Count = 0
    unit_members: Count = 0
    applied_on: Day


class EstablishmentAccepted(ApplicationEvent):
    """受理: papers complete; the 60 days start (R-SO-01)."""

    TYPE: ClassVar[str] = "organisations.establishment-accepted.v1"
    TITLE: ClassVar[str] = "成立登记受理"
    BASIS: ClassVar[str] = "社会团体登记管理条例 12; 民办非企业单位登记管理暂行条例 11"
    ON: ClassVar[str] = "accepted_on"

    accepted_on: Day


class EstablishmentRefused(ApplicationEvent):
    """不予登记, with reasons."""

    TYPE: ClassVar[str] = "organisations.establishment-refused.v1"
    TITLE: ClassVar[str] = "不予登记"
    BASIS: ClassVar[str] = "社会团体登记管理条例 12-13; 民办非企业单位登记管理暂行条例 11"
    ON: ClassVar[str] = "decided_on"

    reason: Text
    decided_on: Day


class EstablishmentApproved(Registered):
    """准予成立登记: the body exists from this day and has its code."""

    TYPE: ClassVar[str] = "organisations.establishment-approved.v1"
    TITLE: ClassVar[str] = "准予成立登记"
    BASIS: ClassVar[str] = "社会团体登记管理条例 9-12; 民办非企业单位登记管理暂行条例 8-11"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "decided_on"

    application_number: Code | None = None
    accepted_on: Day | None = None
    sponsor_approved_on: Day | None = None
    handlers: Annotated[tuple[Code, ...], Field(min_length=1, max_length=6), DISTINCT]


class RegisteredItemChanged(OrganisationEvent):
    """变更登记 of one item; filed within 30 days of the sponsor's approval (R-SO-05)."""

    TYPE: ClassVar[str] = "organisations.registered-item-changed.v1"
    TITLE: ClassVar[str] = "变更登记"
    BASIS: ClassVar[str] = "社会团体登记管理条例 18; 民办非企业单位登记管理暂行条例 15"
    ON: ClassVar[str] = "decided_on"

    item: RegisteredItem
    new_value: Text | None = None
    """None for a legal representative, who is named apart."""
    legal_representative: Person | None = None
    sponsor_approved_on: Day | None = None
    decision_number: DocumentNumber
    decided_on: Day


class CharterApproved(OrganisationEvent):
    """章程核准."""

    TYPE: ClassVar[str] = "organisations.charter-approved.v1"
    TITLE: ClassVar[str] = "章程核准"
    BASIS: ClassVar[str] = "社会团体登记管理条例 18(2); 民办非企业单位登记管理暂行条例 15"
    ON: ClassVar[str] = "decided_on"

    charter: Digest
    decided_on: Day


class AnnualReportFiled(OrganisationEvent):
    """年度报告 of a year, to the registrar by 31 May of the next (R-SO-08)."""

    TYPE: ClassVar[str] = "organisations.annual-report-filed.v1"
    TITLE: ClassVar[str] = "年度报告"
    BASIS: ClassVar[str] = "社会团体登记管理条例 28; 民办非企业单位登记管理暂行条例 23"
    ON: ClassVar[str] = "filed_on"

    year: Annotated[int, Field(ge=1990, le=2100)]
    conclusion: AnnualConclusion | None = None
    filed_on: Day


class ListedAsAbnormal(OrganisationEvent):
    """列入活动异常名录."""

    TYPE: ClassVar[str] = "organisations.listed-as-abnormal.v1"
    TITLE: ClassVar[str] = "列入活动异常名录"
    BASIS: ClassVar[str] = "社会组织信用信息管理办法 11-12"
    RECORD_ONLY: ClassVar[str] = "the body stays registered; no figure counts the list"
    ON: ClassVar[str] = "listed_on"

    reason: Text
    listed_on: Day


class DelistedFromAbnormal(OrganisationEvent):
    """移出活动异常名录."""

    TYPE: ClassVar[str] = "organisations.delisted-from-abnormal.v1"
    TITLE: ClassVar[str] = "移出活动异常名录"
    BASIS: ClassVar[str] = "社会组织信用信息管理办法"
    RECORD_ONLY: ClassVar[str] = "the body stays registered; no figure counts the list"
    ON: ClassVar[str] = "delisted_on"

    reason: Text
    delisted_on: Day


class ListedAsSeriousBreach(OrganisationEvent):
    """列入严重违法失信名单, e.g. after two years on the abnormal list (R-SO-11)."""

    TYPE: ClassVar[str] = "organisations.listed-as-serious-breach.v1"
    TITLE: ClassVar[str] = "列入严重违法失信名单"
    BASIS: ClassVar[str] = "社会组织信用信息管理办法"
    RECORD_ONLY: ClassVar[str] = "the body stays registered; the two years before are not judged"
    ON: ClassVar[str] = "listed_on"

    reason: Text
    listed_on: Day


class ZombieIdentified(OrganisationEvent):
    """认定为僵尸型社会组织, with its ground (R-SO-09)."""

    TYPE: ClassVar[str] = "organisations.zombie-identified.v1"
    TITLE: ClassVar[str] = "认定僵尸型社会组织"
    BASIS: ClassVar[str] = "民发〔2021〕63号"
    ON: ClassVar[str] = "identified_on"

    ground: ZombieGround
    identified_on: Day


class ZombieDisposed(OrganisationEvent):
    """清理整治 with its way; a body told to rectify may later be disposed in another way."""

    TYPE: ClassVar[str] = "organisations.zombie-disposed.v1"
    TITLE: ClassVar[str] = "清理整治僵尸型社会组织"
    BASIS: ClassVar[str] = "民发〔2021〕63号"
    ON: ClassVar[str] = "disposed_on"

    way: DisposalWay
    rectify_by: Day | None = None
    document_number: DocumentNumber
    disposed_on: Day


class LiquidationCompleted(OrganisationEvent):
    """清算完结; deregistration is to be filed within 15 days (R-SO-06)."""

    TYPE: ClassVar[str] = "organisations.liquidation-completed.v1"
    TITLE: ClassVar[str] = "清算完结"
    BASIS: ClassVar[str] = "社会团体登记管理条例 20-21; 民办非企业单位登记管理暂行条例 16-17"
    ON: ClassVar[str] = "completed_on"

    report: Digest
    completed_on: Day


class Deregistered(OrganisationEvent):
    """准予注销登记; certificate, seal and books are collected."""

    TYPE: ClassVar[str] = "organisations.deregistered.v1"
    TITLE: ClassVar[str] = "注销登记"
    BASIS: ClassVar[str] = "社会团体登记管理条例 19-21; 民办非企业单位登记管理暂行条例 16-17"
    ON: ClassVar[str] = "decided_on"

    reason: Text
    certificate_collected: bool
    seal_collected: bool
    decision_number: DocumentNumber
    decided_on: Day


class RegistrationRevoked(OrganisationEvent):
    """撤销登记 or 吊销登记证书: the register follows a penalty decision (R-SO-10)."""

    TYPE: ClassVar[str] = "organisations.registration-revoked.v1"
    TITLE: ClassVar[str] = "撤销登记"
    BASIS: ClassVar[str] = "社会团体登记管理条例 29-30; 民办非企业单位登记管理暂行条例 24-25"
    ON: ClassVar[str] = "revoked_on"

    penalty_case: Code
    way: RevocationWay = "revoked"
    revoked_on: Day


class RegistrationAnnounced(OrganisationEvent):
    """公告 of an establishment, a change of name, address or legal representative, or an end."""

    TYPE: ClassVar[str] = "organisations.registration-announced.v1"
    TITLE: ClassVar[str] = "登记公告"
    BASIS: ClassVar[str] = "社会团体登记管理条例 23; 民办非企业单位登记管理暂行条例 18"
    RECORD_ONLY: ClassVar[str] = "the register changes by the decision, not by its announcement"
    ON: ClassVar[str] = "announced_on"

    about: Annotated[
        Literal["establishment", "change", "deregistration", "revocation"],
        Labels("成立登记", "变更登记", "注销登记", "撤销登记"),
    ]
    announced_on: Day


class RegisterCounted(Event):
    """The registrar's own count of bodies on the register at the end of a day (月报统计).

    It comes from the register, not from these events, so that the stock identity (R-SO-12) is
    tested against something.
    """

    TYPE: ClassVar[str] = "organisations.register-counted.v1"
    TITLE: ClassVar[str] = "登记册清点"
    BASIS: ClassVar[str] = "业务管理需要：登记册清点"
    STREAM: ClassVar[str] = "organisation-register"
    KEY: ClassVar[str] = "register_code"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "counted_on"

    register_code: Code
    bodies: Count
    counted_on: Day
