"""Releases (发布): what was published of a report plan for a period, value by value, word by word.

Flow: the plan is signed for the period → its sections are recorded, with every value as worked out
at one moment → the release closes them. Whatever is worked out later, by whatever program, a
release says what it said; another edition supersedes it, and only taking it back takes it off.
One stream per plan and period. A value's `key` is what the plan calls it, so that it can be worked
out again and compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from pydantic import Field

from domain.aggregate import Aggregate, add, counts, evolves, judges, once
from domain.calendar import SHANGHAI
from domain.codes import Labels
from domain.dates import Instant
from domain.event import Code, Count, Day, Digest, Event, LongText, Part, Text

Period = Annotated[
    str,
    Field(pattern=r"^(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?(/ytd)?$"),
]
"""2024, 2024-11, 2024-Q3, 2024-H1; with /ytd from the beginning of the year."""
Audience = Annotated[Literal["public", "internal"], Labels("公开", "内部")]
"""Who may read it; what is internal stands on no public page."""
ValueType = Annotated[
    Literal["number", "yes-no", "date", "text"], Labels("数值", "是否", "日期", "文字")
]
PlanKind = Annotated[
    Literal["annual", "bulletin", "return"], Labels("年度报告", "月报、季报", "统计报表")
]
Edition = Annotated[int, Field(ge=1, le=10_000)]
"""Of one plan and period the first release is 1, the one that supersedes it 2."""


def stream_of(plan: str, period: str) -> str:
    """The stream of a plan's releases for a period."""
    return f"release/{plan}-{period.replace('/', '.')}"


def first_day(period: str) -> date:
    """The day on which a period begins; one from the beginning of the year, on 1 January."""
    name, _, to_date = period.partition("/")
    year, part = int(name[:4]), name[5:]
    if to_date or not part:
        return date(year, 1, 1)
    if part[0] in "QH":
        return date(year, (int(part[1]) - 1) * (3 if part[0] == "Q" else 6) + 1, 1)
    return date(year, int(part), 1)


class PlanEvent(Event):
    """A fact about what a plan publishes of a period."""

    STREAM: ClassVar[str] = "release"
    KEY: ClassVar[str] = "plan"
    OPENS: ClassVar[bool] = True

    plan: Code
    """Name of the report plan in the bureau's folder."""
    period: Period

    def stream(self) -> str:
        return stream_of(self.plan, self.period)


class PlanSigned(PlanEvent):
    """签发 of what a plan says of a period; `signed_on` is the date printed under it."""

    TYPE: ClassVar[str] = "reporting.plan-signed.v1"
    TITLE: ClassVar[str] = "文稿签发"
    BASIS: ClassVar[str] = "党政机关公文处理工作条例"
    ON: ClassVar[str] = "signed_on"

    signed_on: Day
    signed_by: Code


class ReleaseValue(Part):
    """A value as published. What has no value has neither text."""

    key: Text
    """What the plan calls it."""
    name: Text
    """What people call it."""
    type: ValueType
    value: Text | None = None
    """As printed, without its unit: 1809.05, 2024-12-31, true."""
    exact: Text | None = None
    """Unrounded; money in 分."""
    unit: Text | None = None
    beside: Text | None = None
    """What stands in brackets after it."""
    invented: bool = False
    """Whether it is of a sample, and no report had it."""
    conditions: Count | None = None
    broken: Count | None = None
    """Of a claim: how many conditions it had, and how many of them did not hold."""


RunKind = Annotated[
    Literal["words", "figure", "claim", "gap"], Labels("文字", "数值", "表述", "缺漏")
]


class ReleaseRun(Part):
    """Words in a sentence: plain ones, those of a figure or a claim, or of what is missing."""

    text: LongText
    kind: RunKind = "words"
    key: Text | None = None
    """Of the value that they write."""
    beside: Text | None = None
    """What stands in brackets after them."""


class ReleaseColumn(Part):
    """A column of a table; neighbours of one group stand under it."""

    heading: Text | None = None
    group: Text | None = None
    unit: Text | None = None


