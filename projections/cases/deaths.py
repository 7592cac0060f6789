"""Who died, by every fact that says so: cremation, ashes certificates, cases that end by a death.

A case says that its person died; whom it means follows from the decisions before. Of a household
that ends by a death it is known only where one member was left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.assistance.benefits import (
    BenefitConfirmed,
    BenefitResumed,
    BenefitTerminated,
    CaseTakenOver,
    MemberAdded,
    MemberRemoved,
)
from domain.assistance.households import HouseholdMerged, HouseholdSplit
from domain.children import ChildCaseTakenOver, ChildSupportConfirmed, ChildSupportTerminated
from domain.disability import (
    SubsidyApproved,
    SubsidyCaseTakenOver,
    SubsidyResumed,
    SubsidyStopped,
)
from domain.elderly import (
    AllowanceApproved,
    AllowanceResumed,
    AllowanceStopped,
    AllowanceTakenOver,
)
from domain.funeral import AshesCertificateIssued, CremationRecorded
from projections.read_model import ReadModel


class Death(NamedTuple):
    """That a person died, as one fact has it; several may say so of one person.

    Where the fact does not tell the day, `died_on` is the day on which the person was dead.
    """

    person_ref: str
    died_on: date
    told_on: date
    """Business date of the fact."""
    none_from: date | None = None
    """From this day on it was known that the person lives: the benefit was resumed."""


deaths = ReadModel(
    "death",
    Death,
    indexes=("person_ref", "stream"),
    doc="who died, by each fact that says so",
    private="who died, by pseudonym; audit rules read it",
)


class Known(NamedTuple):
    """A person of a case, and that person's death."""

    person_ref: str
    death: Death | None = None
    ended: bool = False
    """The case ended by this death."""


@deaths.shows
def shown(kept: Sequence[Known]) -> Iterator[Death]:
    return (person.death for person in kept if person.death is not None)


@deaths.adds
def cremated(entry: Entry[CremationRecorded]) -> tuple[Death]:
    data = entry.data
    return (Death(data.deceased.ref, data.died_on, data.cremated_on),)


@deaths.adds
def certified(entry: Entry[AshesCertificateIssued]) -> tuple[Death]:
    data = entry.data
    return (Death(data.deceased.ref, data.issued_on, data.issued_on),)


def _with(kept: Iterable[Known], on: date, joining: Iterable[str]) -> Iterator[Known]:
    """Those with others that join; who joins on a day lives, whatever was told before."""
    new = list(dict.fromkeys(joining))
    for person in kept:
        if person.death is None:
            if person.person_ref not in new:
                yield person
        elif person.person_ref in new and person.death.none_from is None:
            yield Known(person.person_ref, person.death._replace(none_from=on))
        else:
            yield person
    yield from map(Known, new)


def _begins(kept: Sequence[Known], entry: Entry, *persons: str) -> Iterator[Known]:
    """From now on the case is these persons'; who died before is still dead."""
    dead = [person for person in kept if person.death is not None]
    return _with(dead, entry.data.occurred_on(), persons)


def _without(kept: Iterable[Known], leaving: Iterable[str]) -> Iterator[Known]:
    gone = set(leaving)
    return (p for p in kept if p.death is not None or p.person_ref not in gone)


@deaths.folds
def household(
    kept: Sequence[Known], entry: Entry[BenefitConfirmed | CaseTakenOver]
) -> Iterator[Known]:
    return _begins(kept, entry, *(member.person.ref for member in entry.data.members))


@deaths.folds
def child(
    kept: Sequence[Known], entry: Entry[ChildSupportConfirmed | ChildCaseTakenOver]
) -> Iterator[Known]:
    return _begins(kept, entry, entry.data.child.ref)


@deaths.folds
def holder(
    kept: Sequence[Known], entry: Entry[SubsidyApproved | SubsidyCaseTakenOver]
) -> Iterator[Known]:
    return _begins(kept, entry, entry.data.holder.ref)


@deaths.folds
def elder(
    kept: Sequence[Known], entry: Entry[AllowanceApproved | AllowanceTakenOver]
) -> Iterator[Known]:
    return _begins(kept, entry, entry.data.elder.ref)


@deaths.folds
def member_added(kept: Sequence[Known], entry: Entry[MemberAdded]) -> Iterator[Known]:
    return _with(kept, entry.data.changed_on, [entry.data.member.person.ref])


@deaths.folds
def member_removed(kept: Sequence[Known], entry: Entry[MemberRemoved]) -> Iterator[Known]:
    data = entry.data
    yield from _without(kept, [data.person.ref])
    if data.died_on is not None:
        yield Known(data.person.ref, Death(data.person.ref, data.died_on, data.changed_on))


@deaths.folds
def household_split(kept: Sequence[Known], entry: Entry[HouseholdSplit]) -> Iterator[Known]:
    return _without(kept, (person.ref for person in entry.data.leaving))


@deaths.folds
def household_merged(kept: Sequence[Known], entry: Entry[HouseholdMerged]) -> Iterator[Known]:
    return _with(kept, entry.data.decided_on, (member.person.ref for member in entry.data.joining))


@deaths.folds
def ended(
    kept: Sequence[Known],
    entry: Entry[BenefitTerminated | ChildSupportTerminated | SubsidyStopped | AllowanceStopped],
) -> Iterator[Known]:
    data = entry.data
    left = [person.person_ref for person in kept if person.death is None]
    died = data.reason == "died" or data.died_on is not None
    for person in kept:
        if died and left == [person.person_ref] and person.death is None:
            death = Death(person.person_ref, data.died_on or data.decided_on, data.decided_on)
            yield Known(person.person_ref, death, ended=True)
        else:
            yield person


@deaths.folds
def resumed(
    kept: Sequence[Known], entry: Entry[BenefitResumed | SubsidyResumed | AllowanceResumed]
) -> Iterator[Known]:
    """A case that ended by a death goes on: there was none."""
    on = entry.data.decided_on
    for person in kept:
        if person.death is not None and person.ended:
            yield person._replace(death=person.death._replace(none_from=on), ended=False)
            yield Known(person.person_ref)
        else:
            yield person
