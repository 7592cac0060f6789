"""What keeps data of persons from being used (限制处理), or from being forgotten (审计留存).

Both stand in the journal: a record sets one, a later one about the same subject ends it. Who is
restricted stays stored and is not otherwise processed (个人信息保护法 47): nobody reads what is
sealed of them, but for the purpose of the restriction itself. Figures do not change.
"""

from __future__ import annotations

from typing import Literal

import asyncpg

from ledger import journal
from ledger.journal import Kind, Note, Said
from ledger.seal import Sealer

What = Literal["restriction", "hold"]
KINDS: dict[What, tuple[Kind, Kind]] = {
    "restriction": ("person-restricted", "person-unrestricted"),
    "hold": ("hold-set", "hold-released"),
}
PERSON = "person/"
"""Before a pseudonym, the subject of what concerns one person."""
HOLD = "hold/"
"""Before what is held: person/<pseudonym>, stream/<name>, or `ledger`."""
WHOLE = "ledger"


class CannotRestrain(ValueError):
    """It is so already, or it is not so; the message says which."""


class Restricted(LookupError):
    """Data of a person are stored and not otherwise processed."""

    def __init__(self, note: Note) -> None:
        super().__init__(
            f"该人员的信息自 {note.recorded_at:%Y-%m-%d} 起限制处理（{note.by}：{note.why}），"
            "只存储，不查阅；确须查阅的用 --restricted 并写明依据"
            " / processing of this person's data is restricted; see --restricted"
        )


async def standing(connection: asyncpg.Connection, ledger: str, what: What) -> dict[str, Note]:
    """Subject → the record that set it, of all that hold now."""
    begun, ended = KINDS[what]
    rows = await connection.fetch(
        f"SELECT DISTINCT ON (subject) {', '.join(journal.COLUMNS)} FROM ledger.journal"
        " WHERE ledger = $1 AND kind = ANY($2) ORDER BY subject, number DESC",
        ledger,
        [begun, ended],
    )
    return {row["subject"]: Note(*row) for row in rows if row["kind"] == begun}


async def restriction_of(connection: asyncpg.Connection, ledger: str, ref: str) -> Note | None:
    """The record that restricts a person; None of whom none does."""
    return (await standing(connection, ledger, "restriction")).get(f"{PERSON}{ref}")


async def begin(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    what: What,
    subject: str,
    said: Said,
) -> int:
    """Set one; the number of its record. Raises CannotRestrain, and what `journal.deed` raises."""
    async with journal.deed(connection, sealer, ledger) as deed:
        if subject in await standing(connection, ledger, what):
            raise CannotRestrain(f"{subject} 已经如此 / it is so already")
        return deed.note(KINDS[what][0], subject, {}, said)


async def end(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    what: What,
    subject: str,
    said: Said,
) -> int:
    """End one; the same."""
    async with journal.deed(connection, sealer, ledger) as deed:
        if subject not in await standing(connection, ledger, what):
            raise CannotRestrain(f"{subject} 并未如此 / it is not so")
        return deed.note(KINDS[what][1], subject, {}, said)
