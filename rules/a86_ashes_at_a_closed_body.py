"""骨灰安放于已停办的机构: ashes placed where none are kept any more."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A86",
    name="骨灰安放于已停办的机构",
    severity="unlawful",
    basis="殡葬管理条例 9",
    breaches=("keeping-body/body-closed",),
)
