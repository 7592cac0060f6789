"""居民身份证姓名没有汉字或者为乱码: what was written in one encoding and read in another."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A90",
    name="居民身份证姓名没有汉字或者为乱码（疑似编码损坏）",
    severity="data",
    basis="居民身份证法 3, 4",
    breaches=("*/name-not-chinese",),
)
