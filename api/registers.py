"""Public registers (名录): lists of what there is, searched and sorted, and their histories.

They are about a day (`asof`, else the last one that was recorded) as known at a position (`at`,
else all that is known), and stand without a release (docs/decisions/0047). Whatever is asked that
is not understood is refused: nobody shall take the answer to another question for theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import asyncpg
from fastapi import APIRouter, Request, Response

from api import downloads, forms, problems
from api.answers import answer
from api.audit import PAGE_ROWS, pages
from api.downloads import Files
from api.furniture import Place
from api.question import Asked
from api.registers_asked import (
    IN_LIST,
    LONGEST,
    Opened,
    Then,
    ahead_of,
    given_of,
    kept,
    looked_for,
    moments,
    of_moment,
    page_of,
    query_of,
    then_of,
)
from api.registers_told import (
    columns_of,
    head,
    is_own,
    past_json,
    past_texts,
    row_json,
    said,
    texts,
)
from api.view import View
from reports import registers
from reports.lacks import within
from reports.moment import Moment
from reports.registers import asking
from reports.registers.asking import Listing, Query
from reports.registers.register import Part, Register
from reports.registers.tabling import NOT_CONNECTED, limit_of, table_of
from reports.tables import Table

router = APIRouter(route_class=Asked)
HOME = "/registers"


@router.get(HOME)
async def index(request: Request, view: Opened) -> Response:
    """All registers with how many rows each has on the day, or that it is not connected."""
    listed = registers.of(view.bureau)
    asked = given_of(request, moments(view))
    then = await then_of(view, asked, ())
    counts = await _counts(view, then, listed, remembered=not asked.keys() - {"ledger"})
    data = {
        **then.as_json(),
        "registers": [head(each) | {"count": counts.get(each.name)} for each in listed.values()],
    }
    if view.auditor:
        data["unfit"] = [str(wrong) for wrong in registers.check(view.bureau)]
    return await answer(
        request,
        "registers.html",
        view,
        data,
        place=_place(then, HOME),
        then=then,
        about=_about(then),
        not_connected=NOT_CONNECTED,
        limits={each.name: limit_of(each) for each in listed.values()},
        onward=query_of(of_moment(view, asked)),
    )


async def _counts(
    view: View, then: Then, listed: Mapping[str, Register], *, remembered: bool
) -> Mapping[str, int]:
    """Rows of each register that is connected; what is asked of no other day is worked out once."""

    async def work(connection: asyncpg.Connection) -> dict[str, int]:
        return {
            name: await asking.count(
                connection, each, _moment(view, then.moment, each), today=then.today
            )
            for name, each in listed.items()
            if each.connected
        }

    for each in listed.values():
        view.lacking.append(within(view.reach, then.moment, each.models).lacks)
    if remembered:
        stands = tuple(sorted((name, stand.position) for name, stand in view.reach.items()))
        key = ("registers", then.moment, then.today, view.bureau.digest, stands)
        return await view.values.get(key, work)
    async with view.values.reading() as connection:
        return await work(connection)


def _moment(view: View, moment: Moment, register: Register) -> Moment:
    return within(view.reach, moment, register.models).moment


def _about(then: Then) -> str:
    """What day the page is about, as people read it."""
    return f"截至 {then.moment.end}" if then.has_day else "账本还没有记录"


def _find(view: View, name: str) -> Register:
    found = registers.of(view.bureau).get(name)
    if found is None:
        raise problems.not_found(f"没有 /{name[:LONGEST]} 这一页", f"名录目录：{HOME}")
    return found


@router.get("/{name}")
async def listed(request: Request, view: Opened, name: str) -> Response:
    """A register: its rows on the day, searched, chosen, sorted, fifty a page."""
    register = _find(view, name)
    known = (*moments(view), *IN_LIST, *register.filters)
    asked = given_of(request, (*known, *downloads.PARAMETERS))
    whole = forms.wants_file(request)
    then = await then_of(view, asked, register.models)
    query = looked_for(view, register, asked)
    page = page_of(asked)
    if not register.connected:
        return await _not_connected(request, view, register, then)
    async with view.values.reading() as connection:
        found = await asking.listing(
            connection,
            register,
            then.moment,
            query,
            today=then.today,
            limit=None if whole else PAGE_ROWS,
            offset=0 if whole else (page - 1) * PAGE_ROWS,
        )
    paged = pages(found.count, page)
    base = f"/{register.name}"
    if page > paged["pages"]:
        raise problems.not_found(f"共 {paged['pages']} 页，没有第 {page} 页", f"首页：{base}")
    table = table_of(found, view.bureau, sample=view.ledger.sample)
    onward = query_of({**then.pinned, **kept(asked, register)})
    pinned = query_of(then.pinned)
    addresses = [_address(register, each) + pinned for each in found.ids]
    rows = [
        {"id": record, "address": _address(register, record), **row_json(view, register, row)}
        for record, row in zip(found.ids, found.rows, strict=True)
    ]
    data = head(register) | then.as_json() | paged | {"columns": columns_of(register), "rows": rows}
    return await answer(
        request,
        "register.html",
        view,
        data,
        place=_place(then, base, **kept(asked, register), **_numbered(page)),
        files=Files(f"register-{register.name}", register.title, (table,), then.moment),
        register=register,
        then=then,
        about=_about(then),
        ahead_of=ahead_of(then),
        table=table,
        shown=texts(table),
        addresses=addresses,
        base=base,
        onward=onward,
        question=asked,
        hidden=_hidden(view, asked),
        narrowed=bool(query.search or query.filters),
        choices={
            each: register.columns[each].names(view.bureau).items() for each in register.filters
        },
        orders=_orders(register, query, then, asked, base),
        limit=limit_of(register),
        up=query_of(of_moment(view, asked)),
    )


async def _not_connected(request: Request, view: View, register: Register, then: Then) -> Response:
    data = head(register) | then.as_json() | {"rows": None, "count": None}
    return await answer(
        request,
        "register.html",
        view,
        data,
        place=_place(then, f"/{register.name}"),
        register=register,
        then=then,
        about=_about(then),
        ahead_of="",
        not_connected=NOT_CONNECTED,
        limit=limit_of(register),
        up=query_of(of_moment(view, then.asked)),
    )


def _place(then: Then, path: str, **more: str) -> Place:
    """The moment that a page shows, and its one address; what is asked of now is pinned to none."""
    day = {name: then.asked[name] for name in ("ledger", "asof", "at") if name in then.asked}
    column = "" if path == HOME else HOME
    return Place(then.moment if then.has_day else None, None, path + query_of(day | more), column)


def _hidden(view: View, asked: Mapping[str, str]) -> dict[str, str]:
    """What the form asks again without showing it."""
    again = {**of_moment(view, asked), "sort": asked.get("sort", "")}
    return {name: value for name, value in again.items() if value and name != "asof"}


def _numbered(page: int) -> dict[str, str]:
    """What an address says of the page; nothing of the first."""
    return {"page": str(page)} if page > 1 else {}


def _orders(
    register: Register, query: Query, then: Then, asked: Mapping[str, str], base: str
) -> dict[str, dict[str, str]]:
    """Column → where it is sorted by that, and how it is now."""
    now = query.sort or register.usual
    found = {}
    for name in register.sort:
        other = f"-{name}" if now == name else name
        again = {**then.pinned, **kept(asked, register), "sort": other}
        found[name] = {
            "address": base + query_of(again),
            "now": {name: "ascending", f"-{name}": "descending"}.get(now, ""),
        }
    return found


@router.get("/{name}/{record:path}")
async def one(request: Request, view: Opened, name: str, record: str) -> Response:
    """One record: what holds of it on the day, and since when what held."""
    register = _find(view, name)
    asked = given_of(request, moments(view))
    then = await then_of(view, asked, register.models)
    if not register.connected:
        raise problems.not_found(f"{register.title}{NOT_CONNECTED}", f"名录目录：{HOME}")
    async with view.values.reading() as connection:
        found = await asking.listing(
            connection,
            register,
            then.moment,
            Query(record=record),
            today=then.today,
            limit=PAGE_ROWS,
        )
        past = await asking.history(connection, register, then.moment, record, today=then.today)
        parts = [
            await _part(connection, view, then, part, record)
            for part in register.parts
            if part.register in registers.of(view.bureau)
        ]
    if not found.rows and not past:
        what = f"{register.title}截至 {then.moment.end} 没有 {record[:LONGEST]}"
        raise problems.not_found(what, f"从名录进入：/{register.name}")
    table = table_of(found, view.bureau, sample=view.ledger.sample)
    first = next(iter(register.columns.values()))
    called = [row[first.name] for row in found.rows] or [
        each.values[first.name] for each in past if first.name in each.values
    ]
    title = said(view, first, called[0]) if called and called[0] is not None else record
    columns = list(register.columns.values())
    data = (
        head(register)
        | then.as_json()
        | {
            "id": record,
            "columns": columns_of(register),
            "rows": [row_json(view, register, row) for row in found.rows],
            "history": [past_json(view, register, each) for each in past],
            "parts": [
                head(each.register)
                | {
                    "count": each.count,
                    "columns": columns_of(each.register),
                    "rows": [row_json(view, each.register, row) for row in each.rows],
                }
                for each in parts
            ],
        }
    )
    return await answer(
        request,
        "record.html",
        view,
        data,
        place=_place(then, _address(register, record)),
        register=register,
        then=then,
        about=_about(then),
        ahead_of=ahead_of(then),
        title=title,
        table=table,
        shown=texts(table),
        parts=[(each, part, texts(part)) for each in parts for part in (_table(view, each),)],
        most=PAGE_ROWS,
        own=[each for each in columns if not each.by],
        rows_before=[past_texts(view, register, each) for each in past if is_own(register, each)],
        values_before=[
            past_texts(view, register, each) for each in past if not is_own(register, each)
        ],
        up=query_of(of_moment(view, asked)),
    )


async def _part(
    connection: asyncpg.Connection, view: View, then: Then, part: Part, record: str
) -> Listing:
    """The rows of another register that belong to a record, as many as a page has."""
    of = registers.of(view.bureau)[part.register]
    query = Query(holding=(part.by, record))
    moment = _moment(view, then.moment, of)
    return await asking.listing(connection, of, moment, query, today=then.today, limit=PAGE_ROWS)


def _table(view: View, found: Listing) -> Table:
    return table_of(found, view.bureau, sample=view.ledger.sample)


def _address(register: Register, record: str) -> str:
    return f"/{register.name}/{quote(record, safe='')}"
