"""执法证发放不符合规定: a licence for somebody away or without an exam, or with impossible days."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A78",
    name="执法证发放不符合规定",
    severity="unlawful",
    basis="行政处罚法 42",
    breaches=(
        "officer/not-in-post",
        "officer/no-exam",
        "officer/validity-reversed",
        "officer/exam-already-passed",
    ),
)
