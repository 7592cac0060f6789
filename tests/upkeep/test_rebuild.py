"""Rebuilding beside the live tables: equal or not switched, all or nothing, never in the way."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.aggregate import Entry
from domain.assistance.payouts import PaymentSettled
from infra import postgres
from ledger import journal, store
from projections import projector, tail
from projections.assistance import payments
from projections.cases.entitlement import cases
from projections.entitlement import shown
from projections.read_model import MAX_POSITION, SCHEMA
from projections.snapshot import snapshot
from tests.support.bureau import new_ledger
from tests.support.engine import forget_rows, ledger_dump, read_dump, take
from tests.support.history import BANK, OFFICE, STANDARDS, WAITING, history, in_turn
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment
from tests.support.rebuilding import ACCEPT, REBUILT, Command, made_anew, planted, shape
from upkeep.rebuild import comparison, driver, tables

LINES = in_turn(history(), [BANK, OFFICE, STANDARDS] * 20)
TAKEN = len(LINES) - WAITING


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Command:
    return Command(database_url, tmp_path / "home")


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """The small history with corrections, taken and folded three entries at a time."""
    made = await Bench.open(connection)
    await made.take(*LINES, batch=3)
    return made


@pytest.fixture
async def another(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with postgres.connect(database_url) as made:
        yield made


def without_p3(entry: Entry, rows: Iterable[Any]) -> Iterable[Any]:
    """Loses one payment: 300.00 元 of DB-3 for March, which the bank reports as p-3."""
    return () if entry.event_id == "p-3" else rows


def doubled(_entry: Entry, rows: Iterable[Any]) -> Iterable[Any]:
    return [row._replace(amount_fen=2 * row.amount_fen) for row in rows]


async def left_over(connection: asyncpg.Connection) -> bool:
    """Whether an unfinished rebuild is kept."""
    query = "SELECT count(*) FROM pg_namespace WHERE nspname = 'read_next'"
    return bool(await connection.fetchval(query))


# The same rows.


@pytest.mark.parametrize("batch", ["3", "5000"])
async def test_an_equal_rebuild_is_switched_in_and_changes_nothing_else(
    bench: Bench, command: Command, batch: str
) -> None:
    connection = bench.connection
    before = (await read_dump(connection), await shape(connection), await ledger_dump(connection))
    oids = await made_anew(connection)

    result = await command.run("--batch", batch, models=())

    assert result.exit_code == 0, result.output
    after = (await read_dump(connection), await shape(connection), await ledger_dump(connection))
    assert after == before
    assert set((await made_anew(connection)).values()).isdisjoint(oids.values())
    assert set((await projector.positions(connection, LEDGER)).values()) == {TAKEN}
    assert not await left_over(connection)


async def test_a_second_rebuild_gives_the_same_rows_again(bench: Bench, command: Command) -> None:
    await command.run()
    first = await read_dump(bench.connection)
    await command.run("--batch", "7")
    assert await read_dump(bench.connection) == first


async def test_only_the_named_read_models_are_rebuilt(bench: Bench, command: Command) -> None:
    before = await made_anew(bench.connection)
    result = await command.run(models=["--model", "payment", "--model", "standard"])
    assert result.exit_code == 0, result.output
    after = await made_anew(bench.connection)
    assert {name for name in after if after[name] != before[name]} == {"payment", "standard"}
    assert after.keys() > {"payment", "standard"}


async def test_every_ledger_of_the_database_is_rebuilt(bench: Bench, command: Command) -> None:
    """The tables hold all of them: one that was left out would lose its rows at the switch."""
    connection = bench.connection
    await new_ledger(connection, "445103")
    await connection.execute(
        "INSERT INTO ledger.entry SELECT '445103', position, recorded_at, source, event_id || '-2',"
        " type, stream, version, open, digest, breaches FROM ledger.entry;"
        "UPDATE ledger.ledger SET position = (SELECT max(position) FROM ledger.entry)"
        " WHERE ledger = '445103'"
    )
    await connection.execute(
        "INSERT INTO ledger.correction SELECT '445103', position, root FROM ledger.correction"
    )
    await tail.catch_up(connection, "445103")
    before = await read_dump(connection)
    result = await command.run()
    assert result.exit_code == 0, result.output
    assert await read_dump(connection) == before


async def test_read_models_that_have_no_rows_yet_are_filled(bench: Bench, command: Command) -> None:
    before = await read_dump(bench.connection)
    await forget_rows(bench.connection, LEDGER)
    result = await command.run()
    assert result.exit_code == 0, result.output
    assert "尚无可对照的读模型" in result.output
    assert await read_dump(bench.connection) == before


async def test_live_rows_behind_the_ledger_are_compared_as_far_as_they_are(
    connection: asyncpg.Connection, command: Command
) -> None:
    """Rows that later entries ended count as open there."""
    bench = await Bench.open(connection)
    await bench.take(*LINES[:8])
    behind = (await projector.positions(connection, LEDGER))["payment"]
    await take(connection, bench.intake, *LINES[8:])

    result = await command.run()

    assert result.exit_code == 0, result.output
    rebuilt = await read_dump(connection)
    assert any(behind < row[3] < MAX_POSITION for row in rebuilt["case_entitlement"])
    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_dump(connection) == rebuilt


async def test_who_may_read_the_old_table_may_read_the_new_one(
    bench: Bench, command: Command
) -> None:
    connection = bench.connection
    await connection.execute("CREATE ROLE clerk_of_rebuild")
    try:
        await connection.execute(f"GRANT SELECT ON {SCHEMA}.payment TO clerk_of_rebuild, PUBLIC")
        await command.run()
        rights = await connection.fetch(
            "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
            f" WHERE table_schema = '{SCHEMA}' AND table_name = 'payment'"
            " AND grantee IN ('clerk_of_rebuild', 'PUBLIC') ORDER BY 1"
        )
        assert [tuple(row) for row in rights] == [
            ("PUBLIC", "SELECT"),
            ("clerk_of_rebuild", "SELECT"),
        ]
    finally:
        await connection.execute("DROP OWNED BY clerk_of_rebuild; DROP ROLE clerk_of_rebuild")


# Other rows.


async def test_a_fold_that_loses_a_payment_is_caught_and_named(
    bench: Bench, command: Command
) -> None:
    connection = bench.connection
    before, oids = await read_dump(connection), await made_anew(connection)
    position = await connection.fetchval(
        "SELECT position FROM ledger.entry WHERE source = 'payouts' AND event_id = 'p-3'"
    )
    with planted(payments, PaymentSettled, without_p3):
        result = await command.run()
    assert result.exit_code == 1
    assert "✗ payment（账本 445102" in result.output
    assert "缺失 missing 1，多出 extra 0，不同 changed 0" in result.output
    assert f"#{position} case/DB-3 缺失 missing: case_number DB-3" in result.output
    # Paid in 2024 as it stands: p-1 500.00, sent back as r-1 and paid again as p-1x; n-1 90.00,
    # p-3 300.00; p-2 was revoked. Money recovered does not make it less.
    assert "F16 发放低保金额：1,290.00 元 → 990.00 元" in result.output
    assert "未切换" in result.output
    assert await read_dump(connection) == before
    assert await made_anew(connection) == oids


async def test_a_fold_that_doubles_amounts_is_caught_and_named(
    connection: asyncpg.Connection, command: Command
) -> None:
    bench = await Bench.open(connection)
    household = event(OFFICE, "c-1", a_household("DB-1"))
    paid = [event(BANK, f"p-{n}", a_payment("DB-1", 50_000, f"2024-0{n}")) for n in (1, 2, 3)]
    await bench.take(household, *paid)
    with planted(payments, PaymentSettled, doubled):
        result = await command.run()
    assert result.exit_code == 1
    assert "缺失 missing 0，多出 extra 0，不同 changed 3" in result.output
    assert "#2 case/DB-1 不同 changed: amount_fen 50000 → 100000" in result.output
    assert "F16 发放低保金额：1,500.00 元 → 3,000.00 元" in result.output
    assert (await bench.figure("F16")).exact == 150_000


async def test_a_difference_in_the_middle_of_many_rows_names_its_run_of_entries(
    connection: asyncpg.Connection, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entry 1 is the case, so that the payment of number n is entry n + 2."""
    monkeypatch.setattr(comparison, "RUN", 10)
    bench = await Bench.open(connection)
    lines = [event(OFFICE, "c-1", a_household("DB-1"))]
    lines += [event(BANK, f"p-{n}", a_payment("DB-1", 50_000, "2024-01")) for n in range(40)]
    await bench.take(*lines)

    def lost(entry: Entry, rows: Iterable[Any]) -> Iterable[Any]:
        return () if entry.position == 27 else rows

    with planted(payments, PaymentSettled, lost):
        result = await command.run()
    assert "位置 positions 20–29（1 段 runs）" in result.output
    assert "#27 case/DB-1 缺失 missing" in result.output


