"""What the office found, in the next year, of two suspicions of the sample year."""

from __future__ import annotations

from datetime import date

from domain import rectification as facts
from rules.changes import identity
from sample.feed import Feed
from sample.sender import Sender


def send(feed: Feed, year: int) -> None:
    """One is dismissed, the other upheld and put right. No monthly figure."""
    office = Sender(feed, "audit", year, "{name}-{year}-{number:03d}")
    looked = {"decided_by": "HC-01"}
    on = date(year + 1, 2, 10)
    late = office.about(identity("A43", f"place-name/DM-{year}-2-003", "placename.filing-days"))
    due = {"unit": "区划地名股", "due_on": date(year + 1, 2, 28)}
    late.send(facts.FindingUpheld, on, "hc", reason="备案材料退回后重报，逾期", **due, **looked)
    done = {"document_number": f"示例民办〔{year + 1}〕5号", "reason": "已通报并改为网上即时报备"}
    late.send(facts.FindingRectified, date(year + 1, 2, 25), "zg", **done, **looked)
    outside = office.about(identity("A38", f"inspection/JC-{year}-017", "platform"))
    reason = "平台停机维护，经批准先在局内台账办理"
    outside.send(facts.FindingDismissed, on, "hc", reason=reason, **looked)
