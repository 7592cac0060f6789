"""勾稽: figures that must agree with each other."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reports.measure import Check, Exact

_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
}
_RELATION = re.compile(r"([^<>=]+?)\s*(<=|>=|=)\s*([^<>=]+)")


def _relations(given: Mapping[str, Any]) -> Iterator[tuple[list[str], str, list[str], str]]:
    """Ids summed on the left, the sign, ids summed on the right, the relation as written."""
    for text in given["relations"]:
        match = _RELATION.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"a relation is written F1 = F2 + F3, not {text!r}")
        left, right = ([part.strip() for part in match[side].split("+")] for side in (1, 3))
        yield left, match[2], right, text


def _uses(given: Mapping[str, Any]) -> tuple[str, ...]:
    found = [name for left, _, right, _ in _relations(given) for name in (*left, *right)]
    return tuple(dict.fromkeys(found))


def _agree(given: Mapping[str, Any], exacts: Mapping[str, Exact]) -> list[tuple[bool, str]]:
    """Nothing to agree where all of them are 0 or not known."""
    if not any(exacts[name] for name in _uses(given)):
        return []
    made = []
    for left, sign, right, text in _relations(given):
        values: list[list[Any]] = [[exacts[name] for name in side] for side in (left, right)]
        known = None not in values[0] + values[1]
        made.append((known and _SIGNS[sign](sum(values[0]), sum(values[1])), text))
    return made


CHECKS = (
    Check(
        name="勾稽关系",
        holds_when="{relations}",
        parameters={"relations": "relations"},
        derive=_agree,
        uses=_uses,
    ),
)
