"""执法全过程记录缺失: no record in text, or none in sound and pictures."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A49",
    name="执法全过程记录缺失",
    severity="incomplete",
    basis="行政处罚法 47; 国办发〔2018〕118号",
    breaches=(
        "inspection/record-incomplete",
        "penalty/record-incomplete",
    ),
)
