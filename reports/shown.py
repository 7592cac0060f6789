"""How values are written: for reading (Chinese) and for JSON."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, breaches_in
from domain.codes import ListedCode, labels_of
from domain.corrections import CorrectionKind
from domain.event import TYPE_PREFIX
from domain.faults import REASONS
from domain.money import format_yuan
from infra.visible import visible
from ledger import journal
from ledger.outcomes import OutcomeKind
from reports.measure import Exact, Figure, Kind, Slice, Value, wan_yuan, whole

UNKNOWN = "〔暂无〕"
UNWRITTEN = "〔未填写〕"
SAMPLE_BANNER = "示例数据，非官方发布"
INVENTED = "虚构"
INTERNAL = "供内部核对，可能列有个案，不得外传"
SHANGHAI = timezone(timedelta(hours=8))
"""中国标准时间; no summer time since 1992."""


def written(value: Value, unit: str = "") -> str:
    """A value with its unit as a sentence has it: 1809.05万元, 2024年3月15日, 是."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return _time(value)
    if isinstance(value, Decimal) and unit != "万元":
        value = value.normalize()
    return f"{value:f}{unit}" if isinstance(value, Decimal) else f"{value}{unit}"


def _time(text: str) -> str:
    """An ISO date or time in Chinese; any other text as it is."""
    try:
        return written_day(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{written_day(moment.date())} {moment:%H:%M}"


def written_day(day: date) -> str:
    """2024年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def written_asof(day: date) -> str:
    """The date of a stock: 12月底, or 9月15日 within a month."""
    last = day.day == monthrange(day.year, day.month)[1]
    return f"{day.month}月底" if last else f"{day.month}月{day.day}日"


def written_span(start: date, end: date) -> str:
    """The period of a flow: 全年, 3月, 1月至9月, 1月1日至9月15日."""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return "全年"
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        months = (start.month, end.month)
        return f"{months[0]}月" if months[0] == months[1] else f"{months[0]}月至{months[1]}月"
    return f"{start.month}月{start.day}日至{end.month}月{end.day}日"


def written_amount(figure: Figure, exact: Exact) -> str:
    """The unrounded value without its unit, for the cells of a table."""
    if exact is None:
        return UNKNOWN
    if isinstance(exact, bool | str | date):
        return written(whole(exact))
    return format_yuan(int(exact)) if is_money(figure) else f"{exact:,}"


def is_money(figure: Figure) -> bool:
    """Whether exact values of the figure are 分."""
    return figure.measure.is_money


def written_exact(figure: Figure, exact: Exact) -> str:
    """The unrounded value: money in 元 with 分, numbers with separators."""
    if exact is None:
        return UNKNOWN
    if isinstance(exact, bool | str | date):
        return written(whole(exact))
    unit = "元" if figure.measure.shown is wan_yuan else figure.unit
    return f"{written_amount(figure, exact)} {unit}".strip()


_COLUMNS = {
    "contribution": "计入",
    "on_date": "日期",
    "township": "镇街",
    "village": "村（居）",
    "area": "城乡",
    "over": "对照标准",
    "what": "事项",
    "mode": "方式",
    "firm_code": "律师事务所",
    "post": "岗位",
    "announced_on": "公告日期",
    "revoked_on": "撤销日期",
    "judged_on": "判决备案日期",
    "judgment": "判决",
    "kind": "类型",
    "line": "类别",
    "figure": "指标",
}
"""Headings of what stands in the rows behind a figure beside its dimensions."""
HIDDEN = ("position", "subject")
"""What of these rows has no column of its own."""


def heading(column: str, part: Slice) -> str:
    """The heading of a column of the rows behind a slice."""
    names = {dimension.column: dimension.name for dimension in part.measure.dimensions}
    return names.get(column) or _COLUMNS.get(column, column)


def cell(value: Any, column: str, part: Slice) -> str:
    """A value in the rows behind a slice, as people read it; codes by their names."""
    if isinstance(value, bool | None):
        return "" if value is None else written(value)
    if isinstance(value, int):
        return f"{value:,}"
    for dimension in part.measure.dimensions:
        if dimension.column == column:
            return dimension.label(part.bureau, str(value))
    return str(value)


_LISTS: dict[str, Mapping[Any, str]] = {
    "journal": labels_of(journal.Kind),
    "outcome": labels_of(OutcomeKind),
    "reason": {code: meaning.partition("；")[0] for code, meaning in REASONS.items()},
    "correction": labels_of(CorrectionKind),
    "kind": labels_of(Kind),
}


def label(code: ListedCode, of: str) -> str:
    """What a code of a list is called in Chinese, else the code itself."""
    return _LISTS[of].get(code, str(code))


def breach(code: str, type_name: str) -> str:
    """What a breach is called that was seen in a fact of this type, else the code itself."""
    return breaches_in(type_name).get(code, code)


def fact(type_name: str) -> str:
    """What a type of fact, with or without its prefix, is called, else the type itself."""
    event = EVENTS.get(type_name.removeprefix(TYPE_PREFIX))
    return type_name if event is None else event.TITLE


def source(name: str, bureau: Bureau) -> str:
    """What a source is called, else its name itself."""
    return bureau.sources[name].title if name in bureau.sources else name


def waited_for(prerequisite: str) -> str:
    """What a parked event waits for, in Chinese: 业务对象 case/DB-1, 事件 payouts/p-1."""
    kind, _, name = prerequisite.partition(":")
    return f"{_WAITED_FOR.get(kind, kind)} {name}"


_WAITED_FOR = {"stream": "业务对象", "event": "事件"}


def json_value(value: Any) -> Any:
    """A value as JSON has it: decimals as numbers, dates as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return local(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def seen(value: Any) -> Any:
    """What a template shows of a value: of a text all that cannot be seen is written out."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value, lines=True)
    return value


def local(instant: datetime) -> datetime:
    """An instant as clocks in China show it; the database may answer in another zone."""
    return instant.astimezone(SHANGHAI)


def written_instant(text: str) -> str:
    """2024-01-01 18:00:00, from ISO text of that zone."""
    return text[:19].replace("T", " ")
