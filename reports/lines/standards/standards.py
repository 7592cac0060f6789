"""Standards in force at D, ratios between them, and whether the raise (提标) is done."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from domain.bureau.bureau import Bureau
from reports.dimensions import AREA, coded
from reports.lines.standards.raises import below, raised
from reports.measure import Check, Dimension, Exact, Measure, Value, literal, yuan


def _in_force(bureau: Bureau) -> str:
    """Of each standard the one in force; one that is set for both areas stands for each."""
    kinds = [item.kind for item in bureau.standards.values() if item.by_area]
    by_area = ", ".join(map(literal, kinds)) or "NULL"
    return f"""
SELECT DISTINCT ON (s.kind, areas.area) s.known_from AS position, s.amount_fen AS contribution,
       s.effective_from AS on_date, s.document_number AS what, s.kind, areas.area
FROM standard s
JOIN (VALUES ('urban'), ('rural'), (NULL)) AS areas (area)
  ON areas.area = s.area OR s.area IS NULL
     AND (s.kind IN ({by_area})) = (areas.area IS NOT NULL)
WHERE {{known:s}} AND s.effective_from <= $4
ORDER BY s.kind, areas.area, s.effective_from DESC, s.adopted_on DESC, s.known_from DESC
"""


def _ratio(left: str, right: str, on: str) -> Any:
    """Rows of each pair of standards in force, and their ratio."""

    def rows(bureau: Bureau) -> str:
        return f"""
WITH in_force AS ({_in_force(bureau)})
SELECT a.position, a.contribution::numeric / nullif(b.contribution, 0) AS contribution, a.on_date,
       a.what || ' ÷ ' || b.what AS what, a.kind, b.kind AS over, a.area
FROM in_force a JOIN in_force b ON {on}
WHERE {left} AND {right}
"""

    return rows


def _percent(exact: Exact) -> Value:
    if not isinstance(exact, Decimal | int):
        return None
    return (Decimal(exact) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _cut(exact: Exact) -> Value:
    if not isinstance(exact, Decimal | int):
        return None
    return Decimal(exact).quantize(Decimal("0.0001"), ROUND_DOWN)


def _raised(bureau: Bureau, __: Mapping[str, Any]) -> str:
    return raised(bureau)


def _names(bureau: Bureau) -> Mapping[str, str]:
    return {item.kind: item.name for item in bureau.standards.values()}


_STANDARD = coded("标准", "kind", _names)
_OVER = Dimension("对照标准", "over", _names)

MEASURES = (
    Measure(
        name="保障标准",
        unit="元/人·月",
        kind="stock",
        definition="截止日有效的标准：生效日不晚于截止日的最近一次公布",
        rows=_in_force,
        dimensions=(_STANDARD, AREA),
        take="one",
        shown=yuan,
        cells="open",
    ),
    Measure(
        name="农村标准占城市标准的比例",
        unit="%",
        kind="derived",
        definition="农村标准 ÷ 城市标准",
        reading="四舍五入保留两位",
        rows=_ratio("a.area = 'rural'", "b.area = 'urban'", "a.kind = b.kind"),
        dimensions=(_STANDARD,),
        take="one",
        shown=_percent,
        cells="open",
    ),
    Measure(
        name="标准之比",
        unit="倍",
        kind="derived",
        definition="标准 ÷ 对照标准，分城乡的取城乡中较小者",
        reading="截去四位以后",
        rows=_ratio(
            "a.kind <> b.kind", "true", "(a.area = b.area OR a.area IS NULL OR b.area IS NULL)"
        ),
        dimensions=(_STANDARD, _OVER, AREA),
        take="min",
        shown=_cut,
        cells="open",
    ),
    Measure(
        name="提标完成",
        unit="",
        kind="state",
        definition="期内每一应发月份的实发（到账加补发减退票）不低于当月有效标准下的应发",
        reading="未到期的月份不计：月份及其决定所在月份的次月10日为到期",
        rows=below,
        take="all",
    ),
)
CHECKS = (
    Check(
        name="提标补发",
        holds_when="期内生效的标准都已执行，执行前的每一应发月份都已补发，包括现已退出的人",
        conditions=_raised,
    ),
)
