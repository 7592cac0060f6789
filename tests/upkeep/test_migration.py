"""Upgrading: what an earlier release wrote opens, whole or not at all, and answers as it did."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from cli.root import app
from consumers.database import Database
from infra import postgres
from infra.settings import Settings, settings
from ledger import migration
from ledger.intake import Intake
from ledger.migration import DatabaseNewer, DatabaseOlder, MigrationChanged
from projections import opening, tail
from projections.snapshot import serving, snapshot
from reports.table import UNANSWERED
from tests.support.engine import take
from tests.support.ledger import LEDGER
from tests.support.pages import client_of
from tests.support.rebuilding import ACCEPT, ROOT, Command
from tests.upkeep import release

pytestmark = pytest.mark.empty
VERSIONS = sorted(path.name for path in release.RELEASES.iterdir() if path.is_dir())
OLD = "0.1.0"
SCRIPTS = Path(migration.__file__).parent / "migrations"


@pytest.fixture
async def old(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A database as 0.1.0 left it."""
    await release.load(connection, OLD)
    return connection


@contextmanager
def given(**environment: str) -> Iterator[None]:
    """The settings of this process, as the environment would have them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings.cache_clear()
        yield
    settings.cache_clear()


async def command(url: str, *arguments: str) -> Result:
    """Run `mingjian …` on a database in this process."""
    with given(MINGJIAN_DATABASE_URL=url):
        return await asyncio.to_thread(CliRunner().invoke, app, arguments)


async def columns(connection: asyncpg.Connection) -> dict[str, list[str]]:
    """The tables of the ledger and their columns."""
    found = await connection.fetch(
        "SELECT table_name, array_agg(column_name::text ORDER BY column_name)"
        " FROM information_schema.columns"
        " WHERE table_schema = 'ledger' AND table_name <> 'migration' GROUP BY 1"
    )
    return {row[0]: row[1] for row in found}


async def record(
    connection: asyncpg.Connection, known: dict[str, list[str]]
) -> dict[str, list[Any]]:
    """Every row of these tables, as far as these columns go."""
    return {
        table: await connection.fetch(
            f"SELECT {', '.join(names)} FROM ledger.{table} ORDER BY {', '.join(names)}"
        )
        for table, names in known.items()
    }


# What a release wrote.


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_a_release_wrote_gives_the_same_answers(
    connection: asyncpg.Connection, database_url: str, tmp_path: Path, version: str
) -> None:
    """A difference is listed in the release's folder, in `differences.json`, with its reason."""
    folder = release.RELEASES / version
    said = json.loads((folder / "answers.json").read_text())
    listed = folder / "differences.json"
    for moment, kind, name in json.loads(listed.read_text()) if listed.exists() else ():
        del said[moment][kind][name]
    await release.load(connection, version)
    known_then = await columns(connection)
    before = await record(connection, known_then)

    await migration.migrate(connection)

    assert await record(connection, known_then) == before
    assert (await command(database_url, "migrate")).exit_code == 0
    result = await Command(database_url, tmp_path).run(*ACCEPT, models=())
    assert result.exit_code == 0, (
        f"{result.output}\nA fold makes other rows of old entries, or a table has another form:"
        " raise VERSION in projections/read_model.py, and say in the changelog what changes."
    )
    now = json.loads(json.dumps(await release.answers(connection)))
    for moment, answers in said.items():
        assert now[moment]["at"] == answers["at"]
        for kind in ("figures", "statements"):
            assert told(kind, {n: now[moment][kind][n] for n in answers[kind]}) == told(
                kind, answers[kind]
            )


def told(kind: str, answers: dict[str, Any]) -> dict[str, Any]:
    """Figures as they are; of statements the answer, since its reasons are said in other words."""
    return answers if kind == "figures" else {name: answers[name][0] for name in answers}


UNTOLD = {
    "figures": {
        *("F02", "F03"),  # what is on the website, by when it was published again
        *(f"F{number:02d}" for number in range(4, 14)),  # standards
        *(f"F{number:02d}" for number in range(14, 27)),  # cases by level, payments by month
        *("F27", "F38", "F39", "F59", "F60", "F61"),  # officers and advisers
        *("F28", "F29", "F30", "F31"),  # inspections and penalties by procedure and party
        *("F32", "F33", "F34", "F46"),  # organisations and places by name
        *("F40", "F41", "F42", "F43", "F44"),  # marriages by couple
    },
    "statements": {"S02", "S03", "S04", "S05", "S07", "S16", "S18", "S19", "S20"},
}
"""What the tables of 0.1.0 cannot tell: they have not got the dates, or the name of a date."""


