"""A person's decision that an entry is left out of a read model that cannot fold it.

It is a record of the journal. Whoever folds, rebuilds or verifies looks it up, and answers from the
read model say so. To that read model it is as if the entry had been taken back when it was told.
"""

from __future__ import annotations

import asyncpg

from ledger import journal
from ledger.journal import READ_MODEL, Said
from ledger.seal import Sealer
from projections import checkpoint
from projections.checkpoint import CHECKPOINTS, Halt
from projections.read_model import VERSION
from upkeep.rebuild import tables


class NotHalted(LookupError):
    """The read model does not halt at that entry: nothing is to be decided."""

    def __init__(self, read_model: str, position: int, halts: list[Halt]) -> None:
        where = "，".join(f"{halt.read_model} {halt.position}" for halt in halts) or "—"
        super().__init__(
            f"读模型 {read_model} 没有停在位置 {position}；停住的有 {where}"
            f" / {read_model} has not halted at {position}; halted: {where}"
        )


async def halts(connection: asyncpg.Connection, ledger: str) -> list[Halt]:
    """Where read models of this version have halted, those under rebuild among them."""
    found: dict[tuple[str, int], Halt] = {}
    for table in (CHECKPOINTS, tables.PROGRESS):
        if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
            for stand in (await checkpoint.stands(connection, ledger, checkpoints=table)).values():
                if (halt := stand.halt) is not None:
                    found.setdefault((halt.read_model, halt.position), halt)
    return sorted(found.values())


async def leave_out(
    connection: asyncpg.Connection,
    secret: bytes,
    ledger: str,
    read_model: str,
    position: int,
    said: Said,
) -> int:
    """Record that an entry is left out of a read model that halted at it; returns the number.

    Raises NotHalted, LedgerMissing, LedgerRestoring, LedgerAltered.
    """
    async with journal.deed(connection, Sealer(secret, ledger), ledger) as deed:
        halted = await halts(connection, ledger)
        here = [halt for halt in halted if halt[:2] == (read_model, position)]
        if not here:
            raise NotHalted(read_model, position, halted)
        facts = {"position": position, "error": here[0].error, "version": VERSION}
        return deed.note("left-out", READ_MODEL + read_model, facts, said)
