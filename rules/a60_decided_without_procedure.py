"""未经规定程序纳入保障: no acceptance, check, home visit, assessment or first opinion (R-DB-10)."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A60",
    name="未经受理、核对、调查、评估或者初审即纳入保障",
    severity="unlawful",
    basis="社会救助暂行办法 11, 16; 国发〔2015〕52号; 民发〔2019〕62号",
    breaches=(
        "case/not-accepted",
        "case/not-checked",
        "case/not-visited",
        "case/not-assessed",
        "case/no-opinion",
    ),
)
