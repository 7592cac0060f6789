"""Standards (保障标准) and raises (提标).

The province or the city sets a standard, never the bureau (社会救助暂行办法 arts 10, 15), so the
authority is data. It applies to a month when it is in force on the month's first day. A raise is
adopted, often back to January; it goes live in the payroll of a later month, until which people
are paid the old amount; then arrears (补发) are approved per programme and paid one line per
person, also to people who have left since.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.casework import Area, Programme
from domain.codes import Labels
from domain.event import (
    Code,
    Count,
    Day,
    DocumentNumber,
    Event,
    Fen,
    Month,
    Part,
    Text,
    wrong_field,
)

StandardKind = Annotated[
    Literal[
        "dibao",
        "tekun",
        "orphan",
        "orphan-institutional",
        "unattended-child",
        "living-subsidy",
        "nursing-subsidy",
        "care-independent",
        "care-partial",
        "care-full",
    ],
    Labels(
        "最低生活保障标准",
        "特困人员基本生活标准",
        "散居孤儿基本生活最低养育标准",
        "集中养育孤儿基本生活最低养育标准",
        "事实无人抚养儿童基本生活补贴标准",
        "困难残疾人生活补贴标准",
        "重度残疾人护理补贴标准",
        "特困照料护理标准（全自理）",
        "特困照料护理标准（半护理）",
        "特困照料护理标准（全护理）",
    ),
]
BY_AREA: frozenset[str] = frozenset({"dibao", "tekun"})
"""Kinds that have one standard for 城市 and one for 农村; the others have one for all."""


def _check_area(kind: StandardKind, area: Area | None) -> None:
    if kind in BY_AREA and area is None:
        raise wrong_field("missing_field", "area", "urban or rural, for dibao and tekun")
    if kind not in BY_AREA and area is not None:
        raise wrong_field("malformed_value", "area", "none, but for dibao and tekun")


class StandardName(Part):
    """Which standard: its kind and, for 低保 and 特困, urban or rural."""

    EXAMPLE: ClassVar[dict[str, str]] = {"area": "rural"}

    kind: StandardKind
    area: Area | None = None

    @model_validator(mode="after")
    def _area(self) -> Self:
        _check_area(self.kind, self.area)
        return self

    def stream(self) -> str:
        """The stream of this standard."""
        return _stream(self.kind, self.area)


def _stream(kind: str, area: str | None) -> str:
    return f"standard/{kind}" if area is None else f"standard/{kind}-{area}"


class StandardAdopted(Event):
    """A standard per person and month was set."""

    TYPE: ClassVar[str] = "standards.standard-adopted.v1"
    TITLE: ClassVar[str] = "标准公布"
    BASIS: ClassVar[str] = "社会救助暂行办法 arts 10, 15"
    STREAM: ClassVar[str] = "standard"
    KEY: ClassVar[str] = "kind"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "adopted_on"
    EXAMPLE: ClassVar[dict[str, str]] = {"area": "rural"}

    kind: StandardKind
    area: Area | None = None
    amount_fen: Annotated[int, Field(gt=0, le=10**7)]
    document_number: DocumentNumber
    authority: Text
    """Who set it: 省 or 设区的市, e.g. 潮州市人民政府."""
    adopted_on: Day
    effective_from: Day

    @model_validator(mode="after")
    def _area(self) -> Self:
        _check_area(self.kind, self.area)
        return self

    def stream(self) -> str:
        return _stream(self.kind, self.area)


class StandardRaiseImplemented(Event):
    """提标执行: from `go_live_month` on the payroll pays the new standards of this batch."""

    TYPE: ClassVar[str] = "standards.raise-implemented.v1"
    TITLE: ClassVar[str] = "提标执行"
    STREAM: ClassVar[str] = "raise"
    KEY: ClassVar[str] = "batch"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "implemented_on"

    batch: Code
    standards: Annotated[tuple[StandardName, ...], Field(min_length=1, max_length=20)]
    effective_from: Day
    """As in the adopted standards; months from here to go-live are owed as arrears."""
    go_live_month: Month
    implemented_on: Day
    handlers: Annotated[tuple[Code, ...], Field(min_length=1, max_length=6)]

    def refers(self) -> tuple[str, ...]:
        return tuple(standard.stream() for standard in self.standards)


class ArrearsBatchApproved(Event):
    """补发审批: the arrears list of one programme of a raise was approved."""

    TYPE: ClassVar[str] = "standards.arrears-batch-approved.v1"
    TITLE: ClassVar[str] = "补发审批"
    STREAM: ClassVar[str] = "raise"
    KEY: ClassVar[str] = "batch"
    ON: ClassVar[str] = "approved_on"

    batch: Code
    programme: Programme
    months: Annotated[tuple[Month, ...], Field(min_length=1, max_length=24)]
    lines: Count
    amount_fen: Fen
    approved_on: Day
    prepared_by: Code
    approved_by: Code
