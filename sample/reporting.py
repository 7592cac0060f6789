"""The annual report of the sample: sections written in December, signed, published in January."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.reporting import (
    ReportDrafted,
    ReportEvent,
    ReportPublished,
    ReportReviewed,
    ReportSectionWritten,
    ReportSigned,
    SectionCode,
)
from sample.feed import SHANGHAI, Feed, Truth
from sample.report_text import TEXTS

SOURCE = "office"
_AUTHORS: dict[SectionCode, str] = {
    "opening": "JB-05",
    "study": "JB-05",
    "disclosure": "JB-04",
    "assistance": "JB-01",
    "enforcement": "ZF-03",
    "registration": "ZF-04",
    "publicity": "JB-06",
    "shortcomings": "JB-05",
    "leadership": "JB-05",
    "next-year": "JB-05",
}


def send(feed: Feed, year: int) -> Truth:
    """The report of `year`. No monthly figure."""

    def tell(event_id: str, event: ReportEvent) -> None:
        feed.send(SOURCE, f"report-{year}-{event_id}", event)

    def write(event_id: str, section: SectionCode, text: str, on: date) -> None:
        event = ReportSectionWritten(
            report_year=year, section=section, text=text, written_on=on, author=_AUTHORS[section]
        )
        tell(event_id, event)

    first_draft = TEXTS["shortcomings"].partition("\n")[0]
    write("shortcomings-draft", "shortcomings", first_draft, date(year, 12, 12))
    for n, (section, text) in enumerate(TEXTS.items()):
        write(section, section, text, date(year, 12, 16) + timedelta(days=n // 2))
    tell(
        "drafted",
        ReportDrafted(report_year=year, drafted_on=date(year, 12, 24), drafted_by="JB-05"),
    )
    reviewed = ReportReviewed(
        report_year=year,
        reviewed_on=date(year, 12, 30),
        reviewed_by="ZF-02",
        approved=True,
        remarks="党组会议审议通过",
    )
    tell("reviewed", reviewed)
    tell(
        "signed",
        ReportSigned(report_year=year, signed_on=date(year, 12, 31), signed_by="ZF-01"),
    )
    published_at = datetime(year + 1, 1, 17, 16, 52, tzinfo=SHANGHAI)
    feed.send(
        SOURCE,
        f"report-{year}-published",
        ReportPublished(
            report_year=year,
            published_at=published_at,
            path=f"/xqmzj/report/{year}.html",
            asof=date(year, 12, 31),
        ),
        happened=published_at,
        received=published_at + timedelta(minutes=1),
    )
    return {}
