"""Laws and regulations by date (法律版本): what was in force when.

Events are judged by the text in force on their business date, so a law stands here once per
edition. `until` is the last day in force, None = still in force. `checked` says that the dates
were read in the law's own text; the others are from practice and must be verified before a rule
rests on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Law(NamedTuple):
    """One edition of a law, regulation or document of general application."""

    title: str
    document: str
    """文号 or edition."""
    since: date
    until: date | None = None
    checked: bool = True
    note: str = ""


COUNTRY = "中华人民共和国"


def short(title: str) -> str:
    """A title as people say it, without the country's name."""
    return title.removeprefix(COUNTRY)


class Laws:
    """All editions that are known, in the order in which they were listed."""

    def __init__(self, editions: Iterable[Law]) -> None:
        self.all = tuple(editions)

    def editions(self, title: str) -> tuple[Law, ...]:
        """All known editions of a law, by its full or short title."""
        return tuple(law for law in self.all if short(law.title) == short(title))

    def in_force(self, title: str, on: date) -> Law | None:
        """The edition in force on a day."""
        standing = (
            law
            for law in self.editions(title)
            if law.since <= on and (law.until is None or on <= law.until)
        )
        return next(standing, None)
