"""公示异议未重新调查、公示: decided after an objection that nobody looked into or posted anew."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A15",
    name="公示异议未重新调查、未重新公示",
    severity="unlawful",
    basis="社会救助暂行办法 11()(2)",
    breaches=("case/objection-not-investigated", "case/objection-not-noticed"),
)
