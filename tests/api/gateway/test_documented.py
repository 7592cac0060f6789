"""What docs/publishing.md tells a publisher to do over HTTP works as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import asyncpg
import pytest

from api.gateway.app import create_gateway
from infra.settings import Settings
from tests.support.gateway import a_key, listed
from tests.support.ledger import event
from tests.support.money import a_household
from tests.support.serving import threaded

DOCUMENT = Path(__file__).parents[3] / "docs" / "publishing.md"
SOURCE = "social-assistance"


def commands() -> list[str]:
    """The commands of the section, one a line."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("\n## Over HTTP\n")[2]
    block = re.search(r"```sh\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert block is not None
    return block[1].splitlines()


async def test_each_command_does_what_is_said(
    live_url: str, ledger: asyncpg.Connection, tmp_path: Path
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("NO CURL: commands of docs/publishing.md were not run (apt-get install curl)")
    events = [event(SOURCE, f"d-{n}", a_household(f"D-{n}"), receivedat=None) for n in range(3)]
    (tmp_path / "event.json").write_bytes(events[0])
    (tmp_path / "batch.json").write_bytes(listed(*events))
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(events))
    _, key = await a_key(ledger, SOURCE)
    app = create_gateway(Settings(database_url=live_url), lambda error: pytest.fail(str(error)))
    with threaded(app) as port:
        given = {"GATEWAY": f"http://127.0.0.1:{port}", "KEY": key, "SOURCE": SOURCE, "ID": "d-1"}
        told = [run(command, tmp_path, given) for command in commands()]
    assert [status for status, _ in told] == ["200"] * len(told), told
    assert ['"outcome":"accepted"' in told[0][1], '"outcome":"accepted"' in told[1][1]] == [
        True
    ] * 2
    assert told[2][1].count('"outcome":"duplicate"') == 3
    assert '"outcome":"duplicate"' in told[3][1]
    assert '"kept":false' in told[4][1]
    assert '"id":"d-1"' in told[5][1]
    assert told[6][1].count('"outcome":"accepted"') == 3


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
