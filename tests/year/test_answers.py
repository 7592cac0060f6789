"""What the office said, in the next year, of suspicions of the sample year: they are there."""

from __future__ import annotations

import asyncpg

from ledger import adopted
from projections.snapshot import snapshot
from rules import evaluation
from rules.changes import identity
from rules.rule import rules
from tests.year.conftest import LEDGER, Loaded, data_of

LINE = "rectification."
FACTS = ("finding-dismissed", "finding-upheld", "finding-rectified", "recovery-waived")


async def test_each_answer_is_to_a_finding_that_there_is(
    loaded: Loaded, year_connection: asyncpg.Connection
) -> None:
    lines = loaded.file.read_bytes().splitlines()
    answered = {data["finding"] for data in data_of(lines, *(LINE + fact for fact in FACTS))}
    codes = {name.partition("-")[0] for name in answered}

    async with snapshot(year_connection):
        bureaus = await adopted.versions(year_connection, LEDGER)
        found = {
            identity(rule.code, subject, each.key)
            for rule in rules()
            if rule.code in codes
            for subject, each in await evaluation.whole(
                year_connection, rule, LEDGER, loaded.tally.accepted, bureaus
            )
        }

    assert answered
    assert answered <= found
