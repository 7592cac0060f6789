"""确定的金额与规定不符: what a decision says of the amount does not follow from what it says."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A56",
    name="确定的金额与规定不符",
    severity="unlawful",
    basis="社会救助暂行办法 10, 12",
    breaches=("case/granted-amount-differs",),
)
