"""Read models of an older version serve, marked as such, until the new ones are built and switched.

The older version is made by giving today's tables the number before it, and another form where a
test needs one.
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import asyncpg
import pytest

from domain.assistance.payouts import PaymentSettled
from projections import findings, projector, tail
from projections.assistance import payments
from projections.catalogue import READ_MODELS
from projections.read_model import SCHEMA, VERSION, schema_of
from projections.snapshot import OtherVersionServes, serving
from reports import evaluate
from reports.moment import Unanswerable
from reports.table import UNANSWERED
from tests.support import defined
from tests.support.defined import FIGURES
from tests.support.engine import forget_rows, read_dump, take
from tests.support.history import BANK, OFFICE, STANDARDS, WAITING, history, in_turn
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_payment
from tests.support.pages import client_of
from tests.support.rebuilding import ACCEPT, Command, planted
from tests.upkeep.test_migration import command as mingjian
from tests.upkeep.test_rebuild import without_p3
from upkeep.rebuild import driver, tables

LINES = in_turn(history(), [BANK, OFFICE, STANDARDS] * 20)
TAKEN = len(LINES) - WAITING
OLD = VERSION - 1
RIGHTS = ("SELECT", "INSERT")
OLD_SCHEMA = schema_of(OLD)
LOCK = Path(__file__).parent / "read_models.lock.sql"


async def age(connection: asyncpg.Connection) -> None:
    """Let today's read models be those of the version before."""
    await connection.execute(
        f"ALTER SCHEMA {SCHEMA} RENAME TO {OLD_SCHEMA}; UPDATE read.serving SET version = {OLD}"
    )


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """The small history, taken and folded by the version before."""
    made = await Bench.open(connection)
    await made.take(*LINES)
    await age(connection)
    return made


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Command:
    return Command(database_url, tmp_path / "home")


async def rebuilt(command: Command, *options: str) -> str:
    result = await command.run(*options, models=())
    assert result.exit_code == 0, result.output
    return result.output


# The old ones serve.


async def test_the_old_ones_answer_and_say_so(bench: Bench, database_url: str) -> None:
    assert bench.connection
    result = await mingjian(database_url, "figures", "--json")
    assert result.exit_code == 0, result.output
    told = f"由第 {OLD} 版汇总表回答，本程序为第 {VERSION} 版：执行 mingjian rebuild"
    assert told in result.stderr
    made = {item["id"]: item for item in json.loads(result.stdout)}
    # Paid in 2024 as it stands: see tests/upkeep/test_rebuild.py.
    assert made["F16"]["exact"] == 129_000
    assert made["F16"]["read_models"] == OLD
    assert told in made["F16"]["notice"]
    for arguments in (["statements"], ["doctor"], ["migrate"]):
        result = await mingjian(database_url, *arguments)
        assert told in result.output + result.stderr, arguments


async def test_pages_and_probe_say_so(bench: Bench, database_url: str) -> None:
    assert bench.connection
    async with client_of(database_url, auditor=True) as pages:
        probe = (await pages.get("/readyz")).json()
        page = await pages.get("/figures?period=2024")
        data = (await pages.get("/figures.json?period=2024")).json()
    assert probe["read_models"] == OLD
    assert "mingjian rebuild" in probe["notice"]
    assert f"本页由升级前的汇总表（第 {OLD} 版）得出" in page.text
    assert data["read_models"] == OLD
    assert "mingjian rebuild" in data["older"]


async def test_events_are_taken_and_old_tables_stay_as_they_are(bench: Bench) -> None:
    connection = bench.connection
    tally = await bench.take(event(BANK, "p-77", a_payment("DB-1", 77, "2024-06")))
    assert tally.accepted == 1
    assert await tail.catch_up(connection, LEDGER) == 0
    assert await tail.behind(connection, LEDGER) == 0
    held = await connection.fetchval(f"SELECT max(position) FROM {OLD_SCHEMA}.checkpoint")
    assert held == TAKEN
    assert (await bench.figure("F16", asof=None)).exact == 129_000


async def test_a_fold_into_tables_that_do_not_serve_is_refused(bench: Bench) -> None:
    with pytest.raises(OtherVersionServes, match="mingjian rebuild"):
        await projector._lock_checkpoints(bench.connection, LEDGER, READ_MODELS)


# The new ones are built and switched in.


