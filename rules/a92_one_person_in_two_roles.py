"""同一人兼有不能兼有的身份: a child that is its own guardian."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A92",
    name="同一人兼有不能兼有的身份",
    severity="data",
    basis="民法典 27, 34",
    breaches=("*/one-person-in-two-roles",),
)
