"""Which read models an answer rests on: those that its SQL names, and that of the figures it uses.

An answer is as old as the oldest of these, and stays the same while none of them changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from projections.catalogue import READ_MODELS
from reports.catalogue import FIGURES
from reports.figure import Figure, Statement

_NAMED = re.compile(rf"\b(?:FROM|JOIN)\s+({'|'.join(model.name for model in READ_MODELS)})\b")


def of_figure(figure: Figure) -> frozenset[str]:
    """Its rows, which its breakdowns have too, what stands beside it, and the figures it uses."""
    return named(figure.rows) | named(figure.beside) | of_figures(figure.uses)


def of_figures(ids: Iterable[str]) -> frozenset[str]:
    """All that these figures read."""
    return frozenset().union(*(of_figure(FIGURES[name]) for name in ids))


def of_statement(statement: Statement) -> frozenset[str]:
    """Its conditions, and the figures that it checks."""
    return named(statement.rows) | of_figures(statement.uses)


@cache
def named(sql: str) -> frozenset[str]:
    """The read models that a query names."""
    return frozenset(_NAMED.findall(sql))
