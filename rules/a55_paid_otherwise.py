"""发放与个案、项目不符: money of another programme, of an item that it lacks, or in advance."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A55",
    name="发放与个案、项目不符",
    severity="unlawful",
    basis="社会救助暂行办法 5",
    breaches=("case/programme-differs", "case/item-differs", "case/paid-in-advance"),
)
