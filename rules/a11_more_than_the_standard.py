"""低保金超过标准: more than the standard for each person covered, and the supplement.

So a household gets no more than the standard on average.
"""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A11",
    name="低保金超过标准",
    severity="unlawful",
    basis="社会救助暂行办法 12",
    breaches=("case/above-standard",),
)
