"""The page of attacks names tests that there are: a defence that nobody tries is none."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[^`:]+)(?:::([^`]+))?`", PAGE)


def test_each_attack_has_its_row() -> None:
    assert re.findall(r"^\| ([0-9]+) ", PAGE, re.MULTILINE) == [str(n) for n in range(1, 26)]


def test_each_test_that_is_named_is_there() -> None:
    lacking = []
    for file, name in NAMED:
        path = ROOT / file
        if not path.is_file() or (name and f"def {name}(" not in path.read_text(encoding="utf-8")):
            lacking.append(f"{file}::{name}")
    assert not lacking
    assert len(NAMED) > 30
