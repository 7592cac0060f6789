"""A ledger is created by a command of its own; nothing else makes one, but for samples."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from consumers.intake import IntakeApp
from consumers.projector import ProjectorApp
from consumers.relay import RelayApp
from consumers.service import App
from infra import postgres
from infra.settings import Settings
from ledger import store
from ledger.store import Ledger, LedgerMissing
from projections import opening
from tests.cli.conftest import Command
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household

pytestmark = pytest.mark.empty

SECRET = "of this bureau alone: 7f3c19ab02d5"  # noqa: S105  it makes a ledger that is no sample
NAMES_A_LEDGER = (
    ("figures",),
    ("statements",),
    ("findings",),
    ("lineage", "F16"),
    ("report", "annual", "-o", "report.html"),
    ("quarantine",),
    ("quarantine", "show", "1"),
    ("quarantine", "release", "1"),
    ("quarantine", "discard", "1", "--by", "JB-01", "--why", "示例"),
    ("parked",),
    ("parked", "show", "1"),
    ("waiting",),
    ("models",),
    ("journal",),
    ("offsets", "skip", "mingjian.intake.payouts/0", "7", "--by", "JB-01", "--why", "示例"),
    ("keys", "export", "keys.bin"),
    ("verify",),
    ("rebuild",),
)


@pytest.fixture
async def sample_url(database_url: str) -> str:
    """A database with a sample ledger of one division."""
    async with postgres.connect(database_url) as connection:
        await opening.create_ledger(connection, LEDGER, "replay", Settings())
    return database_url


def ledgers(url: str) -> list[Ledger]:
    """All ledgers of a database."""

    async def ask() -> list[Ledger]:
        async with postgres.connect(url) as connection:
            held = await store.exists(connection)
            return await store.all_ledgers(connection) if held else []

    return asyncio.run(ask())


@pytest.mark.parametrize("arguments", NAMES_A_LEDGER, ids=" ".join)
def test_no_command_acts_on_a_ledger_that_does_not_exist_nor_creates_it(
    command: Command,
    sample_url: str,
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command(*arguments, "--ledger", "445199", database_url=sample_url)
    assert (done.code, done.out) == (2, "")
    assert "没有账本 445199" in done.err
    assert "mingjian ledger create" in done.err
    assert not list(tmp_path.iterdir()), "nothing is written either"
    assert [ledger.name for ledger in ledgers(sample_url)] == [LEDGER]


@pytest.mark.parametrize(
    "arguments",
    [("figures",), ("parked",), ("migrate",), ("rebuild",), ("run", "api", "--port", "0")],
    ids=" ".join,
)
def test_where_there_is_no_database_a_command_says_so_and_starts_none(
    command: Command, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = command(*arguments)
    assert done.code == 2
    assert f"{tmp_path / 'home'} 中没有数据库" in done.err
    assert not (tmp_path / "home").exists()


def test_the_pages_do_not_start_without_a_ledger(command: Command, database_url: str) -> None:
    done = command("run", "api", "--port", "0", database_url=database_url)
    assert done.code == 2
    assert f"没有账本 {LEDGER}" in done.err
    assert not ledgers(database_url)


@pytest.mark.kafka
@pytest.mark.parametrize("app", [IntakeApp, RelayApp, ProjectorApp])
async def test_no_service_works_for_a_ledger_that_does_not_exist(
    kafka_place: Settings, connection: asyncpg.Connection, app: Callable[[Settings, str], App]
) -> None:
    with pytest.raises(LedgerMissing, match=f"没有账本 {LEDGER}"):
        async with app(kafka_place, LEDGER):
            pass
    assert await store.all_ledgers(connection) == []


def test_a_ledger_is_created_once_and_its_kind_stays(command: Command, database_url: str) -> None:
    given = {"database_url": database_url, "ledger_secret": SECRET}
    done = command("ledger", "create", **given)
    assert (done.code, done.err) == (0, "")
    assert "已建立实时账本 445102" in done.out
    done = command("ledger", "create", **given)
    assert (done.code, done.err) == (0, "")
    assert "已经存在，0 条记录" in done.out
    done = command("ledger", "create", "--replay", **given)
    assert done.code == 2
    assert "已是实时账本" in done.err
    (made,) = ledgers(database_url)
    assert (made.name, made.kind, made.sample) == (LEDGER, "live", False)


def test_without_a_secret_a_ledger_is_a_sample_and_a_replay(
    command: Command, database_url: str
) -> None:
    done = command("ledger", "create", "--live", database_url=database_url)
    assert done.code == 2
    assert "MINGJIAN_LEDGER_SECRET" in done.err
    assert not ledgers(database_url)
    done = command("ledger", "create", "--ledger", "445199", database_url=database_url)
    assert done.code == 2
    assert "MINGJIAN_BUREAU" in done.err, "the folder is that of another division"
    assert not ledgers(database_url)
    done = command("ledger", "create", database_url=database_url)
    assert done.code == 0
    (made,) = ledgers(database_url)
    assert (made.name, made.kind, made.sample) == (LEDGER, "replay", True)


@pytest.mark.parametrize("name", ["abcdef", "44510", "4451022", "", "４４５１０２"])
def test_a_ledger_is_named_by_a_division(
    command: Command, database_url: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"{}\n")
    for arguments in (("ledger", "create"), ("ingest", str(file))):
        done = command(*arguments, "--ledger", name, database_url=database_url)
        assert done.code == 2
        assert "六位区划代码" in done.err
    assert not ledgers(database_url)


def test_a_file_of_events_makes_a_sample_ledger_only(
    command: Command, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(event("social-assistance", "c-1", a_household("DB-1")) + b"\n")
    done = command("ingest", file, database_url=database_url, ledger_secret=SECRET)
    assert done.code == 2
    assert f"没有账本 {LEDGER}" in done.err
    assert not ledgers(database_url)
    done = command("ingest", file, database_url=database_url)
    assert (done.code, done.out.splitlines()[-1]) == (
        0,
        "accepted 1, duplicate 0, parked 0, quarantined 0",
    )
    (made,) = ledgers(database_url)
    assert (made.kind, made.sample) == ("replay", True)
    done = command("ingest", "--live", file, database_url=database_url)
    assert done.code == 2
    assert "是回放账本" in done.err


def test_the_sample_year_goes_into_no_ledger_with_a_secret(
    command: Command, database_url: str
) -> None:
    done = command("demo", "--no-serve", database_url=database_url, ledger_secret=SECRET)
    assert done.code == 2
    assert "示例账本" in done.err
    assert not ledgers(database_url)
