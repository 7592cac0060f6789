"""对象、当事人未登记: what was inspected or punished is on no register that there is."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A79",
    name="对象、当事人未登记",
    severity="data",
    basis="行政处罚法 47",
    breaches=(
        "inspection/object-not-registered",
        "penalty/party-not-registered",
    ),
)
