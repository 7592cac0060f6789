"""All figures and statements, in the order of their ids.

They are registered by standing in FIGURES and STATEMENTS of a module under reports/lines.
"""

from __future__ import annotations

from collections import Counter

from domain.catalogue import modules
from reports.figure import Figure, Statement


def _collect() -> tuple[dict[str, Figure], dict[str, Statement]]:
    figures: list[Figure] = []
    statements: list[Statement] = []
    for module in modules("reports.lines"):
        figures += getattr(module, "FIGURES", ())
        statements += getattr(module, "STATEMENTS", ())
    ids = Counter([*(f.id for f in figures), *(s.id for s in statements)])
    if twice := [item for item, count in ids.items() if count > 1]:
        raise ValueError(f"a figure or statement id is used twice: {twice}")
    return (
        {figure.id: figure for figure in sorted(figures, key=lambda f: f.id)},
        {statement.id: statement for statement in sorted(statements, key=lambda s: s.id)},
    )


FIGURES, STATEMENTS = _collect()
