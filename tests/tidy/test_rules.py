"""Every rule is tested in its line: what judges find, and what read models take up.

By the words that stand in tests/lines/test_<stem>….py: events by class, or by a builder in
tests/support that makes them; breaches by code. What inspection and penalties show together is
tested in test_enforcement.py. What only audit rules read is tested with them, in tests/rules.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from domain.aggregate import breaches_of
from domain.catalogue import AGGREGATES, EVENTS
from projections.catalogue import READ_MODELS

TESTS = Path(__file__).parents[1]
SHARED = {"inspection": "enforcement", "penalties": "enforcement"}


def names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@cache
def trees(stem: str) -> tuple[ast.Module, ...]:
    """The tests of a line."""
    paths = [*(TESTS / "lines").glob(f"test_{stem}*.py")]
    if stem in SHARED:
        paths.append(TESTS / "lines" / f"test_{SHARED[stem]}.py")
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in paths)


@cache
def builders() -> dict[str, set[str]]:
    """What stands at the top of a module of tests/support → the names that it uses."""
    found: dict[str, set[str]] = {}
    for path in (TESTS / "support").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = names(node)
            elif isinstance(node, ast.Assign):
                found |= {t.id: names(node.value) for t in node.targets if isinstance(t, ast.Name)}
    return found


@cache
def told(stem: str) -> set[str]:
    """The names that a line's tests use, themselves or through a builder."""
    known: set[str] = set()
    new = {name for tree in trees(stem) for name in names(tree)}
    while new:
        known |= new
        new = {used for name in new for used in builders().get(name, ())} - known
    return known


@cache
def texts(stem: str) -> set[str]:
    """The strings in a line's tests."""
    return {
        node.value
        for tree in trees(stem)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def told_to_rules() -> set[str]:
    """The names that the tests of audit rules use, themselves or through a builder."""
    paths = sorted((TESTS / "rules").glob("test_a*.py"))
    used = set().union(*(names(ast.parse(path.read_text(encoding="utf-8"))) for path in paths))
    return used.union(*(builders().get(name, set()) for name in used))


ACROSS = "persons_compared"
"""The tests of what judges see of the same persons elsewhere, in whichever line."""


def line(event_type: str) -> str:
    return event_type.partition(".")[0]


def untold(types: set[str]) -> list[str]:
    return sorted(name for name in types if EVENTS[name].__name__ not in told(line(name)))


def test_every_fact_that_is_judged_is_told_in_the_tests_of_its_line() -> None:
    """A judge without a test named a breach nobody had asked for."""
    assert untold({name for state in AGGREGATES.values() for name in state.judging}) == []


def test_every_breach_is_found_in_the_tests_of_its_line() -> None:
    """Thirteen breaches had never been found by any test."""
    missing = {
        f"{state.__qualname__} {code}"
        for state in AGGREGATES.values()
        for judge in state.judging.values()
        for code in breaches_of(judge)
        if not any(code in texts(line(name)) | texts(ACROSS) for name in state.judging)
    }
    assert missing == set()


def test_every_fact_that_a_read_model_takes_is_told_in_the_tests_of_its_line() -> None:
    """Folds of a closed case and of an abolished department stood untested."""
    models = [model for model in READ_MODELS if model.types != EVENTS.keys()]
    missing = untold({name for model in models for name in model.types})
    assert [name for name in missing if EVENTS[name].__name__ not in told_to_rules()] == []
