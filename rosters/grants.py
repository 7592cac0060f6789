"""The facts by which each line grants something monthly: what a roster of cases comes to.

A roster says who is granted what in a month; it says nothing of application, notice and visit. So a
case that the ledger does not know is taken over (期初接收), as the roster has it, and not said to
have been confirmed by a procedure that nobody saw.
"""

from __future__ import annotations

from typing import NamedTuple

from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitResumed,
    BenefitTerminated,
    CaseTakenOver,
    MemberAdded,
    MemberRemoved,
    SupportChanged,
)
from domain.assistance.households import HeadChanged, HouseholdMoved
from domain.disability import (
    SubsidyAdjusted,
    SubsidyCaseTakenOver,
    SubsidyResumed,
    SubsidyStopped,
)
from domain.elderly import (
    AllowanceAdjusted,
    AllowanceResumed,
    AllowanceStopped,
    AllowanceTakenOver,
)
from domain.event import Event


class Grants(NamedTuple):
    """The events of one line. `person` is the pointer to whom a row tells of."""

    begin: type[Event]
    adjust: type[Event]
    end: type[Event]
    resume: type[Event]
    person: str
    move: type[Event] | None = None
    """None: it is an adjustment."""
    join: type[Event] | None = None
    leave: type[Event] | None = None
    head: type[Event] | None = None
    support: type[Event] | None = None

    @property
    def all(self) -> tuple[type[Event], ...]:
        """Every event that a roster of the line may come to."""
        return tuple(each for each in self if isinstance(each, type))


BY_LINE: dict[str, Grants] = {
    "assistance": Grants(
        CaseTakenOver,
        BenefitAdjusted,
        BenefitTerminated,
        BenefitResumed,
        "/members/-/person",
        HouseholdMoved,
        MemberAdded,
        MemberRemoved,
        HeadChanged,
        SupportChanged,
    ),
    "disability": Grants(
        SubsidyCaseTakenOver, SubsidyAdjusted, SubsidyStopped, SubsidyResumed, "/holder"
    ),
    "elderly": Grants(
        AllowanceTakenOver, AllowanceAdjusted, AllowanceStopped, AllowanceResumed, "/elder"
    ),
}
