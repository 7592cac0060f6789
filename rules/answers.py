"""What people said of findings (疑点核查结论), and whether it counts.

Software suspects, people confirm; but who entered a fact cannot close its finding. So an answer of
the fact's own source, or of a person whom the fact names as having had a hand in it, does not
count; nor does one that was given before the matter became another than it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg
import msgspec

from domain.codes import label
from domain.rectification import FindingState
from ledger import store
from projections.snapshot import known_at
from rules.asked import Finding

HANDS = ("approver", "handlers", "handled_by", "registrars", "officers", "assessors", "reviewers")
"""Fields of facts that name who had a hand in them, beside those that end in _by."""
CLOSING = frozenset({"dismissed", "rectified", "waived"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a finding stands, and who said so."""

    state: FindingState
    decided_by: str
    decided_on: date
    reason: str
    unit: str | None
    due_on: date | None
    amount_fen: int | None
    document_number: str | None
    void: str = ""
    """Why it does not count, in Chinese: then the finding is to be looked at (again)."""

    @property
    def stands(self) -> FindingState:
        """The state that counts."""
        return "suspected" if self.void else self.state

    @property
    def called(self) -> str:
        """What the state that counts is called."""
        return label(self.stands, FindingState)


def state_of(finding: Finding, said: Mapping[str, Answer]) -> str:
    """What the state of a finding is called, after what was said of it."""
    answer = said.get(finding.id)
    return label("suspected", FindingState) if answer is None else answer.called


async def answers(
    connection: asyncpg.Connection,
    ledger: str,
    at: int,
    on: date,
    findings: Collection[Finding],
) -> dict[str, Answer]:
    """Finding → the answer that holds at the end of a day, as known at a position; in a snapshot.

    What nobody looked at is not there.
    """
    asked = {finding.id: finding for finding in findings}
    rows = await connection.fetch(
        known_at(
            "SELECT * FROM finding_answer WHERE {known} AND finding = ANY($4)"
            " AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3)"
        ),
        ledger,
        at,
        on,
        list(asked),
    )
    facts = [asked[row["finding"]].position for row in rows]
    hands = await _hands(connection, ledger, facts)
    found: dict[str, Answer] = {}
    for row in rows:
        finding = asked[row["finding"]]
        void = ""
        if row["answered_at"] < finding.known_from:
            void = "结论作出后情况有变，须重新核查"
        elif row["state"] in CLOSING and row["source"] == finding.source:
            void = "结论由录入该事实的系统报送，不算数"
        elif row["state"] in CLOSING and row["decided_by"] in hands[finding.position]:
            void = "结论由该事实的经办人作出，不算数"
        found[finding.id] = Answer(
            row["state"],
            row["decided_by"],
            row["valid_from"],
            row["reason"],
            row["unit"],
            row["due_on"],
            row["amount_fen"],
            row["document_number"],
            void,
        )
    return found


async def _hands(
    connection: asyncpg.Connection, ledger: str, positions: Collection[int]
) -> dict[int, frozenset[str]]:
    """Position of a fact → who had a hand in it, by their numbers."""
    opened = await store.columns_at(connection, ledger, positions, "open")
    return {at: frozenset(_named(msgspec.json.decode(part))) for at, (part,) in opened.items()}


def _named(value: Any, *, hand: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _named(inner, hand=name in HANDS or name.endswith("_by"))
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, hand=hand)
    elif hand and isinstance(value, str):
        yield value
