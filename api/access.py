"""Pages of the administrators: who may sign in, who asked for what, and who looked at whom."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api import downloads
from api.answers import answer
from api.paging import PAGE_ROWS, page_of, pages
from api.question import Pages
from api.registers_asked import given_of, opened, query_of
from api.roles import AUDIT_ADMINISTRATORS, SECURITY_ADMINISTRATORS
from api.view import View
from ledger import access, looks, users
from reports.shown import json_value

router = Pages(opened, admits=AUDIT_ADMINISTRATORS)


@router.get("/users", admits=SECURITY_ADMINISTRATORS)
async def standing(request: Request, view: View) -> Response:
    """Who may sign in, in which role, since when and why."""
    known = await request.app.state.gate.users.now(request.app.state)
    data = {"users": [_user(each) for each in users.standing(known).values()]}
    return await answer(request, "users.html", view, data)


def _user(user: users.User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "title": user.title,
        "lines": sorted(user.lines),
        "townships": sorted(user.townships),
        "token_until": None if user.token is None else json_value(user.token.until),
        "at_provider": user.identity is not None,
        "since": json_value(user.since),
        "by": user.by,
        "why": user.why,
    }


@router.get("/access")
async def log(request: Request, view: View) -> Response:
    """The access log, newest first; of one user, or with one remark."""
    asked = given_of(request, ("ledger", "page", "who", "remark", *downloads.PARAMETERS))
    page, which = page_of(asked), (asked.get("who"), asked.get("remark"))
    async with view.values.reading() as connection:
        count = await access.count(connection, view.ledger.name, *which)
        lines = await access.read(
            connection,
            view.ledger.name,
            who=which[0],
            remark=which[1],
            limit=PAGE_ROWS,
            offset=(page - 1) * PAGE_ROWS,
        )
    data = {
        **pages(count, page),
        "lines": [
            line._asdict() | {"at": json_value(line.at), "title": users.title(line.role or "")}
            for line in lines
        ],
    }
    again = {name: text for name, text in asked.items() if name in ("who", "remark", "ledger")}
    return await answer(
        request,
        "access.html",
        view,
        data,
        asked_for=asked,
        again=query_of(again),
        months=access.MONTHS,
        remarks=access.REMARKS,
        base="/access",
    )


@router.get("/access/looks")
async def looked(request: Request, view: View) -> Response:
    """Who looked at records that name persons, for what purpose, newest first."""
    asked = given_of(request, ("ledger", "subject", *downloads.PARAMETERS))
    async with view.values.reading() as connection:
        found = await looks.read(
            connection, view.ledger.name, subject=asked.get("subject"), limit=PAGE_ROWS
        )
    data = {
        "looks": [
            each._asdict() | {"at": json_value(each.at), "title": each.title} for each in found
        ]
    }
    return await answer(request, "looked.html", view, data, asked_for=asked, most=PAGE_ROWS)
