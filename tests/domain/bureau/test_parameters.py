"""Every parameter is asked for by code, or named by a programme or in the catalogue."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from domain.bureau.parameters import PARAMETERS
from domain.catalogue import STEMS
from reports import disclosure
from tests.support.bureau import SAMPLE

ROOT = Path(__file__).parents[3]
ANY = "[a-z-]*"
IN_SQL = re.compile(r"\{parameter:([a-z.-]+)\}")
ROOMS = ("domain", "projections", "reports", "rules", "ledger", "api", "upkeep")


def asked() -> set[str]:
    """Texts in the code that are names of parameters, or patterns of some: {…} is any word.

    SQL names one as {parameter:NAME}.
    """
    found = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        if path.name == "parameters.py" and path.parent.name == "bureau":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            said = [text_of(part) for part in parts]
            found |= {re.escape(name) for text in said if text for name in IN_SQL.findall(text)}
            if said[0]:
                found.add("".join(ANY if text is None else re.escape(text) for text in said))
    return found


def text_of(node: ast.AST) -> str | None:
    """The text that a node is."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def test_no_parameter_is_set_in_vain() -> None:
    """A folder that sets what nobody asks for would be told that all is well."""
    begins = tuple(rf"{stem}\." for stem in STEMS)
    patterns = [re.compile(pattern) for pattern in asked() if pattern.startswith(begins)]
    by_data = {p.grades for p in SAMPLE.programmes.values()}
    for row in disclosure.of(SAMPLE).values():
        by_data |= {*row.limits, row.every, *(name for c in row.clocks for name in c.limits)}
    for name in PARAMETERS:
        assert name in by_data or any(p.fullmatch(name) for p in patterns), name


def test_a_parameter_begins_with_its_line() -> None:
    assert {name.partition(".")[0] for name in PARAMETERS} <= STEMS


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_has_a_national_value(name: str) -> None:
    assert SAMPLE.rules.by_name[name]
