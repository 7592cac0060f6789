"""What an audit rule is: data with a query over the read models that names what breaks it.

A breach noted with an entry says how the fact stood when it arrived. A finding says how it stands
at the moment asked about: a correction or a late decision since may have made it, or undone it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import asyncpg

from domain.catalogue import modules
from projections.snapshot import known_at


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and its query.

    `rows` is SQL with the parameters of figures ($1 ledger, $2 position, $3 first and $4 last day).
    It returns `subject`, `position` (of the entry that breaks the rule), `on_date`, `amount_fen`
    and `what`.

    `{known:p}` in it stands for "this row of table p is what was known at $2".
    """

    code: str
    name: str
    rows: str


class Finding(NamedTuple):
    """A fact that breaks a rule."""

    rule: Rule
    row: dict[str, Any]


def rules() -> list[Rule]:
    """All of them, in the order of their codes: those in RULES of a module of this room."""
    found = [rule for module in modules("rules") for rule in getattr(module, "RULES", ())]
    return sorted(found, key=lambda rule: rule.code)


async def findings(connection: asyncpg.Connection, parameters: tuple[Any, ...]) -> list[Finding]:
    """What breaks the rules at a moment, of the facts of its period; asked in a snapshot."""
    found: list[Finding] = []
    for rule in rules():
        sql = f"SELECT * FROM ({known_at(rule.rows)}) AS found ORDER BY position"
        found += [Finding(rule, dict(row)) for row in await connection.fetch(sql, *parameters)]
    return found
