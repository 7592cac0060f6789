"""当场处罚不符合简易程序: decided on the spot beyond what may be, or not handed over there."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A71",
    name="当场处罚不符合简易程序",
    severity="unlawful",
    basis="行政处罚法 51-52",
    breaches=(
        "penalty/beyond-simple-procedure",
        "penalty/not-handed-over",
    ),
)
