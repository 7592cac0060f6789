"""A row of the catalogue of what is to be public (政务公开目录), as a bureau's folder says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from domain.codes import Labels
from reports.disclosure.clocked import CLOCKED, Clocked

Kind = Annotated[Literal["notice", "publication", "announcement"], Labels("公示", "公布", "公告")]
"""公示 is up for fixed days before a decision, then down; 公布 comes after; 公告 is a record."""
Audience = Annotated[
    Literal["all", "village", "party", "staff"],
    Labels("全社会", "本村（社区）居民", "当事人", "本机关工作人员"),
]
Level = Annotated[Literal["county", "township"], Labels("县级", "乡、村级")]
Way = Annotated[Literal["active", "request"], Labels("主动", "依申请")]
Channel = Annotated[
    Literal[
        "website",
        "gazette",
        "media",
        "reading-room",
        "service-hall",
        "on-the-spot",
        "village-board",
        "township-board",
        "credit-site",
        "office",
    ],
    Labels(
        "政府网站",
        "政府公报",
        "新闻媒体",
        "公开查阅点",
        "政务服务中心",
        "入户、现场",
        "村（居）务公开栏",
        "乡镇（街道）公示栏",
        "信用信息网站",
        "机关内部",
    ),
]
OPEN_TO_ALL = frozenset({"website", "gazette", "media", "credit-site"})
"""Where everybody reads: what is for some only does not stand there."""


@dataclass(frozen=True, slots=True)
class Clock:
    """From which day of a read model's rows time runs, and on which day it was done.

    Without a start it only says when something was published last.
    """

    model: str
    done: str
    start: str = ""
    until: str = ""
    """Of a notice: the day that it says it is up to."""
    only: tuple[str, ...] = ()
    """Codes of the rows that it is about; empty = all."""
    limits: tuple[str, ...] = ()
    """Parameters, the shortest of which holds; for a notice how long it stays up at least."""

    @property
    def clocked(self) -> Clocked:
        """What of its read model may be asked."""
        return CLOCKED[self.model]


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be made public, why, by when, by whom, where and to whom."""

    name: str
    """In its address."""
    area: str
    """一级事项."""
    item: str
    """二级事项."""
    content: str
    basis: str
    body: str
    kind: Kind
    audience: Audience
    channels: tuple[Channel, ...]
    levels: tuple[Level, ...]
    ways: tuple[Way, ...]
    limits: tuple[str, ...] = ()
    """Parameters that say within which time, the shortest of which holds."""
    runs_from: str = ""
    """From when, in words; empty = from when it is made or changes."""
    every: str = ""
    """The parameter that says how long its columns of the website may stay without a new item."""
    registers: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    """Pages of numbers by month, by path."""
    columns: tuple[str, ...] = ()
    """Of the website (栏目), by code."""
    topics: tuple[str, ...] = ()
    """Of the items in those columns; empty = all."""
    clocks: tuple[Clock, ...] = ()
    connected: bool = True
    """Whether a system reports what it is about: else it says 未接入."""

    @property
    def is_public(self) -> bool:
        """Whether it is for everybody. Of others no page says more than where they are shown."""
        return self.audience == "all"

    @property
    def models(self) -> frozenset[str]:
        """The read models that its clocks and columns rest on; those of registers apart."""
        found = {name for clock in self.clocks for name in clock.clocked.models}
        return frozenset(found | ({"disclosure_item"} if self.columns else set()))
