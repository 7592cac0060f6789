"""Public registers (名录): lists of what there is, searched and sorted, and their histories.

They are about a day (`asof`, else the last one that was recorded) as known at a position (`at`,
else all that is known), and stand without a release (docs/decisions/0047). Whatever is asked that
is not understood is refused: nobody shall take the answer to another question for theirs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import asyncpg
from fastapi import APIRouter, Depends, Request, Response

from api import gate, problems
from api.answers import answer
from api.audit import PAGE_ROWS, pages
from api.question import Asked, view_of
from api.view import View
from domain.laws import in_chinese
from reports import registers
from reports.lacks import within
from reports.moment import Moment, Unanswerable, ahead, day_of, position_of, recorded_to
from reports.registers import asking
from reports.registers.asking import Past, Query
from reports.registers.register import Register, Shown
from reports.registers.tabling import NOT_CONNECTED, limit_of, table_of, text_of
from reports.shown import json_value

router = APIRouter(route_class=Asked)
THEN = ("ledger", "asof", "at")
"""What every page of registers may be asked."""
IN_LIST = ("q", "sort", "page")
LONGEST_SEARCH = 60
_PAGE = re.compile(r"[1-9][0-9]{0,6}")
HOME = "/registers"
WRITTEN = "asof 写作 2024-12-31，at 为账本位置；不写即为最近的情况"


async def _opened(request: Request) -> View:
    """The ledger that is asked about; links to other pages take nothing else along."""
    given = request.query_params.getlist("ledger")
    if len(given) > 1:
        raise problems.bad_question("参数 ledger 只能给一次")
    return await view_of(request, {"ledger": given[0]} if given and given[0] else {})


Opened = Annotated[View, Depends(_opened)]


@dataclass(frozen=True, slots=True)
class Then:
    """The moment that a page speaks of, and what of it was asked for."""

    moment: Moment
    recorded: date | None
    """The day up to which the ledger was recorded."""
    asked: Mapping[str, str]

    @property
    def pinned(self) -> dict[str, str]:
        """What an address says that shall show the same again."""
        named = {"ledger": self.asked["ledger"]} if "ledger" in self.asked else {}
        return named | {"asof": self.moment.end.isoformat(), "at": str(self.moment.at)}

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "asof": self.moment.end.isoformat(),
            "at": self.moment.at,
            "recorded_to": json_value(self.recorded),
        }


def _given(request: Request, known: Collection[str]) -> dict[str, str]:
    """What was asked, without what was left empty. Raises Problem."""
    given = request.query_params
    unknown = given.keys() - {*known, gate.PARAMETER}
    if unknown:
        named = "、".join(sorted(name[:LONGEST_SEARCH] for name in unknown))
        raise problems.bad_choice(f"没有参数 {named}", f"可用的参数：{'、'.join(known)}")
    for name in given.keys():  # noqa: SIM118  no mapping: a key may stand there twice
        if len(given.getlist(name)) > 1:
            raise problems.bad_choice(f"参数 {name} 只能给一次", "去掉多余的")
    return {name: value for name, value in given.items() if value and name in known}


async def _then(view: View, asked: Mapping[str, str], models: Collection[str]) -> Then:
    """The moment asked for, no later than what these read models hold. Raises Problem."""
    try:
        at = position_of(asked["at"]) if "at" in asked else view.folded
        named = day_of(asked["asof"]) if "asof" in asked else None
    except Unanswerable as error:
        raise problems.bad_choice(str(error), WRITTEN) from None
    if at > view.folded:
        raise problems.bad_choice(f"位置 {at} 尚不可读：现在到 {view.folded}", WRITTEN)
    recorded = await _recorded(view, at)
    day = named or recorded or date.min
    found = within(view.reach, Moment(view.ledger.name, day, day, at), models)
    view.lacking.append(found.lacks)
    return Then(found.moment, recorded, asked)


async def _recorded(view: View, at: int) -> date | None:
    """The day on which a position was recorded; only what many ask for is remembered."""
    if at == view.folded:
        return await view.values.get(
            ("recorded", view.ledger.name, at),
            lambda connection: recorded_to(connection, view.ledger.name, at),
        )
    async with view.values.reading() as connection:
        return await recorded_to(connection, view.ledger.name, at)


def _ahead(then: Then) -> str:
    return ahead(then.moment, then.recorded) if "asof" in then.asked else ""


@router.get("/registers")
async def index(request: Request, view: Opened) -> Response:
    """All registers with how many rows each has on the day, or that it is not connected."""
    listed = registers.of(view.bureau)
    asked = _given(request, THEN)
    then = await _then(view, asked, ())
    counts = await _counts(view, then, listed, remembered=not asked.keys() & {"asof", "at"})
    data = {
        **then.as_json(),
        "registers": [_head(each) | {"count": counts.get(each.name)} for each in listed.values()],
    }
    if view.auditor:
        data["unfit"] = [str(wrong) for wrong in registers.check(view.bureau)]
    return await answer(
        request,
        "registers.html",
        view,
        data,
        then=then,
        about=_about(then),
        not_connected=NOT_CONNECTED,
        bases={each.name: in_chinese(each.basis) for each in listed.values()},
        limits={each.name: limit_of(each) for each in listed.values()},
        onward=_query(asked),
    )


async def _counts(
    view: View, then: Then, listed: Mapping[str, Register], *, remembered: bool
) -> Mapping[str, int]:
    """Rows of each register that is connected; what is asked of no other day is worked out once."""

    async def work(connection: asyncpg.Connection) -> dict[str, int]:
        return {
            name: await asking.count(connection, each, _moment(view, then.moment, each))
            for name, each in listed.items()
            if each.connected
        }

    for each in listed.values():
        view.lacking.append(within(view.reach, then.moment, each.models).lacks)
    if remembered:
        stands = tuple(sorted((name, stand.position) for name, stand in view.reach.items()))
        return await view.values.get(("registers", then.moment, view.bureau.digest, stands), work)
    async with view.values.reading() as connection:
        return await work(connection)


def _moment(view: View, moment: Moment, register: Register) -> Moment:
    return within(view.reach, moment, register.models).moment


def _head(register: Register) -> dict[str, Any]:
    return {
        "name": register.name,
        "title": register.title,
        "item": register.item,
        "content": register.content,
        "basis": in_chinese(register.basis),
        "working_days": register.working_days,
        "connected": register.connected,
        "address": f"{HOME}/{register.name}",
    }


def _about(then: Then) -> str:
    """What day the page is about, as people read it."""
    if then.recorded is None and "asof" not in then.asked:
        return "账本还没有记录"
    return f"截至 {then.moment.end}"


def _find(view: View, name: str) -> Register:
    found = registers.of(view.bureau).get(name)
    if found is None:
        raise problems.not_found(f"没有名录 {name[:LONGEST_SEARCH]}", f"名录目录：{HOME}")
    return found


@router.get("/registers/{name}")
async def listed(request: Request, view: Opened, name: str) -> Response:
    """A register: its rows on the day, searched, chosen, sorted, fifty a page."""
    register = _find(view, name)
    asked = _given(request, (*THEN, *IN_LIST, *register.filters))
    then = await _then(view, asked, register.models)
    query = _looked_for(view, register, asked)
    page = asked.get("page", "1")
    if not _PAGE.fullmatch(page):
        raise problems.bad_choice(f"没有第 {page[:LONGEST_SEARCH]} 页", "page 为从 1 起的整数")
    if not register.connected:
        return await _not_connected(request, view, register, then)
    async with view.values.reading() as connection:
        found = await asking.listing(
            connection,
            register,
            then.moment,
            query,
            limit=PAGE_ROWS,
            offset=(int(page) - 1) * PAGE_ROWS,
        )
    paged = pages(found.count, int(page))
    base = f"{HOME}/{register.name}"
    if int(page) > paged["pages"]:
        raise problems.not_found(f"共 {paged['pages']} 页，没有第 {page} 页", f"首页：{base}")
    table = table_of(found, view.bureau, sample=view.ledger.sample)
    onward = _query({**then.pinned, **_kept(asked, register)})
    record = _query(then.pinned)
    addresses = [_address(register, each) + record for each in found.ids]
    rows = [
        {"id": record, "address": _address(register, record), **_row_json(view, register, row)}
        for record, row in zip(found.ids, found.rows, strict=True)
    ]
    data = _head(register) | then.as_json() | paged | {"columns": _columns(register), "rows": rows}
    return await answer(
        request,
        "register.html",
        view,
        data,
        register=register,
        then=then,
        about=_about(then),
        ahead_of=_ahead(then),
        table=table,
        shown=[
            [text_of(value, c) for value, c in zip(row, table.columns, strict=True)]
            for row in table.rows
        ],
        addresses=addresses,
        base=base,
        onward=onward,
        question=asked,
        narrowed=bool(query.search or query.filters),
        choices={
            each: register.columns[each].names(view.bureau).items() for each in register.filters
        },
        orders=_orders(register, query, then, asked, base),
        limit=limit_of(register),
        up=_query({name: asked[name] for name in THEN if name in asked}),
    )


async def _not_connected(request: Request, view: View, register: Register, then: Then) -> Response:
    data = _head(register) | then.as_json() | {"rows": None, "count": None}
    return await answer(
        request,
        "register.html",
        view,
        data,
        register=register,
        then=then,
        about=_about(then),
        ahead_of="",
        not_connected=NOT_CONNECTED,
        limit=limit_of(register),
        up=_query({name: then.asked[name] for name in THEN if name in then.asked}),
    )


def _looked_for(view: View, register: Register, asked: Mapping[str, str]) -> Query:
    """What is searched for, chosen and sorted by. Raises Problem."""
    search = asked.get("q", "").strip()
    if len(search) > LONGEST_SEARCH:
        raise problems.bad_choice("查找的字太多", f"最多 {LONGEST_SEARCH} 个字")
    if search and not register.search:
        raise problems.bad_choice("这个名录不能按文字查找", "去掉参数 q")
    sort = asked.get("sort", "")
    if sort and sort.removeprefix("-") not in register.sort:
        there = "、".join(register.sort)
        raise problems.bad_choice(
            f"不能按 {sort[:LONGEST_SEARCH]} 排序", f"可用：{there}，前加 - 为从后到前"
        )
    filters = {name: asked[name] for name in register.filters if name in asked}
    for name, code in filters.items():
        names = register.columns[name].names(view.bureau)
        if code not in names:
            there = "、".join(f"{code} {called}" for code, called in names.items())
            title = register.columns[name].title
            raise problems.bad_choice(f"{title}没有 {code[:LONGEST_SEARCH]}", f"可选：{there}")
    return Query(search, filters, sort)


def _kept(asked: Mapping[str, str], register: Register) -> dict[str, str]:
    """What the next page asks again."""
    return {name: asked[name] for name in ("q", "sort", *register.filters) if name in asked}


def _orders(
    register: Register, query: Query, then: Then, asked: Mapping[str, str], base: str
) -> dict[str, dict[str, str]]:
    """Column → where it is sorted by that, and how it is now."""
    now = query.sort or register.usual
    found = {}
    for name in register.sort:
        other = f"-{name}" if now == name else name
        kept = {**then.pinned, **_kept(asked, register), "sort": other}
        found[name] = {
            "address": base + _query(kept),
            "now": {name: "ascending", f"-{name}": "descending"}.get(now, ""),
        }
    return found


@router.get("/registers/{name}/{record:path}")
async def one(request: Request, view: Opened, name: str, record: str) -> Response:
    """One record: what holds of it on the day, and since when what held."""
    register = _find(view, name)
    asked = _given(request, THEN)
    then = await _then(view, asked, register.models)
    if not register.connected:
        raise problems.not_found(f"{register.title}{NOT_CONNECTED}", f"名录目录：{HOME}")
    async with view.values.reading() as connection:
        found = await asking.listing(
            connection, register, then.moment, Query(record=record), limit=PAGE_ROWS
        )
        past = await asking.history(connection, register, then.moment, record)
    if not found.rows and not past:
        what = f"{register.title}截至 {then.moment.end} 没有 {record[:LONGEST_SEARCH]}"
        raise problems.not_found(what, f"从名录进入：{HOME}/{register.name}")
    table = table_of(found, view.bureau, sample=view.ledger.sample)
    first = next(iter(register.columns.values()))
    called = [row[first.name] for row in found.rows] or [
        each.values[first.name] for each in past if first.name in each.values
    ]
    title = _said(view, first, called[0]) if called and called[0] is not None else record
    columns = list(register.columns.values())
    data = (
        _head(register)
        | then.as_json()
        | {
            "id": record,
            "columns": _columns(register),
            "rows": [_row_json(view, register, row) for row in found.rows],
            "history": [_past_json(view, register, each) for each in past],
        }
    )
    return await answer(
        request,
        "record.html",
        view,
        data,
        register=register,
        then=then,
        about=_about(then),
        ahead_of=_ahead(then),
        title=title,
        table=table,
        shown=[
            [text_of(value, c) for value, c in zip(row, table.columns, strict=True)]
            for row in table.rows
        ],
        own=[each for each in columns if not each.by],
        rows_before=[_past_texts(view, register, each) for each in past if _is_own(register, each)],
        values_before=[
            _past_texts(view, register, each) for each in past if not _is_own(register, each)
        ],
        up=_query({name: asked[name] for name in THEN if name in asked}),
    )


def _is_own(register: Register, past: Past) -> bool:
    return not register.columns[next(iter(past.values))].by


def _said(view: View, column: Shown, value: Any) -> str:
    """A value as a page shows it."""
    if value is None:
        return ""
    return column.names(view.bureau).get(str(value)) or text_of(value, column)


def _past_texts(view: View, register: Register, past: Past) -> dict[str, Any]:
    columns = [register.columns[name] for name in past.values]
    return {
        "titles": [column.title for column in columns],
        "values": [_said(view, column, past.values[column.name]) for column in columns],
        "since": past.since.isoformat(),
        "until": "" if past.until is None else past.until.isoformat(),
        "recorded": "" if past.recorded is None else past.recorded.isoformat(),
    }


def _past_json(view: View, register: Register, past: Past) -> dict[str, Any]:
    held = {name: register.columns[name] for name in past.values}
    return {
        **_row_json(view, replace(register, columns=held), past.values),
        "since": json_value(past.since),
        "until": json_value(past.until),
        "recorded_on": json_value(past.recorded),
        "position": past.position,
    }


def _row_json(view: View, register: Register, row: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored; beside a code, what it is called."""
    made: dict[str, Any] = {}
    for name, column in register.columns.items():
        made[name] = json_value(row[name])
        if column.is_coded:
            value = row[name]
            made[f"{name}_name"] = None if value is None else _said(view, column, value)
    return made


def _columns(register: Register) -> list[dict[str, str]]:
    return [
        {
            "name": column.name,
            "title": column.title,
            "kind": column.kind,
            "unit": "分" if column.kind == "money" else column.unit,
        }
        for column in register.columns.values()
    ]


def _address(register: Register, record: str) -> str:
    return f"{HOME}/{register.name}/{quote(record, safe='')}"


def _query(asked: Mapping[str, str]) -> str:
    return "?" + urlencode(asked) if asked else ""
