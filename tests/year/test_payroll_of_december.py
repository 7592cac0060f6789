"""A payment of December that was on no list is found before the report of the year is published."""

from __future__ import annotations

from datetime import date

import asyncpg

from ledger import adopted, store
from projections.snapshot import snapshot
from rules import evaluation
from rules.a52_approved_is_not_settled import RULE
from tests.year.conftest import KNOWN, LEDGER, Loaded

BATCH = "payroll/dibao-2024-12"


async def test_it_is_found_before_the_report_is_out_and_no_more_once_it_is_taken_back(
    loaded: Loaded, year_connection: asyncpg.Connection
) -> None:
    bureaus = await adopted.versions(year_connection, LEDGER)
    then = await store.position_at(year_connection, LEDGER, KNOWN)

    async def found(at: int) -> list[tuple[int | None, date]]:
        async with snapshot(year_connection):
            rows = await evaluation.look(year_connection, RULE, LEDGER, [(BATCH, at)])
        its = evaluation.find(RULE, rows[BATCH, at], bureaus.at(at)) if rows else []
        return [(each.amount_fen, each.valid_from) for each in its]

    (before,) = await found(then)
    assert before[0] == 149_800
    assert before[1] < date(2025, 1, 1)
    assert await found(loaded.tally.accepted) == []
