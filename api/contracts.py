"""`/contracts`: what publishers build against, as pages, `…/schema.json`, `…/example.json`.

Nothing is made before it is asked for: a contract is derived from its class then, and kept.
"""

from __future__ import annotations

import json
import re
from functools import cache
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import forms, looks, problems
from api.answers import PAGE, Json, of_no_ledger, rendered
from api.question import Pages
from api.roles import EVERYBODY
from domain.bureau.bureau import Bureau
from domain.catalogue import EVENTS, full_type
from domain.contract import asyncapi, pages, stories
from domain.contract.life import sources
from domain.contract.messages import Book
from domain.contract.words import LINES
from domain.event import TYPE_PREFIX, Event
from infra import bureaus
from infra import contracts as kept
from infra.settings import settings

HOME = "/contracts"
_VERSIONED = re.compile(r"\.v[0-9]{1,3}$")
SCHEMA = "application/schema+json"
router = Pages(admits=EVERYBODY)


@cache
def _book() -> Book:
    return Book(bureaus.ours(settings()))


@router.bare(HOME)
async def index(request: Request) -> Response:
    """Every type, by line."""
    bureau = _book().bureau
    lines: dict[str, list[dict[str, Any]]] = {}
    for event in EVENTS.values():
        lines.setdefault(event.TYPE.partition(".")[0], []).append(_told(event, bureau))
    data = {"version": kept.version(), "types": [one for told in lines.values() for one in told]}
    return _answer(request, "contracts.html", data, lines=lines, called=LINES)


@router.bare(HOME + "/asyncapi")
async def topics(_request: Request) -> Response:
    """Topics and messages on Kafka."""
    return Json(asyncapi.document(_book().bureau, kept.version()))


@router.bare(HOME + "/{name}")
async def one(request: Request, name: str) -> Response:
    """A type: its fields, who may send it, what it waits for, what was changed."""
    if (meant := _meant(name)) is not None:
        return _elsewhere(request, meant)
    told = pages.page(_book(), _known(name), kept.history(), law)
    data = told._asdict() | {
        "warnings": [each._asdict() for each in told.warnings],
        "rows": [row._asdict() for row in told.rows],
        "changes": [change._asdict() for change in told.changes],
    }
    return _answer(request, "contract.html", data, told=told)


@router.bare(HOME + "/{name}/schema")
async def schema(request: Request, name: str) -> Response:
    """The contract with all that it refers to."""
    if (meant := _meant(name)) is not None:
        return _elsewhere(request, f"{meant}/schema")
    book = _book()
    text = json.dumps(book.whole(book.message(_known(name))), ensure_ascii=False, indent=2)
    return Response(text + "\n", media_type=SCHEMA)


@router.bare(HOME + "/{name}/example")
async def example(request: Request, name: str) -> Response:
    """A message as a live ledger takes it."""
    if (meant := _meant(name)) is not None:
        return _elsewhere(request, f"{meant}/example")
    event = EVENTS[_known(name).removeprefix(TYPE_PREFIX)]
    try:
        told = stories.of(event, _book().bureau)
    except LookupError:
        raise problems.not_found(f"本单位没有来源或者代码可以报送 {name}", HOME) from None
    return Json(told[-1].live)


def as_file(told: pages.Page, bureau: Bureau) -> str:
    """The page of a type as a file by itself: nothing is loaded from elsewhere, nothing runs."""
    return rendered("contract_file.html", told=told, bureau=bureau.name, home="")


def law(kind: str, code: str) -> str:
    """The law behind a breach of a fact of a kind of stream; empty where there is none."""
    from rules.outcomes import warned  # noqa: PLC0415  only who reads a contract asks

    return warned(kind, code).get("law", "")


def _meant(name: str) -> str | None:
    """The type that a short name stands for, `payment-settled`, in its latest version.

    None of a whole name, and of what is no fact or several.
    """
    bare = name.removeprefix(TYPE_PREFIX)
    if bare in EVENTS:
        return None
    asked, version = bare, ""
    if _VERSIONED.search(bare) is not None:
        asked, _, version = bare.rpartition(".v")
    found = [
        known
        for known in EVENTS
        if asked in (whole := known.rpartition(".v")[0], whole.partition(".")[2])
        and version in ("", known.rpartition(".v")[2])
    ]
    if len({known.rpartition(".v")[0] for known in found}) != 1:
        return None
    return max(found, key=lambda known: int(known.rpartition(".v")[2]))


def _elsewhere(request: Request, path: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{HOME}/{path}{query}", HTTPStatus.FOUND)


def _known(name: str) -> str:
    """A type's full name. Raises Problem where there is no such type."""
    if name.removeprefix(TYPE_PREFIX) not in EVENTS:
        raise problems.not_found(f"没有事件类型 {name[:80]}", f"事件类型：{HOME}")
    return TYPE_PREFIX + name.removeprefix(TYPE_PREFIX)


def _told(event: type[Event], bureau: Bureau) -> dict[str, Any]:
    return {
        "type": full_type(event),
        "short": event.TYPE,
        "title": event.TITLE,
        "sources": sources(event, bureau),
        "opens": event.OPENS,
    }


def _answer(request: Request, template: str, data: dict[str, Any], **shown: Any) -> Response:
    if unknown := [name for name in request.query_params if name != looks.PARAMETER]:
        raise problems.unknown_parameters(unknown, (looks.PARAMETER,))
    form = forms.wanted(request, PAGE)
    if form is None:
        raise problems.not_acceptable("这一页有网页、JSON，没有所要的格式")
    if form == "json":
        return Json(data)
    look = looks.of(request)
    bureau = _book().bureau
    page = of_no_ledger(
        request,
        template,
        look=look,
        home=HOME,
        bureau=bureau.name,
        version=kept.version(),
        **shown,
    )
    return HTMLResponse(looks.handed_on(page, look))
