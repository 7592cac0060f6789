"""停保理由与去向不符: moved away without that reason, or to a place in the same division."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A62",
    name="终止原因与迁入地不符",
    severity="data",
    basis="社会救助暂行办法 13",
    breaches=("case/end-reason-differs", "case/moved-within-division"),
)
