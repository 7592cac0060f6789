"""Verifying a ledger: all checks, in one snapshot, with the right to read and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from ledger import first_form, renaming, store
from ledger.seal import Sealer
from ledger.secret import fit
from projections.snapshot import snapshot
from upkeep import balance
from upkeep.verification import aside, entries, streams
from upkeep.verification.difference import UNREADABLE, Differences
from upkeep.verification.entries import Checked

Counting = Callable[[str, str, float], Callable[[float], None]]
"""Begins to count: what, in which unit, to how many; the function it gives counts on."""


@dataclass(slots=True)
class Verified:
    """What was checked of a ledger, and what differs."""

    ledger: store.Ledger
    entries: Checked = field(default_factory=Checked)
    put_aside: int = 0
    """Rows of parked and quarantined messages."""
    lacking: int = 0
    """Those of them whose bytes are not here, as after a restore until they come again."""
    rows: int | None = None
    """Rows of read models; None where those of another version serve."""
    differences: Differences = field(default_factory=Differences)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "ledger": self.ledger.name,
            "position": self.ledger.position,
            "journal": self.ledger.journal,
            "as_recorded": not self.differences,
            "entries": self.entries.entries,
            "persons": self.entries.persons,
            "forgotten": self.entries.forgotten,
            "put_aside": self.put_aside,
            "lacking": self.lacking,
            "rows": self.rows,
            "differences": self.differences.as_json(),
        }


async def _books(
    connection: asyncpg.Connection, prefix: str, name: str, found: Differences
) -> None:
    """Whether the books of the intake add up."""
    try:
        books = await balance.stored_books(connection, prefix, name)
    except UNREADABLE:  # of the journal, which was altered: it says so itself
        found.add("books", 0, "无从核对 / cannot be told")
        return
    for book in books:
        for fault in book.faults:
            text = f"{book.topic}/{book.partition}：{balance.FAULTS[fault]}"
            found.add("books", book.partition, text)


async def verify(
    connection: asyncpg.Connection,
    secret: bytes,
    name: str,
    prefix: str,
    counting: Counting,
) -> Verified:
    """Check everything that a ledger holds against what was recorded.

    `prefix` is that of the topics it is fed from, whose books are checked; no topic is read.

    Raises LedgerMissing, WrongSecret; LedgerRestoring where entries are still to come, and
    UpgradeUnfinished where what they lack is not worked out.
    """
    if not await store.exists(connection):
        raise store.LedgerMissing(name)
    async with snapshot(connection, whole=True):
        ledger = await store.find_ledger(connection, name)
        if ledger is None:
            raise store.LedgerMissing(name)
        if ledger.restoring:
            raise store.LedgerRestoring(name)
        await first_form.require_filled(connection, name)
        sealer, made = Sealer(secret, name), Verified(ledger)
        found = made.differences
        advance = counting("核验记录", "条 entries", ledger.position)
        made.entries = await entries.check(connection, sealer, ledger, found, advance)
        if await fit(connection, sealer, ledger) is False:
            found.add("secret", 0, "账本会拒绝自己的密钥 / it would refuse its own secret")
        for person in await renaming.check(connection, sealer, name):
            found.add("alias", 0, person)
        advance = counting("核验日志", "条 records", ledger.journal)
        made.put_aside, made.lacking = await aside.check(connection, sealer, ledger, found, advance)
        await _books(connection, prefix, name, found)
        advance = counting("核验读模型", "条 entries", ledger.position)
        made.rows = await streams.check(connection, ledger, found, advance)
    return made
