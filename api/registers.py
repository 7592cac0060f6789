"""Public registers (名录): lists of what there is, searched and sorted.

They are about a day (`asof`, else the last one that was recorded) as known at a position (`at`,
else all that is known), and stand without a release (docs/decisions/0047). Whatever is asked that
is not understood is refused: nobody shall take the answer to another question for theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, forms, packs, problems
from api import registers_shown as shown
from api.answers import answer
from api.downloads import Files
from api.paging import SIZES, numbered, page_of, reached, size_of, sized
from api.question import Pages
from api.registers_asked import (
    IN_LIST,
    LONGEST,
    Then,
    ahead_of,
    given_of,
    kept,
    looked_for,
    moments,
    of_moment,
    once,
    opened,
    query_of,
    then_of,
)
from api.registers_shown import HOME
from api.roles import EVERYBODY
from api.view import View
from reports import registers
from reports.lacks import within
from reports.moment import Moment
from reports.registers import asking
from reports.registers.asking import Query
from reports.registers.register import Register
from reports.registers.tabling import NOT_CONNECTED, limit_of

router = Pages(opened, admits=EVERYBODY)


@router.get(HOME)
async def index(request: Request, view: View) -> Response:
    """All registers with how many rows each has on the day, or that it is not connected."""
    listed = registers.of(view.bureau)
    asked = given_of(request, moments(view))
    then = await then_of(view, asked, ())
    counts = await counted(view, then, listed, now=not asked.keys() - {"ledger"})
    data = {
        **then.as_json(),
        "registers": [
            shown.head(each) | {"count": counts.get(each.name)} for each in listed.values()
        ],
    }
    if view.auditor:
        data["unfit"] = [str(wrong) for wrong in registers.check(view.bureau)]
    return await answer(
        request,
        "registers.html",
        view,
        data,
        place=then.place(HOME),
        then=then,
        about=then.about,
        not_connected=NOT_CONNECTED,
        limits={each.name: limit_of(each) for each in listed.values()},
        onward=query_of(of_moment(view, asked)),
    )


async def counted(
    view: View, then: Then, listed: Mapping[str, Register], *, now: bool
) -> Mapping[str, int]:
    """Rows of each register that is connected; `now` says that no other day is asked about."""

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
    return await once(then, "registers", work, now=now)


def _moment(view: View, moment: Moment, register: Register) -> Moment:
    return within(view.reach, moment, register.models).moment


def find(view: View, name: str, path: str = "") -> Register:
    """The register of a name, which `path` begins with. Raises Problem."""
    found = registers.of(view.bureau).get(name)
    if found is None:
        raise problems.not_found(f"没有 /{(path or name)[:LONGEST]} 这一页", f"名录目录：{HOME}")
    return found


async def listed(request: Request, view: View, name: str) -> Response:
    """A register: its rows on the day, searched, chosen, sorted, page by page."""
    register = find(view, name)
    known = (*moments(view), *IN_LIST, *register.filters)
    asked = given_of(request, (*known, *downloads.PARAMETERS))
    whole = forms.wants_file(request)
    then = await then_of(view, asked, register.models)
    query = looked_for(view, register, asked)
    page, size = page_of(asked), size_of(asked)
    if not register.connected:
        return await _not_connected(request, view, register, then)
    async with view.values.reading() as connection:
        found = await asking.listing(
            connection,
            register,
            then.moment,
            query,
            today=then.today,
            limit=None if whole else size,
            offset=0 if whole else (page - 1) * size,
        )
        choices = {} if whole else await _choices(view, connection, register, then)
    base = f"/{register.name}"
    paged = reached(found.count, page, base, size)
    table = shown.table(view, found)
    cells = shown.cells(found, table, then.pinned)
    again = kept(asked, register)
    in_list = query_of({**then.pinned, **again})
    data = (
        shown.head(register)
        | then.as_json()
        | paged
        | {
            "size": size,
            "columns": shown.columns(register),
            "rows": shown.rows_json(view, found),
        }
    )
    of = register if not register.of else registers.of(view.bureau)[register.of]
    return await answer(
        request,
        "register.html",
        view,
        data,
        place=then.place(base, HOME, **again, **sized(size), **numbered(page)),
        files=Files(f"register-{register.name}", register.title, (table,), then.moment),
        pack=lambda: packs.of_register(
            view,
            register,
            table,
            [[cell.text for cell in row] for row in cells],
            [shown.address(register, each) for each in found.ids],
            then.moment,
        ),
        register=register,
        then=then,
        about=then.about,
        ahead_of=ahead_of(then),
        table=table,
        shown=cells,
        addresses=[
            shown.address(register, each) + (in_list if of is register else query_of(then.pinned))
            for each in found.ids
        ],
        base=base,
        onward=query_of({**then.pinned, **again, **sized(size)}),
        sizes={each: query_of({**then.pinned, **again, "size": str(each)}) for each in SIZES},
        question=asked,
        hidden=_hidden(view, asked),
        narrowed=bool(query.search or query.filters or query.days),
        choices=choices,
        orders=_orders(register, query, then, {**again, **sized(size)}),
        limit=limit_of(register),
        up=query_of(of_moment(view, asked)),
    )


async def _choices(
    view: View, connection: asyncpg.Connection, register: Register, then: Then
) -> dict[str, dict[str, str]]:
    """Filter → what can be chosen and what it is called; of days any month can be."""
    made: dict[str, dict[str, str]] = {}
    for name in register.filters:
        column = register.columns[name]
        if column.is_coded:
            made[name] = dict(column.names(view.bureau))
        elif column.kind != "date":
            found = await asking.choices(connection, register, then.moment, name, today=then.today)
            made[name] = {value: value for value in found}
    return made


async def _not_connected(request: Request, view: View, register: Register, then: Then) -> Response:
    data = shown.head(register) | then.as_json() | {"rows": None, "count": None}
    return await answer(
        request,
        "register.html",
        view,
        data,
        place=then.place(f"/{register.name}", HOME),
        register=register,
        then=then,
        about=then.about,
        ahead_of="",
        not_connected=NOT_CONNECTED,
        limit=limit_of(register),
        up=query_of(of_moment(view, then.asked)),
    )


def _hidden(view: View, asked: Mapping[str, str]) -> dict[str, str]:
    """What the form asks again without showing it."""
    again = {**of_moment(view, asked), **{n: asked.get(n, "") for n in ("sort", "size")}}
    return {name: value for name, value in again.items() if value and name != "asof"}


def _orders(
    register: Register, query: Query, then: Then, again: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Column → where it is sorted by that, and how it is now."""
    now = query.sort or register.usual
    found = {}
    for name in register.sort:
        other = f"-{name}" if now == name else name
        found[name] = {
            "address": f"/{register.name}" + query_of({**then.pinned, **again, "sort": other}),
            "now": {name: "ascending", f"-{name}": "descending"}.get(now, ""),
        }
    return found
