"""Findings in rebuilt read models: worked out beside the live ones, compared, switched in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from ledger import journal
from projections import tail
from projections.findings import HERE
from rules import working
from rules.rule import rules
from tests.support.engine import take
from tests.support.history import BANK, DAY, OFFICE, STANDARDS, history, in_turn
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment
from tests.support.rebuilding import ACCEPT, Command

LINES = [
    *in_turn(history(), [BANK, OFFICE, STANDARDS] * 20),
    event(OFFICE, "c-70", a_household("DB-70", last="2024-03"), received=DAY),
    event(BANK, "p-70", a_payment("DB-70", 50_000, "2024-05"), received=DAY),
]


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Command:
    return Command(database_url, tmp_path / "home")


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """The small history with corrections, its findings worked out now and then."""
    made = await Bench.open(connection)
    for start in range(0, len(LINES), 4):
        await take(connection, made.intake, *LINES[start : start + 4])
        await working.follow(connection, LEDGER)
    return made


async def rows(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
    found = await connection.fetch(f"SELECT * FROM {HERE.table} ORDER BY finding, known_from, n")
    assert found
    return [tuple(row) for row in found]


async def test_a_rebuild_finds_the_same(bench: Bench, command: Command) -> None:
    before = await rows(bench.connection)
    result = await command.run()
    assert result.exit_code == 0, result.output
    assert await rows(bench.connection) == before
    looking = [rule for rule in rules() if not rule.lacks]
    stood = await working.stands(bench.connection, LEDGER, looking)
    (end,) = {stand.position for stand in stood.values()}
    assert end == await bench.connection.fetchval("SELECT position FROM ledger.ledger")


async def test_what_differs_is_named_by_its_rule_and_not_switched_in_unasked(
    bench: Bench, command: Command
) -> None:
    before = await rows(bench.connection)
    rule = await bench.connection.fetchval(f"SELECT min(rule) FROM {HERE.table}")
    changed = await bench.connection.fetch(
        f"UPDATE {HERE.table} SET what = what || '？' WHERE rule = $1 RETURNING 1", rule
    )
    altered = await rows(bench.connection)

    result = await command.run()

    assert result.exit_code == 1
    count = len(changed)
    assert f"规则 {rule} 的疑点" in result.output
    assert f"缺失 missing {count}，多出 extra {count}" in result.output
    assert await rows(bench.connection) == altered

    accepted = await command.run(*ACCEPT)
    assert accepted.exit_code == 0, accepted.output
    assert await rows(bench.connection) == before
    (note,) = [n for n in await journal.read(bench.connection, LEDGER, 0) if n.kind == "rebuilt"]
    assert note.facts["findings"] == {rule: {"extra": count, "missing": count}}


async def test_what_came_after_a_rebuild_is_worked_out_on(bench: Bench, command: Command) -> None:
    before = await rows(bench.connection)
    await bench.connection.execute(f"DELETE FROM {HERE.worked}; DELETE FROM {HERE.table}")
    assert (await command.run()).exit_code == 0
    await tail.catch_up(bench.connection, LEDGER)
    await working.catch_up(bench.connection, LEDGER)
    assert await rows(bench.connection) == before
