"""What the planted year says of itself: which cases break which rule, and which only come close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Planted:
    """A case that breaks a rule, or a lawful twin that lies at the limit."""

    rule: str
    unlawful: bool
    what: str
    """In a clerk's words."""
    basis: str
    """Law and articles that decide it."""
    subjects: tuple[str, ...]
    """Streams, and events by name "<source>/<id>": what a finding about it may name."""
    since: date | None = None
    """The first day on which it stands; None of a lawful one, and where only the rule's own limit
    would say it."""
    also: tuple[str, ...] = ()
    """Other rules that may find it too, and rightly."""

    def as_json(self) -> dict[str, Any]:
        """As written to the truth file."""
        return {
            "rule": self.rule,
            "unlawful": self.unlawful,
            "what": self.what,
            "basis": self.basis,
            "subjects": list(self.subjects),
            "since": None if self.since is None else self.since.isoformat(),
            "also": list(self.also),
        }


class Group(NamedTuple):
    """The cases of one rule: what plants them, and the law that decides them."""

    rule: str
    basis: str
    plant: Callable[[Any], None]


class Groups(list[Group]):
    """The rules of one module."""

    def of(self, rule: str, basis: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Marks a function that plants cases of a rule."""

        def mark(plant: Callable[[Any], None]) -> Callable[[Any], None]:
            self.append(Group(rule, basis, plant))
            return plant

        return mark
