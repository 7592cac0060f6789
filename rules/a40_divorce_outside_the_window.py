"""离婚登记不在规定期限内或者另一机关办理: a divorce too early, too late, or by another office."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A40",
    name="离婚登记不在规定期限内或者另一机关办理",
    severity="unlawful",
    basis="民法典 1076-1078; 婚姻登记条例（国令387号） 10-11",
    breaches=(
        "divorce/inside-cooling-off",
        "divorce/after-the-window",
        "divorce/application-already-closed",
        "divorce/certificate-of-another-series",
    ),
)
