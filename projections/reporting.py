"""Reports: prose by section, dates of signature, publications; what was released, by sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from domain.aggregate import Entry
from domain.calendar import SHANGHAI
from domain.catalogue import EVENTS
from domain.reporting import ReportPublished, ReportSectionWritten, ReportSigned, SectionCode
from domain.reporting.files import ReleaseFilesRecorded
from domain.reporting.releases import (
    Audience,
    PlanKind,
    PlanSigned,
    Released,
    ReleaseSectionRecorded,
    body_of,
)
from domain.reporting.shown import ReleaseShownAt
from projections.read_model import ReadModel


class Section(NamedTuple):
    """The prose of a section as last written."""

    year: int
    section: SectionCode
    text: str
    author: str
    written_on: date


sections = ReadModel("report_section", Section, indexes=("year",), doc="prose of annual reports")


@sections.folds
def written(rows: Sequence[Section], entry: Entry[ReportSectionWritten]) -> Iterator[Section]:
    data = entry.data
    yield from (row for row in rows if row.section != data.section)
    yield Section(
        data.report_year,
        data.section,
        data.text,
        data.author,
        data.written_on,
    )


class Signature(NamedTuple):
    """签发: the date under the report."""

    year: int
    signed_on: date
    signed_by: str


signatures = ReadModel("report_signature", Signature, indexes=("year",), doc="reports signed")


@signatures.adds
def signed(entry: Entry[ReportSigned]) -> Iterator[Signature]:
    data = entry.data
    yield Signature(data.report_year, data.signed_on, data.signed_by)


class Publication(NamedTuple):
    """发布: `published_at` is ISO text at 中国标准时间, which sorts by time."""

    year: int
    published_at: str
    path: str
    asof: date | None
    stated_position: int | None


publications = ReadModel(
    "report_publication", Publication, indexes=("year",), doc="annual reports published"
)


@publications.adds
def published(entry: Entry[ReportPublished]) -> Iterator[Publication]:
    data = entry.data
    yield Publication(
        data.report_year,
        data.published_at.astimezone(SHANGHAI).isoformat(),
        data.path,
        data.asof,
        data.at,
    )


class PlanSignature(NamedTuple):
    """签发 of what a plan says of a period."""

    plan: str
    period: str
    signed_on: date
    signed_by: str


plan_signatures = ReadModel(
    "plan_signature", PlanSignature, indexes=("plan, period",), doc="plans signed for a period"
)


@plan_signatures.adds
def plan_signed(entry: Entry[PlanSigned]) -> Iterator[PlanSignature]:
    data = entry.data
    yield PlanSignature(data.plan, data.period, data.signed_on, data.signed_by)


class Release(NamedTuple):
    """发布: `published_at` is ISO text at 中国标准时间; `merged` is the event's list, as JSON."""

    plan: str
    period: str
    edition: int
    kind: PlanKind
    title: str
    audience: Audience
    asof: date
    moment: int
    """Position up to which it knows."""
    published_at: str
    sections: int
    content: str
    bureau: str | None
    merged: str
    signed: str | None
    dated: str | None
    signed_on: date | None
    signed_by: str | None
    published_by: str
    reason: str


releases = ReadModel("release", Release, indexes=("plan, period",), doc="what was released")


@releases.adds
def released(entry: Entry[Released]) -> Iterator[Release]:
    data = entry.data
    yield Release(
        data.plan,
        data.period,
        data.edition,
        data.kind,
        data.title,
        data.audience,
        data.asof,
        data.at,
        data.published_at.astimezone(SHANGHAI).isoformat(),
        data.sections,
        data.content,
        data.bureau,
        msgspec.json.encode(data.merged).decode(),
        data.signed,
        data.dated,
        data.signed_on,
        data.signed_by,
        data.published_by,
        data.reason,
    )


class ReleaseSection(NamedTuple):
    """A section of a release; `body` as `body_of` writes it."""

    plan: str
    period: str
    edition: int
    number: int
    body: str


release_sections = ReadModel(
    "release_section", ReleaseSection, indexes=("plan, period",), doc="what releases say"
)


@release_sections.adds
def section_recorded(entry: Entry[ReleaseSectionRecorded]) -> Iterator[ReleaseSection]:
    data = entry.data
    yield ReleaseSection(data.plan, data.period, data.edition, data.number, body_of(data.says))


class ReleaseAddress(NamedTuple):
    """Where the portal of the district shows a release."""

    plan: str
    period: str
    edition: int
    url: str
    shown_on: date
    index_number: str | None
    content: str | None


release_addresses = ReadModel(
    "release_address", ReleaseAddress, indexes=("plan, period",), doc="where releases are shown"
)


@release_addresses.adds
def shown_at(entry: Entry[ReleaseShownAt]) -> Iterator[ReleaseAddress]:
    data = entry.data
    yield ReleaseAddress(
        data.plan,
        data.period,
        data.edition,
        data.url,
        data.shown_on,
        data.index_number,
        data.content,
    )


class ReleaseFile(NamedTuple):
    """A file that a release is given out as, by its hash."""

    plan: str
    period: str
    edition: int
    form: str
    sha256: str
    bytes: int


release_files = ReadModel(
    "release_file", ReleaseFile, indexes=("plan, period",), doc="files of releases, by their hashes"
)


@release_files.adds
def files_recorded(entry: Entry[ReleaseFilesRecorded]) -> Iterator[ReleaseFile]:
    data = entry.data
    for file in data.files:
        yield ReleaseFile(data.plan, data.period, data.edition, file.form, file.sha256, file.bytes)


class LateRecord(NamedTuple):
    """A fact that was recorded in a later month than its business date, or many days after it."""

    event: str
    """"<source>/<id>"."""
    type: str
    on_date: date
    recorded_on: date
    township: str | None


late_records = ReadModel(
    "late_record",
    LateRecord,
    indexes=("stream", "on_date"),
    doc="facts recorded in another month than they are of, or long after",
    private="when single facts were recorded; audit rules read it",
)
_MANY_DAYS = 15


def recorded_late(entry: Entry) -> tuple[LateRecord, ...]:
    """Not a correction, which says itself that it is late, nor what a ledger begins with."""
    on = entry.data.occurred_on()
    recorded_on = entry.timestamp.astimezone(SHANGHAI).date()
    days = (recorded_on - on).days
    if days <= _MANY_DAYS and (days <= 0 or recorded_on.month == on.month):
        return ()
    if entry.corrects is not None or "taken-over" in entry.type:
        return ()
    township = getattr(entry.data, "township", None)
    return (LateRecord(entry.name, entry.type, on, recorded_on, township),)


late_records.adds_of(EVENTS.values(), recorded_late)