async def told_by_old_tables(connection: asyncpg.Connection) -> None:
    """They answer as they did, and say of the rest that a rebuild is due."""
    said = json.loads((release.RELEASES / OLD / "answers.json").read_text())
    listed = json.loads((release.RELEASES / OLD / "differences.json").read_text())
    now = json.loads(json.dumps(await release.answers(connection)))
    words = release.words(UNANSWERED)
    for moment, kind in itertools.product(said, UNTOLD):
        before, after = said[moment][kind], now[moment][kind]
        untold = {name for name in after if after[name][1] in (words, [[False, words]])}
        assert untold == UNTOLD[kind]
        otherwise = untold | {name for when, of, name in listed if (when, of) == (moment, kind)}
        assert told(kind, {n: after[n] for n in after if n not in otherwise}) == told(
            kind, {n: before[n] for n in before if n not in otherwise}
        )


async def test_what_0_1_0_wrote_answers_before_any_rebuild(old: asyncpg.Connection) -> None:
    await migration.migrate(old)
    await told_by_old_tables(old)


async def test_an_upgraded_ledger_goes_on(
    old: asyncpg.Connection, database_url: str, tmp_path: Path
) -> None:
    """A new payment is taken; an old one, and the correction of another, are corrected."""
    assert (await command(database_url, "migrate")).exit_code == 0
    assert (await Command(database_url, tmp_path).run(*ACCEPT, models=())).exit_code == 0
    given = Settings(database_url=database_url)
    ledger = await opening.create_ledger(old, LEDGER, "replay", given)
    intake = Intake(ledger, given.secret)
    before = await release.answers(old)
    lines = release.EVENTS.read_bytes().splitlines()
    paid = json.loads(next(line for line in lines if b'"id":"dz-2024-000001"' in line))
    late = {"receivedat": "2025-12-01T10:00:00+08:00"}
    more = paid | late | {"id": "later", "sequence": 900_001}
    changed = (
        paid
        | late
        | {
            "id": "mended",
            "sequence": 900_002,
            "corrects": f"{paid['source']}/{paid['id']}",
            "correctionkind": "changed",
            "data": paid["data"] | {"amount_fen": paid["data"]["amount_fen"] + 700},
        }
    )

    tally = await take(old, intake, *(json.dumps(line).encode() for line in (more, changed)))
    await tail.catch_up(old, LEDGER)

    assert (tally.accepted, tally.duplicate) == (2, 0)
    after = await release.answers(old)
    moved = int(paid["data"]["amount_fen"]) + 700
    known = release.MOMENTS[1]
    assert int(after[known]["figures"]["F16"][0]) - int(before[known]["figures"]["F16"][0]) == moved
    assert after[release.MOMENTS[0]] == before[release.MOMENTS[0]]


async def test_the_same_lines_again_are_all_known(old: asyncpg.Connection) -> None:
    ledger = await opening.create_ledger(old, LEDGER, "replay", Settings())
    intake = Intake(ledger, Settings().secret)
    again = await take(old, intake, *release.EVENTS.read_bytes().splitlines())
    assert again.accepted == again.parked == again.quarantined == 0


# One form.


async def test_an_empty_database_and_an_upgraded_one_have_the_same_form(
    old: asyncpg.Connection, database_url: str, server_url: str, tmp_path: Path
) -> None:
    assert (await command(database_url, "migrate")).exit_code == 0
    assert (await Command(database_url, tmp_path).run(*ACCEPT, models=())).exit_code == 0
    await old.execute("CREATE DATABASE fresh_form")
    url = database_url.replace(database_url.partition("?")[0].rpartition("/")[2], "fresh_form", 1)
    try:
        async with postgres.connect(url) as fresh:
            await opening.prepare(fresh)
        made, upgraded = (sorted(release.schema(u).splitlines()) for u in (url, database_url))
    finally:
        async with postgres.connect(server_url) as admin:
            await admin.execute("DROP DATABASE fresh_form WITH (FORCE)")
    assert made == upgraded


