"""All figures and statements, in the order of their ids."""

from __future__ import annotations

import importlib

from reports.figure import Figure, Statement

LINES = (
    "assistance",
    "children",
    "disability",
    "standards.standards",
    "organisations",
    "officers",
    "enforcement",
    "disclosure",
    "outreach.activities",
    "outreach.charity",
    "reporting",
    "marriage",
    "funeral",
    "placename",
    "adoption",
    "identities",
)
"""Modules under reports/lines, each with FIGURES and STATEMENTS."""


def _collect() -> tuple[dict[str, Figure], dict[str, Statement]]:
    figures: list[Figure] = []
    statements: list[Statement] = []
    for line in LINES:
        module = importlib.import_module(f"reports.lines.{line}")
        figures += getattr(module, "FIGURES", ())
        statements += getattr(module, "STATEMENTS", ())
    ids = [figure.id for figure in figures] + [statement.id for statement in statements]
    if len(set(ids)) != len(ids):
        raise ValueError("a figure or statement id is used twice")
    return (
        {figure.id: figure for figure in sorted(figures, key=lambda f: f.id)},
        {statement.id: statement for statement in sorted(statements, key=lambda s: s.id)},
    )


FIGURES, STATEMENTS = _collect()
