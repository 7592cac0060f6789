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
from domain.bureau.bureau import Bureau
from domain.calendar import Month, month_of, next_month, previous_month
from domain.casework import Area, Level, Programme
from domain.children import (
    ChildCaseTakenOver,
    ChildEntitlement,
    ChildSupportAdjusted,
    ChildSupportConfirmed,
    ChildSupportTerminated,
)
from domain.disability import (
    SubsidyAdjusted,
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyEntitlement,
    SubsidyResumed,
    SubsidyStopped,
)
from domain.elderly import (
    Allowance,
    AllowanceAdjusted,
    AllowanceApproved,
    AllowanceResumed,
    AllowanceStopped,
    AllowanceTakenOver,
)
from projections.read_model import ReadModel


class Case(NamedTuple):
    """A case is active at D when first_month ≤ month(D) ≤ last_month (None = open-ended).

    `persons` counts members with 保障 status, `members` all of them; `person_ref` is the pseudonym
    of the person supported (低保: the head). Where the decision does not say whether it is 城市 or
    农村, `area` is that of the village, else of the township, if the bureau says one.

    `monthly_amount_fen` None = the standard in force, where the programme follows one;
    `standard_fen` is what a top-up was worked out with.
    """

    case_number: str
    programme: Programme
    level: Level | None
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
    entry: Entry[Entitlement | ChildEntitlement | SubsidyEntitlement | Allowance],
    last_month: Month | None,
    **own: Any,
) -> Iterator[Since]:
    """A confirming decision: from its first month on all is as it says."""
    decision = entry.data
    first = decision.first_month
    yield from (since for since in kept if since.month < first)
    values: dict[str, Any] = {"level": None, "mode": None, "area": None, "standard_fen": None}
    case = Case(
        case_number=decision.case_number,
        programme=decision.programme,
        township=decision.township,
        village=decision.village,
        first_month="",
        last_month=None,
        monthly_amount_fen=decision.monthly_amount_fen,
        decision_number=decision.decision_number,
        decided_on=decision.decided_on,
        **values | own,
    )
    case = _by_programme(case, entry.bureau)
    if last_month is None or first <= last_month:
        yield Since(first, entitled=True, case=case)
    if last_month is not None:
        after = max(first, next_month(last_month))
        yield Since(after, entitled=False, case=case)


def _by_programme(case: Case, bureau: Bureau) -> Case:
    """The case with the amount that its programme fixes, in a place as the bureau has it."""
    programme = bureau.programmes.get(case.programme)
    if programme is not None:
        case = case._replace(monthly_amount_fen=programme.fixes(case.monthly_amount_fen))
    places = bureau.villages.get(case.village), bureau.townships.get(case.township)
    areas = [case.area, *(place.area for place in places if place is not None)]
    return case._replace(area=next((area for area in areas if area is not None), None))


@cases.folds
def confirmed(kept: Sequence[Since], entry: Entry[BenefitConfirmed]) -> Iterator[Since]:
    return _benefit(kept, entry, None)


@cases.folds
def taken_over(kept: Sequence[Since], entry: Entry[CaseTakenOver]) -> Iterator[Since]:
    return _benefit(kept, entry, entry.data.last_month)


def _benefit(
    kept: Sequence[Since], entry: Entry[BenefitConfirmed] | Entry[CaseTakenOver], last: str | None
) -> Iterator[Since]:
    decision = entry.data
    members = decision.members
    head = next((member for member in members if member.head), members[0])
    return _begin(
        kept,
        entry,
        last,
        level=decision.level,
        area=decision.area,
        mode=decision.mode,
        standard_fen=decision.standard_fen,
        persons=sum(member.covered for member in members),
        members=len(members),
        person_ref=head.person.ref,
    )


@cases.folds
def child_confirmed(kept: Sequence[Since], entry: Entry[ChildSupportConfirmed]) -> Iterator[Since]:
    return _child(kept, entry, None)


