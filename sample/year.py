"""The whole sample year: every part sends its records, then all go out in order of receipt."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from domain.calendar import CalendarUnknown
from domain.catalogue import LINES, modules
from sample.feed import Feed, Truth
from sample.office import Office
from sample.planted import Planted


@dataclass(frozen=True, slots=True)
class Year:
    """A sample year: what is sent, and the generator's own month-end counts."""

    feed: Feed
    truth: Truth

    @property
    def planted(self) -> list[Planted]:
        """What of it breaks a rule, as those who sent it know."""
        return self.feed.breaches


def parts() -> list[ModuleType]:
    """A module or package of each business line with a `send(feed, year)`, in order of name.

    Order does not matter to the ledger; it only breaks ties between events received in the same
    second.
    """
    return [part for part in modules("sample", LINES.__contains__) if hasattr(part, "send")]


def build(year: int, office: Office | None = None) -> Year:
    """Make a year of an office, or of the sample bureau; the same year gives the same bytes.

    Raises CalendarUnknown for a year whose holidays nobody has listed.
    """
    feed = Feed() if office is None else Feed(office)
    known = feed.office.years
    if year not in known:
        raise CalendarUnknown(year, known)
    for part in parts():
        part.send(feed, year)
    return Year(feed, feed.truth(year))
