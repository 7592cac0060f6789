"""The annual report of the sample: sections written in December, signed, published in January."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain import reporting as facts
from domain.dates import Instant
from domain.event import Event
from sample.feed import SHANGHAI, Feed
from sample.reporting.text import TEXTS
from sample.sender import Sender

AUTHORS: dict[facts.SectionCode, str] = {
    "disclosure": "JB-04",
    "assistance": "JB-01",
    "enforcement": "ZF-03",
    "registration": "ZF-04",
    "publicity": "JB-06",
}
"""Of the other sections: the office."""
OFFICE = "JB-05"


def send(feed: Feed, year: int) -> None:
    """The report of `year`. No monthly figure."""
    sender = Sender(feed, "office", year, "report-{year}-{name}")

    def tell(name: str, fact: type[Event], day: int, **fields: object) -> None:
        sender.send(fact, sender.day(12, day), name, report_year=year, **fields)

    def write(name: str, section: facts.SectionCode, text: str, day: int) -> None:
        author = AUTHORS.get(section, OFFICE)
        written = {"section": section, "text": text, "author": author}
        tell(name, facts.ReportSectionWritten, day, **written)

    opened = feed.office.bureau.lists["report-section"].listed
    first_draft = TEXTS["shortcomings"].partition("\n")[0]
    if "shortcomings" in opened:
        write("shortcomings-draft", "shortcomings", first_draft, 12)
    for n, (section, text) in enumerate(TEXTS.items()):
        if section in opened:
            write(
                section,
                section,
                text.format(bureau=f"{feed.office.bureau.short}民政局"),
                16 + n // 2,
            )
    review = {"reviewed_by": "ZF-02", "approved": True, "remarks": "党组会议审议通过"}
    tell("drafted", facts.ReportDrafted, 24, drafted_by=OFFICE)
    tell("reviewed", facts.ReportReviewed, 30, **review)
    tell("signed", facts.ReportSigned, 31, signed_by="ZF-01")
    published_at = datetime(year + 1, 1, 17, 16, 52, tzinfo=SHANGHAI)
    feed.send(
        "office",
        f"report-{year}-published",
        facts.ReportPublished(
            report_year=year,
            published_at=Instant.read(published_at),
            path=f"/xqmzj/report/{year}.html",
            asof=sender.day(12, 31),
        ),
        happened=published_at,
        received=published_at + timedelta(minutes=1),
    )
