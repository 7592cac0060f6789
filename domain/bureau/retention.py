"""How long what was told of persons is kept (保管期限), and by which rule.

Periods are data: bureaus/cn/retention.toml for the country, and in a bureau's own file longer ones.
A class of events without a period is kept for ever: nobody said that it may go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """A period, and which facts it is of."""

    name: str
    title: str
    classes: frozenset[str]
    """Lines (assistance), or classes of events: types without prefix and version."""
    years: int | None
    """From the end of the year of the last fact of the stream on; None: for ever (永久)."""
    closes: frozenset[str]
    """Classes of which one ends a case; until one is told, the period has not begun. None named: it
    needs no end."""
    reopens: frozenset[str]
    """Classes after which a case that was ended goes on."""
    basis: str
    checked: bool
    """Whether it was read in the text itself."""

    def until(self, last: date) -> date | None:
        """The last day of the period, where the last fact was of that day; None: for ever."""
        return None if self.years is None else date(last.year + self.years, 12, 31)

    def is_longer_than(self, other: Period) -> bool:
        """Whether what it keeps is kept longer."""
        if self.years is None or other.years is None:
            return self.years is None and other.years is not None
        return self.years > other.years


class Retention:
    """All periods of a bureau."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self.all = tuple(periods)

    def of(self, type_name: str) -> Period | None:
        """The period of a type (without prefix, with version): that of its class before its line's.

        None where nobody says how long it is kept.
        """
        name, line = class_of(type_name), type_name.partition(".")[0]
        for wanted in (name, line):
            found = next((each for each in self.all if wanted in each.classes), None)
            if found is not None:
                return found
        return None


def class_of(type_name: str) -> str:
    """A type without its version: assistance.payment-settled."""
    return type_name.rpartition(".")[0]
