"""A rebuild in which a read model halts: the others are rebuilt, and nothing becomes worse."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from infra.settings import Settings
from ledger import journal
from projections.assistance import payments
from projections.checkpoint import stands
from tests.projections.test_halts import SAID, halts, leaves_out
from tests.support.engine import read_dump
from tests.support.ledger import LEDGER, Bench
from tests.support.money import a_household, a_payment
from tests.support.poison import poisoned
from tests.support.rebuilding import ACCEPT, Command, made_anew
from tests.upkeep.test_migration import command as mingjian
from tests.upkeep.test_versions import age
from upkeep.leaving_out import leave_out
from upkeep.rebuild import driver, tables

CASE = a_household("DB-1")
JANUARY = a_payment("DB-1", 50_000, "2024-01")
FEBRUARY = a_payment("DB-1", 60_000, "2024-02")
MARCH = a_payment("DB-1", 70_000, "2024-03")
TOLD = (CASE, JANUARY, FEBRUARY, MARCH)


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """A ledger that commands see."""
    return await Bench.open(connection)


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Command:
    return Command(database_url, tmp_path / "home")


async def test_one_that_would_halt_does_not_take_the_place_of_one_that_goes_on(
    bench: Bench, command: Command
) -> None:
    await bench.tell(*TOLD)
    before, rows = await made_anew(bench.connection), await read_dump(bench.connection)
    with poisoned(payments, 3):
        result = await command.run()
    assert result.exit_code == 1, result.output
    assert "payment（账本 445102）读不了位置 3 的记录" in result.output
    assert "mingjian models leave-out payment 3" in result.output
    assert "未切换" in result.output
    assert await made_anew(bench.connection) == before
    assert await read_dump(bench.connection) == rows
    assert await halts(bench.connection) == {}


async def test_one_that_halted_is_tried_again_when_the_rebuild_goes_on(
    bench: Bench, command: Command
) -> None:
    """What was wrong may have been in code that folds do not reach, or for a moment only."""
    await bench.tell(*TOLD)
    with poisoned(payments, 3):
        assert (await command.run()).exit_code == 1
        assert (await command.run()).exit_code == 1
    result = await command.run()
    assert result.exit_code == 0, result.output
    assert await halts(bench.connection) == {}
    assert [row["known_from"] for row in await bench.rows("payment")] == [2, 3, 4]


async def test_what_people_accept_is_switched_in_halted(bench: Bench, command: Command) -> None:
    await bench.tell(*TOLD)
    with poisoned(payments, 3):
        result = await command.run(*ACCEPT)
    assert result.exit_code == 0, result.output
    assert await halts(bench.connection) == {"payment": 3}
    assert [row["known_from"] for row in await bench.rows("payment")] == [2]
    (_adopted, note) = await journal.read(bench.connection, LEDGER)
    assert note.facts["read_models"]["payment"]["halted"] == 3
    # What has halted goes on once that is decided.
    with poisoned(payments, 3):
        await leaves_out(bench.connection, payments, 3)
    assert [row["known_from"] for row in await bench.rows("payment")] == [2, 4]


async def test_mended_code_brings_a_halted_one_back(bench: Bench, command: Command) -> None:
    with poisoned(payments, 3):
        await bench.tell(*TOLD)
    result = await command.run()
    assert result.exit_code == 0, result.output
    assert await halts(bench.connection) == {}
    assert [row["known_from"] for row in await bench.rows("payment")] == [2, 3, 4]


async def test_one_that_halts_again_where_it_did_is_no_worse(
    bench: Bench, command: Command
) -> None:
    with poisoned(payments, 3):
        await bench.tell(*TOLD)
        result = await command.run()
    assert result.exit_code == 0, result.output
    assert "读不了位置 3" in result.output
    assert await halts(bench.connection) == {"payment": 3}
    far = await stands(bench.connection, LEDGER)
    assert far["case_entitlement"].position == 4


async def test_what_was_left_out_is_left_out_of_the_new_one(bench: Bench, command: Command) -> None:
    with poisoned(payments, 3):
        await bench.tell(*TOLD)
        await leaves_out(bench.connection, payments, 3)
    rows = await read_dump(bench.connection)
    result = await command.run()
    assert result.exit_code == 0, result.output
    assert await read_dump(bench.connection) == rows
    far = await stands(bench.connection, LEDGER)
    assert far["payment"].changed == 4
    assert (await mingjian(command.environment["MINGJIAN_DATABASE_URL"], "verify")).exit_code == 0


async def test_after_an_upgrade_it_may_be_decided_before_anything_is_switched(
    bench: Bench, command: Command
) -> None:
    await bench.tell(*TOLD)
    await age(bench.connection)
    with poisoned(payments, 3):
        assert (await command.run(models=())).exit_code == 1
        secret = Settings().secret
        await leave_out(bench.connection, secret, LEDGER, "payment", 3, SAID)
        # The old one has the row that the new one is to lack: that is accepted, too.
        result = await command.run(*ACCEPT, models=())
    assert "接着上次未完成的重建" in result.output
    assert await halts(bench.connection) == {}


async def test_one_more_halt_at_the_switch_keeps_the_old_ones(
    bench: Bench,
) -> None:
    await bench.tell(CASE, JANUARY)
    models = [payments]
    await tables.begin(bench.connection, models)
    await driver.catch_up(bench.connection, bench.connection, models)
    await tables.index(bench.connection, payments)
    await bench.tell(FEBRUARY)
    with poisoned(payments, 3), pytest.raises(driver.SwitchBlocked, match="停住"):
        await driver.switch(bench.connection, bench.connection, models)
    assert await halts(bench.connection) == {}
    assert len(await bench.rows("payment")) == 2