def test_a_released_migration_never_changes() -> None:
    """A changed one would leave databases of two forms under one number. Add another file instead.

    Its line in `checksums` comes from: cd ledger/migrations && sha256sum *.sql > checksums
    """
    lines = (SCRIPTS / "checksums").read_text().splitlines()
    locked = {name: checksum for checksum, name in (line.split("  ") for line in lines)}
    assert {f"{step.name}.sql": step.checksum for step in migration.migrations()} == locked


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [step.number for step in migration.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_migration_changes_what_is_append_only() -> None:
    """What older entries lack stands in a side table."""
    changing = re.compile(
        r"\b(?:UPDATE|DELETE\s+FROM|TRUNCATE)\s+(?:ONLY\s+)?ledger\.(?:entry|sealed_part)\b"
        r"|\bDISABLE\s+TRIGGER\b|\bDROP\s+TRIGGER\b",
        re.IGNORECASE,
    )
    assert [step.name for step in migration.migrations() if changing.search(step.script)] == []


# Whole or not at all.


class Cut(asyncpg.Connection):  # type: ignore[misc]  # the library ships no types
    """A connection that breaks after so many statements."""

    left = 1_000_000

    async def execute(self, *question: Any, **more: Any) -> str:
        if self.left == 0:
            self.terminate()
        self.left -= 1
        return str(await super().execute(*question, **more))


@pytest.mark.parametrize("version", [OLD, None])
async def test_cut_at_any_statement_it_goes_on(
    connection: asyncpg.Connection, database_url: str, version: str | None
) -> None:
    """From a database of 0.1.0, and from an empty one: of each step all stands, or nothing.

    It is cut one statement later each time until a step stands; the next one goes on from there.
    """
    steps = migration.migrations()
    if version is not None:
        await release.load(connection, version, rows=False)
        await connection.execute("INSERT INTO ledger.ledger VALUES ('445102', 'replay', true)")
    stood = len(steps) - len(await migration.pending(connection))
    later, cuts = 0, 0
    while await _cut(database_url, later):
        cuts += 1
        taken = len(steps) - len(await migration.pending(connection))
        tables = ("ledger.entry", "read.serving")
        there = [bool(await connection.fetchval("SELECT to_regclass($1)", t)) for t in tables]
        assert there == [taken >= 1, taken >= 2]
        assert taken in (stood, stood + 1)
        later, stood = (later + 1, stood) if taken == stood else (0, taken)
    assert await migration.pending(connection) == []
    mine = steps if version is None else steps[1:]
    assert cuts > sum(len(list(step.statements)) for step in mine)


async def _cut(url: str, after: int) -> bool:
    """Migrate on a connection that breaks after so many statements; False if those are all."""
    broken = await asyncpg.connect(url, connection_class=Cut)
    broken.left = after
    try:
        await migration.migrate(broken)
    except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError):
        return True
    finally:
        broken.terminate()
    return False


async def test_a_command_killed_within_a_migration_goes_on(
    old: asyncpg.Connection, database_url: str, tmp_path: Path
) -> None:
    environment = {
        "MINGJIAN_DATABASE_URL": database_url,
        "MINGJIAN_HOME": str(tmp_path),
        "MINGJIAN_FAIL_AT": "migration.statement:5",
    }
    code = "from cli import main; main()"
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", code, "migrate"],
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert await migration.pending(old) == list(migration.migrations())[1:]

    result = await command(database_url, "migrate")

    assert result.exit_code == 0
    assert await migration.pending(old) == []
    assert await serving(old) == 1


async def test_side_by_side_each_migration_is_taken_once(
    old: asyncpg.Connection, database_url: str
) -> None:
    async def one() -> int:
        async with postgres.connect(database_url) as connection:
            return len(await migration.migrate(connection))

    taken = await asyncio.gather(*(one() for _ in range(4)))
    assert sorted(taken) == [0, 0, 0, len(migration.migrations()) - 1]
    programs = await old.fetch("SELECT number, program FROM ledger.migration ORDER BY number")
    assert tuple(programs[0]) == (1, OLD)
    assert programs[1]["program"] == migration.program_version()


# Databases of another form.


async def test_a_newer_database_is_refused_by_name(
    old: asyncpg.Connection, database_url: str
) -> None:
    await migration.migrate(old)
    await old.execute("INSERT INTO ledger.migration VALUES (77, '0077_stars', '', now(), '9.1')")
    await refused(database_url, DatabaseNewer, "0077_stars", "9.1")


async def test_newer_read_models_are_refused_by_name(
    old: asyncpg.Connection, database_url: str
) -> None:
    await migration.migrate(old)
    await old.execute("UPDATE read.serving SET version = 66, program = '9.1'")
    await refused(database_url, DatabaseNewer, "66", "9.1")


