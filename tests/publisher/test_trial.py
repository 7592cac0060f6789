"""What docs/publishing.md tells a publisher to try on a machine of its own works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from infra.kafka.local import free_port
from infra.postgres import with_user
from infra.roles import Role
from tests.support.databases import made

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "publishing.md"


def commands() -> list[str]:
    section = PAGE.read_text("utf-8").partition("\n## On your own machine\n")[2]
    block = re.search(r"```sh\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert block is not None
    return [line.partition("  #")[0].strip() for line in block[1].splitlines()]


async def nothing(_url: str) -> None:
    """A database as it is found."""


def test_each_command_does_what_is_said(server_url: str, tmp_path: Path) -> None:
    port = str(free_port())
    settings, create, add, gateway, example, send, outcome, pack = (
        line.replace(".venv/bin/mingjian", f"{Path(sys.executable).parent}/mingjian").replace(
            "8010", port
        )
        for line in commands()
    )
    assert settings.startswith("export ")

    with made(server_url, "trial", nothing) as url:
        env = os.environ | {"MINGJIAN_DATABASE_URL": url, "no_proxy": "*"}
        env |= {"NO_COLOR": "1", "COLUMNS": "200"}

        def run(command: str) -> str:
            whole = f"{settings}; {command}"
            return subprocess.run(  # noqa: S603  commands of our own page
                ["/bin/sh", "-ec", whole],
                cwd=tmp_path, env=env, capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip

        assert "live ledger created" in run(create)
        assert "已登记" in run(add)
        serving = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-ec", f"{settings}; exec {gateway.removesuffix('&')}"],
            cwd=tmp_path, env=env | {"MINGJIAN_DATABASE_URL": with_user(url, Role.INTAKE)},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            answers(f"http://127.0.0.1:{port}/openapi.json", serving)
            run(example)
            told = run(send).splitlines()
            assert len(told) == len((tmp_path / "events.jsonl").read_text("utf-8").splitlines())
            assert all('"outcome":"accepted"' in line for line in told), told
            assert "已记入 accepted" in run(outcome)
            assert "例 / cases" in run(pack)
        finally:
            serving.terminate()
            serving.communicate(timeout=20)


def answers(address: str, serving: subprocess.Popen[bytes]) -> None:
    """Wait until somebody answers there."""
    until = time.monotonic() + 30
    while time.monotonic() < until and serving.poll() is None:
        try:
            with urlopen(address):  # noqa: S310
                return
        except URLError:
            time.sleep(0.05)
    serving.kill()
    pytest.fail(f"the gateway did not come up: {serving.communicate()[1].decode()[-800:]}")
