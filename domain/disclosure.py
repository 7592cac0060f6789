"""政务公开 (open government): what the bureau puts on its website, from draft to withdrawal.

One stream per item. Flow: drafted → reviewed three times over (三审三校) and for secrets and
personal data (保密审查) → published in a column (栏目) → corrected or withdrawn. A corrected item
is the same item; one shown in a second column is the same item there too.
Publication (公布) stays up; the notice before a decision (公示) belongs to the line that decides.
Basis: 政府信息公开条例 (国令711号).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, evolves, judges, once
from domain.codes import Labels
from domain.event import Code, Day, Digest, Event, Text

Column = Annotated[
    Literal["work-news", "notices", "policies", "funds", "enforcement"],
    Labels("工作动态", "通知公告", "政策文件", "资金发放公开", "行政执法公示"),
]
Topic = Annotated[
    Literal[
        "social-assistance",
        "shuangbai",
        "children",
        "elderly-care",
        "marriage",
        "organisations",
        "placenames",
        "funeral",
        "charity",
        "rule-of-law",
        "other",
    ],
    Labels(
        "社会救助",
        "双百工程",
        "儿童福利和未成年人保护",
        "养老服务",
        "婚姻登记和婚俗改革",
        "社会组织",
        "区划地名",
        "殡葬",
        "慈善",
        "法治政府建设",
        "其他",
    ),
]
WebPath = Annotated[str, Field(pattern=r"^/[A-Za-z0-9._/-]{1,200}$")]
"""Path of a page on the bureau's site."""


class ItemEvent(Event):
    """A fact about one published (or to be published) item (信息)."""

    STREAM: ClassVar[str] = "disclosure-item"
    KEY: ClassVar[str] = "item"

    item: Code


class ItemDrafted(ItemEvent):
    """拟稿: somebody wrote the item."""

    TYPE: ClassVar[str] = "disclosure.item-drafted.v1"
    TITLE: ClassVar[str] = "信息拟稿"
    BASIS: ClassVar[str] = "政府信息公开条例 10"
    RECORD_ONLY: ClassVar[str] = "opens the item; reviews and publication are what is judged"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "drafted_on"

    title: Text
    drafted_on: Day
    drafted_by: Code


class ItemReviewed(ItemEvent):
    """三审三校: three people read the draft one after the other, and it was proofread each time."""

    TYPE: ClassVar[str] = "disclosure.item-reviewed.v1"
    TITLE: ClassVar[str] = "三审三校"
    BASIS: ClassVar[str] = "政府信息公开条例 17(1)"
    ON: ClassVar[str] = "reviewed_on"

    reviewed_on: Day
    first_by: Code
    second_by: Code
    third_by: Code


class SecrecyReviewed(ItemEvent):
    """保密审查: no state secret and no personal data that must not be shown."""

    TYPE: ClassVar[str] = "disclosure.secrecy-reviewed.v1"
    TITLE: ClassVar[str] = "公开前保密审查"
    BASIS: ClassVar[str] = "政府信息公开条例 17"
    ON: ClassVar[str] = "reviewed_on"

    reviewed_on: Day
    reviewed_by: Code
    may_be_published: bool


class ItemShown(ItemEvent):
    """What is said of an item that is on the website in a column."""

    column: Column
    topic: Topic
    title: Text
    path: WebPath | None = None
    content: Digest | None = None
    """Of the page as it went up."""
    published_on: Day


class ItemTakenOver(ItemShown):
    """An item published before the ledger began (期初接收)."""

    TYPE: ClassVar[str] = "disclosure.item-taken-over.v1"
    TITLE: ClassVar[str] = "已公开信息接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    taken_over_on: Day


class ItemPublished(ItemShown):
    """公布: the item went up in a column; without its reviews it is recorded with a breach."""

    TYPE: ClassVar[str] = "disclosure.item-published.v1"
    TITLE: ClassVar[str] = "信息公开"
    BASIS: ClassVar[str] = "政府信息公开条例 19-21, 26"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "published_on"


