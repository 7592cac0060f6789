"""What the office found, in the next year, of an item that went online without its reviews."""

from __future__ import annotations

from datetime import date

from domain import rectification as facts
from rules.changes import identity
from sample.disclosure import UNREVIEWED
from sample.feed import Feed
from sample.sender import Sender


def send(feed: Feed, year: int) -> None:
    """One suspicion is dismissed, the other upheld and put right. No monthly figure."""
    office = Sender(feed, "audit", year, "{name}-{year}-{number:03d}")
    item = UNREVIEWED.format(year=year)
    told = f"{feed.office.sources['website']}/{item}-published"

    def finding(breach: str) -> Sender:
        name = identity("A87", f"disclosure-item/{item}", f"{told} {breach}")
        return office.about(name)

    seen, missing = finding("secrecy-review-missing"), finding("three-level-review-missing")
    looked = {"decided_by": "HC-01"}
    on = date(year + 1, 2, 10)
    reason = "后台有保密审查记录，未及时报送"
    seen.send(facts.FindingDismissed, on, "hc", reason=reason, **looked)
    due = {"unit": "局办公室", "due_on": date(year + 1, 2, 28)}
    missing.send(facts.FindingUpheld, on, "hc", reason="未见三审三校记录", **due, **looked)
    done = {"document_number": f"示例民办〔{year + 1}〕5号", "reason": "补办审核并复查同期信息"}
    missing.send(facts.FindingRectified, date(year + 1, 2, 25), "zg", **done, **looked)
