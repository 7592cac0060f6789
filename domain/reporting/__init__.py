"""The annual report (法治政府建设年度报告) as a business thing of its own: one stream per year.

Flow: staff write the prose of the sections → drafted → signed → published. A section written again
replaces the earlier text. Numbers are not typed: prose names figures as `{F16}`.
Basis: 法治政府建设与责任落实督察工作规定 art. 24 ff. (report once a year, published).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from domain.aggregate import Aggregate, evolves, judges, once
from domain.bureau.listed import Listed
from domain.calendar import SHANGHAI
from domain.codes import Labels
from domain.dates import Instant
from domain.disclosure import WebPath
from domain.event import Code, Day, Digest, Event, LongText, Text

SectionCode = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9-]*$", min_length=1, max_length=40),
    Listed("report-section"),
]
"""A section that the bureau's annual plan opens for staff: its heading ends in {#code}."""


class ReportEvent(Event):
    """A fact about the report of one year."""

    STREAM: ClassVar[str] = "report"
    KEY: ClassVar[str] = "report_year"

    report_year: Annotated[int, Field(ge=2000, le=2199)]
    """The year reported on."""


class ReportSectionWritten(ReportEvent):
    """Staff wrote the prose of a section; paragraphs are separated by line breaks."""

    TYPE: ClassVar[str] = "reporting.report-section-written.v1"
    TITLE: ClassVar[str] = "报告章节撰写"
    BASIS: ClassVar[str] = "法治政府建设与责任落实督察工作规定 24"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "written_on"

    section: SectionCode
    text: LongText
    written_on: Day
    author: Code


class ReportDrafted(ReportEvent):
    """The sections were put together into a draft."""

    TYPE: ClassVar[str] = "reporting.report-drafted.v1"
    TITLE: ClassVar[str] = "报告成稿"
    BASIS: ClassVar[str] = "党政机关公文处理工作条例"
    OPENS: ClassVar[bool] = True
    ON: ClassVar[str] = "drafted_on"

    drafted_on: Day
    drafted_by: Code


class ReportReviewed(ReportEvent):
    """The draft was read before it is signed (e.g. by the party group, or 法制审核)."""

    TYPE: ClassVar[str] = "reporting.report-reviewed.v1"
    TITLE: ClassVar[str] = "报告审核"
    BASIS: ClassVar[str] = "党政机关公文处理工作条例"
    RECORD_ONLY: ClassVar[str] = "the signature is what is shown; a missing review is not judged"
    ON: ClassVar[str] = "reviewed_on"

    reviewed_on: Day
    reviewed_by: Code
    approved: bool
    remarks: Text | None = None


class ReportSigned(ReportEvent):
    """签发; `signed_on` is the date printed under the report (落款日期)."""

    TYPE: ClassVar[str] = "reporting.report-signed.v1"
    TITLE: ClassVar[str] = "报告签发"
    BASIS: ClassVar[str] = "党政机关公文处理工作条例"
    ON: ClassVar[str] = "signed_on"

    signed_on: Day
    signed_by: Code


class ReportPublished(ReportEvent):
    """发布 on the website; from here on the figures as then known are the published ones."""

    TYPE: ClassVar[str] = "reporting.report-published.v1"
    TITLE: ClassVar[str] = "报告发布"
    BASIS: ClassVar[str] = "法治政府建设与责任落实督察工作规定 24"
    ON: ClassVar[str] = "published_at"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "published_at": "2025-01-17T16:52:00+08:00",
        "path": "/report/2024.html",
    }

    published_at: Instant
    path: WebPath
    asof: Day | None = None
    """业务截止: the last day its figures speak of."""
    at: Annotated[int, Field(ge=1, le=10**12)] | None = None
    """Position of the ledger that its figures were taken at, where the office knows it."""
    content: Digest | None = None
    """Of the document as published."""

    def occurred_on(self) -> date:
        return self.published_at.astimezone(SHANGHAI).date()


class ReportCorrected(ReportEvent):
    """勘误: the published document was put right; the earlier one stays on record."""

    TYPE: ClassVar[str] = "reporting.report-corrected.v1"
    TITLE: ClassVar[str] = "报告勘误"
    BASIS: ClassVar[str] = "政府信息公开条例 6"
    RECORD_ONLY: ClassVar[str] = "the published document stays; its erratum stands in the record"
    ON: ClassVar[str] = "corrected_on"

    corrected_on: Day
    what: Text
    content: Digest | None = None


Breach = Annotated[
    Literal[
        "not-drafted", "not-signed", "year-not-over", "already-published", "written-after-signature"
    ],
    Labels(
        "尚未成稿即签发",
        "尚未签发即发布",
        "年度未结束即发布",
        "该年度报告已发布过",
        "签发后改写章节",
    ),
]


class AnnualReport(Aggregate):
    """The report of a year: how far it has come."""

    STREAM: ClassVar[str] = "report"

    drafted_on: date | None = None
    signed_on: date | None = None
    published_at: str | None = None

    @judges
    def judge_signature(self, event: ReportSigned) -> tuple[Breach, ...]:
        """There is a draft to sign."""
        return () if _by(self.drafted_on, event.signed_on) else ("not-drafted",)

    @judges
    @once("already-published")
    def judge_publication(self, event: ReportPublished) -> tuple[Breach, ...]:
        """Signed first, when the year is over, published once."""
        breaches: list[Breach] = []
        if not _by(self.signed_on, event.occurred_on()):
            breaches.append("not-signed")
        if event.occurred_on().year <= event.report_year:
            breaches.append("year-not-over")
        if self.published_at is not None:
            breaches.append("already-published")
        return tuple(breaches)

    @judges
    def judge_section(self, event: ReportSectionWritten) -> tuple[Breach, ...]:
        """What was signed is not rewritten."""
        late = self.signed_on is not None and event.written_on > self.signed_on
        return ("written-after-signature",) if late else ()

    @evolves
    def on_draft(self, event: ReportDrafted) -> None:
        self.drafted_on = event.drafted_on

    @evolves
    def on_signature(self, event: ReportSigned) -> None:
        self.signed_on = event.signed_on

    @evolves
    def on_publication(self, event: ReportPublished) -> None:
        self.published_at = event.published_at.isoformat()


def _by(done: date | None, on: date) -> bool:
    """Whether something had been done by a day."""
    return done is not None and done <= on
