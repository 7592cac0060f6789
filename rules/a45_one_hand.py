"""不相容岗位未分离: who handled a case, or drew up a payroll, approved it too.

Whether a near relative of the applicant handled it is known only where it was declared.
"""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A45",
    name="同一人经办、审批",
    severity="unlawful",
    basis="社会救助暂行办法 11; 财办〔2020〕37号",
    breaches=("case/approver-handled", "payroll/approver-prepared"),
)
