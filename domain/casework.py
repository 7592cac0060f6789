"""What the facts about one case (救助个案) have in common, whatever the programme.

One stream per case number, shared by 低保, 特困, children's and disability lines and by payouts.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.bureau.listed import Listed
from domain.codes import Labels
from domain.distinct import DISTINCT
from domain.event import (
    Code,
    Day,
    Division,
    DocumentNumber,
    Event,
    Month,
    Text,
    Township,
    Village,
)

Area = Annotated[
    Literal["urban", "rural"],
    Labels("城市", "农村"),
]
_CODE = r"^[a-z][a-z0-9-]{0,59}$"
Programme = Annotated[str, Field(pattern=_CODE), Listed("programme")]
"""保障项目, by the code that the bureau's folder gives it."""
Level = Annotated[str, Field(pattern=_CODE), Listed("level")]
"""档次 of a graded programme."""
Item = Annotated[str, Field(pattern=_CODE), Listed("item")]
"""发放项目."""
StandardKind = Annotated[str, Field(pattern=_CODE), Listed("standard")]
"""Which of the bureau's standards (保障标准)."""
AssistanceProgramme = Annotated[str, Field(pattern=_CODE), Listed("assistance-programme")]
ReliefProgramme = Annotated[str, Field(pattern=_CODE), Listed("relief-programme")]
ChildProgramme = Annotated[str, Field(pattern=_CODE), Listed("children-programme")]
SubsidyProgramme = Annotated[str, Field(pattern=_CODE), Listed("disability-programme")]
ElderlyProgramme = Annotated[str, Field(pattern=_CODE), Listed("elderly-programme")]
BASIC = "basic"
"""The pay item that is the entitlement itself; all others are beside it."""
ReviewOutcome = Annotated[Literal["keep", "stop"], Labels("继续", "停止")]
"""What a review of a running case comes to."""
Handlers = Annotated[tuple[Code, ...], Field(min_length=1, max_length=6), DISTINCT]
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


class CaseBegin(CaseEvent):
    """What a decision that begins a case may say of what was before it."""

    continues: Code | None = None
    """The case of the same persons that this one goes on from: 低保 to 特困, 分户."""
    moved_from: Division | None = None
    """迁入: the division that granted it until then."""


class CaseEnd(CaseEvent):
    """What a decision that ends a case may say of what comes after it."""

    continued_by: Code | None = None
    """The case of the same persons that goes on from it: another programme, 并户."""
    moved_to: Division | None = None
    """迁出: the division that the file is handed to."""


class CaseMoved(CaseEvent):
    """迁居 within the division: from a month on the case is that of another township or village."""

    ON: ClassVar[str] = "decided_on"

    from_month: Month
    township: Township
    village: Village
    decided_on: Day


class PersonalGrant(CaseBegin):
    """What the approval of a subsidy or allowance for one person fixes."""

    level: Level | None = None
    """Only where the programme is graded."""
    monthly_amount_fen: MonthlyFen | None = None
    """Only where each decision says the amount; None = the standard in force in each month."""
    township: Township
    village: Village
    first_month: Month
    decision_number: DocumentNumber
    decided_on: Day


class GrantAdjusted(CaseEvent):
    """Another level, amount or place from a month on; what is left out stays as it was."""

    ON: ClassVar[str] = "decided_on"

    from_month: Month
    level: Level | None = None
    monthly_amount_fen: MonthlyFen | None = None
    township: Township | None = None
    village: Village | None = None
    decided_on: Day
    reason: Text
