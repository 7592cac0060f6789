"""What sources are told of findings: each that begins to be known, and that it is no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import asyncpg

from domain.codes import label
from ledger import store
from projections import checkpoint
from projections.findings import HERE, TOLD
from projections.read_model import VERSION
from projections.snapshot import serving
from rules.rule import Rule, Severity, rules

SPAN = 20_000
"""Entries whose findings are told at once."""


class Change(NamedTuple):
    """A finding is known from a position on, or no longer."""

    at: int
    source: str
    event_id: str
    stands: bool
    rule: Rule
    finding: str
    row: Mapping[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """What the source is told: nothing that names a person."""
        return {
            "id": self.event_id,
            "outcome": "finding" if self.stands else "finding-ended",
            "position": self.row["position"],
            "finding": self.finding,
            "rule": self.rule.code,
            "name": self.rule.name,
            "severity": self.rule.severity,
            "class": label(self.rule.severity, Severity),
            "what": self.row["what"],
            "undecidable": self.row["undecidable"],
            "valid_from": self.row["valid_from"].isoformat(),
            "at": self.at,
        }


Told = dict[str, int]
"""Code of a rule → the position up to which its findings are told."""

_CHANGES = f"""
WITH span AS (SELECT * FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS s (rule, told, upto)),
changed AS (
    SELECT f.*, f.known_from AS at, true AS stands FROM {HERE.table} AS f JOIN span USING (rule)
    WHERE ledger = $1 AND known_from > $5 AND known_from > told AND known_from <= upto
    UNION ALL
    SELECT f.*, f.known_to, false FROM {HERE.table} AS f JOIN span USING (rule)
    WHERE ledger = $1 AND known_to > $5 AND known_to > told AND known_to <= upto
)
SELECT * FROM changed AS c WHERE stands OR NOT EXISTS (
    SELECT FROM {HERE.table} AS f WHERE f.ledger = $1 AND f.finding = c.finding
        AND f.known_from <= c.at AND f.known_to > c.at
)
ORDER BY at, rule, finding, n
"""
"""What is found otherwise at one and the same position begins anew, and does not end."""


async def untold(connection: asyncpg.Connection, ledger: str) -> tuple[list[Change], Told]:
    """What is to be told next, in the order of positions; and how far each rule is told with it.

    Nothing while read models of another version serve.
    """
    if await serving(connection) != VERSION:
        return [], {}
    worked = await checkpoint.stands(connection, ledger, checkpoints=HERE.worked)
    told = dict(
        await connection.fetch(f"SELECT rule, position FROM {TOLD} WHERE ledger = $1", ledger)
    )
    known = {rule.code: rule for rule in rules()}
    spans = {
        code: (told.get(code, 0), min(stand.position, told.get(code, 0) + SPAN))
        for code, stand in worked.items()
        if code in known and stand.position > told.get(code, 0)
    }
    if not spans:
        return [], {}
    rows = await connection.fetch(
        _CHANGES,
        ledger,
        list(spans),
        [after for after, _ in spans.values()],
        [to for _, to in spans.values()],
        min(after for after, _ in spans.values()),
    )
    positions = {row["position"] for row in rows}
    facts = await store.columns_at(connection, ledger, positions, "source", "event_id")
    names = {position: (source, name) for position, (source, name) in facts.items()}
    changes = [
        Change(
            row["at"],
            *names[row["position"]],
            stands=row["stands"],
            rule=known[row["rule"]],
            finding=row["finding"],
            row=row,
        )
        for row in rows
    ]
    return changes, {code: to for code, (_, to) in spans.items()}


async def tell(connection: asyncpg.Connection, ledger: str, told: Told) -> None:
    """Note how far the findings of rules were acknowledged by the broker."""
    await connection.execute(
        f"INSERT INTO {TOLD} AS t SELECT $1, r, p FROM unnest($2::text[], $3::bigint[]) AS s (r, p)"
        " ON CONFLICT (ledger, rule) DO UPDATE"
        " SET position = greatest(t.position, excluded.position)",
        ledger,
        list(told),
        list(told.values()),
    )
