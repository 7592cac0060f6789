"""Departments, posts that require a licence, officers in post, licences, exams, legal advisers.

All of them are stretches of days, both ends included; `until_on` None = open-ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from domain.aggregate import Entry
from domain.officers import (
    AdviserEngaged,
    AdviserEngagementEnded,
    DepartmentAbolished,
    DepartmentEstablished,
    ExamPassed,
    LegalServiceRecorded,
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
    PostLicenceReleased,
    PostLicenceRequired,
)
from projections.read_model import ReadModel


class Department(NamedTuple):
    """A department (股室)."""

    department: str
    title: str
    from_on: date
    until_on: date | None


class LicencePost(NamedTuple):
    """A post, for the days on which it requires a licence."""

    post: str
    department: str | None
    from_on: date
    until_on: date | None


class OfficerPost(NamedTuple):
    """An officer in post; while seconded away they are not."""

    officer: str
    post: str
    department: str | None
    leader: bool
    from_on: date
    until_on: date | None


class Licence(NamedTuple):
    """A licence, for the days on which it is valid."""

    officer: str
    licence_number: str
    from_on: date
    until_on: date | None


class ExamPass(NamedTuple):
    """An exam passed."""

    officer: str
    exam: str
    passed_on: date


class AdviserLawyer(NamedTuple):
    """A lawyer of a firm engaged as legal adviser, by pseudonym."""

    engagement: str
    firm_code: str
    lawyer: str
    from_on: date
    until_on: date | None


class LegalService(NamedTuple):
    """A service of the legal adviser."""

    engagement: str
    service: str
    served_on: date


departments = ReadModel("department", Department, doc="departments of the bureau")
licence_posts = ReadModel("licence_post", LicencePost, doc="posts that require a licence")
officer_posts = ReadModel("officer_post", OfficerPost, indexes=("officer",), doc="officers in post")
licences = ReadModel("licence", Licence, indexes=("officer",), doc="enforcement licences")
exam_passes = ReadModel("exam_pass", ExamPass, doc="exams for a licence passed")
adviser_lawyers = ReadModel("adviser_lawyer", AdviserLawyer, doc="lawyers engaged")
legal_services = ReadModel("legal_service", LegalService, doc="services of legal advisers")

Stretch = TypeVar("Stretch", Department, LicencePost, OfficerPost, Licence, AdviserLawyer)


def _until(rows: Sequence[Stretch], first_day_gone: date) -> Iterator[Stretch]:
    """The stretches cut before a day; those that begin on it or later never were."""
    last = first_day_gone - timedelta(days=1)
    for row in rows:
        if row.from_on <= last:
            open_at = row.until_on is None or row.until_on > last
            yield row._replace(until_on=last) if open_at else row


@departments.folds
def department_established(
    rows: Sequence[Department], entry: Entry[DepartmentEstablished]
) -> Iterator[Department]:
    data = entry.data
    on = data.established_on
    yield from _until(rows, on)
    yield Department(data.department, data.title, on, None)


@departments.folds
def department_abolished(
    rows: Sequence[Department], entry: Entry[DepartmentAbolished]
) -> Iterator[Department]:
    yield from _until(rows, entry.data.abolished_on)


@licence_posts.folds
def post_required(
    rows: Sequence[LicencePost], entry: Entry[PostLicenceRequired]
) -> Iterator[LicencePost]:
    data = entry.data
    on = data.from_on
    yield from _until(rows, on)
    yield LicencePost(data.post, data.department, on, None)


@licence_posts.folds
def post_released(
    rows: Sequence[LicencePost], entry: Entry[PostLicenceReleased]
) -> Iterator[LicencePost]:
    yield from _until(rows, entry.data.released_on)


@officer_posts.folds
def taken_over(
    rows: Sequence[OfficerPost], entry: Entry[OfficerTakenOver]
) -> Iterator[OfficerPost]:
    return _in_post(rows, entry.data, entry.data.in_post_since)


@officer_posts.folds
def in_post(
    rows: Sequence[OfficerPost], entry: Entry[OfficerJoined | OfficerTransferred | OfficerReturned]
) -> Iterator[OfficerPost]:
    return _in_post(rows, entry.data, entry.data.occurred_on())


def _in_post(
    rows: Sequence[OfficerPost],
    post: OfficerTakenOver | OfficerJoined | OfficerTransferred | OfficerReturned,
    on: date,
) -> Iterator[OfficerPost]:
    """A new post ends the one before."""
    yield from _until(rows, on)
    yield OfficerPost(post.officer, post.post, post.department, post.leader, on, None)


@officer_posts.folds
def away(
    rows: Sequence[OfficerPost], entry: Entry[OfficerSeconded | OfficerLeft]
) -> Iterator[OfficerPost]:
    yield from _until(rows, entry.data.occurred_on())


@licences.folds
def licence_held(
    rows: Sequence[Licence], entry: Entry[LicenceTakenOver | LicenceIssued]
) -> Iterator[Licence]:
    yield from rows
    data = entry.data
    yield Licence(data.officer, data.licence_number, data.valid_from, data.valid_until)


@licences.folds
def licence_stopped(
    rows: Sequence[Licence], entry: Entry[LicenceSuspended | LicenceRevoked]
) -> Iterator[Licence]:
    data = entry.data
    number = data.licence_number
    yield from (row for row in rows if row.licence_number != number)
    yield from _until([r for r in rows if r.licence_number == number], data.occurred_on())


@licences.folds
def licence_resumed(rows: Sequence[Licence], entry: Entry[LicenceResumed]) -> Iterator[Licence]:
    yield from rows
    data = entry.data
    yield Licence(data.officer, data.licence_number, data.resumed_on, data.valid_until)


@exam_passes.adds
def exam_passed(entry: Entry[ExamPassed]) -> Iterator[ExamPass]:
    yield ExamPass(entry.data.officer, entry.data.exam, entry.data.passed_on)


@adviser_lawyers.folds
def adviser_engaged(
    rows: Sequence[AdviserLawyer], entry: Entry[AdviserEngaged]
) -> Iterator[AdviserLawyer]:
    yield from rows
    data = entry.data
    for lawyer in sorted({lawyer.ref for lawyer in data.lawyers}):
        yield AdviserLawyer(
            data.engagement,
            data.firm_code,
            lawyer,
            data.from_on,
            data.until_on,
        )


@adviser_lawyers.folds
def adviser_ended(
    rows: Sequence[AdviserLawyer], entry: Entry[AdviserEngagementEnded]
) -> Iterator[AdviserLawyer]:
    yield from _until(rows, entry.data.ended_on)


@legal_services.adds
def legal_service(entry: Entry[LegalServiceRecorded]) -> Iterator[LegalService]:
    data = entry.data
    yield LegalService(data.engagement, data.service, data.served_on)
