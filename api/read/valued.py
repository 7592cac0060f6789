"""A value of a figure as fields of one JSON type each."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from api.read.shape import Field
from reports.measure import Exact, Value
from reports.plans.quantities import MONEY
from reports.shown import UNKNOWN, json_value, written
from reports.tabled import timed

FIELDS = (
    Field(
        "type", "数值属于哪一种：number 数、yes-no 是否、date 日期、text 文字；没有数值的为 null"
    ),
    Field("text", "印出来的样子，带单位；没有数值的为〔暂无〕", optional=False),
    Field("number", "数，按单位", "number"),
    Field("yes", "是否", "boolean"),
    Field("date", "日期", format="date"),
    Field("time", "时间", format="date-time"),
    Field("exact", "未经取整的数；金额见 exact_fen", "number"),
    Field("exact_fen", "未经取整的金额，单位为分", "integer"),
    Field("unit", "单位"),
    Field("beside", "印在其后括号里的话"),
)


def is_money(unit: str | None) -> bool:
    """Whether what is in this unit is exact in 分."""
    return (unit or "").startswith(MONEY)


def fields_of(
    value: Value, exact: Exact, unit: str | None, beside: str | None, *, money: bool
) -> dict[str, Any]:
    """What FIELDS say of a value."""
    kind, when = _kind(value), timed(value)
    in_fen = money and isinstance(exact, int) and not isinstance(exact, bool)
    number = isinstance(exact, int | Decimal) and not isinstance(exact, bool)
    return {
        "type": kind,
        "text": UNKNOWN if value is None else written(value, unit or ""),
        "number": json_value(value) if kind == "number" else None,
        "yes": value if kind == "yes-no" else None,
        "date": _day(when),
        "time": json_value(when) if isinstance(when, datetime) else None,
        "exact": json_value(exact) if number and not in_fen else None,
        "exact_fen": exact if in_fen else None,
        "unit": unit or None,
        "beside": beside or None,
    }


def _kind(value: Value) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes-no"
    if isinstance(value, int | Decimal):
        return "number"
    return "text" if timed(value) == value else "date"


def _day(when: Any) -> str | None:
    """Of a time the day on it, in China."""
    if isinstance(when, datetime):
        return str(json_value(when))[:10]
    return when.isoformat() if isinstance(when, date) else None
