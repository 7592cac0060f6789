"""社会组织登记手续不全: steps that must come before a registration, a disposal or an end."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A82",
    name="社会组织登记手续不全",
    severity="incomplete",
    basis="社会团体登记管理条例 9, 19-21; 民办非企业单位登记管理暂行条例 8, 16-17",
    breaches=(
        "organisation/no-sponsor-approval",
        "organisation/no-liquidation",
        "organisation/certificate-or-seal-not-collected",
        "organisation/not-identified",
        "organisation/no-due-date",
        "organisation/certificate-not-collected",
    ),
)
