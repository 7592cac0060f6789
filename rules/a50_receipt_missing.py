"""送达回证缺失: a decision was served, and nobody signed for it."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A50",
    name="送达回证缺失",
    severity="incomplete",
    basis="行政处罚法 61",
    breaches=("penalty/receipt-missing",),
)
