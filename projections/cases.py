"""Who is entitled to what in which months: one row per case and stretch of months (a stock).

The rows of one case never overlap, so a case counts once in any month. A case that was ended
before it began keeps one row whose last month lies before its first: it stays known, and is
active in no month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    MemberAdded,
    MemberRemoved,
    SupportChanged,
)
from domain.calendar import previous_month
from domain.children import (
    ChildCaseTakenOver,
    ChildSupportAdjusted,
    ChildSupportConfirmed,
    ChildSupportTerminated,
)
from domain.disability import (
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyResumed,
    SubsidyStopped,
)
from projections.read_model import ReadModel, day


class Case(NamedTuple):
    """A case is active at D when first_month ≤ month(D) ≤ last_month (None = open-ended).

    `persons` counts members with 保障 status, `members` all of them; `person_ref` is the pseudonym
    of the person supported (低保: the head). `monthly_amount_fen` None = the standard in force.
    """

    case_number: str
    programme: str
    mode: str | None
    area: str | None
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


def _begin(rows: Sequence[Case], data: Mapping[str, Any], **own: Any) -> Iterator[Case]:
    """A confirming decision: what was entitled before ends where it begins."""
    yield from _until(rows, previous_month(data["first_month"]))
    yield Case(
        case_number=data["case_number"],
        programme=data["programme"],
        area=data.get("area"),
        township=data["township"],
        village=data["village"],
        first_month=data["first_month"],
        last_month=data.get("last_month"),
        standard_fen=data.get("standard_fen"),
        decision_number=data["decision_number"],
        decided_on=day(data["decided_on"]),
        **own,
    )


@cases.folds(CaseTakenOver, BenefitConfirmed)
def confirmed(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    data = entry.data
    members = data["members"]
    flat = data["programme"] == "tekun"
    head = next((m for m in members if m.get("head")), members[0])
    yield from _begin(
        rows,
        data,
        mode=data.get("mode"),
        monthly_amount_fen=None if flat else data["monthly_amount_fen"],
        persons=sum(member["covered"] for member in members),
        members=len(members),
        person_ref=head["person"]["ref"],
    )


@cases.folds(ChildCaseTakenOver, ChildSupportConfirmed)
def child_confirmed(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    data = entry.data
    yield from _begin(
        rows,
        data,
        mode=data.get("mode", "home-based"),
        monthly_amount_fen=data.get("monthly_amount_fen"),
        persons=1,
        members=1,
        person_ref=data["child"]["ref"],
    )


@cases.folds(SubsidyCaseTakenOver, SubsidyApproved)
def subsidy_approved(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    data = entry.data
    yield from _begin(
        rows,
        data,
        mode=None,
        monthly_amount_fen=None,
        persons=1,
        members=1,
        person_ref=data["holder"]["ref"],
    )


@cases.folds(BenefitAdjusted)
def adjusted(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    data = entry.data

    def turn(row: Case) -> Case:
        return row._replace(
            area=data.get("area", row.area),
            township=data.get("township", row.township),
            village=data.get("village", row.village),
            monthly_amount_fen=None if row.programme == "tekun" else data["monthly_amount_fen"],
            standard_fen=data.get("standard_fen"),
            persons=data["covered_persons"],
            decided_on=day(data["decided_on"]),
        )

    return _from(rows, data["from_month"], turn)


@cases.folds(ChildSupportAdjusted)
def child_adjusted(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    own = entry.data.get("monthly_amount_fen")
    decided_on = day(entry.data["decided_on"])
    return _from(
        rows,
        entry.data["from_month"],
        lambda row: row._replace(monthly_amount_fen=own, decided_on=decided_on),
    )


@cases.folds(SupportChanged)
def support_changed(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    mode = entry.data["mode"]
    return _from(rows, entry.data["from_month"], lambda row: row._replace(mode=mode))


@cases.folds(MemberAdded)
def member_added(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    month = entry.data["changed_on"][:7]
    return _from(rows, month, lambda row: row._replace(members=row.members + 1))


@cases.folds(MemberRemoved)
def member_removed(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    month = entry.data["changed_on"][:7]
    return _from(rows, month, lambda row: row._replace(members=max(row.members - 1, 0)))


@cases.folds(BenefitSuspended)
def suspended(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    return _until(rows, previous_month(entry.data["from_month"]))


@cases.folds(BenefitTerminated, ChildSupportTerminated, SubsidyStopped)
def terminated(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    return _until(rows, entry.data["last_month"])


@cases.folds(BenefitResumed, SubsidyResumed)
def resumed(rows: Sequence[Case], entry: Entry) -> Iterator[Case]:
    """The case goes on as it stood in its last stretch."""
    first = entry.data["first_month"]
    yield from _until(rows, previous_month(first))
    if rows:
        last = max(rows, key=lambda row: row.first_month)
        decided_on = day(entry.data["decided_on"])
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
