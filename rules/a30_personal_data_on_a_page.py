"""公开页面含个人信息: whole numbers, addresses or minors on a page; titles are looked at by A89."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A30",
    name="公开页面含个人信息",
    severity="unlawful",
    basis="个人信息保护法 25, 28; 政府信息公开条例 15",
    lacks="公开页面的正文：账本只存其校验值",
)