class ReleaseCell(Part):
    """What stands in a cell; what has no value, or may not be told, has none."""

    text: Text | None = None
    type: ValueType | None = None
    """None = a number."""
    value: Text | None = None
    exact: Text | None = None


class ReleaseRow(Part):
    """A row of a table."""

    heading: Text | None = None
    cells: tuple[ReleaseCell, ...]
    unit: Text | None = None
    total: bool = False


class ReleaseTable(Part):
    """A table; `corner` stands over the headings of its rows."""

    title: Text
    corner: Text | None = None
    columns: tuple[ReleaseColumn, ...]
    rows: tuple[ReleaseRow, ...]
    note: LongText | None = None
    units: Text | None = None


class ReleaseBlock(Part):
    """A heading, a paragraph or a table.

    One too long for a section goes on in the next, which says so.
    """

    heading: Text | None = None
    level: Annotated[int, Field(ge=1, le=6)] | None = None
    """Of the heading; 1 is a part of the document."""
    code: Code | None = None
    """Of a heading under which staff write."""
    runs: tuple[ReleaseRun, ...] = ()
    by_staff: bool = False
    """Whether staff wrote them, or the plan."""
    table: ReleaseTable | None = None
    continued: bool = False
    """Whether its words, or its rows, go on from the block before."""


CellCode = Annotated[str, Field(max_length=80)]
"""A code of a dimension; empty = not known."""


class ReleasePart(Part):
    """A value's part in a month or a place."""

    code: CellCode | None = None
    """None where several are told together."""
    name: Text
    exact: Annotated[int, Field(ge=-(10**15), le=10**15)] | None = None


class ReleaseBreakdown(Part):
    """A value by months or places; those of month ends do not add up."""

    key: Text
    by: Text
    """Name of the dimension."""
    parts: tuple[ReleasePart, ...]
    adds_up: bool = False
    merged: bool = False
    """Whether small ones are told together."""


class ReleaseDefinition(Part):
    """How a value was defined: what readers are told, and a digest of how it is worked out."""

    key: Text
    text: LongText
    digest: Digest


class CutCodes(Part):
    """The codes of a dimension that a cell counts."""

    dimension: Text
    codes: tuple[CellCode, ...]


CellPolicy = Annotated[
    Literal["persons", "whole", "open"], Labels("按人数合并", "只公布总数", "全部公布")
]


class ToldNumber(Part):
    """A number that a release tells: what is counted, of which days, under which cut.

    The next release must know it so that nobody is recognised, and pages find it by what it is.
    """

    measure: Text
    subjects: Annotated[tuple[Text, ...], Field(min_length=1)]
    since: Day | None = None
    until: Day
    cut: tuple[CutCodes, ...] = ()
    exact: Annotated[int, Field(ge=-(10**15), le=10**15)] | None = None
    behind: Count
    """How many cases, households or registrations stand behind it."""
    money: bool = False
    policy: CellPolicy


class ReleaseContent(Part):
    """What a release says, or a section of it: blocks in order, the values in them, definitions."""

    blocks: tuple[ReleaseBlock, ...] = ()
    values: tuple[ReleaseValue, ...] = ()
    breakdowns: tuple[ReleaseBreakdown, ...] = ()
    definitions: tuple[ReleaseDefinition, ...] = ()
    told: tuple[ToldNumber, ...] = ()


class ReleaseSectionRecorded(PlanEvent):
    """A section of a release, by its place among the others."""

    TYPE: ClassVar[str] = "reporting.release-section-recorded.v1"
    TITLE: ClassVar[str] = "发布内容记录"
    BASIS: ClassVar[str] = "业务管理需要：发布内容留存"
    ON: ClassVar[str] = "recorded_on"

    edition: Edition
    number: Annotated[int, Field(ge=1, le=10_000)]
    """Its place among the sections of the release."""
    recorded_on: Day
    says: ReleaseContent


