"""更正、撤销没有着落: a correction that changes nothing, or one of what had been taken back."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A96",
    name="更正、撤销没有着落",
    severity="data",
    basis="统计法 7",
    breaches=("*/correction-without-effect", "*/revoked-fact-changed"),
)
