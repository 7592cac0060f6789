"""The two subsidies for disabled persons: holders at D, paid in the period."""

from __future__ import annotations

from reports.figure import Figure, wan_yuan
from reports.lines.cases import MONEY_READING, active_persons, paid

FIGURES = (
    Figure(
        id="F23",
        name="重度残疾人护理补贴人数",
        unit="人",
        kind="stock",
        group="残疾人两项补贴",
        front=1,
        definition="截止日所在月份享受重度残疾人护理补贴的人",
        reading="计享受人数，不是全部重度残疾人；可与困难残疾人生活补贴重叠",
        rows=active_persons("nursing-subsidy"),
    ),
    Figure(
        id="F24",
        name="发放重度残疾人护理补贴",
        unit="万元",
        kind="flow",
        group="残疾人两项补贴",
        front=2,
        definition="期内到账的重度残疾人护理补贴，减期内退票，加补发",
        reading=MONEY_READING,
        rows=paid("nursing-subsidy"),
        shown=wan_yuan,
    ),
    Figure(
        id="F25",
        name="困难残疾人生活补贴人数",
        unit="人",
        kind="stock",
        group="残疾人两项补贴",
        front=3,
        definition="截止日所在月份享受困难残疾人生活补贴的人",
        reading="计享受人数；可与重度残疾人护理补贴重叠",
        rows=active_persons("living-subsidy"),
    ),
    Figure(
        id="F26",
        name="发放困难残疾人生活补贴",
        unit="万元",
        kind="flow",
        group="残疾人两项补贴",
        front=4,
        definition="期内到账的困难残疾人生活补贴，减期内退票，加补发",
        reading=MONEY_READING,
        rows=paid("living-subsidy"),
        shown=wan_yuan,
    ),
)
