"""One upstream system of the sample at work: it numbers its events and sends them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from domain.event import Event
from sample.feed import Feed
from sample.office import Office

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends for one upstream system. Nothing arrives before the year begins, whatever its date.

    `ids` makes an event's id of its `name`, the `year`, the `number` of events of that name, and
    the `key` of the business thing that `about` names.
    """

    feed: Feed
    source: str
    year: int
    ids: str = "{name}"
    key: str | None = None
    received: date | datetime | None = None
    """When what is sent arrives; else on its business date."""

    @property
    def office(self) -> Office:
        """Whose year it is."""
        return self.feed.office

    @property
    def name(self) -> str:
        """The bureau's source that speaks for the system."""
        return self.office.sources[self.source]

    def about(self, key: str) -> Sender:
        """The same sender, every event of which is about one business thing."""
        return replace(self, key=key)

    def arriving(self, received: date | datetime | None) -> Sender:
        """The same sender, every event of which arrives at one moment; None: as usual."""
        return replace(self, received=received)

    def day(self, month: int, day: int) -> date:
        """A date of the year."""
        return date(self.year, month, day)

    def make(self, fact: type[E], on: date, /, **fields: Any) -> E:
        """An event of a business date; its contract checks the fields."""
        if "programme" in fields:
            fields["programme"] = self.office.code(fields["programme"])
        key = {} if self.key is None else {fact.KEY: self.key}
        return fact(**{fact.ON: on}, **key, **fields)

    def send(self, fact: type[Event], on: date, name: str = "", /, **fields: Any) -> str:
        """Make an event and send it; returns "<source>/<id>"."""
        return self.tell(self.make(fact, on, **fields), name)

    def tell(
        self,
        event: Event,
        name: str = "",
        *,
        corrects: str | None = None,
        kind: str | None = None,
    ) -> str:
        """Send an event that is made already; returns "<source>/<id>"."""
        number = self.feed.number(f"{self.name}/{name}")
        return self.feed.send(
            self.source,
            self.ids.format(name=name, year=self.year, number=number, key=self.key),
            event,
            received=self.received or max(event.occurred_on(), date(self.year, 1, 1)),
            corrects=corrects,
            kind=kind,
        )
