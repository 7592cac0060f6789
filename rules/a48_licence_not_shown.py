"""未出示执法证件: officers who inspect, take evidence or punish on the spot show their licences."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A48",
    name="未出示执法证件",
    severity="unlawful",
    basis="行政处罚法 52, 55; 国办发〔2018〕118号",
    breaches=(
        "inspection/licences-not-shown",
        "penalty/licences-not-shown",
    ),
)
