"""Two bureaus in one database, with sources and ids of the same names: each as if it were alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.support.bureau import SAMPLE, files_of
from tests.support.engine import altered
from tests.support.history import BANK, OFFICE
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment
from tests.support.pages import client_of

OTHER = "445103"
SECRET = "of the other bureau: 5be0741c9a63f28d"  # noqa: S105  one that makes a ledger that is no sample
LINES = (
    event(OFFICE, "c-1", a_household("DB-1")),
    event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01")),
    event(BANK, "p-2", a_payment("DB-none", 7_000, "2024-01")),
    altered(event(BANK, "p-3", a_payment("DB-1", 9_000, "2024-02")), {"amount_fen": -1}),
)
ASKED = (
    ("figures", "--json"),
    ("statements", "--json"),
    ("findings", "--json"),
    ("lineage", "F16", "--json", "--raw"),
    ("parked", "--json"),
    ("parked", "show", "1", "--json"),
    ("quarantine", "--json"),
    ("quarantine", "show", "1", "--json"),
    ("waiting", "--json"),
    ("journal", "--json"),
    ("offsets", "--json"),
    ("models", "--json"),
    ("bureau", "adopted", "--json"),
    ("verify",),
)
"""All that tells of a ledger."""
PAGES = ("/", "/parked", "/quarantine", "/waiting", "/entries/1", "/streams/case/DB-1", "/readyz")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a bureau elsewhere."""
    made = tmp_path / OTHER
    for name, content in files_of(OTHER).items():
        if not name.startswith("cn/"):
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return made


def written(path: Path, division: str, *, fen: int) -> Path:
    """A file of the same events in a division, its payments of another amount."""
    lines = [line.replace(LEDGER.encode(), division.encode()) for line in LINES]
    lines[1] = altered(lines[1], {"amount_fen": fen})
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def told(command: Command, **given: str) -> dict[tuple[str, ...], str]:
    """What each command says."""
    said: dict[tuple[str, ...], str] = {}
    for arguments in ASKED:
        done = command(*arguments, **given)
        assert done.code == 0, (arguments, done.err)
        said[arguments] = done.out
    return said


def test_nothing_of_one_shows_in_the_other(
    command: Command, database_url: str, folder: Path, tmp_path: Path
) -> None:
    here = {"database_url": database_url}
    there = here | {"bureau": str(folder), "ledger_secret": SECRET}
    file = written(tmp_path / "here.jsonl", LEDGER, fen=50_000)
    tally = "accepted 2, duplicate 0, parked 1, quarantined 1"
    assert command("ingest", file, **here).out.splitlines()[-1] == tally
    before = told(command, **here)

    assert command("ledger", "create", "--replay", **there).code == 0
    file = written(tmp_path / "there.jsonl", OTHER, fen=61_300)
    assert command("ingest", file, **there).out.splitlines()[-1] == tally
    assert told(command, **here) == before

    said = told(command, **there)
    paid = {figure["id"]: figure["exact"] for figure in json.loads(said["figures", "--json"])}
    assert paid["F16"] == 61_300
    assert LEDGER not in said["bureau", "adopted", "--json"]
    assert command("figures", "--json", "--ledger", OTHER, **here).out == said["figures", "--json"]
    (parked,) = json.loads(said["parked", "--json"])
    assert (parked["number"], parked["event_id"]) == (1, "p-2")

    assert command("rebuild", **there).code == 0
    by = ("--by", "示例", "--why", "示例")
    assert command("quarantine", "discard", "1", *by, **there).code == 0
    assert told(command, **here) == before


def test_a_ledger_is_made_for_the_bureau_only_and_by_a_file_for_a_sample_only(
    command: Command, database_url: str, folder: Path, tmp_path: Path
) -> None:
    given = {"database_url": database_url, "bureau": str(folder)}
    real = (folder / "bureau.toml").read_bytes().replace(b"sample = true", b"sample = false")
    (folder / "bureau.toml").write_bytes(real)
    file = written(tmp_path / "there.jsonl", OTHER, fen=61_300)
    done = command("ingest", file, **given)
    assert (done.code, f"没有账本 {OTHER}" in done.err) == (2, True)
    done = command("ledger", "create", "--ledger", LEDGER, **given)
    assert (done.code, f"账本是 {LEDGER}" in done.err) == (2, True)
    assert command("ledger", "create", **given).code == 0
    assert command("ingest", file, **given).code == 0


def test_a_folder_is_adopted_by_name_and_told_where_it_is_another(
    command: Command, database_url: str, folder: Path, tmp_path: Path
) -> None:
    given = {"database_url": database_url, "bureau": str(folder)}
    assert command("ledger", "create", **given).code == 0
    assert "bureau" not in _looks(command("doctor", "--json", **given).out)
    changed = (folder / "bureau.toml").read_bytes().replace("本区".encode(), "我区".encode())
    (folder / "bureau.toml").write_bytes(changed)
    assert "bureau" in _looks(command("doctor", "--json", **given).out)

    by = ("--by", "示例", "--why", "改称谓")
    assert "经办日志第 2 条" in command("bureau", "adopt", *by, **given).out
    assert "已按这份" in command("bureau", "adopt", *by, **given).out
    assert "bureau" not in _looks(command("doctor", "--json", **given).out)
    first, second = json.loads(command("bureau", "adopted", "--json", **given).out)
    assert (first["by"], second["by"], second["why"]) == (None, "示例", "改称谓")

    then = tmp_path / "then"
    assert command("bureau", "adopted", "--at", "1", "-o", then, **given).code == 0
    assert (then / "bureau.toml").read_bytes() == changed
    done = command("bureau", "adopt", *by, database_url=database_url, ledger=OTHER)
    assert (done.code, SAMPLE.name in done.err) == (2, True)


def _looks(said: str) -> set[str]:
    """What doctor says should be looked at, or is wrong."""
    checks = json.loads(said)["checks"]
    return {c["check"].partition(".")[0] for c in checks if c["level"] not in ("fine", "off")}


def test_a_wrong_folder_is_refused_with_file_and_line(
    command: Command, database_url: str, folder: Path
) -> None:
    assert command("ledger", "create", database_url=database_url, bureau=str(folder)).code == 0
    (folder / "bureau.toml").write_text('division = "44510"\n', encoding="utf-8")
    done = command("figures", database_url=database_url, bureau=str(folder))
    assert done.code == 2
    assert str(folder) in done.err
    assert "bureau.toml:1" in done.err


def test_pages_are_of_one_ledger(
    command: Command, database_url: str, folder: Path, tmp_path: Path
) -> None:
    here = {"database_url": database_url}
    there = here | {"bureau": str(folder)}
    command("ingest", written(tmp_path / "here.jsonl", LEDGER, fen=50_000), **here)
    before = asyncio.run(_pages(database_url))
    command("ingest", written(tmp_path / "there.jsonl", OTHER, fen=61_300), **there)
    assert asyncio.run(_pages(database_url)) == before
    (other,) = asyncio.run(_pages(database_url, f"/entries/1.json?ledger={OTHER}")).values()
    assert json.loads(other)["ledger"] == OTHER


async def _pages(url: str, *paths: str) -> dict[str, str]:
    async with client_of(url, auditor=True) as client:
        return {path: (await client.get(path)).text for path in paths or PAGES}
