"""The enforcement platform of the sample: it numbers, sends and counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.event import Event
from domain.inspection import InspectionConducted, InspectionMode
from sample.bodies import digest, plan
from sample.feed import Feed, Truth, dice

PLATFORM = "enforcement"
OWN_BOOKS = "bureau-enforcement"
SITE = "区政府门户网站行政执法公示平台"
FIGURES = ("F28", "F29", "F30", "F31", "F36")
PAIRS = (("ZF-03", "ZF-04"), ("ZF-05", "ZF-06"), ("ZF-03", "ZF-05"), ("ZF-04", "ZF-06"))


class Desk:
    """The enforcement platform of the sample and its own count."""

    def __init__(self, feed: Feed, year: int) -> None:
        self.feed = feed
        self.year = year
        self.plan = plan(year)
        self.chance = dice("enforcement", year)
        self.numbers = {PLATFORM: 0, OWN_BOOKS: 0}
        self.inspections = 0
        self.truth: Truth = {f"{year}-{m:02d}": dict.fromkeys(FIGURES, 0) for m in range(1, 13)}

    def send(self, event: Event, source: str = PLATFORM, **more: Any) -> str:
        self.numbers[source] += 1
        prefix = "yzf" if source == PLATFORM else "jn"
        name = f"{prefix}-{self.year}-{self.numbers[source]:04d}"
        return self.feed.send(source, name, event, **more)

    def count(self, on: date, *figures: str) -> None:
        for figure in figures:
            self.truth[f"{on:%Y-%m}"][figure] += 1

    def number(self) -> str:
        self.inspections += 1
        return f"JC-{self.year}-{self.inspections:03d}"

    def inspect(
        self,
        number: str,
        stream: str,
        on: date,
        mode: InspectionMode,
        *,
        source: str = PLATFORM,
        **more: Any,
    ) -> InspectionConducted:
        """One inspection, with records unless it is a patrol."""
        record: dict[str, Any] = {}
        if mode != "patrol":
            record = {
                "text_record": digest(f"{number} 笔录"),
                "recording": digest(f"{number} 录像"),
            }
        event = InspectionConducted.model_validate(
            {
                "inspection_number": number,
                "object": stream,
                "mode": mode,
                "officers": PAIRS[self.inspections % len(PAIRS)],
                "licences_shown": True,
                "from_time": "09:30",
                "until_time": "11:00",
                "outcome": "nothing-found",
                "inspected_on": on,
                **record,
                **more,
            }
        )
        self.send(event, source)
        return event
