"""社会组织超期换届、换证或者终止后仍办理: what ran out, and acts after the end."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A83",
    name="社会组织超期换届、换证或者终止后仍办理",
    severity="unlawful",
    basis="社会团体登记管理条例 18, 21; 民办非企业单位登记管理暂行条例 15, 17",
    breaches=(
        "organisation/term-too-long",
        "organisation/elected-late",
        "organisation/replaced-after-expiry",
        "organisation/already-ended",
    ),
)
