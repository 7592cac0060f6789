"""What becomes of findings when rules look again: which end, which begin. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from projections.read_model import MAX_POSITION
from rules.rule import Found, Rule


def identity(rule: str, subject: str, key: str) -> str:
    """What a finding is called: the same for as long as it is the same matter."""
    digest = hashlib.sha256(f"{rule}\0{subject}\0{key}".encode()).hexdigest()
    return f"{rule}-{digest[:12]}"


@dataclass(slots=True)
class Row:
    """A finding as it is known from one position to another."""

    subject: str
    found: Found
    known_from: int
    n: int
    known_to: int = MAX_POSITION
    stored: bool = False


@dataclass(slots=True)
class Changes:
    """What a run of entries makes of the findings of one rule."""

    rule: Rule
    live: dict[str, list[Row]] = field(default_factory=dict)
    """Subject → the findings that stand, of those looked at."""
    made: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)
    """Of those stored before."""

    def turn(self, subject: str, at: int, found: Iterable[Found]) -> None:
        """At a position, these are the findings about a subject."""
        left = sorted(found, key=_order)
        live = self.live.setdefault(subject, [])
        for row in list(live):
            if row.found in left:
                left.remove(row.found)
                continue
            row.known_to = at
            live.remove(row)
            if row.stored:
                self.ended.append(row)
        numbers: dict[str, int] = {}
        for each in left:
            n = numbers[each.key] = numbers.get(each.key, -1) + 1
            row = Row(subject, each, at, n)
            live.append(row)
            self.made.append(row)

    def records(self, ledger: str, sources: dict[int, str]) -> list[tuple[Any, ...]]:
        """The new rows, in the order of projections.findings.COLUMNS."""
        return [_record(self.rule, ledger, row, sources) for row in self.made]


def _order(found: Found) -> tuple[str, ...]:
    return tuple(map(str, found))


def _record(rule: Rule, ledger: str, row: Row, sources: dict[int, str]) -> tuple[Any, ...]:
    found = row.found
    return (
        ledger,
        identity(rule.code, row.subject, found.key),
        row.known_from,
        row.known_to,
        row.n,
        rule.code,
        found.severity,
        row.subject,
        found.key,
        found.what,
        found.valid_from,
        found.valid_to,
        found.on_date,
        found.position,
        sources[found.position],
        found.amount_fen,
        found.township,
        found.undecidable,
    )


def found_of(row: Mapping[str, Any]) -> Found:
    """What a stored row says, its columns called like the fields of Found."""
    return Found(**{name: row[name] for name in Found._fields})
