"""Charity drives (慈善宣传周等): who took part, what was given, how many came.

Donated goods stand at their stated value with its basis; they belong to the charity that received
them and never mix with payouts. A report rounds ("200多家"): the words it stated are kept, and the
exact numbers come from the records.
Basis: 慈善法.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from domain.codes import Labels
from domain.event import Code, Count, Day, Event, Fen, Text, Township

ParticipantKind = Annotated[
    Literal["enterprise", "organisation", "public-body"],
    Labels("企业", "社会组织", "机关事业单位"),
]
DonationForm = Annotated[
    Literal["goods", "money"],
    Labels("物资", "款项"),
]
ValuationBasis = Annotated[
    Literal["invoice", "market-price", "appraisal"],
    Labels("发票价", "同类市场价", "评估价"),
]


class DriveEvent(Event):
    """A fact about one charity drive (慈善活动)."""

    STREAM: ClassVar[str] = "charity-drive"
    KEY: ClassVar[str] = "drive"

    drive: Code


class DriveOpened(DriveEvent):
    """A drive began."""

    TYPE: ClassVar[str] = "outreach.charity-drive-opened.v1"
    TITLE: ClassVar[str] = "慈善活动启动"
    BASIS: ClassVar[str] = "慈善法"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "opens_on"

    programme: Code
    title: Text
    opens_on: Day
    closes_on: Day


class ParticipantJoined(DriveEvent):
    """An enterprise or other body took part; it may join on several days and is still one."""

    TYPE: ClassVar[str] = "outreach.charity-participant-joined.v1"
    TITLE: ClassVar[str] = "参与慈善活动"
    BASIS: ClassVar[str] = "慈善法"
    ON: ClassVar[str] = "joined_on"

    participant: Code
    name: Text
    kind: ParticipantKind
    joined_on: Day


class DonationRecorded(DriveEvent):
    """A donation received by a charity; goods at their stated value, with its basis."""

    TYPE: ClassVar[str] = "outreach.charity-donation-recorded.v1"
    TITLE: ClassVar[str] = "捐赠登记"
    BASIS: ClassVar[str] = "慈善法 36-38"
    ON: ClassVar[str] = "donated_on"

    donation: Code
    participant: Code
    form: DonationForm
    value_fen: Fen
    valuation: ValuationBasis | None = None
    """Of goods; money needs none."""
    recipient: Text
    """The charity the donation belongs to."""
    donated_on: Day


class TurnoutCounted(DriveEvent):
    """How many took part at one place on one day (人次)."""

    TYPE: ClassVar[str] = "outreach.charity-turnout-counted.v1"
    TITLE: ClassVar[str] = "慈善活动人次统计"
    BASIS: ClassVar[str] = "工作惯例：活动人次统计"
    ON: ClassVar[str] = "counted_on"

    place: Text
    township: Township | None = None
    participations: Count
    counted_on: Day


class DriveReported(DriveEvent):
    """The summary of the drive in its own, rounded words."""

    TYPE: ClassVar[str] = "outreach.charity-drive-reported.v1"
    TITLE: ClassVar[str] = "慈善活动总结"
    BASIS: ClassVar[str] = "工作惯例：活动总结"
    ON: ClassVar[str] = "reported_on"

    enterprises_stated: Text
    """As worded, e.g. 200多家."""
    participations_stated: Text
    goods_stated: Text
    reported_on: Day
