"""The master key: what wraps persons' keys, put in use and changed while an intake runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from infra import master_keys
from infra.master_keys import DERIVED, MasterKeyFileWrong, MasterKeyLacking
from infra.settings import Settings, settings
from ledger import journal, keys, mentions, store
from ledger.seal import Sealer
from tests.support.ledger import LEDGER, Bench
from tests.support.persons import REF, a_case_told, a_payment_told, an_end_told
from upkeep.rotation import CannotRotate, create, rotate
from upkeep.verification.driver import verify

SAID = journal.said("示例甲", "每年更换")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A file that no setting names yet."""
    path = tmp_path / "master"
    create(path)
    return path


@pytest.fixture(autouse=True)
def settings_of_its_own() -> Iterator[None]:
    yield
    settings.cache_clear()


@pytest.fixture
def file(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    put_in_use(made, monkeypatch)
    return made


def put_in_use(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGJIAN_MASTER_KEY_FILE", str(path))
    settings.cache_clear()


async def masters(connection: asyncpg.Connection) -> set[str]:
    return await keys.masters(connection)


def current(path: Path) -> str:
    return master_keys.id_of(master_keys.read(path)[0])


async def readable(connection: asyncpg.Connection) -> list[str]:
    sealer = Sealer(Settings().secret, LEDGER)
    return [each.state for each in await mentions.of(connection, sealer, LEDGER, [REF])]


async def test_no_key_stands_in_the_database_as_it_is(bench: Bench) -> None:
    await bench.take(a_case_told("DB-1"))
    sealer = Sealer(Settings().secret, LEDGER)
    opened = await keys.load(bench.connection, sealer, LEDGER, [REF])
    rows = await bench.connection.fetch("SELECT key, master FROM ledger.person_key")
    assert {row["master"] for row in rows} == {DERIVED}
    assert not any(opened[REF] in row["key"] for row in rows)


async def test_a_wrapped_key_opens_as_no_other_persons(bench: Bench) -> None:
    await bench.take(a_case_told("DB-1"))
    await bench.connection.execute(
        "UPDATE ledger.person_key SET key = (SELECT key FROM ledger.person_key WHERE person <> $1)",
        REF,
    )
    with pytest.raises(InvalidTag):
        await keys.load(bench.connection, Sealer(Settings().secret, LEDGER), LEDGER, [REF])


async def test_keys_of_an_older_release_are_wrapped_once(bench: Bench) -> None:
    await bench.take(a_case_told("DB-1"))
    sealer, ledger = (
        Sealer(Settings().secret, LEDGER),
        await store.find_ledger(bench.connection, LEDGER),
    )
    assert ledger is not None
    opened = await keys.load(bench.connection, sealer, LEDGER, [REF])
    await bench.connection.execute(
        "UPDATE ledger.person_key SET key = $1, master = NULL", opened[REF]
    )
    assert await keys.load(bench.connection, sealer, LEDGER, [REF]) == opened
    await keys.fill(bench.connection, sealer, ledger)
    assert await masters(bench.connection) == {DERIVED}
    assert await keys.load(bench.connection, sealer, LEDGER, [REF]) == opened


async def test_a_running_intake_goes_on_while_the_key_changes(
    bench: Bench, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is new, then the key changes twice; one intake runs all the time."""
    await bench.take(a_case_told("DB-1"))
    assert await masters(bench.connection) == {DERIVED}
    put_in_use(made, monkeypatch)
    first = current(made)
    assert (await rotate(bench.connection, settings(), LEDGER, SAID))[0] == first
    assert await masters(bench.connection) == {first}

    for month in ("1990-02", "1990-03"):
        name, count = await rotate(bench.connection, settings(), LEDGER, SAID)
        assert (name != first, count) == (True, 2)
        await bench.take(a_payment_told("DB-1", month), a_case_told(f"DB-{month}"))
        assert await masters(bench.connection) == {name}
        assert len(master_keys.read(made)) == 1
    assert set(await readable(bench.connection)) == {"clear"}
    found = await verify(bench.connection, Settings().secret, LEDGER, "mingjian", lambda *_: print)
    assert found.differences.as_json() == []


@pytest.mark.usefixtures("file")
async def test_what_an_old_backup_holds_is_opened_by_nobody(bench: Bench) -> None:
    await bench.take(a_case_told("DB-1"))
    await rotate(bench.connection, settings(), LEDGER, SAID)
    backup = await bench.connection.fetch("SELECT person, key, master FROM ledger.person_key")
    await rotate(bench.connection, settings(), LEDGER, SAID)
    with pytest.raises(MasterKeyLacking):
        keys.opened(Sealer(Settings().secret, LEDGER), LEDGER, backup[0])


@pytest.mark.parametrize(
    "at", ["rotation.key-added", "rotation.batch-wrapped", "rotation.recorded"]
)
async def test_killed_it_goes_on(
    bench: Bench, file: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.take(a_case_told("DB-1"), an_end_told("DB-1"))
    await rotate(bench.connection, settings(), LEDGER, SAID)
    before = current(file)
    with monkeypatch.context() as patched:
        patched.setattr("upkeep.rotation.reach", killing(at))
        with pytest.raises(Killed):
            await rotate(bench.connection, settings(), LEDGER, SAID)
    assert set(await readable(bench.connection)) == {"clear"}
    await bench.take(a_payment_told("DB-1", "1990-02"))
    await rotate(bench.connection, settings(), LEDGER, SAID)
    assert set(await readable(bench.connection)) == {"clear"}
    assert before not in {master_keys.id_of(key) for key in master_keys.read(file)}
    assert await masters(bench.connection) == {current(file)}


class Killed(Exception):
    pass


def killing(at: str) -> Callable[[str], None]:
    def reach(point: str) -> None:
        if point == at:
            raise Killed

    return reach


async def test_without_a_file_there_is_nothing_to_change(bench: Bench) -> None:
    await bench.take(a_case_told("DB-1"))
    with pytest.raises(CannotRotate):
        await rotate(bench.connection, Settings(), LEDGER, SAID)


@pytest.mark.parametrize(
    ("held", "mode"),
    [("", 0o600), ("not base64", 0o600), ("AAAA", 0o600), (None, 0o644)],
    ids=["empty", "no key", "too short", "readable by others"],
)
def test_a_file_that_is_none_is_refused(file: Path, held: str | None, mode: int) -> None:
    if held is not None:
        file.write_text(held)
    os.chmod(file, mode)  # noqa: PTH101
    with pytest.raises(MasterKeyFileWrong, match=file.name):
        Sealer(Settings().secret, LEDGER)


def test_a_file_is_never_written_over(file: Path) -> None:
    held = file.read_bytes()
    with pytest.raises(FileExistsError):
        create(file)
    assert file.read_bytes() == held
    assert file.stat().st_mode & 0o777 == 0o600
