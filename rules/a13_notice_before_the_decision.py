"""未按规定公示即审核确认: no notice before the decision, too short a one, or one not over yet.

Not of children: their cases have no notice.
"""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A13",
    name="未按规定公示即审核确认",
    severity="unlawful",
    basis="社会救助暂行办法 11()(2), 16",
    breaches=(
        "case/notice-missing",
        "case/notice-too-short",
        "case/notice-not-over",
        "case/notice-closed-early",
    ),
)
