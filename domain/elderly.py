"""Old-age allowances (老年人补贴): 高龄津贴, 失能老年人补贴 and what else a bureau grants by age.

One case per person per allowance. Flow: application → approval → paid monthly → adjusted when the
person reaches the next age, or is assessed anew → stopped, resumed. The amount is the standard in
force in the month, where the allowance is graded that of its level.
Basis: 老年人权益保障法 art. 33; who gets how much is for provinces and cities to say.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from domain.casework import CaseEnd, CaseEvent, ElderlyProgramme, GrantAdjusted, PersonalGrant
from domain.codes import Labels
from domain.event import Code, Day, Month, Payee, Text, Township, Village, flag

StopReason = Annotated[
    Literal["died", "moved-away", "no-longer-dependent", "to-other-programme", "other"],
    Labels("死亡", "户籍迁出", "不再失能", "转入其他保障", "其他"),
]


class Elder(Payee):
    """The person. The open part keeps the month of birth, by which levels go."""

    @flag
    def born_in(self, _on: date, _division: str) -> str | None:
        """Month of birth, where the document states it."""
        born = self.born_on()
        return None if born is None else f"{born:%Y-%m}"


class AllowanceApplied(CaseEvent):
    """申请."""

    TYPE: ClassVar[str] = "elderly.application-received.v1"
    TITLE: ClassVar[str] = "补贴申请"
    BASIS: ClassVar[str] = "老年人权益保障法 33"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "received_on"

    programme: ElderlyProgramme
    township: Township
    village: Village
    received_on: Day
    elder: Elder


class Allowance(PersonalGrant):
    """What the approval fixes: who, which allowance, from which month."""

    programme: ElderlyProgramme
    elder: Elder


class AllowanceApproved(Allowance):
    """审定."""

    TYPE: ClassVar[str] = "elderly.allowance-approved.v1"
    TITLE: ClassVar[str] = "审定"
    BASIS: ClassVar[str] = "老年人权益保障法 33"
    ON: ClassVar[str] = "decided_on"

    applied_on: Day
    approver: Code | None = None


class AllowanceTakenOver(Allowance):
    """Holder brought into the ledger with the original decision (期初接收)."""

    TYPE: ClassVar[str] = "elderly.case-taken-over.v1"
    TITLE: ClassVar[str] = "期初接收"
    BASIS: ClassVar[str] = "业务管理需要：期初接收"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "taken_over_on"

    last_month: Month | None = None
    taken_over_on: Day


class AllowanceAdjusted(GrantAdjusted):
    """档次或者金额调整, e.g. from the month in which the person turns 90; also a move."""

    TYPE: ClassVar[str] = "elderly.allowance-adjusted.v1"
    TITLE: ClassVar[str] = "待遇调整"
    BASIS: ClassVar[str] = "老年人权益保障法 33"


class AllowanceStopped(CaseEnd):
    """停发: `last_month` is the last one paid."""

    TYPE: ClassVar[str] = "elderly.allowance-stopped.v1"
    TITLE: ClassVar[str] = "停发"
    BASIS: ClassVar[str] = "老年人权益保障法 33"
    ON: ClassVar[str] = "decided_on"

    last_month: Month
    reason: StopReason
    died_on: Day | None = None
    decided_on: Day


class AllowanceResumed(CaseEvent):
    """恢复发放 after a stop, from a month on."""

    TYPE: ClassVar[str] = "elderly.allowance-resumed.v1"
    TITLE: ClassVar[str] = "恢复发放"
    BASIS: ClassVar[str] = "老年人权益保障法 33"
    ON: ClassVar[str] = "decided_on"

    first_month: Month
    decided_on: Day
    reason: Text
