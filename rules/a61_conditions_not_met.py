"""不符合保障条件或者档次: what the decision itself says of the person is not entitled to it."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A61",
    name="决定所载情况不符合保障条件或者档次",
    severity="unlawful",
    basis="社会救助暂行办法 9, 14; 民发〔2019〕62号; 老年人权益保障法 33",
    breaches=(
        "case/income-not-below-standard",
        "case/phase-out-too-long",
        "case/more-than-one-person",
        "case/parents-situation-differs",
        "case/upbringing-differs",
        "case/age-differs",
        "case/child-of-age",
        "case/level-differs",
    ),
)
