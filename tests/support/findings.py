"""What a rule finds in a ledger on the test database, and on which days it stands."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ledger import adopted
from projections.snapshot import snapshot
from rules import evaluation
from rules.rule import Found, Rule
from tests.support.ledger import LEDGER, Bench


class Seen(NamedTuple):
    """A finding without its words."""

    subject: str
    key: str
    since: date
    until: date | None = None
    undecidable: bool = False


async def findings(bench: Bench, rule: Rule, at: int | None = None) -> list[tuple[str, Found]]:
    """All that the rule finds, each with its subject, as known now or at a position."""
    at = (await bench.moment()).at if at is None else at
    async with snapshot(bench.connection):
        bureaus = await adopted.versions(bench.connection, LEDGER)
        return await evaluation.whole(bench.connection, rule, LEDGER, at, bureaus)


async def seen(bench: Bench, rule: Rule, at: int | None = None) -> list[Seen]:
    """The same without words, in order."""
    found = await findings(bench, rule, at)
    return sorted(
        Seen(subject, one.key, one.valid_from, one.valid_to, one.undecidable)
        for subject, one in found
    )
