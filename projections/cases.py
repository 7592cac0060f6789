"""Who is entitled to what in which months: one row per case and stretch of months (a stock).

Two things are decided of a case, each from a month on: whether it is entitled, and what holds of it
(persons, amount, mode, place …). What holds lasts until another decision says otherwise, also
through months without entitlement. A row is a stretch of entitled months in which the same holds.
The rows of one case never overlap, so a case counts once in any month. A case that is entitled in
no month keeps one row whose last month lies before its first: it stays known, and is active never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from domain.calendar import Month, month_of, next_month, previous_month
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
    indexes=("programme, first_month", "stream"),
    doc="entitlement of each case by months",
)


class Since(NamedTuple):
    """What is decided of a case from a month on, until the next such month.

    `case` has its first and last month only where it is shown.
    """

    month: Month
    entitled: bool
    case: Case


@cases.shows
def shown(kept: Sequence[Since]) -> Iterator[Case]:
    """The stretches of entitled months."""
    for since, until in _with_end(list(_joined(kept))):
        if since.entitled:
            last = None if until is None else previous_month(until)
            yield since.case._replace(first_month=since.month, last_month=last)
    if kept and not any(since.entitled for since in kept):
        month, _, case = kept[-1]
        yield case._replace(first_month=month, last_month=previous_month(month))


def _joined(kept: Iterable[Since]) -> Iterator[Since]:
    """Without those from which on nothing is other than before."""
    last: Since | None = None
    for since in kept:
        if last is None or since[1:] != last[1:]:
            yield since
        last = since


def _with_end(kept: Sequence[Since]) -> Iterator[tuple[Since, Month | None]]:
    """Each with the month from which on another holds."""
    for number, since in enumerate(kept, start=1):
        yield since, kept[number].month if number < len(kept) else None


def _from(
    kept: Sequence[Since],
    month: Month,
    *,
    entitled: bool | None = None,
    turn: Callable[[Case], Case] = lambda case: case,
) -> Iterator[Since]:
    """Entitled or not (None = as it is), and turned, from a month on; before any grant, nothing."""
    for since, until in _with_end(kept):
        if since.month < month:
            yield since
        if until is None or until > month:
            now = since.entitled if entitled is None else entitled
            yield Since(max(since.month, month), now, turn(since.case))


def _begin(
    kept: Sequence[Since],
    decision: Entitlement | ChildEntitlement | SubsidyEntitlement,
    last_month: Month | None,
    **own: Any,
) -> Iterator[Since]:
    """A confirming decision: from its first month on all is as it says."""
    first = decision.first_month
    yield from (since for since in kept if since.month < first)
    case = Case(
        case_number=decision.case_number,
        programme=decision.programme,
        township=decision.township,
        village=decision.village,
        first_month="",
        last_month=None,
        decision_number=decision.decision_number,
        decided_on=decision.decided_on,
        **{"mode": None, "area": None, "monthly_amount_fen": None, "standard_fen": None, **own},
    )
    if last_month is None or first <= last_month:
        yield Since(first, entitled=True, case=case)
    if last_month is not None:
        after = max(first, next_month(last_month))
        yield Since(after, entitled=False, case=case)


@cases.folds
def confirmed(kept: Sequence[Since], entry: Entry[BenefitConfirmed]) -> Iterator[Since]:
    return _benefit(kept, entry.data, None)


@cases.folds
def taken_over(kept: Sequence[Since], entry: Entry[CaseTakenOver]) -> Iterator[Since]:
    return _benefit(kept, entry.data, entry.data.last_month)


def _benefit(kept: Sequence[Since], decision: Entitlement, last: str | None) -> Iterator[Since]:
    members = decision.members
    head = next((member for member in members if member.head), members[0])
    return _begin(
        kept,
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
def child_confirmed(kept: Sequence[Since], entry: Entry[ChildSupportConfirmed]) -> Iterator[Since]:
    return _child(kept, entry.data, None)


@cases.folds
def child_taken_over(kept: Sequence[Since], entry: Entry[ChildCaseTakenOver]) -> Iterator[Since]:
    return _child(kept, entry.data, entry.data.last_month)


def _child(kept: Sequence[Since], decision: ChildEntitlement, last: str | None) -> Iterator[Since]:
    return _begin(
        kept,
        decision,
        last,
        mode=decision.mode,
        monthly_amount_fen=decision.monthly_amount_fen,
        persons=1,
        members=1,
        person_ref=decision.child.ref,
    )


@cases.folds
def subsidy_approved(kept: Sequence[Since], entry: Entry[SubsidyApproved]) -> Iterator[Since]:
    ref = entry.data.holder.ref
    return _begin(kept, entry.data, None, persons=1, members=1, person_ref=ref)


@cases.folds
def subsidy_taken_over(
    kept: Sequence[Since], entry: Entry[SubsidyCaseTakenOver]
) -> Iterator[Since]:
    last, ref = entry.data.last_month, entry.data.holder.ref
    return _begin(kept, entry.data, last, persons=1, members=1, person_ref=ref)


@cases.folds
def adjusted(kept: Sequence[Since], entry: Entry[BenefitAdjusted]) -> Iterator[Since]:
    """What it leaves out stays as it was."""
    data = entry.data

    def turn(case: Case) -> Case:
        standard = case.standard_fen if data.standard_fen is None else data.standard_fen
        return case._replace(
            area=data.area or case.area,
            township=data.township or case.township,
            village=data.village or case.village,
            monthly_amount_fen=None if case.programme == "tekun" else data.monthly_amount_fen,
            standard_fen=standard,
            persons=data.covered_persons,
            decided_on=data.decided_on,
        )

    return _from(kept, data.from_month, turn=turn)


@cases.folds
def child_adjusted(kept: Sequence[Since], entry: Entry[ChildSupportAdjusted]) -> Iterator[Since]:
    own = entry.data.monthly_amount_fen
    decided_on = entry.data.decided_on
    return _from(
        kept,
        entry.data.from_month,
        turn=lambda case: case._replace(monthly_amount_fen=own, decided_on=decided_on),
    )


@cases.folds
def support_changed(kept: Sequence[Since], entry: Entry[SupportChanged]) -> Iterator[Since]:
    mode = entry.data.mode
    return _from(kept, entry.data.from_month, turn=lambda case: case._replace(mode=mode))


@cases.folds
def member_added(kept: Sequence[Since], entry: Entry[MemberAdded]) -> Iterator[Since]:
    month = month_of(entry.data.changed_on)
    return _from(kept, month, turn=lambda case: case._replace(members=case.members + 1))


@cases.folds
def member_removed(kept: Sequence[Since], entry: Entry[MemberRemoved]) -> Iterator[Since]:
    month = month_of(entry.data.changed_on)
    return _from(kept, month, turn=lambda case: case._replace(members=max(case.members - 1, 0)))


@cases.folds
def suspended(kept: Sequence[Since], entry: Entry[BenefitSuspended]) -> Iterator[Since]:
    return _from(kept, entry.data.from_month, entitled=False)


@cases.folds
def terminated(
    kept: Sequence[Since], entry: Entry[BenefitTerminated | ChildSupportTerminated | SubsidyStopped]
) -> Iterator[Since]:
    return _from(kept, next_month(entry.data.last_month), entitled=False)


@cases.folds
def resumed(
    kept: Sequence[Since], entry: Entry[BenefitResumed | SubsidyResumed]
) -> Iterator[Since]:
    """The case goes on with what holds in its months, decided anew."""
    decided_on = entry.data.decided_on
    return _from(
        kept,
        entry.data.first_month,
        entitled=True,
        turn=lambda case: case._replace(decided_on=decided_on),
    )