class MergedCells(Part):
    """Codes of a dimension that a release does not tell one by one."""

    subjects: Annotated[tuple[Text, ...], Field(min_length=1)]
    dimension: Text
    codes: Annotated[tuple[CellCode, ...], Field(min_length=1)]
    measure: Text | None = None
    """Where only one measure's are merged."""
    sum_told: bool = True
    """Whether what they come to is told."""


class Released(PlanEvent):
    """发布: closes the sections recorded for this edition; from here on they are what is public."""

    TYPE: ClassVar[str] = "reporting.released.v1"
    TITLE: ClassVar[str] = "发布"
    BASIS: ClassVar[str] = "政府信息公开条例 19"
    ON: ClassVar[str] = "published_at"

    edition: Edition
    kind: PlanKind
    title: Text
    audience: Audience
    asof: Day
    """业务截止: the last day that it speaks of."""
    at: Count
    """Position of the ledger up to which it knows."""
    published_at: Instant
    sections: Annotated[int, Field(ge=1, le=10_000)]
    content: Digest
    """Of all sections; see `content_of`."""
    bureau: Digest | None = None
    """Of the bureau's folder that its plan stands in."""
    merged: tuple[MergedCells, ...] = ()
    signed: Text | None = None
    """What stands under it, beside the date."""
    dated: Text | None = None
    signed_on: Day | None = None
    signed_by: Code | None = None
    """The signature that it rests on."""
    published_by: Code
    reason: Text

    def occurred_on(self) -> date:
        return self.published_at.astimezone(SHANGHAI).date()


Breach = Annotated[
    Literal["release-not-signed", "period-not-over", "already-released", "sections-missing"],
    Labels("尚未签发即发布", "期间未结束即发布", "这一版已发布过", "发布内容不全"),
]


class Release(Aggregate):
    """What a plan has published of a period."""

    STREAM: ClassVar[str] = "release"
    COUNTED: ClassVar[tuple[str, ...]] = ("recorded",)

    recorded: dict[str, int] = field(default_factory=dict)
    """Edition → how many sections are recorded."""
    signed_on: date | None = None
    edition: int = 0
    """The last one that was released."""

    @judges
    @once("already-released")
    def judge_release(self, event: Released) -> tuple[Breach, ...]:
        """Signed, over, whole, and an edition of its own."""
        breaches: list[Breach] = []
        on = event.occurred_on()
        signed_on = event.signed_on or self.signed_on
        if signed_on is None or signed_on > on:
            breaches.append("release-not-signed")
        if on <= event.asof:
            breaches.append("period-not-over")
        if event.edition <= self.edition:
            breaches.append("already-released")
        if self.recorded.get(str(event.edition), 0) != event.sections:
            breaches.append("sections-missing")
        return tuple(breaches)

    @counts
    def count_section(self, event: ReleaseSectionRecorded, times: int) -> None:
        add(self.recorded, (str(event.edition),), times)

    @evolves
    def on_signature(self, event: PlanSigned) -> None:
        self.signed_on = event.signed_on

    @evolves
    def on_release(self, event: Released) -> None:
        self.edition = max(self.edition, event.edition)


def body_of(says: ReleaseContent | msgspec.Struct) -> str:
    """What a section says, in one spelling: JSON without what is not said.

    So a field that contracts get later changes nothing of what was recorded before it.
    """
    if isinstance(says, ReleaseContent):
        told: Any = says.model_dump(mode="json")
    else:
        told = msgspec.to_builtins(says)
    return json.dumps(_said(told), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_of(bodies: Iterable[str]) -> str:
    """SHA-256 over the sections of a release in their order, in hex."""
    digest = hashlib.sha256()
    for body in bodies:
        digest.update(hashlib.sha256(body.encode()).digest())
    return digest.hexdigest()


def _is_said(value: Any) -> bool:
    return value is not None and value is not False and value not in ([], {})


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _said(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if _is_said(inner)}
    if isinstance(value, list | tuple):
        return [_said(inner) for inner in value]
    return value
