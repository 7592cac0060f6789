"""What a sample year says of itself: which of its cases break which rule, and which come close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


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
    until: date | None = None
    """The first day on which it no longer stands: what was owed was done."""
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
            "until": None if self.until is None else self.until.isoformat(),
            "also": list(self.also),
        }
