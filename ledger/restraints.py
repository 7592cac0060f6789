"""What keeps data of persons from being used (限制处理), or from being forgotten (审计留存).

Both stand in the journal: a record sets one, a later one about the same subject ends it. Who is
restricted stays stored and is not otherwise processed (个人信息保护法 47): nobody reads what is
sealed of them, but for the purpose of the restriction itself. Figures do not change.

A record is believed for its mac, so who can only write to the database neither ends a restriction
nor sets a hold. Who has no secret can tell neither, and is not asked: no function here goes without
it, and views that have none (the public ones) show no record that names a person in the first
place.
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
_WORDS: dict[What, str] = {"restriction": "限制处理", "hold": "设审计留存"}
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


async def standing(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, what: What
) -> dict[str, Note]:
    """Subject → the record that set it, of all that hold now. Raises LedgerAltered."""
    begun, ended = KINDS[what]
    which = f"kind IN ('{begun}', '{ended}')"
    found: dict[str, Note] = {}
    for note in await journal.believed(connection, sealer, ledger, which):
        found.pop(note.subject, None)
        if note.kind == begun:
            found[note.subject] = note
    return found


async def restriction_of(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, ref: str
) -> Note | None:
    """The record that restricts a person; None of whom none does. Raises LedgerAltered."""
    return (await standing(connection, sealer, ledger, "restriction")).get(f"{PERSON}{ref}")


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
        if subject in await standing(connection, sealer, ledger, what):
            raise CannotRestrain(f"{subject} 已{_WORDS[what]} / it is so already")
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
        if subject not in await standing(connection, sealer, ledger, what):
            raise CannotRestrain(f"{subject} 没有{_WORDS[what]} / it is not so")
        return deed.note(KINDS[what][1], subject, {}, said)
