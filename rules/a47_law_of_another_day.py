"""所用法规版本与业务日期不符: events name no edition; each is judged by that of its day."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A47",
    name="所用法规版本与业务日期不符",
    severity="incomplete",
    basis="立法法 104",
    lacks="来件未写明所依据的法规版本",
)
