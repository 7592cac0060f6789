"""信息公开审查、发布手续不符: what went up without its reviews, or was changed while down."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A87",
    name="信息公开审查、发布手续不符",
    severity="incomplete",
    basis="政府信息公开条例 17",
    breaches=(
        "disclosure-item/reviewers-not-distinct",
        "disclosure-item/three-level-review-missing",
        "disclosure-item/secrecy-review-missing",
        "disclosure-item/already-published",
        "disclosure-item/not-published",
    ),
)
