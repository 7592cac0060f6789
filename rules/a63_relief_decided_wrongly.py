"""临时救助审批不合规: above the limit of the township, no amount, decided twice."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A63",
    name="临时救助审批、手续不合规",
    severity="unlawful",
    basis="社会救助暂行办法 48",
    breaches=(
        "relief/above-township-limit",
        "relief/amount-missing",
        "relief/decided-twice",
        "relief/no-papers-to-follow",
    ),
)
