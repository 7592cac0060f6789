"""What became of an event, with the rule and the law behind each warning: the outcome document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from domain.laws import in_chinese
from ledger import outcome_document
from ledger.outcome_document import Told
from rules.rule import Rule, rules


@cache
def _by_breach() -> Mapping[str, Rule]:
    """Kind of stream and code, "case/amount-differs" → the first rule that finds such a breach."""
    return {breach: rule for rule in reversed(rules()) for breach in rule.breaches}


def warned(kind: str, code: str) -> dict[str, str]:
    """The rule that a warning at acceptance stands for, and its law; nothing where there is none.

    `kind` is that of the fact's stream: "case".
    """
    rule = _by_breach().get(f"{kind}/{code}") or _by_breach().get(f"*/{code}")
    if rule is None:
        return {}
    return {"rule": rule.code, "rule_name": rule.name, "law": in_chinese(rule.basis)}


def document(told: Told, base: str = "") -> dict[str, Any]:
    """The outcome document; `base` is the public address of the pages, where there is one."""
    return outcome_document.document(told, warned, base)


def documents(told: Sequence[Told], base: str = "") -> list[dict[str, Any]]:
    """Those of several."""
    return [document(each, base) for each in told]
