"""What the journal keeps of a rebuild that was switched in although rows differed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg

from ledger import journal
from ledger.journal import READ_MODELS, Said
from ledger.seal import Sealer
from projections.read_model import VERSION
from upkeep.rebuild.comparison import Compared
from upkeep.rebuild.findings import Compared as ComparedFindings


async def note(
    connection: asyncpg.Connection,
    secret: bytes,
    compared: Sequence[Compared],
    findings: Sequence[ComparedFindings],
    said: Said,
) -> None:
    """Who accepted how many differing rows of which read models, in each ledger that has any.

    And how many differing findings of which rules.
    """
    ledgers = {found.ledger for found in compared if found.differences}
    ledgers |= {found.ledger for found in findings if found.differences}
    for ledger in sorted(ledgers):
        mine = [found for found in compared if found.ledger == ledger and found.differences]
        its = [found for found in findings if found.ledger == ledger and found.differences]
        facts: dict[str, Any] = {
            "position": min([f.position for f in mine] + [f.position for f in its]),
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
        if its:
            facts["findings"] = {
                found.rule: {"extra": found.extra, "missing": found.missing} for found in its
            }
        async with journal.deed(connection, Sealer(secret, ledger), ledger) as deed:
            deed.note("rebuilt", READ_MODELS, facts, said)