class ItemCorrected(ItemEvent):
    """更正 of the text on the website; it stays the same item."""

    TYPE: ClassVar[str] = "disclosure.item-corrected.v1"
    TITLE: ClassVar[str] = "公开信息更正"
    BASIS: ClassVar[str] = "政府信息公开条例 6"
    ON: ClassVar[str] = "corrected_on"

    corrected_on: Day
    reason: Text
    content: Digest | None = None


class ItemWithdrawn(ItemEvent):
    """撤下 from every column; the item and its reason stay on record."""

    TYPE: ClassVar[str] = "disclosure.item-withdrawn.v1"
    TITLE: ClassVar[str] = "公开信息撤下"
    BASIS: ClassVar[str] = "业务管理需要：公示期满或者不宜继续公开的撤下"
    ON: ClassVar[str] = "withdrawn_on"

    withdrawn_on: Day
    reason: Text


Breach = Annotated[
    Literal[
        "reviewers-not-distinct",
        "three-level-review-missing",
        "secrecy-review-missing",
        "already-published",
        "not-published",
    ],
    Labels(
        "三审不是三人",
        "发布前未经三审三校",
        "发布前未经保密审查",
        "该栏目已发布过",
        "尚未发布或者已撤下",
    ),
]


class Item(Aggregate):
    """An item: when it passed its reviews, and in which columns it is up."""

    STREAM: ClassVar[str] = "disclosure-item"

    reviewed_on: date | None = None
    cleared_on: date | None = None
    columns: tuple[str, ...] = ()
    published_on: date | None = None
    withdrawn_on: date | None = None

    @judges
    def judge_review(self, event: ItemReviewed) -> tuple[Breach, ...]:
        """Three reviews are three people's (不相容岗位)."""
        readers = (event.first_by, event.second_by, event.third_by)
        return ("reviewers-not-distinct",) if len(set(readers)) < len(readers) else ()

    @judges
    @once("already-published")
    def judge_publication(self, event: ItemPublished) -> tuple[Breach, ...]:
        """R-PB-02: reviewed, also for secrets, first."""
        breaches: list[Breach] = []
        if not _by(self.reviewed_on, event.published_on):
            breaches.append("three-level-review-missing")
        if not _by(self.cleared_on, event.published_on):
            breaches.append("secrecy-review-missing")
        if event.column in self.columns:
            breaches.append("already-published")
        return tuple(breaches)

    @judges
    def judge_change(self, event: ItemCorrected | ItemWithdrawn) -> tuple[Breach, ...]:
        """Only what is up can be corrected or taken down."""
        up = bool(self.columns) and _by(self.published_on, event.occurred_on())
        return () if up else ("not-published",)

    @evolves
    def on_review(self, event: ItemReviewed) -> None:
        self.reviewed_on = event.reviewed_on

    @evolves
    def on_secrecy_review(self, event: SecrecyReviewed) -> None:
        self.cleared_on = event.reviewed_on if event.may_be_published else None

    @evolves
    def on_taken_over(self, event: ItemTakenOver) -> None:
        """Its reviews lie before the ledger."""
        self.reviewed_on = self.cleared_on = event.published_on
        self._put_up(event)

    @evolves
    def on_publication(self, event: ItemPublished) -> None:
        self._put_up(event)

    def _put_up(self, event: ItemTakenOver | ItemPublished) -> None:
        self.columns = (*self.columns, event.column)
        if self.published_on is None:
            self.published_on = event.published_on

    @evolves
    def on_withdrawal(self, event: ItemWithdrawn) -> None:
        self.columns = ()
        self.withdrawn_on = event.withdrawn_on


def _by(done: date | None, on: date) -> bool:
    """Whether something had been done by a day."""
    return done is not None and done <= on
