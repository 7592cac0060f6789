"""What the facts about one case (救助个案) have in common, whatever the programme.

One stream per case number, shared by 低保, 特困, children's and disability lines and by payouts.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.event import Code, Day, Event

Area = Literal["urban", "rural"]
AREAS: dict[str, str] = {"urban": "城市", "rural": "农村"}
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
