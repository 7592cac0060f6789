"""Facts of all types, corrected, late, doubled and parked: the tables depend on the lines alone.

Not on how the lines were cut into batches, nor on when they were folded. And what is said of a past
position is what a ledger would say that had been told no more.
"""

from __future__ import annotations

from infra.settings import Settings
from projections import tail
from tests.oracle.cutting import check_cuts
from tests.oracle.delivery import of_all_types, of_cases
from tests.oracle.everything import differences, empty, fill, tables
from tests.oracle.looking_back import check_past
from tests.support.engine import forget_rows
from tests.support.ledger import LEDGER
from upkeep.verification import driver

EVENTS = 280
"""Each type once, at least, and corrections."""
CASES = 6
STOPS = 8
"""Past positions that are looked at."""


async def test_tables_depend_on_the_lines_alone(ledger_url: str) -> None:
    assert await check_cuts(ledger_url, of_all_types(1, EVENTS)) == []


async def test_tables_of_cases_depend_on_the_lines_alone(ledger_url: str) -> None:
    """Fewer streams, and many more corrections of corrections."""
    assert await check_cuts(ledger_url, of_cases(1, CASES)) == []


async def test_a_past_position_is_a_ledger_that_was_told_no_more(ledger_url: str) -> None:
    assert await check_past(ledger_url, of_all_types(3, EVENTS), STOPS) == []


async def test_folding_all_again_gives_the_same_rows(ledger_url: str) -> None:
    """As a rebuild does, in batches of another size."""
    lines = of_all_types(4, EVENTS)
    async with empty(ledger_url) as bench:
        await fill(bench, lines, [20] * len(lines), fold=1)
        before = await tables(bench.connection)
        for batch in (7, 5_000):
            await forget_rows(bench.connection, LEDGER)
            await tail.catch_up(bench.connection, LEDGER, batch=batch)
            assert not differences(before, await tables(bench.connection)), batch


async def test_the_same_lines_again_change_no_row(ledger_url: str) -> None:
    lines = of_all_types(5, EVENTS)
    async with empty(ledger_url) as bench:
        await fill(bench, lines, [50] * (len(lines) // 50 + 1), fold=3)
        before = await tables(bench.connection)
        tally = await bench.take(*lines, batch=40)
        assert tally.duplicate == len(lines)
        conflicts = "SELECT count(*) FROM ledger.quarantine WHERE reason = 'id_conflict'"
        assert await bench.connection.fetchval(conflicts) == 0  # also what was written otherwise
        assert not differences(before, await tables(bench.connection))


async def test_nothing_that_was_taken_looks_altered(ledger_url: str) -> None:
    """Worked out again from what is stored, corrections of corrections and all."""
    lines = [*of_all_types(6, EVENTS), *of_cases(2, CASES)]
    async with empty(ledger_url) as bench:
        await fill(bench, lines, [30] * len(lines), fold=2)
        given = Settings()
        made = await driver.verify(
            bench.connection, given.secret, LEDGER, given.kafka_prefix, lambda *_: lambda _: None
        )
    assert made.entries.entries > EVENTS
    assert made.rows
    assert made.differences.as_json() == []
