"""婚姻登记撤销、撤回手续不符: ends of registrations and applications that lack what they need."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A81",
    name="婚姻登记撤销、撤回手续不符",
    severity="incomplete",
    basis="民法典 1051-1053, 1077",
    breaches=(
        "marriage/registration-already-ended",
        "marriage/revoked-without-proof",
        "marriage/ground-of-another-outcome",
        "divorce/not-registered",
        "divorce/registration-already-ended",
        "divorce/revoked-without-proof",
        "divorce/after-cooling-off",
        "divorce/inside-the-window",
    ),
)
