"""Registers: which there are, their rows on a day, one record with its history.

Each register of the bureau is an operation of its own: what may be asked and what is answered
follows from its definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api import registers_shown as shown
from api.question import Pages
from api.read import asked as asking
from api.read import cursor
from api.read.answers import HEAD, MOMENT, head, listed, only, page, sent
from api.read.asked import AFTER, ASOF, AT, LEDGER, LIMIT, PAGED, SEARCH, USUAL_ROWS, public
from api.read.cursor import Cursor
from api.read.moments import said_of, then_asked
from api.read.shape import BASE, Field, Operation, Parameter, Type
from api.registers import counted
from api.registers_asked import Then, ahead_of
from api.roles import EVERYBODY
from api.view import View
from domain.bureau.bureau import Bureau
from reports import registers
from reports.registers import asking as rows
from reports.registers.asking import After, Query
from reports.registers.register import Register, Shown
from reports.registers.tabling import NOT_CONNECTED
from reports.shown import json_value

PATH = "/registers"
TAG = "名录"
router = Pages(public, admits=EVERYBODY)
_TYPES: Mapping[str, tuple[Type, str]] = {
    "text": ("string", ""),
    "number": ("integer", ""),
    "money": ("integer", ""),
    "date": ("string", "date"),
    "list": ("array", ""),
}
_ABOUT = (
    Field("name", "名录，即其地址中的名字", optional=False),
    Field("title", "名称", optional=False),
    Field("item", "标准目录的事项", optional=False),
    Field("content", "内容", optional=False),
    Field("basis", "依据", optional=False),
    Field("working_days", "公开时限：信息形成或者变更之日起多少个工作日", "integer"),
    Field("connected", "是否已接入；未接入的没有行，也没有行数", "boolean", optional=False),
    Field("address", "网页", optional=False),
)
_ALL = Operation(
    id="registers",
    path=PATH,
    title="名录目录",
    says="各个公开名录及其在所问的一天的行数；未接入的没有行数。",
    parameters=(
        LEDGER,
        ASOF,
        AT,
        asking.chosen((*_ABOUT, Field("count", ""))),
        asking.yes("connected", "是否已接入"),
        *PAGED,
    ),
    answer=listed((*_ABOUT, Field("count", "这一名录的行数；未接入的为 null", "integer"))),
    tag=TAG,
)
_ROW = (
    Field("id", "编号，指认一条记录", optional=False),
    Field("address", "网页", optional=False),
)
_PAST = (
    Field("since", "自何日起", optional=False, format="date"),
    Field("until", "自何日起不再如此；仍如此的为 null", format="date"),
    Field("recorded_on", "何日记入账本", format="date"),
    Field("position", "记入账本的位置", "integer", optional=False),
)


def operations(bureau: Bureau) -> Iterator[Operation]:
    """The list of registers, and two for each of them."""
    yield _ALL
    for register in registers.of(bureau).values():
        yield of_rows(register, bureau)
        if not register.of:  # its rows are of the records of another one
            yield of_one(register)


def of_rows(register: Register, bureau: Bureau) -> Operation:
    """The rows of a register."""
    fields = (*_ROW, *_fields(register))
    search = [SEARCH] if register.search else []
    its = [each for column in register.columns.values() for each in _filters(column, bureau)]
    return Operation(
        id=f"registers-{register.name}",
        path=f"{PATH}/{register.name}",
        title=register.title,
        says=f"{register.content}。",
        parameters=(
            *(LEDGER, ASOF, AT),
            *search,
            *its,
            asking.ordered(_sorts(register), register.usual),
            asking.chosen(fields),
            *PAGED,
        ),
        answer=(*listed(fields), Field("connected", "是否已接入", "boolean", optional=False)),
        tag=TAG,
    )


def of_one(register: Register) -> Operation:
    """One record of a register."""
    fields = (*_ROW, *_fields(register))
    return Operation(
        id=f"registers-{register.name}-one",
        path=f"{PATH}/{register.name}/{{id}}",
        title=f"{register.title}：一条记录",
        says="一条记录在所问的一天的情况，和此前各段时间的情况，后者新的在前。",
        parameters=(asking.id_of("编号"), LEDGER, ASOF, AT, asking.chosen(fields)),
        answer=(
            *HEAD,
            *MOMENT,
            Field("id", "编号", optional=False),
            Field(
                "rows",
                "所问的一天的情况；已不在名录的没有",
                "array",
                optional=False,
                inside=fields,
                whole=False,
            ),
            Field(
                "history",
                "截至所问的一天，各段时间的情况",
                "array",
                optional=False,
                inside=(*_PAST, _values(register)),
            ),
        ),
        tag=TAG,
    )


def _values(register: Register) -> Field:
    """What held: a row's own columns, or one that is looked up."""
    says = "当时的情况；只有这一条所述的字段"
    fields = tuple(_fields(register))
    return Field("values", says, "object", optional=False, inside=fields, whole=False)


