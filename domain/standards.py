"""Standards (保障标准) and raises (提标).

The province or the city sets a standard, never the bureau (社会救助暂行办法 arts 10, 15), so the
authority is data. It applies to a month when it is in force on the month's first day. A raise is
adopted, often back to January; it goes live in the payroll of a later month, until which people
are paid the old amount; then arrears (补发) are approved per programme and paid one line per
person, also to people who have left since.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, judges
from domain.bureau.bureau import Bureau
from domain.casework import Area, Programme, StandardKind
from domain.codes import Labels
from domain.distinct import DISTINCT
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
)

Breach = Annotated[Literal["area-not-distinguished"], Labels("该标准不分城乡")]


class StandardName(Part):
    """Which standard: its kind and, where 城乡 have one each, of which."""

    kind: StandardKind
    area: Area | None = None

    def stream(self) -> str:
        """The stream of this standard."""
        return _stream(self.kind, self.area)


def _stream(kind: str, area: str | None) -> str:
    return f"standard/{kind}" if area is None else f"standard/{kind}-{area}"


class StandardAdopted(Event):
    """A standard per person and month was set."""

    TYPE: ClassVar[str] = "standards.standard-adopted.v1"
    TITLE: ClassVar[str] = "标准公布"
    BASIS: ClassVar[str] = "社会救助暂行办法 10, 15"
    STREAM: ClassVar[str] = "standard"
    KEY: ClassVar[str] = "kind"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "adopted_on"

    kind: StandardKind
    area: Area | None = None
    """Left out where one is set for 城市 and 农村 alike."""
    amount_fen: Annotated[int, Field(gt=0, le=10**7)]
    document_number: DocumentNumber
    authority: Text
    """Who set it: 省 or 设区的市, e.g. 某市人民政府."""
    adopted_on: Day
    effective_from: Day

    def stream(self) -> str:
        return _stream(self.kind, self.area)


class StandardRaiseImplemented(Event):
    """提标执行: from `go_live_month` on the payroll pays the new standards of this batch."""

    TYPE: ClassVar[str] = "standards.raise-implemented.v1"
    TITLE: ClassVar[str] = "提标执行"
    BASIS: ClassVar[str] = "社会救助暂行办法 10"
    STREAM: ClassVar[str] = "raise"
    KEY: ClassVar[str] = "batch"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "implemented_on"

    batch: Code
    standards: Annotated[tuple[StandardName, ...], Field(min_length=1, max_length=20), DISTINCT]
    effective_from: Day
    """As in the adopted standards; months from here to go-live are owed as arrears."""
    go_live_month: Month
    implemented_on: Day
    handlers: Annotated[tuple[Code, ...], Field(min_length=1, max_length=6), DISTINCT]

    def refers(self) -> tuple[str, ...]:
        return tuple(standard.stream() for standard in self.standards)


class ArrearsBatchApproved(Event):
    """补发审批: the arrears list of one programme of a raise was approved."""

    TYPE: ClassVar[str] = "standards.arrears-batch-approved.v1"
    TITLE: ClassVar[str] = "补发审批"
    BASIS: ClassVar[str] = "社会救助暂行办法 5(2), 10"
    STREAM: ClassVar[str] = "raise"
    KEY: ClassVar[str] = "batch"
    ON: ClassVar[str] = "approved_on"

    batch: Code
    programme: Programme
    months: Annotated[tuple[Month, ...], Field(min_length=1, max_length=24), DISTINCT]
    lines: Count
    amount_fen: Fen
    approved_on: Day
    prepared_by: Code
    approved_by: Code


class AdoptedStandard(Aggregate):
    """A standard; what it is in a month is for the read models."""

    STREAM: ClassVar[str] = "standard"

    @judges
    def judge_adopted(self, event: StandardAdopted, bureau: Bureau) -> tuple[Breach, ...]:
        """One that the bureau has for all alike is set for all."""
        standard = bureau.standards.get(event.kind)
        alike = standard is not None and not standard.by_area
        return ("area-not-distinguished",) if alike and event.area is not None else ()
