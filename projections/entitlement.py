"""What is decided of a case from a month on, and the stretches of months that it comes to.

A step lasts until another one; what holds lasts also through months without entitlement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.calendar import Month, previous_month
from domain.casework import Area, Level, Programme


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
    continues: str | None
    """The case of the same persons that this one goes on from."""
    moved_from: str | None
    """迁入: the division it came from."""


class Since(NamedTuple):
    """What is decided of a case from a month on, until the next such month.

    `case` has its first and last month only where it is shown. `household` holds the pseudonyms of
    its members, and whether each has 保障 status.
    """

    month: Month
    entitled: bool
    case: Case
    household: tuple[tuple[str, bool], ...] = ()

    @property
    def covered(self) -> int:
        """How many of its members have 保障 status."""
        return sum(covered for _, covered in self.household)


def shown(kept: Sequence[Since]) -> Iterator[Case]:
    """The stretches of entitled months."""
    for since, until in _with_end(list(_joined(kept))):
        if since.entitled:
            last = None if until is None else previous_month(until)
            yield since.case._replace(first_month=since.month, last_month=last)
    if kept and not any(since.entitled for since in kept):
        month, case = kept[-1].month, kept[-1].case
        yield case._replace(first_month=month, last_month=previous_month(month))


class CoveredPerson(NamedTuple):
    """A person with 保障 status by a case, from first_month to last_month (None = open-ended).

    Of 低保 each member that has it, whoever is its head; of all others the person supported. A
    person whom a decision counts without naming is not here.
    """

    person_ref: str
    case_number: str
    programme: Programme
    township: str
    first_month: str
    last_month: str | None


def shown_persons(kept: Sequence[Since]) -> Iterator[CoveredPerson]:
    """The stretches of months in which each person is covered, by the same programme and place."""
    going_on: dict[str, CoveredPerson] = {}
    for since, until in _with_end(kept):
        case = since.case
        last = None if until is None else previous_month(until)
        household = since.household or ((case.person_ref, True),)
        covered = [ref for ref, has_status in household if has_status and since.entitled]
        for ref in [ref for ref in going_on if ref not in covered]:
            yield going_on.pop(ref)
        for ref in covered:
            now = CoveredPerson(
                ref, case.case_number, case.programme, case.township, since.month, last
            )
            before = going_on.get(ref)
            if before is not None and before[:4] == now[:4]:
                now = now._replace(first_month=before.first_month)
            elif before is not None:
                yield before
            going_on[ref] = now
    yield from going_on.values()


def _joined(kept: Iterable[Since]) -> Iterator[Since]:
    """Without those from which on nothing is other than before."""
    last: Since | None = None
    for since in kept:
        if last is None or since[1:3] != last[1:3]:
            yield since
        last = since


def _with_end(kept: Sequence[Since]) -> Iterator[tuple[Since, Month | None]]:
    """Each with the month from which on another holds."""
    for number, since in enumerate(kept, start=1):
        yield since, kept[number].month if number < len(kept) else None


def from_month(
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
            yield since._replace(month=max(since.month, month), entitled=now, case=turn(since.case))


def fewer(case: Case, persons: int) -> Case:
    return case._replace(members=max(case.members - persons, 0))


def with_household(
    kept: Sequence[Since],
    month: Month,
    *,
    joining: Collection[tuple[str, bool]] = (),
    leaving: Collection[str] = (),
) -> Iterator[Since]:
    """Who is of the household from a month on, and so how many have 保障 status.

    Where a decision told another number than the members come to, the decision stands.
    """
    gone = {*leaving, *(ref for ref, _ in joining)}
    for since, until in _with_end(kept):
        if since.month < month:
            yield since
        if until is None or until > month:
            stays = tuple(member for member in since.household if member[0] not in gone)
            now = since._replace(month=max(since.month, month), household=(*stays, *joining))
            if since.case.persons == since.covered:
                now = now._replace(case=now.case._replace(persons=now.covered))
            yield now
