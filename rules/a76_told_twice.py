"""检查、处罚重复记录: an inspection or a decision that was recorded twice."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A76",
    name="检查、处罚重复记录",
    severity="data",
    basis="行政处罚法 47",
    breaches=(
        "inspection/already-conducted",
        "penalty/already-decided",
    ),
)
