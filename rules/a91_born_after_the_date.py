"""出生日期晚于业务日期: the number says that somebody was not born yet."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A91",
    name="出生日期晚于业务日期",
    severity="data",
    basis="居民身份证法 3",
    breaches=("*/born-after-the-date",),
)
