"""Who is entitled to what in which months: one row per case and stretch of months (a stock).

Two things are decided of a case, each from a month on: whether it is entitled, and what holds of it
(persons, amount, mode, place …). What holds lasts until another decision says otherwise, also
through months without entitlement. A row is a stretch of entitled months in which the same holds.
The rows of one case never overlap, so a case counts once in any month. A case that is entitled in
no month keeps one row whose last month lies before its first: it stays known, and is active never.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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
from domain.assistance.households import (
    HeadChanged,
    HouseholdMerged,
    HouseholdMoved,
    HouseholdSplit,
)
from domain.bureau.bureau import Bureau
from domain.calendar import Month, month_of, next_month
from domain.children import (
    ChildCaseTakenOver,
    ChildEntitlement,
    ChildMoved,
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
from projections.entitlement import (
    Case,
    CoveredPerson,
    Since,
    fewer,
    from_month,
    shown,
    shown_persons,
    with_household,
)
from projections.read_model import ReadModel

cases = ReadModel(
    "case_entitlement",
    Case,
    indexes=("programme, first_month", "stream"),
    doc="entitlement of each case by months",
)


def _begin(
    kept: Sequence[Since],
    entry: Entry[Entitlement | ChildEntitlement | SubsidyEntitlement | Allowance],
    last_month: Month | None,
    household: tuple[tuple[str, bool], ...] = (),
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
        continues=decision.continues,
        moved_from=decision.moved_from,
        **values | own,
    )
    case = _by_programme(case, entry.bureau)
    if last_month is None or first <= last_month:
        yield Since(first, entitled=True, case=case, household=household)
    if last_month is not None:
        after = max(first, next_month(last_month))
        yield Since(after, entitled=False, case=case, household=household)


def _by_programme(case: Case, bureau: Bureau) -> Case:
    """The case with the amount that its programme fixes, in a place as the bureau has it."""
    programme = bureau.programmes.get(case.programme)
    if programme is not None:
        case = case._replace(monthly_amount_fen=programme.fixes(case.monthly_amount_fen))
    places = bureau.villages.get(case.village), bureau.townships.get(case.township)
    areas = [case.area, *(place.area for place in places if place is not None)]
    return case._replace(area=next((area for area in areas if area is not None), None))


cases.shows(shown)


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
        tuple((member.person.ref, member.covered) for member in members),
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

    return from_month(kept, data.from_month, turn=turn)


@cases.folds
def child_adjusted(kept: Sequence[Since], entry: Entry[ChildSupportAdjusted]) -> Iterator[Since]:
    own = entry.data.monthly_amount_fen
    decided_on = entry.data.decided_on
    return from_month(
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

    return from_month(kept, data.from_month, turn=turn)


@cases.folds
def support_changed(kept: Sequence[Since], entry: Entry[SupportChanged]) -> Iterator[Since]:
    mode = entry.data.mode
    return from_month(kept, entry.data.from_month, turn=lambda case: case._replace(mode=mode))


@cases.folds
def member_added(kept: Sequence[Since], entry: Entry[MemberAdded]) -> Iterator[Since]:
    member, month = entry.data.member, month_of(entry.data.changed_on)

    def turn(case: Case) -> Case:
        ref = member.person.ref if member.head else case.person_ref
        return case._replace(members=case.members + 1, person_ref=ref)

    counted = list(from_month(kept, month, turn=turn))
    return with_household(counted, next_month(month), joining=[(member.person.ref, member.covered)])


@cases.folds
def member_removed(kept: Sequence[Since], entry: Entry[MemberRemoved]) -> Iterator[Since]:
    month = month_of(entry.data.changed_on)
    counted = list(from_month(kept, month, turn=lambda case: fewer(case, 1)))
    return with_household(counted, next_month(month), leaving=[entry.data.person.ref])


@cases.folds
def household_split(kept: Sequence[Since], entry: Entry[HouseholdSplit]) -> Iterator[Since]:
    month, leaving = entry.data.from_month, [person.ref for person in entry.data.leaving]
    counted = list(from_month(kept, month, turn=lambda case: fewer(case, len(leaving))))
    return with_household(counted, month, leaving=leaving)


@cases.folds
def household_merged(kept: Sequence[Since], entry: Entry[HouseholdMerged]) -> Iterator[Since]:
    month, members = entry.data.from_month, entry.data.joining
    counted = list(from_month(kept, month, turn=lambda case: fewer(case, -len(members))))
    return with_household(counted, month, joining=[(m.person.ref, m.covered) for m in members])


@cases.folds
def head_changed(kept: Sequence[Since], entry: Entry[HeadChanged]) -> Iterator[Since]:
    ref, month = entry.data.head.ref, month_of(entry.data.changed_on)
    return from_month(kept, month, turn=lambda case: case._replace(person_ref=ref))


@cases.folds
def household_moved(kept: Sequence[Since], entry: Entry[HouseholdMoved]) -> Iterator[Since]:
    data = entry.data
    return from_month(
        kept,
        data.from_month,
        turn=lambda case: case._replace(
            township=data.township, village=data.village, area=data.area or case.area
        ),
    )


@cases.folds
def child_moved(kept: Sequence[Since], entry: Entry[ChildMoved]) -> Iterator[Since]:
    """城乡 is what it is there."""
    data = entry.data

    def turn(case: Case) -> Case:
        moved = case._replace(township=data.township, village=data.village, area=None)
        return _by_programme(moved, entry.bureau)

    return from_month(kept, data.from_month, turn=turn)


@cases.folds
def suspended(kept: Sequence[Since], entry: Entry[BenefitSuspended]) -> Iterator[Since]:
    return from_month(kept, entry.data.from_month, entitled=False)


@cases.folds
def terminated(
    kept: Sequence[Since],
    entry: Entry[BenefitTerminated | ChildSupportTerminated | SubsidyStopped | AllowanceStopped],
) -> Iterator[Since]:
    return from_month(kept, next_month(entry.data.last_month), entitled=False)


@cases.folds
def resumed(
    kept: Sequence[Since], entry: Entry[BenefitResumed | SubsidyResumed | AllowanceResumed]
) -> Iterator[Since]:
    """The case goes on with what holds in its months, decided anew."""
    decided_on = entry.data.decided_on
    return from_month(
        kept,
        entry.data.first_month,
        entitled=True,
        turn=lambda case: case._replace(decided_on=decided_on),
    )


covered_persons = cases.beside(
    "covered_person",
    CoveredPerson,
    shown_persons,
    indexes=("person_ref", "stream"),
    doc="who has 保障 status by which case, by months",
)
