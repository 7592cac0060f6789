"""What the documents tell a publisher to do over HTTP works as it stands there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from api.gateway.app import create_gateway
from api.gateway.rosters import XLSX
from domain.calendar import SHANGHAI
from infra.settings import Settings
from tests.rosters.conftest import DIBAO, JIA, a_row
from tests.support.gateway import a_key, listed
from tests.support.ledger import event
from tests.support.money import a_household
from tests.support.rosters import text
from tests.support.serving import threaded

DOCS = Path(__file__).parents[3] / "docs"
SOURCE = "social-assistance"


def need_curl() -> None:
    if shutil.which("curl") is None:
        pytest.skip("NO CURL: commands of documents were not run (apt-get install curl)")


def commands(document: str) -> list[str]:
    """The commands of its section, one a line."""
    text = (DOCS / document).read_text(encoding="utf-8")
    section = text.partition("\n## Over HTTP\n")[2]
    block = re.search(r"```sh\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert block is not None
    return block[1].splitlines()


async def test_each_command_does_what_is_said(
    live_url: str, ledger: asyncpg.Connection, tmp_path: Path
) -> None:
    need_curl()
    events = [event(SOURCE, f"d-{n}", a_household(f"D-{n}"), receivedat=None) for n in range(3)]
    (tmp_path / "event.json").write_bytes(events[0])
    (tmp_path / "batch.json").write_bytes(listed(*events))
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(events))
    (tmp_path / "ids.txt").write_text("d-0\nd-1\nd-2\nd-3\n")
    _, key = await a_key(ledger, SOURCE)
    app = create_gateway(Settings(database_url=live_url), lambda error: pytest.fail(str(error)))
    with threaded(app) as port:
        given = {"GATEWAY": f"http://127.0.0.1:{port}", "KEY": key, "SOURCE": SOURCE, "ID": "d-1"}
        given["TODAY"] = f"{datetime.now(SHANGHAI):%F}"
        told = [run(command, tmp_path, given) for command in commands("publishing.md")]
    assert [status for status, _ in told] == ["200"] * len(told), told
    assert ['"outcome":"accepted"' in told[0][1], '"outcome":"accepted"' in told[1][1]] == [
        True
    ] * 2
    assert told[2][1].count('"outcome":"duplicate"') == 3
    assert '"outcome":"duplicate"' in told[3][1]
    assert '"kept":false' in told[4][1]
    assert '"id":"d-1"' in told[5][1]
    assert told[6][1].count('"outcome":"accepted"') == 3
    assert '"both":3,"not_here":["d-3"]' in told[7][1]


async def test_a_roster_is_previewed_marked_and_confirmed(
    live_url: str, ledger: asyncpg.Connection, tmp_path: Path
) -> None:
    need_curl()
    (tmp_path / "roster.csv").write_bytes(text([DIBAO, a_row("DB-1", JIA)]))
    _, key = await a_key(ledger, "rosters")
    app = create_gateway(Settings(database_url=live_url), lambda error: pytest.fail(str(error)))
    maps, preview, marked, confirmed = commands("rosters.md")
    with threaded(app) as port:
        given = {"GATEWAY": f"http://127.0.0.1:{port}", "KEY": key, "MAP": "dibao", "XLSX": XLSX}
        told = [run(command, tmp_path, given) for command in (maps, preview, marked)]
        given["CONFIRM"] = json.loads(told[1][1])["confirm"]
        # Cases of other tests are on no roster of this one.
        gone = json.loads(told[1][1])["counts"].get("ended", 0)
        told.append(run(confirmed.replace("&confirm", f"&ended={gone}&confirm"), tmp_path, given))
    assert [status for status, _ in told] == ["200"] * len(told), told
    assert '"map":"dibao"' in told[0][1]
    assert (tmp_path / "marked.xlsx").read_bytes().startswith(b"PK")
    assert '"sent":true' in told[3][1]
    assert '"not_accepted":[]' in told[3][1]


def run(command: str, where: Path, given: dict[str, str]) -> tuple[str, str]:
    """Status and body of the answer to a command of the page."""
    whole = command.replace("curl ", r"curl --silent --retry 20 --write-out '\n%{http_code}' ", 1)
    done = subprocess.run(  # noqa: S603  a command of our own page
        ["/bin/sh", "-c", whole],
        cwd=where,
        env=os.environ | given | {"no_proxy": "*"},
        capture_output=True,
        text=True,
        check=True,
    )
    body, _, status = done.stdout.rpartition("\n")
    return status, body
