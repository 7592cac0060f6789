"""公开工作台, for auditors and staff: what is due, late and done late, stale columns, and 公示.

As of any day and as known at any position. Each line says which entry told it and when that was
recorded: the true time of a publication is not the day that somebody typed. It names things by
number and title, never a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, problems, scoped
from api.answers import answer
from api.downloads import Files
from api.furniture import Place
from api.paging import PAGE_ROWS, numbered, page_of, reached
from api.question import Pages
from api.registers_asked import (
    LONGEST,
    Then,
    ahead_of,
    given_of,
    moments,
    of_moment,
    opened,
    query_of,
    then_of,
)
from api.roles import BUSINESS, scope_of
from api.view import View
from ledger.scope import Scope
from projections.catalogue import READ_MODELS
from reports import disclosure
from reports.disclosure import asking, tabling
from reports.disclosure.asking import Duty, Updated
from reports.disclosure.row import Row
from reports.lacks import within
from reports.shown import written_day

router = Pages(opened, admits=BUSINESS)
HOME = "/desk"
LISTS = {
    "late": ("逾期未公开", ("late",)),
    "due": ("待公开", ("due",)),
    "done-late": ("逾期公开", ("done-late",)),
    "to-be-down": ("应撤下的公示", ("to-be-down", "down-early")),
    "running": ("公示中", ("running",)),
    "undecidable": ("不能判定", ("undecidable",)),
}
"""What somebody has to look at: the name of a list → what it is called, and of which states."""
MOST = 20
"""Lines of each list on the page; all of them are in its files."""


@dataclass(frozen=True, slots=True)
class _Found:
    """All that the catalogue's clocks say at a moment."""

    rows: Mapping[str, Row]
    duties: Sequence[Duty]
    columns: Sequence[Updated]

    def of(self, states: Sequence[str]) -> list[Duty]:
        """The duties in some states, those whose last day is the earliest first."""
        found = [duty for duty in self.duties if duty.standing.state in states]
        return sorted(found, key=lambda duty: (duty.standing.due or (duty.start,))[-1])


@router.get(HOME)
async def index(request: Request, view: View) -> Response:
    """What is due, late, done late, to be taken down, and the columns of the website."""
    asked = given_of(request, (*moments(view), *downloads.PARAMETERS))
    then, found = await _found(request, view, asked)
    lists = {name: found.of(states) for name, (_, states) in LISTS.items()}
    columns = [_column(view, found, each, then) for each in found.columns]
    counts = [_counted(found, row) for row in found.rows.values() if row.clocks]
    data = {
        **then.as_json(),
        "rows": [each for each in counts if each["count"]],
        "columns": columns,
        **{name: [_duty(found, duty) for duty in listed] for name, listed in lists.items()},
    }
    tables = [
        tabling.duties(found.rows, lists[name], name, title) for name, (title, _) in LISTS.items()
    ]
    return await answer(
        request,
        "desk.html",
        view,
        data,
        place=_place(then, HOME),
        files=Files("desk", "公开工作台", (*tables, tabling.columns(columns)), then.moment),
        lists={name: title for name, (title, _) in LISTS.items()},
        most=MOST,
        then=then,
        ahead_of=ahead_of(then),
        about=f"截至{written_day(then.moment.end)}",
        onward=query_of(of_moment(view, asked)),
        to_records=_to_records(view, asked),
    )


@router.get(HOME + "/{name}")
async def of_row(request: Request, view: View, name: str) -> Response:
    """All things of one row of the catalogue, the latest first, fifty a page."""
    asked = given_of(request, (*moments(view), *downloads.PARAMETERS, "page"))
    page = page_of(asked)
    then, found = await _found(request, view, asked)
    row = found.rows.get(name)
    if row is None or not row.clocks:
        raise problems.not_found(f"没有要计时的事项 {name[:LONGEST]}", f"公开工作台：{HOME}")
    mine = [duty for duty in found.duties if duty.row == name]
    paged = reached(len(mine), page, f"{HOME}/{name}")
    first = (page - 1) * PAGE_ROWS
    return await answer(
        request,
        "desk_row.html",
        view,
        {
            **then.as_json(),
            **_counted(found, row),
            **paged,
            "duties": [_duty(found, duty) for duty in mine[first : first + PAGE_ROWS]],
        },
        place=_place(then, f"{HOME}/{name}", **numbered(page)),
        files=Files(
            f"desk-{name}",
            f"{row.item}（公开工作台）",
            (tabling.duties(found.rows, mine, name, row.item),),
            then.moment,
        ),
        row=row,
        then=then,
        ahead_of=ahead_of(then),
        limit=tabling.limit_of(row, view.bureau, then.moment.end),
        about=f"截至{written_day(then.moment.end)}",
        base=f"{HOME}/{name}",
        onward=query_of(of_moment(view, asked)),
        to_records=_to_records(view, asked),
    )