async def test_what_people_accept_is_switched_in_and_noted(bench: Bench, command: Command) -> None:
    with planted(payments, PaymentSettled, without_p3):
        assert (await command.run()).exit_code == 1
        assert (await command.run(*ACCEPT)).exit_code == 0
    assert (
        await bench.connection.fetchval(
            f"SELECT count(*) FROM {SCHEMA}.payment WHERE case_number = 'DB-3' AND kind = 'settled'"
        )
        == 0
    )
    noted = await bench.connection.fetch("SELECT number, differences FROM read.rebuilt")
    assert [tuple(row) for row in noted] == [(1, 1)]
    told = (await journal.read(bench.connection, LEDGER))[-1]
    assert (told.kind, told.subject, told.by, told.why) == (
        "rebuilt",
        "read-models",
        "示例经办人",
        "读法改了",
    )
    assert told.facts["read_models"] == {"payment": {"changed": 0, "extra": 0, "missing": 1}}


async def test_nobody_accepts_differences_without_a_name_and_a_reason(
    bench: Bench, command: Command
) -> None:
    before = await journal.read(bench.connection, LEDGER)
    with planted(payments, PaymentSettled, without_p3):
        assert (await command.run("--accept", "--by", "示例经办人")).exit_code == 2
        assert (await command.run("--accept", "--by", "示例经办人", "--why", "")).exit_code != 0
    assert await journal.read(bench.connection, LEDGER) == before


