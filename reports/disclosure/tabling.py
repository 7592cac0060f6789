"""The catalogue in words and as tables, for pages and for files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from domain.bureau.bureau import Bureau
from domain.codes import label, labels_of
from domain.disclosure import Column as SiteColumn
from domain.laws import in_chinese
from domain.reporting.releases import PlanKind
from reports import plans, registers, themes
from reports.disclosure.asking import Duty, Updated
from reports.disclosure.clocks import Standing, State, least_of
from reports.disclosure.row import Audience, Channel, Kind, Level, Row, Way
from reports.registers.tabling import NOT_CONNECTED
from reports.shown import json_value
from reports.tabled import timed
from reports.tables import Column, Table

CATALOGUE = (
    Column("name", "代码"),
    Column("area", "一级事项"),
    Column("item", "二级事项"),
    Column("content", "公开内容"),
    Column("basis", "公开依据"),
    Column("limit", "公开时限"),
    Column("body", "公开主体"),
    Column("channels", "公开渠道"),
    Column("audience", "公开对象"),
    Column("levels", "公开层级"),
    Column("ways", "公开方式"),
    Column("kind", "类型"),
    Column("connected", "接入"),
    Column("pages", "本站页面"),
    Column("last", "最近公开", "date"),
)
DUTIES = (
    Column("row", "事项代码"),
    Column("area", "一级事项"),
    Column("item", "二级事项"),
    Column("id", "编号"),
    Column("title", "名称"),
    Column("state", "状态"),
    Column("start", "起算日", "date"),
    Column("due", "截止日", "date"),
    Column("left", "剩余工作日", "number"),
    Column("over", "逾期日数", "number"),
    Column("done", "公开（撤下）日", "date"),
    Column("recorded_at", "账本记入时间", "date"),
    Column("position", "账本位置", "number"),
    Column("started_at", "起算日记入时间", "date"),
    Column("started_position", "起算日账本位置", "number"),
)
COLUMNS = (
    Column("row", "事项代码"),
    Column("column", "栏目"),
    Column("last", "最近更新", "date"),
    Column("days", "距上次更新", "number", "天"),
    Column("limit", "更新间隔上限"),
    Column("state", "状态"),
    Column("item", "信息编号"),
    Column("title", "信息标题"),
    Column("recorded_at", "账本记入时间", "date"),
    Column("position", "账本位置", "number"),
)
UNITS = {"工作日": "个工作日", "日": "日", "月": "个月"}


def limit_of(row: Row, bureau: Bureau, on: date) -> str:
    """Until when it is to be public, by what is in force on a day; empty where nothing is said."""
    parts: list[str] = []
    found = least_of(bureau, row.limits, on)
    if found is not None:
        since = row.runs_from or "信息形成或者变更"
        parts.append(f"{since}之日起{found[0]}{UNITS[found[1]]}内")
    for stays in dict.fromkeys(clock.limits for clock in row.clocks if clock.until):
        up = least_of(bureau, stays, on)
        if up is not None:
            parts.append(f"公示{up[0]}{UNITS[up[1]]}")
    if row.every and (again := least_of(bureau, (row.every,), on)) is not None:
        parts.append(f"每{again[0]}{UNITS[again[1]]}至少更新一次")
    return "；".join(parts)


def names(codes: Iterable[str], of: Any) -> str:
    """Codes by their names."""
    named = labels_of(of)
    return "、".join(str(named[code]) for code in codes)


def as_json(
    row: Row, bureau: Bureau, on: date, last: date | None, released: Collection[str]
) -> dict[str, Any]:
    """A row for machines; what is for some only names no page and no day.

    `released`: the report plans of which something was released.
    """
    return {
        "name": row.name,
        "area": row.area,
        "item": row.item,
        "content": row.content,
        "basis": in_chinese(row.basis),
        "limit": limit_of(row, bureau, on) or None,
        "body": row.body,
        "channels": list(row.channels),
        "channels_name": names(row.channels, Channel),
        "audience": row.audience,
        "audience_name": names([row.audience], Audience),
        "levels": list(row.levels),
        "levels_name": names(row.levels, Level),
        "ways": list(row.ways),
        "ways_name": names(row.ways, Way),
        "kind": row.kind,
        "kind_name": names([row.kind], Kind),
        "connected": row.connected,
        "pages": pages(row, bureau, released),
        "last_published_on": None if last is None else last.isoformat(),
        "address": f"/disclosure/{row.name}",
    }


def pages(row: Row, bureau: Bureau, released: Collection[str]) -> list[dict[str, str]]:
    """The pages that serve a row: address and title; none of what is not for everybody."""
    if not (row.is_public and row.connected):
        return []
    known = registers.of(bureau)
    served = [
        {"kind": "register", "address": f"/{name}", "title": known[name].title}
        for name in row.registers
        if known[name].connected
    ]
    months = themes.of(bureau)
    served += [
        {"kind": "theme", "address": f"/{path}", "title": months[path].title}
        for path in row.themes
        if months[path].connected
    ]
    for name in row.plans:
        if name in released:
            title = f"{label(plans.of(bureau)[name].kind, PlanKind)}（历次发布）"
            served.append({"kind": "plan", "address": f"/releases/{name}", "title": title})
    return served


def catalogue(found: Iterable[Mapping[str, Any]], title: str = "公开目录") -> Table:
    """Rows of the catalogue as a table; given as `as_json` has them."""
    made = []
    for said in found:
        values = {
            **said,
            **{name: said[f"{name}_name"] for name in _CODED},
            "connected": "已接入" if said["connected"] else NOT_CONNECTED,
            "pages": "、".join(each["address"] for each in said["pages"]) or None,
            "last": timed(said["last_published_on"]),
        }
        made.append(tuple(values[column.name] for column in CATALOGUE))
    return Table("catalogue", title, CATALOGUE, made)


_CODED = ("channels", "audience", "levels", "ways", "kind")
"""What machines have by code, and people by name."""


def standing_json(standing: Standing | None) -> dict[str, Any]:
    """How a thing stands, for machines; a last day that is not known is a span."""
    if standing is None:
        return {"state": None, "state_name": "从未更新", "due": None, "left": None, "over": None}
    due = standing.due
    return {
        "state": standing.state,
        "state_name": names([standing.state], State),
        "due": None if due is None else due.latest.isoformat(),
        "due_earliest": None if due is None else due.earliest.isoformat(),
        "left": standing.left,
        "over": standing.over,
    }


def duty_json(duty: Duty) -> dict[str, Any]:
    """A duty for machines, with where the ledger has it from."""
    told, started = duty.told, duty.started
    return {
        "row": duty.row,
        "id": duty.id,
        "title": duty.title or None,
        "start": duty.start.isoformat(),
        "done": None if duty.done is None else duty.done.isoformat(),
        **standing_json(duty.standing),
        "position": None if told is None else told.position,
        "recorded_at": None if told is None else json_value(told.recorded_at),
        "started_position": None if started is None else started.position,
        "started_recorded_at": None if started is None else json_value(started.recorded_at),
    }


def updated_json(each: Updated, bureau: Bureau, row: Row, on: date) -> dict[str, Any]:
    """A column of the website for machines."""
    limit = least_of(bureau, (row.every,), on)
    return {
        "row": each.row,
        "column": each.column,
        "column_name": names([each.column], SiteColumn),
        "last": None if each.last is None else each.last.isoformat(),
        "days": each.days,
        "limit": None if limit is None else f"{limit[0]}{_DAYS[limit[1]]}",
        **standing_json(each.standing),
        "item": each.item or None,
        "title": each.title or None,
        "position": None if each.told is None else each.told.position,
        "recorded_at": None if each.told is None else json_value(each.told.recorded_at),
    }


_DAYS = {"工作日": "个工作日", "日": "天", "月": "个月"}


def duties(rows: Mapping[str, Row], found: Collection[Duty], name: str, title: str) -> Table:
    """Duties as a table."""
    made = []
    for duty in found:
        row, said = rows[duty.row], duty_json(duty)
        made.append(
            (
                duty.row,
                row.area,
                row.item,
                duty.id,
                duty.title or None,
                said["state_name"],
                duty.start,
                None if duty.standing.due is None else duty.standing.due.latest,
                duty.standing.left,
                duty.standing.over,
                duty.done,
                timed(said["recorded_at"]),
                said["position"],
                timed(said["started_recorded_at"]),
                said["started_position"],
            )
        )
    return Table(name, title, DUTIES, made)


def columns(found: Sequence[Mapping[str, Any]]) -> Table:
    """Columns of the website as a table; given as `updated_json` has them."""
    made = []
    for each in found:
        values = dict(each) | {"column": each["column_name"], "state": each["state_name"]}
        made.append(
            tuple(
                timed(values[column.name]) if column.kind == "date" else values[column.name]
                for column in COLUMNS
            )
        )
    return Table("columns", "栏目更新", COLUMNS, made)
