"""疑点核查手续不全: what was said of a finding without the steps before it."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A98",
    name="疑点核查手续不全",
    severity="incomplete",
    basis="审计法 52",
    breaches=("finding/not-upheld", "finding/due-before-decision", "finding/approver-is-handler"),
)
