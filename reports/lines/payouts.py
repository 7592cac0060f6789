"""Assistance: households and persons entitled at D (stock), money of the period (flow)."""

from __future__ import annotations

from reports.figure import Figure, wan_yuan

_ACTIVE = """
SELECT known_from AS position, {count} AS contribution, township, case_number AS what
FROM read.case_entitlement
WHERE {{known}} AND programme = '{programme}'
  AND first_month <= to_char($4::date, 'YYYY-MM')
  AND (last_month IS NULL OR last_month >= to_char($4::date, 'YYYY-MM'))
"""
_MONEY = """
SELECT known_from AS position, amount_fen AS contribution, paid_on AS on_date, township,
       case_number || ' ' || kind AS what
FROM read.payment
WHERE {{known}} AND programme = '{programme}' AND item = 'basic'
  AND kind IN ('settled', 'returned', 'arrears') AND paid_on BETWEEN $3 AND $4
"""


def _active(programme: str, count: str = "1") -> str:
    return _ACTIVE.format(programme=programme, count=count)


def _money(programme: str) -> str:
    return _MONEY.format(programme=programme)


FIGURES = (
    Figure(
        id="F14",
        name="低保户数",
        unit="户",
        kind="stock",
        definition="截止日所在月份在保的低保户",
        reading="first_month ≤ 截止月 ≤ last_month 的户",
        rows=_active("dibao"),
    ),
    Figure(
        id="F16",
        name="发放低保金额",
        unit="万元",
        kind="flow",
        definition="期内到账的低保金,减期内退票,加补发",
        reading="按到账日期;追回、价格补贴、照料护理、丧葬不在内",
        rows=_money("dibao"),
        shown=wan_yuan,
    ),
)