async def test_a_mended_fold_begins_anew_and_a_discarded_rebuild_is_gone(
    bench: Bench, command: Command
) -> None:
    with planted(payments, PaymentSettled, without_p3):
        assert (await command.run()).exit_code == 1
    assert await left_over(bench.connection)
    assert (await command.run("--discard")).exit_code == 0
    assert not await left_over(bench.connection)
    assert (await command.run()).exit_code == 0


async def test_another_set_of_columns_is_named_and_switched_in_when_accepted(
    bench: Bench, command: Command
) -> None:
    """As after an upgrade: the code knows a column that the live table has not got."""
    connection = bench.connection
    before = await read_dump(connection)
    await connection.execute(f"ALTER TABLE {SCHEMA}.standard DROP COLUMN authority")
    result = await command.run()
    assert result.exit_code == 1
    assert "✗ standard" in result.output
    assert "列 columns 新增 added: authority" in result.output
    assert (await command.run(*ACCEPT)).exit_code == 0
    assert await read_dump(connection) == before


# Killed, resumed, begun anew.


async def test_killed_between_batches_it_goes_on_where_it_stood(
    bench: Bench, command: Command
) -> None:
    """The third batch of five was rolled back with the process: ten entries stand."""
    connection = bench.connection
    before, oids = await read_dump(connection), await made_anew(connection)
    killed = await command.killed_at("rebuild.batch-folded:3", "--batch", "5")
    assert killed == -signal.SIGKILL
    assert await tables.position(connection, LEDGER) == 10
    assert await made_anew(connection) == oids

    result = await command.run("--batch", "5")

    assert result.exit_code == 0, result.output
    assert "接着上次未完成的重建" in result.output
    assert f"{TAKEN - 10} / {TAKEN - 10} 条 entries 100%" in result.output
    assert await read_dump(connection) == before


