"""使用已停用的名目: a programme, township or village that the bureau's lists had closed by then."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A95",
    name="使用已停用的项目或区划",
    severity="data",
    basis="统计法 7",
    breaches=("*/programme-closed", "*/township-closed", "*/village-closed"),
)
