"""Looks (查阅留痕): who looked at a record that names a person, and for what purpose.

A look is written, and committed, before anything is shown: whoever is cut off afterwards has left a
trace all the same. Looks are no part of the ledger's proofs: they tell of readers, not of facts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg

from ledger import journal, users

MOST_WHO = journal.MOST_BY
MOST_PURPOSE = journal.MOST_WHY
ASKED = "目的 --purpose"
"""What a command calls it."""
AT_COMMANDS = {"operator": "操作人员", "restricted": "操作人员，限制处理的"}
"""Role → what it is called, of who looks by `mingjian person` and is no user."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, in what role, and for what purpose (查阅目的)."""

    who: str
    role: str
    purpose: str


class Look(NamedTuple):
    """A line of the trace."""

    number: int
    at: datetime
    who: str
    role: str
    purpose: str
    subject: str

    @property
    def title(self) -> str:
        """What the role is called."""
        return AT_COMMANDS.get(self.role) or users.title(self.role)


def reader(who: str, role: str, purpose: str) -> Reader:
    """Somebody whose look may be written down; raises journal.Unsaid."""
    said = journal.said(who, purpose, ASKED)
    return Reader(said.by, role, said.why)


async def note(
    connection: asyncpg.Connection, ledger: str, reader: Reader, subjects: Collection[str]
) -> list[int]:
    """Write down that somebody looks at each of these; the numbers of the lines."""
    rows = await connection.fetch(
        "INSERT INTO ledger.look (ledger, who, role, purpose, subject)"
        " SELECT $1, $2, $3, $4, subject FROM unnest($5::text[]) AS subject RETURNING number",
        ledger,
        reader.who,
        reader.role,
        reader.purpose,
        list(subjects),
    )
    return [row["number"] for row in rows]


async def read(
    connection: asyncpg.Connection, ledger: str, *, subject: str | None = None, limit: int = 1_000
) -> list[Look]:
    """The last looks, newest first; of one subject where it is given."""
    rows = await connection.fetch(
        f"SELECT {', '.join(Look._fields)} FROM ledger.look WHERE ledger = $1"
        " AND ($2::text IS NULL OR subject = $2) ORDER BY number DESC LIMIT $3",
        ledger,
        subject,
        limit,
    )
    return [Look(*row) for row in rows]