def _to_records(view: View, asked: Mapping[str, str]) -> str:
    """What links to entries take along: to staff these are shown as they stand now only."""
    kept = of_moment(view, asked)
    return query_of(kept if view.auditor else {n: kept[n] for n in kept if n == "ledger"})


def _place(then: Then, path: str, **more: str) -> Place:
    day = {name: then.asked[name] for name in (*moments(then.view),) if name in then.asked}
    return Place(then.moment, None, path + query_of(day | more))


async def _found(request: Request, view: View, asked: Mapping[str, str]) -> tuple[Then, _Found]:
    """The moment asked about, and what the clocks say then; to staff of what is theirs.

    What is not wholly of their lines, or of any township, goes by the record that each thing began
    with; columns of the website have none.
    """
    rows = {name: row for name, row in disclosure.of(view.bureau).items() if row.connected}
    scope = scope_of(request)
    if scope is not None and scope.lines:
        rows = {name: row for name, row in rows.items() if _lines(row) & scope.lines}
    whole = [row for row in rows.values() if scope is None or _is_whole(row, scope)]
    models = {name for row in rows.values() for name in row.models}
    then = await then_of(view, asked, models)
    moment = then.moment

    async def work(connection: asyncpg.Connection) -> _Found:
        made: list[Duty] = []
        partly: list[Duty] = []
        for row in rows.values():
            some = made if row in whole else partly
            some += await asking.duties(connection, row, moment, view.bureau)
        if partly:
            made += await _theirs(request, view, connection, partly)
        columns = await asking.columns(connection, whole, moment, view.bureau)
        return _Found(rows, made, columns)

    stands = tuple(sorted(within(view.reach, moment, models).lacks.left_out))
    placed = None if len(whole) == len(rows) else (scope, view.ledger.position)
    key = ("desk", moment, view.bureau.digest, stands, tuple(rows), placed)
    return then, await view.values.get(key, work)


def _is_whole(row: Row, scope: Scope) -> bool:
    """Whether all of a row is of a scope, whichever record it is about."""
    return not scope.townships and (not scope.lines or _lines(row) <= scope.lines)


async def _theirs(
    request: Request, view: View, connection: asyncpg.Connection, duties: Sequence[Duty]
) -> list[Duty]:
    """Those whose time began with an entry of a stream that staff may see."""
    began = {each.started.position for each in duties if each.started is not None}
    mine = await scoped.rows(request, view, connection, began)
    return [each for each in duties if each.started and each.started.position in mine]


def _lines(row: Row) -> set[str]:
    """The business lines that tell what a row's clocks go by."""
    models = (model for model in READ_MODELS if model.name in row.models)
    return {kind.partition(".")[0] for model in models for kind in model.types}


def _counted(found: _Found, row: Row) -> dict[str, Any]:
    """How many things of a row are in which state."""
    states = Counter[str](duty.standing.state for duty in found.duties if duty.row == row.name)
    return {
        "row": row.name,
        "area": row.area,
        "item": row.item,
        "kind": row.kind,
        "count": states.total(),
        "states": dict(states),
        "lists": {name: sum(states[each] for each in LISTS[name][1]) for name in LISTS},
    }


def _duty(found: _Found, duty: Duty) -> dict[str, Any]:
    return tabling.duty_json(duty) | {"item": found.rows[duty.row].item}


def _column(view: View, found: _Found, each: Updated, then: Then) -> dict[str, Any]:
    return tabling.updated_json(each, view.bureau, found.rows[each.row], then.moment.end)