@cases.folds
def child_taken_over(kept: Sequence[Since], entry: Entry[ChildCaseTakenOver]) -> Iterator[Since]:
    return _child(kept, entry, entry.data.last_month)


def _child(
    kept: Sequence[Since],
    entry: Entry[ChildSupportConfirmed] | Entry[ChildCaseTakenOver],
    last: str | None,
) -> Iterator[Since]:
    mode, ref = entry.data.mode, entry.data.child.ref
    return _begin(kept, entry, last, mode=mode, persons=1, members=1, person_ref=ref)


@cases.folds
def subsidy_approved(kept: Sequence[Since], entry: Entry[SubsidyApproved]) -> Iterator[Since]:
    return _granted(kept, entry, None, entry.data.holder.ref)


@cases.folds
def subsidy_taken_over(
    kept: Sequence[Since], entry: Entry[SubsidyCaseTakenOver]
) -> Iterator[Since]:
    return _granted(kept, entry, entry.data.last_month, entry.data.holder.ref)


@cases.folds
def allowance_approved(kept: Sequence[Since], entry: Entry[AllowanceApproved]) -> Iterator[Since]:
    return _granted(kept, entry, None, entry.data.elder.ref)


@cases.folds
def allowance_taken_over(
    kept: Sequence[Since], entry: Entry[AllowanceTakenOver]
) -> Iterator[Since]:
    return _granted(kept, entry, entry.data.last_month, entry.data.elder.ref)


def _granted(
    kept: Sequence[Since],
    entry: Entry[SubsidyEntitlement] | Entry[Allowance],
    last: str | None,
    ref: str,
) -> Iterator[Since]:
    """To one person."""
    level = entry.data.level
    return _begin(kept, entry, last, level=level, persons=1, members=1, person_ref=ref)


@cases.folds
def adjusted(kept: Sequence[Since], entry: Entry[BenefitAdjusted]) -> Iterator[Since]:
    """What it leaves out stays as it was. Of a case of another line it only changes the place."""
    data = entry.data

    def turn(case: Case) -> Case:
        programme = entry.bureau.programmes.get(case.programme)
        case = case._replace(
            township=data.township or case.township,
            village=data.village or case.village,
            area=data.area or case.area,
            decided_on=data.decided_on,
        )
        if programme is not None and programme.line != "assistance":
            return case
        standard = case.standard_fen if data.standard_fen is None else data.standard_fen
        case = case._replace(
            level=data.level or case.level,
            monthly_amount_fen=data.monthly_amount_fen,
            standard_fen=standard,
            persons=data.covered_persons,
        )
        return _by_programme(case, entry.bureau)

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
def grant_adjusted(
    kept: Sequence[Since], entry: Entry[SubsidyAdjusted | AllowanceAdjusted]
) -> Iterator[Since]:
    """What it leaves out stays as it was; in another village 城乡 is what it is there."""
    data = entry.data

    def turn(case: Case) -> Case:
        moved = data.township is not None or data.village is not None
        case = case._replace(
            level=data.level or case.level,
            township=data.township or case.township,
            village=data.village or case.village,
            area=None if moved else case.area,
            monthly_amount_fen=data.monthly_amount_fen or case.monthly_amount_fen,
            decided_on=data.decided_on,
        )
        return _by_programme(case, entry.bureau)

    return _from(kept, data.from_month, turn=turn)


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
    kept: Sequence[Since],
    entry: Entry[BenefitTerminated | ChildSupportTerminated | SubsidyStopped | AllowanceStopped],
) -> Iterator[Since]:
    return _from(kept, next_month(entry.data.last_month), entitled=False)


@cases.folds
def resumed(
    kept: Sequence[Since], entry: Entry[BenefitResumed | SubsidyResumed | AllowanceResumed]
) -> Iterator[Since]:
    """The case goes on with what holds in its months, decided anew."""
    decided_on = entry.data.decided_on
    return _from(
        kept,
        entry.data.first_month,
        entitled=True,
        turn=lambda case: case._replace(decided_on=decided_on),
    )
