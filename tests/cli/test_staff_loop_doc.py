"""What docs/bureau.md shows of the way from a draft to its publication is run as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.test_aside import shell_on
from tests.support.published import database

TEXT = (Path(__file__).parents[2] / "docs/bureau.md").read_text(encoding="utf-8")
PART = TEXT.partition("\n### From draft to publication\n")[2].partition("\n## ")[0]


def test_from_draft_to_publication(
    server_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    block = re.findall(r"^```sh\n(.*?)^```$", PART, re.DOTALL | re.MULTILINE)[0]
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    assert len(lines) == 4
    monkeypatch.chdir(tmp_path)
    with database(server_url, "staff_loop", released=False) as url:
        shell = shell_on(url, monkeypatch, capsys)
        said = [shell(*line[1:]) for line in lines]
    assert [each.code for each in said] == [0] * 4, said
    assert "草稿" in said[1].out
    assert "release/monthly-2024-02" in said[2].out
    assert "核对 1 项发布的文件" in said[3].out