async def test_a_rebuild_brings_the_new_version_and_what_came_meanwhile(
    bench: Bench, command: Command
) -> None:
    connection = bench.connection
    await take(connection, bench.intake, event(BANK, "p-77", a_payment("DB-1", 77, "2024-06")))
    await connection.execute(
        "CREATE ROLE clerk_of_versions;"
        f"GRANT USAGE ON SCHEMA {OLD_SCHEMA} TO clerk_of_versions;"
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {OLD_SCHEMA} TO clerk_of_versions"
    )
    try:
        assert "已对照" in await rebuilt(command)
        await connection.execute("SET ROLE clerk_of_versions")
        assert await connection.fetchval(f"SELECT count(*) FROM {SCHEMA}.payment") > 0
        assert await connection.fetchval(f"SELECT count(*) FROM {SCHEMA}.checkpoint") > 0
    finally:
        await connection.execute(
            "RESET ROLE; DROP OWNED BY clerk_of_versions; DROP ROLE clerk_of_versions"
        )
    assert await serving(connection) == VERSION
    assert await connection.fetchval("SELECT to_regnamespace($1)", OLD_SCHEMA) is None
    assert (await bench.figure("F16")).exact == 129_077
    noted = await connection.fetch("SELECT differences, version FROM read.rebuilt")
    assert [tuple(row) for row in noted] == [(0, VERSION)]
    found = await read_dump(connection)
    await forget_rows(connection, LEDGER)
    await tail.catch_up(connection, LEDGER)
    assert await read_dump(connection) == found


async def test_other_columns_and_tables_are_named_and_are_what_the_version_is_for(
    bench: Bench, command: Command
) -> None:
    await bench.connection.execute(
        f"ALTER TABLE {OLD_SCHEMA}.standard DROP COLUMN authority;"
        f"DROP TABLE {OLD_SCHEMA}.adoption;"
        f"CREATE TABLE {OLD_SCHEMA}.forgotten (ledger text)"
    )
    said = await rebuilt(command)
    assert "– standard" in said
    assert "新增 added: authority" in said
    assert "– adoption" in said
    assert await bench.connection.fetchval("SELECT to_regnamespace($1)", OLD_SCHEMA) is None


async def test_a_table_that_is_new_may_be_read_by_those_who_read_the_others(
    bench: Bench, command: Command
) -> None:
    """The pages' role had no right on it, and a page said "database error"."""
    connection = bench.connection
    await connection.execute(
        f"DROP TABLE {OLD_SCHEMA}.adoption; CREATE ROLE clerk_of_new_tables;"
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {OLD_SCHEMA} TO clerk_of_new_tables"
    )
    try:
        await rebuilt(command)
        may = "SELECT has_table_privilege('clerk_of_new_tables', $1, $2)"
        rights = [await connection.fetchval(may, f"{SCHEMA}.adoption", w) for w in RIGHTS]
        assert dict(zip(RIGHTS, rights, strict=True)) == {"SELECT": True, "INSERT": False}
    finally:
        await connection.execute("DROP OWNED BY clerk_of_new_tables; DROP ROLE clerk_of_new_tables")


async def test_other_rows_are_named_and_the_old_ones_serve_until_people_accept(
    bench: Bench, command: Command
) -> None:
    with planted(payments, PaymentSettled, without_p3):
        result = await command.run(models=())
        assert result.exit_code == 1
        assert "F16 发放低保金额：1,290.00 元 → 990.00 元" in result.output
        assert await serving(bench.connection) == OLD
        assert (await bench.figure("F16")).exact == 129_000
        await rebuilt(command, *ACCEPT)
    assert await serving(bench.connection) == VERSION
    assert (await bench.figure("F16")).exact == 99_000