def _sorts(register: Register) -> list[str]:
    """What a row can be placed by: one value."""
    return [name for name in register.sort if not register.columns[name].is_list]


def _fields(register: Register) -> Iterator[Field]:
    for column in register.columns.values():
        kind, form = _TYPES["list" if column.is_list else column.kind]
        unit = (
            "，单位为分" if column.kind == "money" else f"，单位为{column.unit}" * bool(column.unit)
        )
        yield Field(column.name, f"{column.title}{unit}", kind, format=form)
        if column.is_coded:
            yield Field(f"{column.name}_name", f"{column.title}的名称")


def _filters(column: Shown, bureau: Bureau) -> tuple[Parameter, ...]:
    if column.is_coded:
        return (asking.code(column.name, column.title, column.names(bureau)),)
    if column.kind == "date":
        return asking.days(column.name, column.title)
    if column.kind == "text":
        return (asking.text(column.name, column.title),)
    return (asking.number(column.name, column.title),)


@router.get(PATH)
async def index(request: Request, view: View) -> Response:
    """All registers with how many rows each has."""
    asked = asking.read(request, _ALL)
    then = await then_asked(request, view, asked, ())
    there = registers.of(view.bureau)
    counts = await counted(view, then, there, now=not {ASOF.name, AT.name} & asked.keys())
    found = [shown.head(each) | {"count": counts.get(each.name)} for each in there.values()]
    moment = said_of(then)
    listing = page(request, found, asked, moment, lambda row: str(row["name"]))
    return sent(head(view, ahead_of(then)) | moment | listing)


@router.get(PATH + "/{name}")
async def rows_of(request: Request, view: View, name: str) -> Response:
    """The rows of a register on a day."""
    register = _found(view, name)
    asked = asking.read(request, of_rows(register, view.bureau))
    then = await then_asked(request, view, asked, register.models)
    if not register.connected:
        said = head(view, f"{register.title}{NOT_CONNECTED}", ahead_of(then)) | said_of(then)
        return sent(said | {"count": None, "next": None, "rows": [], "connected": False})
    limit = asked.get(LIMIT.name, USUAL_ROWS)
    query = _query(request, register, asked)
    async with view.values.reading() as connection:
        found = await rows.listing(
            connection, register, then.moment, query, today=then.today, limit=limit + 1
        )
    told = list(zip(found.ids, found.rows, found.places, strict=True))
    onward = None
    if len(told) > limit:
        *_, (_, _, last) = told = told[:limit]
        at = Cursor(then.moment.at, said_of(then)["asof"] or "", _written(last))
        onward = cursor.written(request, at)
    return sent(
        head(view, ahead_of(then))
        | said_of(then)
        | {
            "count": found.count,
            "next": onward,
            "rows": [only(_row(view, register, of, row), asked) for of, row, _ in told],
            "connected": True,
        }
    )


