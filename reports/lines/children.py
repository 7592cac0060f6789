"""散居孤儿 and 事实无人抚养儿童: supported at D, paid in the period."""

from __future__ import annotations

from reports.figure import Figure, wan_yuan
from reports.lines.cases import MONEY_READING, active_persons, paid

_IN_A_FAMILY = """NOT EXISTS (
      SELECT FROM case_entitlement c
      WHERE {known:c} AND c.stream = p.stream AND c.mode = 'institutional')"""

FIGURES = (
    Figure(
        id="F19",
        name="散居孤儿人数",
        unit="人",
        kind="stock",
        group="儿童福利",
        front=1,
        definition="截止日所在月份在册的社会散居孤儿",
        reading="只计散居，集中养育的不在内",
        rows=active_persons("orphan", where="mode = 'home-based'"),
    ),
    Figure(
        id="F20",
        name="发放散居孤儿基本生活保障费",
        unit="万元",
        kind="flow",
        group="儿童福利",
        front=2,
        definition="期内到账的社会散居孤儿基本生活保障费，减期内退票，加补发",
        reading=f"只计散居孤儿；{MONEY_READING}",
        rows=paid("orphan", where=_IN_A_FAMILY),
        shown=wan_yuan,
    ),
    Figure(
        id="F21",
        name="事实无人抚养儿童人数",
        unit="人",
        kind="stock",
        group="儿童福利",
        front=3,
        definition="截止日所在月份在册的事实无人抚养儿童",
        reading="起始月 ≤ 截止月 ≤ 终止月的儿童，按人计",
        rows=active_persons("unattended-child"),
    ),
    Figure(
        id="F22",
        name="发放事实无人抚养儿童基本生活保障金",
        unit="万元",
        kind="flow",
        group="儿童福利",
        front=4,
        definition="期内到账的事实无人抚养儿童基本生活保障金，减期内退票，加补发",
        reading=MONEY_READING,
        rows=paid("unattended-child"),
        shown=wan_yuan,
    ),
)
