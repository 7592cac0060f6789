"""The README is short, and what it tells each reader to begin with works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.support.published import database

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.zh-CN.md")
MOST_LINES = 120
FIRST = re.compile(r"^\|[^|]+\|.*?(`\.venv/bin/mingjian ([^`]+)`)", re.MULTILINE)


def firsts(page: str) -> list[str]:
    """The first command of each reader's row."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [found[1] for found in FIRST.findall(text)]


@pytest.fixture(scope="module")
def small(server_url: str) -> Iterator[str]:
    """URL of a small published ledger."""
    with database(server_url, "readme") as url:
        yield url


@pytest.mark.parametrize("page", PAGES)
def test_it_is_short_with_two_commands_and_one_picture(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
    assert len(text.splitlines()) <= MOST_LINES
    assert len(pictures) == 1
    assert (ROOT / pictures[0]).is_file()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    begun = text[text.index("```sh") :]
    asked = re.findall(r"^make ([a-z]+)", begun[: begun.index("```", 5)], re.MULTILINE)
    assert asked == ["demo", "test"]
    assert {*asked} <= {*targets}


@pytest.mark.parametrize("page", PAGES)
def test_each_readers_first_command_works(
    command: Command, small: str, page: str, tmp_path: Path
) -> None:
    commands = firsts(page)
    assert {each.split()[0] for each in commands} >= {"contracts", "figures", "verify", "doctor"}
    for each in commands:
        words = [str(tmp_path) if word in ("DIR", "目录") else word for word in each.split()]
        done = command(*words, database_url=small)
        assert done.code == 0, (each, done.err or done.out)
        assert done.out.strip(), each
