"""残疾人证与补贴不符: category or grade not entitled, or a card that ran out or was cancelled."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A19",
    name="残疾人证类别、等级与补贴不符，或者证件失效",
    severity="unlawful",
    basis="国发〔2015〕52号",
    breaches=("case/card-grade-differs", "case/card-not-valid"),
)
