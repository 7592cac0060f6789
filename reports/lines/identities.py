"""勾稽: figures that must agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.formula import number, relation
from reports.measure import Check, Exact


def _uses(given: Mapping[str, Any]) -> tuple[str, ...]:
    found = [name for text in given["relations"] for name in relation(text).names]
    return tuple(dict.fromkeys(found))


def _agree(given: Mapping[str, Any], exacts: Mapping[str, Exact]) -> list[tuple[bool, str]]:
    """Nothing to agree where all of them are 0 or not known."""
    values = {name: number(exacts[name]) for name in _uses(given)}
    if not any(values.values()):
        return []
    return [(relation(text).holds(values), text) for text in given["relations"]]


CHECKS = (
    Check(
        name="勾稽关系",
        holds_when="{relations}",
        parameters={"relations": "relations"},
        derive=_agree,
        uses=_uses,
    ),
)
