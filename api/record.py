"""One record of a register: what holds of it on the day, what held before, what was done to it.

Beside it stand its neighbours in the list that it was reached from, and the rows that other
registers have of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, problems, scoped
from api import registers_shown as shown
from api.answers import answer
from api.downloads import Files
from api.paging import PAGE_ROWS
from api.registers import find
from api.registers_asked import (
    IN_ORDER,
    LONGEST,
    Then,
    ahead_of,
    given_of,
    kept,
    looked_for,
    moments,
    of_moment,
    query_of,
    then_of,
)
from api.registers_shown import HOME
from api.view import View
from reports import registers
from reports.registers import asking
from reports.registers.asking import Listing, Near, Past, Query
from reports.registers.register import Register
from reports.registers.tabling import NOT_CONNECTED
from reports.shown import json_value, written_day


async def one(request: Request, view: View, name: str, record: str) -> Response:
    """One record; the order of the list that it stands in may be asked along."""
    register = find(view, name, f"{name}/{record}")
    known = (*moments(view), *IN_ORDER, *register.filters, *downloads.PARAMETERS)
    asked = given_of(request, known)
    parts = [each for each in registers.of(view.bureau).values() if each.of == register.name]
    parts = [each for each in parts if each.connected]
    models = register.models.union(*(each.models for each in parts))
    then = await then_of(view, asked, models)
    query = looked_for(view, register, asked)
    _refuse(view, register, record)
    async with view.values.reading() as connection:
        found = await _rows(connection, register, then, record)
        past = await asking.history(connection, register, then.moment, record, today=then.today)
        if not found.rows and not past:
            what = f"{register.title}截至{written_day(then.moment.end)}没有 {record[:LONGEST]}"
            raise problems.not_found(what, f"{register.title}：/{register.name}")
        near = await asking.beside(
            connection, register, then.moment, query, record, today=then.today
        )
        related = [await _rows(connection, each, then, record) for each in parts]
        told_by = {each.position for each in past}
        told_by |= {place.known_from for each in (found, *related) for place in each.places}
        theirs = await scoped.rows(request, view, connection, told_by)
    title = _title(view, register, record, found, past)
    pinned, again = then.pinned, kept(asked, register)
    table = shown.table(view, found)
    others = [(each, shown.table(view, each)) for each in related if each.rows]
    data = (
        shown.head(register)
        | then.as_json()
        | {
            "id": record,
            "columns": shown.columns(register),
            "rows": [shown.row_json(view, shown.held(register), row) for row in found.rows],
            "history": [_past_json(view, register, each) for each in past],
            "related": {each.register.name: shown.rows_json(view, each) for each in related},
            "previous": _neighbour(view, register, near[0], ""),
            "next": _neighbour(view, register, near[1], ""),
        }
    )
    told = not any(register.model in each.register.models for each, _ in others)
    return await answer(
        request,
        "record.html",
        view,
        data,
        place=then.place(shown.address(register, record), HOME),
        files=Files(
            f"register-{register.name}-record",
            f"{register.title}：{title}",
            (table, *(each for _, each in others)),
            then.moment,
        ),
        register=register,
        then=then,
        about=then.about,
        ahead_of=ahead_of(then),
        title=title,
        table=table,
        shown=shown.cells(found, table, pinned),
        related=[
            (each.register, made, shown.cells(each, made, pinned), each.count)
            for each, made in others
        ],
        own=[each for each in register.columns.values() if not each.by],
        rows_before=[_past_texts(view, register, e) for e in past if told and _is_own(register, e)],
        values_before=[_past_texts(view, register, e) for e in past if not _is_own(register, e)],
        previous=_neighbour(view, register, near[0], query_of({**pinned, **again})),
        following=_neighbour(view, register, near[1], query_of({**pinned, **again})),
        theirs=sorted(theirs),
        back=f"/{register.name}" + query_of({**pinned, **again}),
        up=query_of(of_moment(view, asked)),
    )


def _refuse(view: View, register: Register, record: str) -> None:
    """Raise Problem where there is no page of a record of this register."""
    if not register.connected:
        raise problems.not_found(f"{register.title}{NOT_CONNECTED}", f"名录目录：{HOME}")
    if register.of:
        there = registers.of(view.bureau)[register.of]
        raise problems.not_found(
            f"{register.title}没有单独的页面", f"见{there.title}：{shown.address(register, record)}"
        )


async def _rows(
    connection: asyncpg.Connection, register: Register, then: Then, record: str
) -> Listing:
    """What a register has of a record, the first rows of it."""
    query = Query(record=record)
    return await asking.listing(
        connection, register, then.moment, query, today=then.today, limit=PAGE_ROWS
    )


def _title(view: View, register: Register, record: str, found: Listing, past: list[Past]) -> str:
    """What a record is called: on the day, else as it was called last."""
    first = next(iter(register.columns.values()))
    called = [row[first.name] for row in found.rows]
    called = called or [e.values[first.name] for e in past if first.name in e.values]
    return shown.said(view, first, called[0]) if called and called[0] is not None else record


def _neighbour(
    view: View, register: Register, near: Near | None, query: str
) -> dict[str, str] | None:
    if near is None:
        return None
    first = next(iter(register.columns.values()))
    return {
        "id": near.record,
        "title": shown.said(view, first, near.called) or near.record,
        "address": shown.address(register, near.record) + query,
    }


def _is_own(register: Register, past: Past) -> bool:
    return not register.columns[next(iter(past.values))].by


def _past_texts(view: View, register: Register, past: Past) -> dict[str, Any]:
    columns = [register.columns[name] for name in past.values]
    return {
        "titles": [column.title for column in columns],
        "values": [shown.said(view, column, past.values[column.name]) for column in columns],
        "since": past.since.isoformat(),
        "until": "" if past.until is None else (past.until - timedelta(days=1)).isoformat(),
        "recorded": "" if past.recorded is None else past.recorded.isoformat(),
    }


def _past_json(view: View, register: Register, past: Past) -> Mapping[str, Any]:
    columns = [register.columns[name] for name in past.values]
    return {
        **shown.row_json(view, columns, past.values),
        "since": json_value(past.since),
        "until": json_value(past.until),
        "recorded_on": json_value(past.recorded),
        "position": past.position,
    }
