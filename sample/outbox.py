"""One upstream system of the sample at work: it numbers its events and sends them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from domain.calendar import is_working_day
from domain.event import Event
from sample.feed import Feed


class Outbox:
    """Sends for one source, under ids "<kind>-<year>-<number>".

    Nothing arrives before the year begins, whatever its business date.
    """

    def __init__(self, feed: Feed, source: str, year: int) -> None:
        self.feed = feed
        self.year = year
        self.source = source
        self._opened = date(year, 1, 1)
        self._numbers: dict[str, int] = defaultdict(int)

    def send(
        self,
        kind: str,
        event: Event,
        *,
        received: date | datetime | None = None,
        corrects: str | None = None,
        how: str | None = None,
    ) -> str:
        """Send one event; `how` is the kind of correction. Returns "<source>/<id>"."""
        self._numbers[kind] += 1
        event_id = f"{kind}-{self.year}-{self._numbers[kind]:06d}"
        if received is None:
            received = max(event.occurred_on(), self._opened)
        return self.feed.send(
            self.source, event_id, event, received=received, corrects=corrects, kind=how
        )


def working_days_before(day: date, working_days: int) -> date:
    """The working day so many working days before `day`."""
    while working_days:
        day -= timedelta(days=1)
        working_days -= is_working_day(day)
    return day
