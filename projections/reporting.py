"""The annual reports: prose by section, date of signature, publication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.aggregate import Entry
from domain.calendar import SHANGHAI
from domain.reporting import ReportPublished, ReportSectionWritten, ReportSigned, SectionCode
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
