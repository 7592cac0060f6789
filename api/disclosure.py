"""公开目录: what is to be made public, by law, and where it is: the tree and a page for each row.

Like registers it is about a day as known at a position, and stands without a release. Of a row that
is not for everybody no page says more than where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from api import downloads, problems
from api.answers import answer
from api.downloads import Files
from api.question import Pages
from api.registers_asked import (
    LONGEST,
    Then,
    given_of,
    moments,
    of_moment,
    once,
    opened,
    query_of,
    then_of,
)
from api.roles import EVERYBODY
from api.view import View
from domain.bureau.parameters import PARAMETERS
from domain.laws import in_chinese
from reports import disclosure, registers
from reports.disclosure import asking, tabling
from reports.disclosure.row import Row
from reports.lacks import within
from reports.registers.tabling import NOT_CONNECTED

router = Pages(opened, admits=EVERYBODY)
HOME = "/disclosure"


@router.get(HOME)
async def index(request: Request, view: View) -> Response:
    """The catalogue by area: each row, what serves it, and when it was published last."""
    then = await _then(request, view)
    rows = disclosure.of(view.bureau)
    last = await last_of(view, then, rows)
    told = [told_of(view, then, row, last) for row in rows.values()]
    data: dict[str, Any] = {**then.as_json(), "rows": told}
    if view.auditor:
        data["unfit"] = [str(wrong) for wrong in disclosure.check(view.bureau)]
    return await answer(
        request,
        "disclosure.html",
        view,
        data,
        place=then.place(HOME),
        files=Files("disclosure", "公开目录", (tabling.catalogue(told),), then.moment),
        areas=[(area, list(each)) for area, each in groupby(told, lambda row: row["area"])],
        about=then.about,
        not_connected=NOT_CONNECTED,
        onward=query_of(of_moment(view, then.asked)),
    )


@router.get(HOME + "/{name}")
async def one(request: Request, view: View, name: str) -> Response:
    """One row of the catalogue, with the limits that hold and by which texts."""
    then = await _then(request, view)
    rows = disclosure.of(view.bureau)
    row = rows.get(name)
    if row is None:
        raise problems.not_found(f"公开目录没有 {name[:LONGEST]}", f"公开目录：{HOME}")
    told = told_of(view, then, row, await last_of(view, then, rows))
    limits = limits_of(view, row, then.moment.end)
    return await answer(
        request,
        "disclosure_row.html",
        view,
        {**then.as_json(), **told, "limits": limits},
        place=then.place(f"{HOME}/{name}"),
        files=Files(
            f"disclosure-{name}", row.item, (tabling.catalogue([told], row.item),), then.moment
        ),
        row=row,
        about=then.about,
        not_connected=NOT_CONNECTED,
        onward=query_of(of_moment(view, then.asked)),
    )


async def _then(request: Request, view: View) -> Then:
    asked = given_of(request, (*moments(view), *downloads.PARAMETERS))
    return await then_of(view, asked, ())


async def last_of(view: View, then: Then, rows: Mapping[str, Row]) -> Mapping[str, date]:
    """When each row was published last; what is asked of no other day is worked out once."""
    moment = then.moment
    public = [row for row in rows.values() if row.is_public]
    models = {name for row in public for name in row.models}
    known = registers.of(view.bureau)
    models |= {name for row in public for each in row.registers for name in known[each].models}
    view.lacking.append(within(view.reach, moment, models).lacks)

    async def work(connection: asyncpg.Connection) -> dict[str, date]:
        return await asking.last_published(connection, list(rows.values()), moment, view.bureau)

    now = not then.asked.keys() - {"ledger", *downloads.PARAMETERS}
    return await once(then, "disclosure", work, now=now)


def told_of(view: View, then: Then, row: Row, last: Mapping[str, date]) -> dict[str, Any]:
    """A row for machines."""
    moment = then.moment
    released = {
        each.plan
        for each in view.releases
        if each.audience == "public" and each.position <= moment.at
    }
    return tabling.as_json(row, view.bureau, moment.end, last.get(row.name), released)


def limits_of(view: View, row: Row, on: date) -> list[dict[str, Any]]:
    """The parameters that limit a row, as they are in force on a day."""
    names = [*row.limits, *([row.every] if row.every else [])]
    names += [name for clock in row.clocks for name in clock.limits]
    found = []
    for name in dict.fromkeys(names):
        dated = view.bureau.rules.at(name, on)
        if dated is not None:
            found.append(
                {
                    "parameter": name,
                    "title": PARAMETERS[name].title,
                    "value": dated.value,
                    "unit": PARAMETERS[name].unit,
                    "basis": in_chinese(dated.basis),
                    "checked": dated.checked,
                }
            )
    return found
