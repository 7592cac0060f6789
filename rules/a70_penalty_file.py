"""处罚案卷手续不全: a decision without filing, evidence or approval, or by the wrong people."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A70",
    name="处罚案卷手续不全",
    severity="incomplete",
    basis="行政处罚法 18, 54, 57, 64",
    breaches=(
        "penalty/not-filed",
        "penalty/no-evidence",
        "penalty/not-approved",
        "penalty/approver-is-handler",
        "penalty/chair-is-handler",
        "penalty/not-ours-to-decide",
    ),
)