@router.get(PATH + "/{name}/{record:path}")
async def one(request: Request, view: View, name: str, record: str) -> Response:
    """One record, and what held of it before."""
    register = _found(view, name)
    if register.of:
        raise problems.not_found(f"{register.title}没有单独的记录", f"各行见 {BASE}{PATH}/{name}")
    asked = asking.read(request, of_one(register))
    then = await then_asked(request, view, asked, register.models)
    told, past = await _told(view, register, then, record)
    if not told and not past:
        raise problems.not_found(
            f"{register.title}截至 {then.moment.end} 没有这个编号",
            f"各编号见 {BASE}{PATH}/{name}",
        )
    return sent(
        head(view, ahead_of(then))
        | said_of(then)
        | {
            "id": record,
            "rows": [only(_row(view, register, record, row), asked) for row in told],
            "history": [_past(view, register, each) for each in past],
        }
    )


async def _told(
    view: View, register: Register, then: Then, record: str
) -> tuple[Sequence[Mapping[str, Any]], Sequence[rows.Past]]:
    """Nothing of a register that is not connected."""
    if not register.connected:
        return [], []
    async with view.values.reading() as connection:
        found = await rows.listing(
            connection, register, then.moment, Query(record=record), today=then.today
        )
        past = await rows.history(connection, register, then.moment, record, today=then.today)
        return found.rows, past


def _found(view: View, name: str) -> Register:
    found = registers.of(view.bureau).get(name)
    if found is None:
        there = "、".join(registers.of(view.bureau))
        raise problems.not_found(f"没有名录 {name[:40]}", f"名录有：{there}")
    return found


def _query(request: Request, register: Register, asked: Mapping[str, Any]) -> Query:
    days = {
        name: (asked.get(f"{name}_from"), asked.get(f"{name}_to"))
        for name, column in register.columns.items()
        if column.kind == "date"
    }
    query = Query(
        search=asked.get(SEARCH.name, ""),
        filters={name: asked[name] for name in register.columns if name in asked},
        days={name: each for name, each in days.items() if any(each)},
        sort=asked.get("sort", ""),
    )
    if AFTER.name not in asked:
        return query
    return _behind(register, query, cursor.read(request, asked[AFTER.name]), asked[AFTER.name])


def _behind(register: Register, query: Query, found: Cursor, text: str) -> Query:
    """The question that goes on behind a row. Raises Problem."""
    by = register.columns[(query.sort or register.usual).removeprefix("-")]
    match found.place:
        case (value, str(record), int(known_from), int(n)):
            place = After(_read(by, value, text), record, known_from, n)
        case _:
            raise cursor.refused(text)
    return replace(query, after=place)


def _read(by: Shown, value: cursor.Place, text: str) -> str | int | date | None:
    """The value that a list is sorted by, as the database compares it. Raises Problem."""
    kind = _TYPES[by.kind][0]
    if value is None:
        return None
    if isinstance(value, int):
        if kind != "integer":
            raise cursor.refused(text)
        return value
    if by.kind != "date":
        if kind != "string":
            raise cursor.refused(text)
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise cursor.refused(text) from None


def _written(place: After) -> tuple[cursor.Place, ...]:
    value = place.value.isoformat() if isinstance(place.value, date) else place.value
    return (value, place.record, place.known_from, place.n)


def _past(view: View, register: Register, past: rows.Past) -> dict[str, Any]:
    columns = [register.columns[name] for name in past.values]
    return {
        "since": json_value(past.since),
        "until": json_value(past.until),
        "recorded_on": json_value(past.recorded),
        "position": past.position,
        "values": shown.row_json(view, columns, past.values),
    }


def _row(view: View, register: Register, record: str, row: Mapping[str, Any]) -> dict[str, Any]:
    made = shown.row_json(view, shown.held(register), row)
    return {"id": record, "address": shown.address(register, record), **made}
