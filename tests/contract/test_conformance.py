"""docs/conformance.md: each clause of the CloudEvents specification has a test, and it is there."""

from __future__ import annotations

import re

import pytest

from tests.tidy.test_tidy import ROOT

TEXT = (ROOT / "docs/conformance.md").read_text(encoding="utf-8")
_TABLES = TEXT.partition("## SDKs")[0].splitlines()
CLAUSES = [row for row in _TABLES if row.startswith("| ") and "| clause |" not in row]
NAMED = sorted(set(re.findall(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", TEXT)))


def test_each_clause_names_a_test() -> None:
    assert len(CLAUSES) >= 30
    assert [row for row in CLAUSES if "`tests/" not in row] == []


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_each_test_that_is_named_is_there(path: str, name: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE)