async def test_an_older_database_of_another_server_says_what_to_do(
    old: asyncpg.Connection, database_url: str
) -> None:
    before = await record(old, await columns(old))
    await refused(database_url, DatabaseOlder, "0002_versions_of_read_models", "mingjian migrate")
    assert await record(old, await columns(old)) == before


async def test_a_database_not_ready_is_no_difference(
    old: asyncpg.Connection, database_url: str, tmp_path: Path
) -> None:
    """`reconcile` ended with 1 on an older database: a monitor read that the books differ."""
    assert await migration.pending(old)
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", "from cli import main; main()", "figures"],
        env={"MINGJIAN_DATABASE_URL": database_url, "MINGJIAN_HOME": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "DatabaseOlder" in (ended.stdout + ended.stderr).decode()


async def test_a_migration_in_other_words_is_refused(
    old: asyncpg.Connection, database_url: str
) -> None:
    await migration.migrate(old)
    await old.execute("UPDATE ledger.migration SET checksum = 'x' WHERE number = 2")
    await refused(database_url, MigrationChanged, "0002_versions_of_read_models")


async def refused(url: str, error: type[Exception], *names: str) -> None:
    """By commands that read, write or serve, by services, by the pages and their probe."""
    line = release.EVENTS
    for arguments in (
        ["figures"],
        ["statements", "--json"],
        ["parked", "list"],
        ["ingest", str(line)],
        ["rebuild"],
        ["run", "api"],
    ):
        result = await command(url, *arguments)
        assert isinstance(result.exception, error), (arguments, result.output)
        assert all(name in str(result.exception) for name in names)
    service = Database(url, lambda _: None)
    try:
        with pytest.raises(error) as told:
            await service.attempt(opening.prepare)
    finally:
        await service.close()
    assert all(name in str(told.value) for name in names)
    async with client_of(url, user="postgres") as pages:  # of before there were others
        probe = await pages.get("/readyz")
        page = await pages.get("/index.json")
    assert probe.status_code == page.status_code == 503
    assert all(name in probe.text and name in page.json()["detail"] for name in names)
    doctor = await command(url, "doctor")
    assert doctor.exit_code == 1
    assert all(name in doctor.output for name in names)


async def test_the_embedded_server_upgrades_by_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = tmp_path_factory.mktemp("e")
    async with postgres.connect(postgres.embedded_url(home / "postgres")) as connection:
        await release.load(connection, OLD)
        with given(MINGJIAN_HOME=str(home)):
            result = await asyncio.to_thread(CliRunner().invoke, app, ["figures", "--json"])
        assert result.exit_code == 0, result.output
        assert "数据库已升级 / database upgraded: 0002_versions_of_read_models" in result.stderr
        assert await migration.pending(connection) == []
    said = json.loads((release.RELEASES / OLD / "answers.json").read_text())
    shown = {item["id"]: item["exact"] for item in json.loads(result.stdout)}
    assert str(shown["F55"]) == said[release.MOMENTS[1]]["figures"]["F55"][0]


async def test_the_command_says_what_it_would_do_and_does_it(
    old: asyncpg.Connection, database_url: str
) -> None:
    for _ in range(2):
        result = await command(database_url, "migrate", "--check")
        assert result.exit_code == 1
        assert result.output.splitlines()[0] == "待执行 / to do: 0002_versions_of_read_models"
    result = await command(database_url, "migrate")
    assert result.exit_code == 0
    assert "已执行 / done: 0002_versions_of_read_models" in result.output
    again = [await command(database_url, "migrate", *more) for more in ([], ["--check"])]
    assert [(one.exit_code, "done" in one.output) for one in again] == [(0, False)] * 2
    assert await migration.pending(old) == []


@pytest.fixture
async def clerk(old: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Who was given SELECT on everything while 0.1.0 ran, and nothing since."""
    await old.execute(
        "CREATE ROLE clerk_of_migration; GRANT USAGE ON SCHEMA ledger, read TO clerk_of_migration;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA ledger, read TO clerk_of_migration"
    )
    await migration.migrate(old)
    await old.execute("SET ROLE clerk_of_migration")
    yield old
    await old.execute("RESET ROLE; DROP OWNED BY clerk_of_migration; DROP ROLE clerk_of_migration")


async def test_who_may_only_read_reads_on(clerk: asyncpg.Connection) -> None:
    await opening.prepare(clerk)
    await told_by_old_tables(clerk)
    async with snapshot(clerk):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await clerk.execute("UPDATE read.serving SET version = 3")
