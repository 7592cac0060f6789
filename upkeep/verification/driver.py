"""Verifying a ledger: all checks, in one snapshot, with the right to read and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import asyncpg

from ledger import store
from ledger.seal import Sealer
from projections.snapshot import snapshot
from upkeep.verification import entries, streams
from upkeep.verification.difference import Differences
from upkeep.verification.entries import Checked

Advance = Callable[[int], None]


class Progress(NamedTuple):
    """Each gets how many more are done: entries, entries by stream."""

    entries: Advance
    streams: Advance


@dataclass(slots=True)
class Verified:
    """What was checked of a ledger, and what differs."""

    ledger: store.Ledger
    entries: Checked = field(default_factory=Checked)
    rows: int | None = None
    """Rows of read models; None where those of another version serve."""
    differences: Differences = field(default_factory=Differences)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "ledger": self.ledger.name,
            "position": self.ledger.position,
            "as_recorded": not self.differences,
            "entries": self.entries.entries,
            "persons": self.entries.persons,
            "forgotten": self.entries.forgotten,
            "rows": self.rows,
            "differences": self.differences.as_json(),
        }


async def verify(
    connection: asyncpg.Connection,
    secret: bytes,
    name: str,
    progress: Callable[[store.Ledger], Progress],
) -> Verified:
    """Check everything that a ledger holds against what was recorded.

    Raises LedgerMissing, WrongSecret; LedgerRestoring where entries are still to come.
    """
    if not await store.exists(connection):
        raise store.LedgerMissing(name)
    async with snapshot(connection):
        ledger = await store.find_ledger(connection, name)
        if ledger is None:
            raise store.LedgerMissing(name)
        if ledger.restoring:
            raise store.LedgerRestoring(name)
        sealer, made, tell = Sealer(secret, name), Verified(ledger), progress(ledger)
        found = made.differences
        made.entries = await entries.check(connection, sealer, ledger, found, tell.entries)
        made.rows = await streams.check(connection, name, found, tell.streams)
    return made
