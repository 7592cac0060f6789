"""低保 in households and persons, 特困 in persons: entitled at D, paid in the period."""

from __future__ import annotations

from reports.figure import Figure, wan_yuan
from reports.lines.cases import MONEY_READING, active, active_persons, paid

FIGURES = (
    Figure(
        id="F14",
        name="低保户数",
        unit="户",
        kind="stock",
        group="低保和特困",
        front=1,
        definition="截止日所在月份在保的低保户",
        reading="起始月 ≤ 截止月 ≤ 终止月的户",
        rows=active("dibao"),
    ),
    Figure(
        id="F15",
        name="低保人数",
        unit="人",
        kind="stock",
        group="低保和特困",
        front=2,
        definition="截止日所在月份在保低保户中的保障人口",
        reading="只计有保障身份的家庭成员",
        rows=active("dibao", count="persons"),
    ),
    Figure(
        id="F16",
        name="发放低保金额",
        unit="万元",
        kind="flow",
        group="低保和特困",
        front=3,
        definition="期内到账的低保金，减期内退票，加补发",
        reading=MONEY_READING,
        rows=paid("dibao"),
        shown=wan_yuan,
    ),
    Figure(
        id="F17",
        name="特困人数",
        unit="人",
        kind="stock",
        group="低保和特困",
        front=4,
        definition="截止日所在月份在册的特困人员，分散与集中供养合计",
        reading="按人计（报告写作“户”）",
        rows=active_persons("tekun"),
    ),
    Figure(
        id="F18",
        name="发放特困供养金",
        unit="万元",
        kind="flow",
        group="低保和特困",
        front=5,
        definition="期内到账的特困人员基本生活费，减期内退票，加补发",
        reading=f"只计基本生活标准；{MONEY_READING}",
        rows=paid("tekun"),
        shown=wan_yuan,
    ),
)
