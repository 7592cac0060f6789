"""起始月份过早: paid in the month of the decision or before, or not from that of application on."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A12",
    name="起始月份不合规定",
    severity="unlawful",
    basis="社会救助暂行办法 11, 16; 国发〔2015〕52号",
    breaches=("case/first-month-too-early", "case/first-month-differs-from-application"),
)
