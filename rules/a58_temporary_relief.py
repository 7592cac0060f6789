"""临时救助发放不合规定: given before a decision or beyond it."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A58",
    name="临时救助发放不合规定",
    severity="unlawful",
    basis="社会救助暂行办法 47-49",
    breaches=(
        "relief/not-decided",
        "relief/paid-more-than-decided",
    ),
)