@pytest.mark.parametrize("point", ["rebuild.compared", "rebuild.switched"])
async def test_killed_around_the_switch_it_is_switched_or_not(
    bench: Bench, command: Command, point: str
) -> None:
    connection = bench.connection
    before, oids = await read_dump(connection), await made_anew(connection)
    assert await command.killed_at(point) == -signal.SIGKILL
    switched = point == "rebuild.switched"
    assert await left_over(connection) is not switched
    assert (await made_anew(connection) != oids) is switched
    assert await read_dump(connection) == before
    assert (await command.run()).exit_code == 0
    assert await read_dump(connection) == before


async def test_a_rebuild_begun_with_other_code_is_not_gone_on_with(
    bench: Bench, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half the rows by the old fold, half by the new one: neither would be a rebuild."""
    assert await tables.begin(bench.connection, REBUILT) is tables.Begun.ANEW
    assert await tables.begin(bench.connection, REBUILT) is tables.Begun.RESUMED
    monkeypatch.setattr(cases, "doc", "another meaning")
    result = await command.run()
    assert result.exit_code == 0
    assert "从头开始" in result.output


async def test_begun_anew_when_asked(bench: Bench, command: Command) -> None:
    assert bench.connection
    with planted(payments, PaymentSettled, without_p3):
        assert (await command.run()).exit_code == 1
    result = await command.run("--restart")
    assert result.exit_code == 0
    assert "接着" not in result.output


async def test_the_fingerprint_covers_all_code_of_folds_and_events() -> None:
    mark = tables._fingerprint(REBUILT)
    assert tables._fingerprint(REBUILT) == mark
    assert tables._fingerprint(REBUILT[1:]) != mark


# While it serves.


async def test_readers_see_all_old_rows_or_all_new_ones(
    bench: Bench, command: Command, database_url: str
) -> None:
    """The new rows differ on purpose in two tables: amounts are doubled, households have 9 members.

    A reader looks at one table, waits, looks at the other; no reader fails.
    """
    assert bench.connection
    seen: list[tuple[bool, bool]] = []
    done = asyncio.Event()

    def crowded(kept: Sequence[Any]) -> Iterable[Any]:
        return [row._replace(members=9) for row in shown(kept)]

    async def read(first: str, second: str, wait: float) -> None:
        queries = {
            "payment": f"SELECT max(amount_fen) > 90000 FROM {SCHEMA}.payment",
            "case": f"SELECT min(members) = 9 FROM {SCHEMA}.case_entitlement",
        }
        async with postgres.connect(database_url) as connection:
            while not done.is_set():
                async with snapshot(connection):
                    found = {first: await connection.fetchval(queries[first])}
                    await asyncio.sleep(wait)
                    found[second] = await connection.fetchval(queries[second])
                seen.append((found["payment"], found["case"]))

    readers = [
        asyncio.create_task(read(first, second, wait))
        for first, second in (("payment", "case"), ("case", "payment"))
        for wait in (0, 0.02, 0.05)
    ]
    with planted(payments, PaymentSettled, doubled), pytest.MonkeyPatch.context() as patch:
        patch.setattr(cases, "showing", crowded)
        result = await command.run(*ACCEPT)
    await asyncio.sleep(0.2)
    done.set()
    await asyncio.gather(*readers)
    assert result.exit_code == 0, result.output
    assert set(seen) == {(False, False), (True, True)}


async def test_a_snapshot_taken_before_the_switch_reads_the_old_tables(
    bench: Bench, another: asyncpg.Connection
) -> None:
    """Even if it has read none of them yet: the switch waits for it."""
    with planted(payments, PaymentSettled, doubled):
        await _built(another)
    async with snapshot(bench.connection):
        switching = asyncio.create_task(driver.switch(another, another, REBUILT))
        for _ in range(20):
            await asyncio.sleep(0.02)
        assert not switching.done()
        old = await bench.connection.fetchval(f"SELECT max(amount_fen) FROM {SCHEMA}.payment")
    await switching
    new = await bench.connection.fetchval(f"SELECT max(amount_fen) FROM {SCHEMA}.payment")
    assert (old, new) == (50_000, 100_000)


async def _built(connection: asyncpg.Connection) -> None:
    await tables.begin(connection, REBUILT)
    await driver.catch_up(connection, connection, REBUILT)
    for model in REBUILT:
        await tables.index(connection, model)


async def test_a_reader_that_never_lets_go_keeps_the_old_tables(
    bench: Bench, another: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that asks in a way of its own; everybody else goes on meanwhile."""
    monkeypatch.setattr(driver, "TRIES", 3)
    before = await made_anew(bench.connection)
    async with another.transaction():
        await another.fetchval(f"SELECT count(*) FROM {SCHEMA}.standard")
        await _built(bench.connection)
        with pytest.raises(driver.SwitchBlocked):
            await driver.switch(bench.connection, bench.connection, REBUILT)
    assert await made_anew(bench.connection) == before
    await driver.switch(bench.connection, bench.connection, REBUILT)
    assert await made_anew(bench.connection) != before


async def test_a_view_on_a_read_model_is_named_and_keeps_the_old_tables(
    bench: Bench, command: Command
) -> None:
    before = await made_anew(bench.connection)
    await bench.connection.execute(f"CREATE VIEW paid AS SELECT * FROM {SCHEMA}.payment")
    result = await command.run()
    assert result.exit_code == 3
    assert f"view paid depends on table {SCHEMA}.payment" in result.stderr
    assert await made_anew(bench.connection) == before
    await bench.connection.execute("DROP VIEW paid")
    assert (await command.run()).exit_code == 0


async def test_the_ledger_grows_and_the_projector_goes_on_meanwhile(
    bench: Bench, command: Command, another: asyncpg.Connection
) -> None:
    connection = bench.connection
    done = asyncio.Event()
    numbers = itertools.count(1)

    async def project() -> None:
        while not done.is_set():
            number = next(numbers)
            await take(
                another,
                bench.intake,
                event(OFFICE, f"new-{number}", a_household(f"NEW-{number}")),
                event(BANK, f"new-{number}", a_payment(f"NEW-{number}", 50_000, "2024-05")),
                event(
                    BANK,
                    f"less-{number}",
                    a_payment(f"NEW-{number}", 49_000, "2024-05"),
                    corrects=f"payouts/new-{number}",
                    kind="changed",
                ),
            )
            await tail.catch_up(another, LEDGER)

    projecting = asyncio.create_task(project())
    for _ in range(3):
        result = await command.run("--batch", "3")
        assert result.exit_code == 0, result.output
    done.set()
    await projecting

    await tail.catch_up(connection, LEDGER)
    found = await read_dump(connection)
    assert len([row for row in found["payment"] if row[1].startswith("case/NEW-")]) == 2 * (
        next(numbers) - 1
    )
    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_dump(connection) == found


async def test_statements_prepared_before_the_switch_go_on(
    bench: Bench, command: Command, another: asyncpg.Connection
) -> None:
    sums = await another.prepare(f"SELECT count(*), sum(amount_fen) FROM {SCHEMA}.payment")
    before = await sums.fetchrow()
    assert (await command.run()).exit_code == 0
    assert await sums.fetchrow() == before
    await bench.take(event(BANK, "p-77", a_payment("DB-1", 77, "2024-06")))
    after = await sums.fetchrow()
    assert tuple(after) == (before[0] + 1, before[1] + 77)


# Questions that cannot be answered.


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "paymint"], "没有读模型 paymint"),
        (["--discard", "--accept"], "--discard 不能与"),
        (["--batch", "0"], "--batch"),
    ],
)
async def test_wrong_arguments_are_named(command: Command, options: list[str], said: str) -> None:
    result = await command.run(*options)
    assert result.exit_code == 2
    assert said in result.output


async def test_a_database_without_a_ledger_says_what_to_do(command: Command) -> None:
    result = await command.run()
    assert isinstance(result.exception, store.LedgerMissing)


async def test_two_rebuilds_do_not_meet(
    bench: Bench, command: Command, another: asyncpg.Connection
) -> None:
    assert await tables.only_one(another)
    result = await command.run()
    assert result.exit_code == 2
    assert "另一个重建正在进行" in result.output
    assert not await left_over(bench.connection)


async def test_nothing_to_discard(bench: Bench, command: Command) -> None:
    assert bench.connection
    result = await command.run("--discard")
    assert (result.exit_code, result.output.strip()) == (0, "没有未完成的重建 / nothing to drop")
