"""罚款未实行罚缴分离: officers took a fine into their own hands."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A73",
    name="罚款未实行罚缴分离",
    severity="unlawful",
    basis="行政处罚法 67-69",
    breaches=("penalty/collected-by-officers",),
)
