"""Who is entitled to what in which months: one row per case and stretch of months (a stock).

The rows of one case never overlap, so a case counts once in any month. A case that was ended
before it began keeps one row whose last month lies before its first: it stays known, and is
active in no month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.aggregate import Entry
from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitConfirmed,
    BenefitResumed,
    BenefitSuspended,
    BenefitTerminated,
    CaseTakenOver,
    Entitlement,
    MemberAdded,
    MemberRemoved,
    SupportChanged,
)
from domain.calendar import month_of, previous_month
from domain.casework import Area, Programme
from domain.children import (
    ChildCaseTakenOver,
    ChildEntitlement,
    ChildSupportAdjusted,
    ChildSupportConfirmed,
    ChildSupportTerminated,
)
from domain.disability import (
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyEntitlement,
    SubsidyResumed,
    SubsidyStopped,
)
from projections.read_model import ReadModel


class Case(NamedTuple):
    """A case is active at D when first_month ≤ month(D) ≤ last_month (None = open-ended).

    `persons` counts members with 保障 status, `members` all of them; `person_ref` is the pseudonym
    of the person supported (低保: the head). `monthly_amount_fen` None = the standard in force.
    """

    case_number: str
    programme: Programme
    mode: str | None
    area: Area | None
    township: str
    village: str
    first_month: str
    last_month: str | None
    monthly_amount_fen: int | None
    standard_fen: int | None
    persons: int
    members: int
    person_ref: str
    decision_number: str
    decided_on: date


cases = ReadModel(
    "case_entitlement",
    Case,
    indexes=("programme, first_month",),
    doc="entitlement of each case by months",
)


def _begin(
    rows: Sequence[Case],
    decision: Entitlement | ChildEntitlement | SubsidyEntitlement,
    last_month: str | None,
    **own: Any,
) -> Iterator[Case]:
    """A confirming decision: what was entitled before ends where it begins."""
    yield from _until(rows, previous_month(decision.first_month))
    yield Case(
        case_number=decision.case_number,
        programme=decision.programme,
        township=decision.township,
        village=decision.village,
        first_month=decision.first_month,
        last_month=last_month,
        decision_number=decision.decision_number,
        decided_on=decision.decided_on,
        **{"mode": None, "area": None, "monthly_amount_fen": None, "standard_fen": None, **own},
    )


@cases.folds
def confirmed(rows: Sequence[Case], entry: Entry[BenefitConfirmed]) -> Iterator[Case]:
    return _benefit(rows, entry.data, None)


@cases.folds
def taken_over(rows: Sequence[Case], entry: Entry[CaseTakenOver]) -> Iterator[Case]:
    return _benefit(rows, entry.data, entry.data.last_month)


def _benefit(rows: Sequence[Case], decision: Entitlement, last: str | None) -> Iterator[Case]:
    members = decision.members
    head = next((member for member in members if member.head), members[0])
    return _begin(
        rows,
        decision,
        last,
        area=decision.area,
        mode=decision.mode,
        monthly_amount_fen=None if decision.programme == "tekun" else decision.monthly_amount_fen,
        standard_fen=decision.standard_fen,
        persons=sum(member.covered for member in members),
        members=len(members),
        person_ref=head.person.ref,
    )


@cases.folds
def child_confirmed(rows: Sequence[Case], entry: Entry[ChildSupportConfirmed]) -> Iterator[Case]:
    return _child(rows, entry.data, None)


@cases.folds
def child_taken_over(rows: Sequence[Case], entry: Entry[ChildCaseTakenOver]) -> Iterator[Case]:
    return _child(rows, entry.data, entry.data.last_month)


def _child(rows: Sequence[Case], decision: ChildEntitlement, last: str | None) -> Iterator[Case]:
    return _begin(
        rows,
        decision,
        last,
        mode=decision.mode,
        monthly_amount_fen=decision.monthly_amount_fen,
        persons=1,
        members=1,
        person_ref=decision.child.ref,
    )


@cases.folds
def subsidy_approved(rows: Sequence[Case], entry: Entry[SubsidyApproved]) -> Iterator[Case]:
    ref = entry.data.holder.ref
    return _begin(rows, entry.data, None, persons=1, members=1, person_ref=ref)


@cases.folds
def subsidy_taken_over(rows: Sequence[Case], entry: Entry[SubsidyCaseTakenOver]) -> Iterator[Case]:
    last, ref = entry.data.last_month, entry.data.holder.ref
    return _begin(rows, entry.data, last, persons=1, members=1, person_ref=ref)


@cases.folds
def adjusted(rows: Sequence[Case], entry: Entry[BenefitAdjusted]) -> Iterator[Case]:
    data = entry.data

    def turn(row: Case) -> Case:
        return row._replace(
            area=data.area or row.area,
            township=data.township or row.township,
            village=data.village or row.village,
            monthly_amount_fen=None if row.programme == "tekun" else data.monthly_amount_fen,
            standard_fen=data.standard_fen,
            persons=data.covered_persons,
            decided_on=data.decided_on,
        )

    return _from(rows, data.from_month, turn)


@cases.folds
def child_adjusted(rows: Sequence[Case], entry: Entry[ChildSupportAdjusted]) -> Iterator[Case]:
    own = entry.data.monthly_amount_fen
    decided_on = entry.data.decided_on
    return _from(
        rows,
        entry.data.from_month,
        lambda row: row._replace(monthly_amount_fen=own, decided_on=decided_on),
    )


@cases.folds
def support_changed(rows: Sequence[Case], entry: Entry[SupportChanged]) -> Iterator[Case]:
    mode = entry.data.mode
    return _from(rows, entry.data.from_month, lambda row: row._replace(mode=mode))


@cases.folds
def member_added(rows: Sequence[Case], entry: Entry[MemberAdded]) -> Iterator[Case]:
    month = month_of(entry.data.changed_on)
    return _from(rows, month, lambda row: row._replace(members=row.members + 1))


@cases.folds
def member_removed(rows: Sequence[Case], entry: Entry[MemberRemoved]) -> Iterator[Case]:
    month = month_of(entry.data.changed_on)
    return _from(rows, month, lambda row: row._replace(members=max(row.members - 1, 0)))


@cases.folds
def suspended(rows: Sequence[Case], entry: Entry[BenefitSuspended]) -> Iterator[Case]:
    return _until(rows, previous_month(entry.data.from_month))


@cases.folds
def terminated(
    rows: Sequence[Case], entry: Entry[BenefitTerminated | ChildSupportTerminated | SubsidyStopped]
) -> Iterator[Case]:
    return _until(rows, entry.data.last_month)


@cases.folds
def resumed(rows: Sequence[Case], entry: Entry[BenefitResumed | SubsidyResumed]) -> Iterator[Case]:
    """The case goes on as it stood in its last stretch."""
    first = entry.data.first_month
    yield from _until(rows, previous_month(first))
    if rows:
        last = max(rows, key=lambda row: row.first_month)
        decided_on = entry.data.decided_on
        yield last._replace(first_month=first, last_month=None, decided_on=decided_on)


def _until(rows: Sequence[Case], last: str) -> Iterator[Case]:
    """The rows as far as they reach up to the month `last`; at least one stays."""
    begun = [row for row in rows if row.first_month <= last] or rows[:1]
    for row in begun:
        ends = row.last_month is None or row.last_month > last
        yield row._replace(last_month=last) if ends else row


def _from(rows: Sequence[Case], month: str, turn: Callable[[Case], Case]) -> Iterator[Case]:
    """Rows changed from a month on; what reaches back before it keeps its old part."""
    for row in rows:
        if row.last_month is not None and row.last_month < month:
            yield row
            continue
        if row.first_month < month:
            yield row._replace(last_month=previous_month(month))
        yield turn(row._replace(first_month=max(row.first_month, month)))
