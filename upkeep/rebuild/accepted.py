"""What the journal keeps of a rebuild that was switched in although rows differed."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from ledger import journal
from ledger.journal import READ_MODELS, Said
from ledger.seal import Sealer
from projections.read_model import VERSION
from upkeep.rebuild.comparison import Compared


async def note(
    connection: asyncpg.Connection, secret: bytes, compared: Sequence[Compared], said: Said
) -> None:
    """Who accepted how many differing rows of which read models, in each ledger that has any."""
    for ledger in sorted({found.ledger for found in compared if found.differences}):
        mine = [found for found in compared if found.ledger == ledger and found.differences]
        facts = {
            "position": min(found.position for found in mine),
            "read_models": {
                found.model.name: {
                    "changed": found.changed,
                    "extra": found.extra,
                    "missing": found.missing,
                    **({} if found.halt is None else {"halted": found.halt.position}),
                }
                for found in mine
            },
            "version": VERSION,
        }
        async with journal.deed(connection, Sealer(secret, ledger), ledger) as deed:
            deed.note("rebuilt", READ_MODELS, facts, said)
