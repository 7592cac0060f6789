"""What becomes of a household: another head, 分户, 并户, a move within the division, its income."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from domain.assistance.benefits import Members
from domain.casework import Area, CaseEvent, CaseMoved
from domain.distinct import DISTINCT
from domain.event import Code, Day, Fen, Month, Payee, Text


class HeadChanged(CaseEvent):
    """户主变更: the household goes by another of its members."""

    TYPE: ClassVar[str] = "assistance.head-changed.v1"
    TITLE: ClassVar[str] = "户主变更"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"
    ON: ClassVar[str] = "changed_on"

    head: Payee
    changed_on: Day
    reason: Text


class HouseholdSplit(CaseEvent):
    """分户: some members are a household of their own, with its own case that continues this."""

    TYPE: ClassVar[str] = "assistance.household-split.v1"
    TITLE: ClassVar[str] = "分户"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    into: Code
    """Number of the new case."""
    leaving: Annotated[tuple[Payee, ...], Field(min_length=1, max_length=19), DISTINCT]
    decided_on: Day


class HouseholdMerged(CaseEvent):
    """并户: the members of another case, which ends, belong to this household."""

    TYPE: ClassVar[str] = "assistance.household-merged.v1"
    TITLE: ClassVar[str] = "并户"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"
    ON: ClassVar[str] = "decided_on"

    from_month: Month
    merged: Code
    """Number of the case that ends."""
    joining: Members
    decided_on: Day


class HouseholdMoved(CaseMoved):
    """迁居 of a 低保 household or a 特困 person."""

    TYPE: ClassVar[str] = "assistance.household-moved.v1"
    TITLE: ClassVar[str] = "迁居"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"

    area: Area | None = None
    """Where it is another one than before; the amount then changes by a 待遇调整."""


class IncomeChanged(CaseEvent):
    """收入变化 reported or found."""

    TYPE: ClassVar[str] = "assistance.income-changed.v1"
    TITLE: ClassVar[str] = "收入变化"
    BASIS: ClassVar[str] = "社会救助暂行办法 13"
    RECORD_ONLY: ClassVar[str] = "the amount changes by a 待遇调整 of its own"
    ON: ClassVar[str] = "changed_on"

    per_capita_income_fen: Fen
    changed_on: Day
