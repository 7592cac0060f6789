"""户籍迁出、服刑、财政供养等仍领取: only lists of other offices show it."""

from __future__ import annotations

from rules.rule import Rule

RULE = Rule(
    code="A20",
    name="户籍迁出、服刑或者有财政供养、工商登记、车辆、房产仍领取",
    severity="unlawful",
    basis="社会救助暂行办法 9, 13",
    lacks="户籍、监所、财政供养、工商、车辆、不动产等外部名单",
)
