"""The whole sample year: every part sends its records, then all go out in order of receipt."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from domain.catalogue import LINES, modules
from sample.feed import Feed, Truth


@dataclass(frozen=True, slots=True)
class Year:
    """A sample year: what is sent, and the generator's own month-end counts."""

    feed: Feed
    truth: Truth


def parts() -> list[ModuleType]:
    """A module or package of each business line with a `send(feed, year)`, in order of name.

    Order does not matter to the ledger; it only breaks ties between events received in the same
    second.
    """
    return [part for part in modules("sample", LINES.__contains__) if hasattr(part, "send")]


def build(year: int) -> Year:
    """Make the sample year; the same year gives the same bytes."""
    feed = Feed()
    for part in parts():
        part.send(feed, year)
    return Year(feed, feed.truth(year))
