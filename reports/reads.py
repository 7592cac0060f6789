"""Which read models an answer rests on: those that its SQL names, and those of what it is made of.

An answer is as old as the oldest of these, and stays the same while none of them changes.
"""

from __future__ import annotations

import re
from functools import cache

from domain.bureau.bureau import Bureau
from projections.catalogue import READ_MODELS
from reports.measure import Figure, Slice, Statement

_NAMED = re.compile(rf"\b(?:FROM|JOIN)\s+({'|'.join(model.name for model in READ_MODELS)})\b")

_TYPES = {model.name: model.types for model in READ_MODELS}


def of_slice(part: Slice) -> frozenset[str]:
    """Its rows, which its cells have too, what stands beside it, and its parts."""
    own = named(part.rows) | named(part.beside)
    return own.union(*(of_slice(used) for used in part.parts))


def reported(bureau: Bureau, part: Slice) -> bool:
    """Whether any system of the bureau may report what a slice counts: else 0 would say nothing."""
    kinds = {kind for name in of_slice(part) for kind in _TYPES[name]}
    return any(source.may(kind) for source in bureau.sources.values() for kind in kinds)


def of_figure(figure: Figure) -> frozenset[str]:
    """Those of its slice."""
    return of_slice(figure.slice)


def of_statement(statement: Statement) -> frozenset[str]:
    """Its conditions, and the figures that it checks."""
    return named(statement.rows).union(*(of_figure(figure) for figure in statement.figures))


@cache
def named(sql: str) -> frozenset[str]:
    """The read models that a query names."""
    return frozenset(_NAMED.findall(sql))
