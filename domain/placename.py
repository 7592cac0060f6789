"""街路巷命名: from proposal to announcement, and what may come after.

Who approves is data: a city's or county's government (地名管理条例 art. 12(5)); for a 市辖区 the
power may sit with the city. Filing with the government one level up and the announcement follow
within 15 calendar days of the approval (arts 13, 14).
Basis: 地名管理条例 (国令753号, 2022-05-01), 实施办法 (民政部令71号, from 2024-05-01),
地名备案公告管理办法(试行) (2023-06-13).
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.bureau import Bureau
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import (
    Code,
    Day,
    Division,
    DocumentNumber,
    Event,
    LongText,
    Text,
    Township,
)


def sound_of(romanised: str) -> str:
    """A Roman spelling as sounds are compared: small letters only, without tone marks."""
    return "".join(c for c in unicodedata.normalize("NFD", romanised) if c.isalpha()).lower()


Batch = Annotated[int, Field(ge=1, le=999)]
"""Running number of a naming batch within its year (第几批)."""


class BatchAdopted(Event):
    """命名批次计划: the roads that a batch is to name, by place code."""

    TYPE: ClassVar[str] = "placename.batch-adopted.v1"
    TITLE: ClassVar[str] = "命名批次确定"
    BASIS: ClassVar[str] = "业务管理需要：分批命名"
    STREAM: ClassVar[str] = "naming-batch"
    KEY: ClassVar[str] = "plan"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "adopted_on"

    plan: Code
    batch: Batch
    places: Annotated[tuple[Code, ...], Field(min_length=1, max_length=500), DISTINCT]
    adopted_on: Day


class NameEvent(Event):
    """Facts about one place, named by its code (opaque)."""

    STREAM: ClassVar[str] = "place-name"
    KEY: ClassVar[str] = "place"

    place: Code


class NameTakenOver(NameEvent):
    """A name that stood when the ledger began."""

    TYPE: ClassVar[str] = "placename.name-taken-over.v1"
    TITLE: ClassVar[str] = "既有地名接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    standard_name: Text
    romanised_name: Text
    approved_on: Day
    taken_over_on: Day


class NamingProposed(NameEvent):
    """申请: name, reason, position."""

    TYPE: ClassVar[str] = "placename.naming-proposed.v1"
    TITLE: ClassVar[str] = "命名申请"
    BASIS: ClassVar[str] = "地名管理条例 11(1)"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "proposed_on"

    batch: Batch
    proposed_name: Text
    reason: Text
    location: Text
    township: Township
    proposed_on: Day


class AssessmentReported(NameEvent):
    """综合评估: history, culture, effect on residents."""

    TYPE: ClassVar[str] = "placename.assessment-reported.v1"
    TITLE: ClassVar[str] = "命名综合评估"
    BASIS: ClassVar[str] = "地名管理条例 11(2)"
    ON: ClassVar[str] = "reported_on"

    reported_on: Day
    passed: bool
    same_sounding: Annotated[tuple[Text, ...], Field(max_length=20), DISTINCT] = ()
    """Names in the same 建成区 that sound alike (art. 9)."""


class ExpertReviewHeld(NameEvent):
    """专家论证."""

    TYPE: ClassVar[str] = "placename.expert-review-held.v1"
    TITLE: ClassVar[str] = "专家论证"
    BASIS: ClassVar[str] = "地名管理条例 11(2)"
    ON: ClassVar[str] = "held_on"

    held_on: Day
    experts: Annotated[int, Field(ge=1, le=50)]


class OpinionsCollected(NameEvent):
    """征求意见: of the public, before the decision."""

    TYPE: ClassVar[str] = "placename.opinions-collected.v1"
    TITLE: ClassVar[str] = "征求意见"
    BASIS: ClassVar[str] = "地名管理条例 11(2)"
    ON: ClassVar[str] = "closed_on"

    opened_on: Day
    closed_on: Day
    opinions: Annotated[int, Field(ge=0, le=100_000)]


class NameApproved(NameEvent):
    """批准: the authority named approved the name."""

    TYPE: ClassVar[str] = "placename.name-approved.v1"
    TITLE: ClassVar[str] = "命名批准"
    BASIS: ClassVar[str] = "地名管理条例 12"
    ON: ClassVar[str] = "approved_on"

    batch: Batch
    standard_name: Text
    romanised_name: Text
    township: Township
    authority: Text
    document_number: DocumentNumber
    approved_on: Day


class NameFiled(NameEvent):
    """备案 with the government one level up."""

    TYPE: ClassVar[str] = "placename.name-filed.v1"
    TITLE: ClassVar[str] = "地名备案"
    BASIS: ClassVar[str] = "地名管理条例 13"
    ON: ClassVar[str] = "filed_on"

    filed_with: Text
    filed_on: Day


class NameAnnounced(NameEvent):
    """公告, with the particulars that 地名备案公告管理办法 asks for; an absent one is a breach."""

    TYPE: ClassVar[str] = "placename.name-announced.v1"
    TITLE: ClassVar[str] = "地名公告"
    BASIS: ClassVar[str] = "地名管理条例 14"
    ON: ClassVar[str] = "announced_on"

    announced_on: Day
    standard_name: Text | None = None
    romanised_name: Text | None = None
    division: Division | None = None
    location: LongText | None = None
    authority: Text | None = None
    approved_on: Day | None = None


ANNOUNCEMENT_PARTICULARS = (
    "standard_name",
    "romanised_name",
    "division",
    "location",
    "authority",
    "approved_on",
)


class NameEnteredInGazetteer(NameEvent):
    """入国家地名信息库."""

    TYPE: ClassVar[str] = "placename.name-entered-in-gazetteer.v1"
    TITLE: ClassVar[str] = "录入国家地名信息库"
    BASIS: ClassVar[str] = "地名管理条例 16"
    RECORD_ONLY: ClassVar[str] = "the name stands by its decision, not by the entry"
    ON: ClassVar[str] = "entered_on"

    entered_on: Day


class SignErected(NameEvent):
    """设置地名标志."""

    TYPE: ClassVar[str] = "placename.sign-erected.v1"
    TITLE: ClassVar[str] = "设置地名标志"
    BASIS: ClassVar[str] = "地名管理条例 20"
    ON: ClassVar[str] = "erected_on"

    signs: Annotated[int, Field(ge=1, le=1000)]
    erected_on: Day


class NameChanged(NameEvent):
    """更名, for cause only (arts 4, 10). No new naming."""

    TYPE: ClassVar[str] = "placename.name-changed.v1"
    TITLE: ClassVar[str] = "更名"
    BASIS: ClassVar[str] = "地名管理条例 10, 12"
    ON: ClassVar[str] = "approved_on"

    standard_name: Text
    romanised_name: Text
    authority: Text
    document_number: DocumentNumber
    approved_on: Day
    reason: Text


class NameExtentChanged(NameEvent):
    """起止点变更: the name stays, the road became longer or shorter."""

    TYPE: ClassVar[str] = "placename.name-extent-changed.v1"
    TITLE: ClassVar[str] = "起止点变更"
    BASIS: ClassVar[str] = "地名管理条例"
    ON: ClassVar[str] = "approved_on"

    location: LongText
    authority: Text
    document_number: DocumentNumber
    approved_on: Day


class NameRetired(NameEvent):
    """地名注销."""

    TYPE: ClassVar[str] = "placename.name-retired.v1"
    TITLE: ClassVar[str] = "地名注销"
    BASIS: ClassVar[str] = "地名管理条例"
    ON: ClassVar[str] = "retired_on"

    retired_on: Day
    reason: Text


Breach = Annotated[
    Literal[
        "approved-without-assessment",
        "approved-twice",
        "not-approved",
        "filed-late",
        "announced-late",
        "announcement-incomplete",
    ],
    Labels(
        "未经评估即批准",
        "重复批准而日期不同",
        "尚未批准",
        "超过期限备案",
        "超过期限公告",
        "公告事项不全",
    ),
]


class PlaceName(Aggregate):
    """State of one place name: which steps were taken, and when it was approved."""

    STREAM: ClassVar[str] = "place-name"

    assessed: bool = False
    approved_on: date | None = None

    @judges
    @once("approved-twice")
    def judge_approval(self, event: NameApproved) -> tuple[Breach, ...]:
        """Approved without assessment; approved twice."""
        breaches: list[Breach] = [] if self.assessed else ["approved-without-assessment"]
        if self.approved_on is not None and self.approved_on != event.approved_on:
            breaches.append("approved-twice")
        return tuple(breaches)

    @judges
    def judge_filing(self, event: NameFiled, bureau: Bureau) -> tuple[Breach, ...]:
        """Filed too many days after the approval (R-NM-02)."""
        return self._late(event.filed_on, bureau, "placename.filing-days", "filed-late")

    @judges
    def judge_announcement(self, event: NameAnnounced, bureau: Bureau) -> tuple[Breach, ...]:
        """Announced late (R-NM-03), or without a required particular (R-NM-04)."""
        late = self._late(
            event.announced_on, bureau, "placename.announcement-days", "announced-late"
        )
        complete = all(getattr(event, name) is not None for name in ANNOUNCEMENT_PARTICULARS)
        return late if complete else (*late, "announcement-incomplete")

    def _late(self, on: date, bureau: Bureau, rule: str, code: Breach) -> tuple[Breach, ...]:
        if self.approved_on is None or on < self.approved_on:
            return ("not-approved",)
        days = bureau.rules.number(rule, self.approved_on)
        late = days is not None and (on - self.approved_on).days > days
        return (code,) if late else ()

    @evolves
    def on_assessed(self, event: AssessmentReported) -> None:
        self.assessed = event.passed

    @evolves
    def on_approved(self, event: NameApproved) -> None:
        self.approved_on = event.approved_on