@pytest.mark.parametrize(
    "point", ["rebuild.batch-folded:2", "rebuild.compared", "rebuild.switched"]
)
async def test_killed_anywhere_the_old_ones_serve_or_the_new(
    bench: Bench, command: Command, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.rebuilding.WITH_ROWS", ())
    assert await command.killed_at(point, "--batch", "5") == -signal.SIGKILL
    switched = point == "rebuild.switched"
    assert await serving(bench.connection) == (VERSION if switched else OLD)
    assert (await bench.figure("F16")).exact == 129_000
    await rebuilt(command)
    assert (await bench.figure("F16")).exact == 129_000
    assert await serving(bench.connection) == VERSION


async def test_a_view_on_an_old_table_keeps_the_old_version(bench: Bench, command: Command) -> None:
    await bench.connection.execute(f"CREATE VIEW paid AS SELECT * FROM {OLD_SCHEMA}.payment")
    result = await command.run(models=())
    assert result.exit_code == 3
    assert await serving(bench.connection) == OLD


async def test_a_new_version_is_built_whole(bench: Bench, command: Command) -> None:
    assert bench.connection
    result = await command.run(models=["--model", "payment"])
    assert result.exit_code == 2
    assert "须全部重建" in result.output


async def test_a_sample_is_built_anew_without_asking(bench: Bench) -> None:
    connection = bench.connection
    done: list[float] = []
    await driver.anew(connection, READ_MODELS, done.append)
    assert sum(done) == TAKEN
    assert await serving(connection) == VERSION
    assert (await bench.figure("F16")).exact == 129_000


# What old tables cannot tell.


async def test_a_figure_that_old_tables_cannot_tell_says_so_by_name(
    bench: Bench, database_url: str
) -> None:
    """F16 reads amounts; the others of its list, and all that does not, are told."""
    await bench.connection.execute(
        f"ALTER TABLE {OLD_SCHEMA}.payment DROP COLUMN amount_fen;"
        f"DROP TABLE {OLD_SCHEMA}.study_session"
    )
    value = await bench.figure("F16")
    assert (value.value, value.exact, value.beside) == (None, None, UNANSWERED)
    assert (await bench.figure("F14")).exact == 3
    told = {
        v.statement.id: [what for _, what, _ in v.conditions]
        for v in await defined.statements(bench.connection, await bench.moment())
    }
    assert told["S12"] == [UNANSWERED]
    assert [UNANSWERED] not in [told[name] for name in ("S01", "S14")]
    with pytest.raises(Unanswerable, match="F16 发放低保金额"):
        await evaluate.contributing_rows(bench.connection, await bench.moment(), FIGURES["F16"])
    result = await mingjian(database_url, "figures")
    assert result.exit_code == 0
    assert "旧版汇总表答不出" in result.output
    async with client_of(database_url, auditor=True) as pages:
        page = await pages.get("/figures?period=2024")
        rows = await pages.get("/figures/F16/rows.json?period=2024")
    assert page.status_code == 200
    assert "旧版汇总表答不出" in page.text
    assert (rows.status_code, "mingjian rebuild" in rows.json()["detail"]) == (503, True)


async def test_a_query_that_does_not_fit_todays_tables_is_an_error(bench: Bench) -> None:
    await bench.connection.execute(
        f"ALTER TABLE {OLD_SCHEMA}.payment DROP COLUMN amount_fen;"
        f"ALTER SCHEMA {OLD_SCHEMA} RENAME TO {SCHEMA};"
        f"UPDATE read.serving SET version = {VERSION}"
    )
    with pytest.raises(asyncpg.UndefinedColumnError):
        await bench.figure("F16")


# What a version is.


def ddl() -> str:
    """The tables of all read models, as their lock has them."""
    statements = [statement for model in READ_MODELS for statement in model.ddl()]
    statements += findings.ddl()
    return f"-- version {VERSION}\n" + "".join(f"{statement};\n" for statement in statements)


def test_other_tables_need_another_version() -> None:
    """One program would write into tables that another made.

    Raise VERSION in projections/read_model.py, say so in CHANGELOG.md, and write the lock anew:
    python -m tests.upkeep.lock
    """
    locked = LOCK.read_text()
    there, here = (set(text.split(";\n")) for text in (locked, ddl()))
    changed = sorted(statement.split("(")[0] for statement in here ^ there)
    assert not changed, f"{changed}: {test_other_tables_need_another_version.__doc__}"
    assert locked == ddl()


@pytest.mark.parametrize("room", ["projections", "domain", "rules"])
def test_the_fingerprint_of_a_rebuild_changes_with_any_fold_or_fact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    """Half the rows by the old code, half by the new, would be no rebuild."""
    copies = tuple(tmp_path / path.name for path in tables.ROOMS)
    assert {path.name for path in copies} == {"domain", "projections", "rules"}
    for path, copy in zip(tables.ROOMS, copies, strict=True):
        shutil.copytree(path, copy)
    mark = tables._fingerprint(READ_MODELS)
    monkeypatch.setattr(tables, "ROOMS", copies)
    assert tables._fingerprint(READ_MODELS) == mark
    fold = tmp_path / room / "assistance.py"
    if room != "projections":
        fold = tmp_path / room / {"domain": "corrections.py", "rules": "judged.py"}[room]
    fold.write_text(fold.read_text() + "\n# another fold\n")
    assert tables._fingerprint(READ_MODELS) != mark
