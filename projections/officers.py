"""Departments, posts that require a licence, officers in post, licences, exams, legal advisers.

Departments, posts, officers in post, licences and advisers' lawyers are there from `valid_from` to
the day before `valid_to` (None = still).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.aggregate import Entry
from domain.officers import (
    AdviserEngaged,
    AdviserEngagementEnded,
    DepartmentAbolished,
    DepartmentEstablished,
    ExamPassed,
    LegalServiceRecorded,
    LicenceHeld,
    LicenceIssued,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
    LicenceTakenOver,
    OfficerJoined,
    OfficerLeft,
    OfficerReturned,
    OfficerSeconded,
    OfficerTakenOver,
    OfficerTransferred,
    PostHeld,
    PostLicenceReleased,
    PostLicenceRequired,
)
from projections.read_model import ReadModel
from projections.stretches import Change, decided, found, lasting, stretches


class Department(NamedTuple):
    """A department (股室) under a title."""

    department: str
    title: str
    valid_from: date
    valid_to: date | None


class LicencePost(NamedTuple):
    """A post, for the days on which it requires a licence."""

    post: str
    department: str | None
    title: str
    valid_from: date
    valid_to: date | None


class OfficerPost(NamedTuple):
    """An officer in post; while seconded away they are not."""

    officer: str
    post: str
    department: str | None
    leader: bool
    valid_from: date
    valid_to: date | None


class Licence(NamedTuple):
    """A licence, for the days on which it is valid."""

    officer: str
    licence_number: str
    scope: str | None
    """What its holder may enforce, as the licence says; None = nobody told."""
    valid_from: date
    valid_to: date | None


class ExamPass(NamedTuple):
    """An exam passed."""

    officer: str
    exam: str
    passed_on: date


class AdviserLawyer(NamedTuple):
    """A lawyer of a firm engaged as legal adviser, by pseudonym."""

    engagement: str
    firm_code: str
    firm: str
    lawyer: str
    valid_from: date
    valid_to: date | None


class LegalService(NamedTuple):
    """A service of the legal adviser."""

    engagement: str
    service: str
    served_on: date


departments = lasting(
    ReadModel("department", Department, doc="departments of the bureau, by title")
)
licence_posts = lasting(ReadModel("licence_post", LicencePost, doc="posts that require a licence"))
officer_posts = lasting(
    ReadModel("officer_post", OfficerPost, indexes=("officer",), doc="officers in post")
)
licences = ReadModel("licence", Licence, indexes=("officer",), doc="enforcement licences")
exam_passes = ReadModel("exam_pass", ExamPass, doc="exams for a licence passed")
adviser_lawyers = lasting(ReadModel("adviser_lawyer", AdviserLawyer, doc="lawyers engaged"))
legal_services = ReadModel("legal_service", LegalService, doc="services of legal advisers")


@departments.folds
def department_established(
    kept: Sequence[Change], entry: Entry[DepartmentEstablished]
) -> Iterator[Change]:
    """A department established again has the title told then, from then on."""
    data = entry.data
    code = data.department
    return decided(kept, Change(code, data.established_on, (code, data.title)))


@departments.folds
def department_abolished(
    kept: Sequence[Change], entry: Entry[DepartmentAbolished]
) -> Iterator[Change]:
    return decided(kept, Change(entry.data.department, entry.data.abolished_on, None))


@licence_posts.folds
def post_required(kept: Sequence[Change], entry: Entry[PostLicenceRequired]) -> Iterator[Change]:
    data = entry.data
    post = (data.post, data.department, data.title)
    return decided(kept, Change(data.post, data.from_on, post))


@licence_posts.folds
def post_released(kept: Sequence[Change], entry: Entry[PostLicenceReleased]) -> Iterator[Change]:
    return decided(kept, Change(entry.data.post, entry.data.released_on, None))


@officer_posts.folds
def officer_taken_over(kept: Sequence[Change], entry: Entry[OfficerTakenOver]) -> Iterator[Change]:
    data = entry.data
    return found(kept, data.taken_over_on, _in_post(data, data.in_post_since))


@officer_posts.folds
def in_post(
    kept: Sequence[Change], entry: Entry[OfficerJoined | OfficerTransferred | OfficerReturned]
) -> Iterator[Change]:
    """A new post ends the one before."""
    return decided(kept, _in_post(entry.data, entry.data.occurred_on()))


def _in_post(held: PostHeld, on: date) -> Change:
    return Change(held.officer, on, (held.officer, held.post, held.department, held.leader))


@officer_posts.folds
def away(kept: Sequence[Change], entry: Entry[OfficerSeconded | OfficerLeft]) -> Iterator[Change]:
    return decided(kept, Change(entry.data.officer, entry.data.occurred_on(), None))


def _valid(licence: LicenceHeld | LicenceResumed, on: date, scope: str | None) -> Change:
    """Valid from a day to its last day, that one included."""
    number = licence.licence_number
    return Change(number, on, (licence.officer, number, scope), _after(licence.valid_until))


@licences.shows
def licences_shown(kept: Sequence[Change]) -> Iterator[Licence]:
    """One that was resumed is valid for what the others that name it say."""
    told = {each.of: each.value[2] for each in kept if each.value and each.value[2] is not None}
    scoped = (
        each._replace(value=(*each.value[:2], each.value[2] or told.get(each.of)))
        if each.value
        else each
        for each in kept
    )
    return (Licence._make(row) for row in stretches(list(scoped)))


@licences.folds
def licence_taken_over(kept: Sequence[Change], entry: Entry[LicenceTakenOver]) -> Iterator[Change]:
    data = entry.data
    return found(kept, data.taken_over_on, _valid(data, data.valid_from, data.scope))


@licences.folds
def licence_issued(kept: Sequence[Change], entry: Entry[LicenceIssued]) -> Iterator[Change]:
    return decided(kept, _valid(entry.data, entry.data.valid_from, entry.data.scope))


@licences.folds
def licence_stopped(
    kept: Sequence[Change], entry: Entry[LicenceSuspended | LicenceRevoked]
) -> Iterator[Change]:
    """Of this licence, also where it was to begin later only."""
    data = entry.data
    return decided(kept, Change(data.licence_number, data.occurred_on(), None))


@licences.folds
def licence_resumed(kept: Sequence[Change], entry: Entry[LicenceResumed]) -> Iterator[Change]:
    return decided(kept, _valid(entry.data, entry.data.resumed_on, None))


@exam_passes.adds
def exam_passed(entry: Entry[ExamPassed]) -> Iterator[ExamPass]:
    yield ExamPass(entry.data.officer, entry.data.exam, entry.data.passed_on)


@adviser_lawyers.folds
def adviser_engaged(kept: Sequence[Change], entry: Entry[AdviserEngaged]) -> Iterator[Change]:
    data = entry.data
    until = _after(data.until_on)
    lawyers = sorted({lawyer.ref for lawyer in data.lawyers})
    firm = (data.engagement, data.firm_code, data.firm)
    return decided(kept, *(Change(one, data.from_on, (*firm, one), until) for one in lawyers))


@adviser_lawyers.folds
def adviser_ended(kept: Sequence[Change], entry: Entry[AdviserEngagementEnded]) -> Iterator[Change]:
    """Of all lawyers engaged before."""
    on = entry.data.ended_on
    lawyers = sorted({change.of for change in kept})
    return decided(kept, *(Change(one, on, None) for one in lawyers))


@legal_services.adds
def legal_service(entry: Entry[LegalServiceRecorded]) -> Iterator[LegalService]:
    data = entry.data
    yield LegalService(data.engagement, data.service, data.served_on)


def _after(last_day: date) -> date:
    """The first day after it."""
    return last_day + timedelta(days=1)
