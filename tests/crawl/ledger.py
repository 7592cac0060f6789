"""A small ledger with something of everything: report, releases, registers, all types of facts."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from infra import postgres
from rules import working
from tests.oracle.delivery import of_all_types
from tests.support import published, registering
from tests.support.databases import made
from tests.support.ledger import LEDGER, Bench
from tests.support.releasing import ACT, draft, households, publish

SEED, FACTS = 6, 300
LATER = datetime.fromisoformat("2025-03-03T09:00+08:00")


async def fill(url: str) -> None:
    """Take it all into the database, and have the rules look at it."""
    await published.fill(url)
    async with postgres.connect(url) as connection:
        bench = await Bench.join(connection)
        await publish(bench, draft(households(3), at=published.FIRST))
        await publish(
            bench,
            draft(households(4), at=published.FIRST),
            replace(ACT, at=LATER, signature=None, why="漏计一户"),
        )
        await registering.tell(bench)
        await bench.take(*of_all_types(SEED, FACTS))
        await working.follow(connection, LEDGER)


def everything(server_url: str, name: str) -> AbstractContextManager[str]:
    """URL of a database with this ledger."""
    return made(server_url, name, fill)
