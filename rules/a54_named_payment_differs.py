"""退票、重发、追回与所指的到账不符: what names a payment fits it, and is no more than is left."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A54",
    name="退票、重发、追回与所指到账不符",
    severity="data",
    basis="社会救助暂行办法 5",
    breaches=(
        "*/named-elsewhere",
        "case/payment-not-standing",
        "case/payment-differs",
        "case/payment-months-differ",
        "case/payment-not-before",
        "case/payment-already-returned",
        "case/payment-not-returned",
        "case/payment-already-repaid",
        "case/more-than-left",
        "case/more-than-found",
        "case/more-than-paid",
    ),
)
