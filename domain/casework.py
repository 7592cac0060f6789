"""What the facts about one case (救助个案) have in common, whatever the programme.

One stream per case number, shared by 低保, 特困, children's and disability lines and by payouts.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.codes import Labels
from domain.event import Code, Day, Event

Area = Annotated[
    Literal["urban", "rural"],
    Labels("城市", "农村"),
]
Programme = Annotated[
    Literal["dibao", "tekun", "orphan", "unattended-child", "living-subsidy", "nursing-subsidy"],
    Labels(
        "最低生活保障",
        "特困人员救助供养",
        "孤儿基本生活保障",
        "事实无人抚养儿童基本生活保障",
        "困难残疾人生活补贴",
        "重度残疾人护理补贴",
    ),
]
ReviewOutcome = Annotated[Literal["keep", "stop"], Labels("继续", "停止")]
"""What a review of a running case comes to."""
Handlers = Annotated[tuple[Code, ...], Field(min_length=1, max_length=6)]
"""Officer codes (经办人)."""
MonthlyFen = Annotated[int, Field(gt=0, le=10**9)]
"""Money per month of one case, in 分."""


class CaseEvent(Event):
    """Common fields of the facts about one case."""

    STREAM: ClassVar[str] = "case"
    KEY: ClassVar[str] = "case_number"

    case_number: Code


class CaseStep(CaseEvent):
    """A step of the procedure that changes no entitlement."""

    ON: ClassVar[str] = "done_on"

    done_on: Day
    handlers: Handlers
