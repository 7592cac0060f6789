"""责令整改手续不全: an order without a last day, or what an order should have come before."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A77",
    name="责令整改手续不全",
    severity="incomplete",
    basis="行政处罚法 28",
    breaches=(
        "inspection/no-due-date",
        "inspection/no-order",
        "inspection/result-without-order",
    ),
)
