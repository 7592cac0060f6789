"""What inspections and penalties share: the platform, the bureau's own books, the officers."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import inspection as facts
from domain.event import Event
from sample.feed import Feed, digest
from sample.sender import Sender

PAIRS = (("ZF-03", "ZF-04"), ("ZF-05", "ZF-06"), ("ZF-03", "ZF-05"), ("ZF-04", "ZF-06"))


def platform(feed: Feed, year: int) -> Sender:
    """The province's enforcement platform."""
    return Sender(feed, "enforcement", year, "yzf-{year}-{number:04d}")


def own_books(feed: Feed, year: int) -> Sender:
    """The bureau's own books, for what is not entered on the platform."""
    return Sender(feed, "bureau-enforcement", year, "jn-{year}-{number:04d}")


def inspect(
    sender: Sender, stream: str, on: date, mode: str, **fields: Any
) -> tuple[Sender, Event, str]:
    """One inspection, with records unless it is a patrol.

    Returns the sender about this inspection, the event, and its name.
    """
    number = sender.feed.number("inspections")
    case = sender.about(f"JC-{sender.year}-{number:03d}")
    records = {}
    if mode != "patrol":
        records = {
            "text_record": digest(f"{case.key} 笔录"),
            "recording": digest(f"{case.key} 录像"),
        }
    usual = {"outcome": "nothing-found", "officers": PAIRS[number % len(PAIRS)]}
    event = case.make(
        facts.InspectionConducted,
        on,
        object=stream,
        mode=mode,
        licences_shown=True,
        from_time="09:30",
        until_time="11:00",
        **records,
        **usual | fields,
    )
    return case, event, case.tell(event)
