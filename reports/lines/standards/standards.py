"""Standards in force at D, the two ratios between them, and whether the raise (提标) is done."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from reports.figure import Exact, Figure, Statement, Value, yuan
from reports.lines.standards.raises import BELOW, RAISED


def _in_force(kind: str, area: str | None = None) -> str:
    place = "area IS NULL" if area is None else f"area = '{area}'"
    return f"""
(SELECT known_from AS position, amount_fen AS contribution, effective_from AS on_date,
        NULL::text AS township, document_number AS what
 FROM standard
 WHERE {{known}} AND kind = '{kind}' AND {place} AND effective_from <= $4
 ORDER BY effective_from DESC, adopted_on DESC, known_from DESC LIMIT 1)
"""


def _standard(figure_id: str, name: str, rows: str, reading: str = "", front: int = 0) -> Figure:
    return Figure(
        id=figure_id,
        name=name,
        unit="元/人·月",
        kind="stock",
        group="保障标准",
        front=front,
        about_persons=False,
        definition="截止日有效的标准：生效日不晚于截止日的最近一次公布",
        reading=reading,
        rows=rows,
        take="one",
        shown=yuan,
    )


def _ratio(exacts: Mapping[str, Exact], part: str, whole: str) -> Decimal | None:
    above, below = exacts[part], exacts[whole]
    if not isinstance(above, int) or not isinstance(below, int):
        return None
    return Decimal(above) / Decimal(below)


def _share_of_urban(exacts: Mapping[str, Exact]) -> Exact:
    ratio = _ratio(exacts, "F04", "F05")
    return None if ratio is None else ratio * 100


def _tekun_multiple(exacts: Mapping[str, Exact]) -> Exact:
    rural, urban = _ratio(exacts, "F06", "F04"), _ratio(exacts, "F07", "F05")
    return None if rural is None or urban is None else min(rural, urban)


def _percent(exact: Exact) -> Value:
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP) if isinstance(exact, Decimal) else None


def _cut(exact: Exact) -> Value:
    return exact.quantize(Decimal("0.0001"), ROUND_DOWN) if isinstance(exact, Decimal) else None


def _complete(exacts: Mapping[str, Exact]) -> list[tuple[bool, str]]:
    return [(exacts["F13"] is True, "期内应享月份均已按有效标准发放或补足（F13）")]


FIGURES = (
    _standard("F04", "农村低保标准", _in_force("dibao", "rural"), front=2),
    _standard("F05", "城市低保标准", _in_force("dibao", "urban"), front=1),
    _standard("F06", "农村特困供养标准", _in_force("tekun", "rural"), "只计基本生活标准"),
    _standard("F07", "城市特困供养标准", _in_force("tekun", "urban"), "只计基本生活标准"),
    _standard("F08", "困难残疾人生活补贴标准", _in_force("living-subsidy")),
    _standard("F09", "重度残疾人护理补贴标准", _in_force("nursing-subsidy")),
    _standard(
        "F10",
        "困境儿童基本生活保障标准",
        f"{_in_force('orphan')} UNION ALL {_in_force('unattended-child')}",
        "散居孤儿与事实无人抚养儿童的标准；两者不同则不填",
        front=3,
    ),
    Figure(
        id="F11",
        name="农村低保标准占城镇标准的比例",
        unit="%",
        kind="derived",
        group="保障标准",
        about_persons=False,
        definition="农村低保标准 ÷ 城市低保标准",
        reading="四舍五入保留两位；报告只说超过76%",
        derive=_share_of_urban,
        uses=("F04", "F05"),
        shown=_percent,
    ),
    Figure(
        id="F12",
        name="特困标准与低保标准之比",
        unit="倍",
        kind="derived",
        group="保障标准",
        about_persons=False,
        definition="特困供养标准 ÷ 低保标准，农村与城市中较小者",
        reading="截去四位以后；1.6倍是下限",
        derive=_tekun_multiple,
        uses=("F04", "F05", "F06", "F07"),
        shown=_cut,
    ),
    Figure(
        id="F13",
        name="全区提标完成",
        unit="",
        kind="state",
        group="保障标准",
        definition="期内每一应享月份的实发（到账加补发减退票）不低于当月有效标准下的应发",
        reading="未到期的月份不计：月份及其决定所在月份的次月10日为到期",
        rows=BELOW,
        take="all",
    ),
)

STATEMENTS = (
    Statement(
        id="S16",
        name="提标完成",
        holds_when="全区提标完成（F13），且执行前的每一应享月份都已补发，包括现已退出的人",
        rows=RAISED,
        derive=_complete,
        uses=("F13",),
    ),
)
