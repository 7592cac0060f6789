"""The access log: nobody changes a line, and none is deleted that is younger than six months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from ledger import access, journal
from ledger.journal import Said
from tests.support.inside import sealer
from tests.support.ledger import LEDGER, Bench

OPERATOR = Said("李明", "已满六个月")


async def test_the_database_keeps_the_access_log_for_six_months(bench: Bench) -> None:
    now = datetime.now(UTC)
    ages = (1, 180, 400)
    lines = [
        access.Line(now - timedelta(days=age), "a", "auditor", "::1", "GET", f"/{age}", 200, 3)
        for age in ages
    ]
    await access.write(bench.connection, LEDGER, lines)
    for change in ("UPDATE ledger.access SET who = 'x'", "TRUNCATE ledger.access"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            async with bench.connection.transaction():
                await bench.connection.execute(change)
    with pytest.raises(asyncpg.PostgresError, match="six months"):
        async with bench.connection.transaction():
            await bench.connection.execute("DELETE FROM ledger.access")
    common = (bench.connection, sealer(), LEDGER)
    with pytest.raises(access.TooYoung):
        await access.prune(*common, now - timedelta(days=170), OPERATOR)
    assert await access.count(bench.connection, LEDGER, None, None) == len(ages)
    assert await access.prune(*common, now - timedelta(days=200), OPERATOR) == 1
    left = await access.read(bench.connection, LEDGER)
    assert [line.path for line in left] == ["/180", "/1"]
    note = (await journal.read(bench.connection, LEDGER))[-1]
    assert (note.kind, note.facts["lines"], note.by) == ("access-pruned", 1, "李明")
