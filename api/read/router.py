"""The addresses of the read API: its resources, its document, and pages that explain it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import Json, answer
from api.furniture import Place
from api.question import Pages, as_asked
from api.read import asked as asking
from api.read import document
from api.read.asked import LEDGER, public
from api.read.shape import BASE, Field, Operation
from api.roles import EVERYBODY
from api.view import View

HOME = "/api"
LONGEST = 40
router = Pages(public, admits=EVERYBODY)


@router.get(document.PLACE)
async def openapi(request: Request, view: View) -> Response:
    """The document, by the bureau's definitions."""
    asking.read(request, Operation("", "", "", "", (LEDGER,), ()))
    return Json(document.of(view.bureau))


for resource in document.RESOURCES:
    router.under(BASE, resource.router)


@router.bare(BASE + "/{rest:path}")
async def nothing(_request: Request, rest: str) -> Response:
    """What the API has not."""
    what = f"{BASE}/{rest[:LONGEST]} 不存在"
    raise problems.not_found(what, f"各个地址见 {HOME} 和 {document.PLACE}")


@router.get(HOME, view=as_asked)
async def home(request: Request, view: View) -> Response:
    """What there is, and how it is asked for."""
    known = list(document.operations(view.bureau))
    tags = {each.tag: [one for one in known if one.tag == each.tag] for each in known}
    data = {
        "openapi": document.PLACE,
        "operations": [
            {"id": each.id, "title": each.title, "path": BASE + each.path} for each in known
        ],
    }
    return await answer(
        request,
        "api.html",
        view,
        data,
        place=Place(canonical=HOME),
        says=_sentences(),
        tags=tags,
        base=BASE,
        openapi=document.PLACE,
    )


@router.get(HOME + "/{name}", view=as_asked)
async def one(request: Request, view: View, name: str) -> Response:
    """One operation: what it takes, what it answers, an example."""
    found = next((each for each in document.operations(view.bureau) if each.id == name), None)
    if found is None:
        raise problems.not_found(f"数据接口没有 {name[:LONGEST]}", f"各个地址见 {HOME}")
    whole = document.of(view.bureau)["paths"][BASE + found.path]["get"]
    example = document.examples().get(found.id)
    return await answer(
        request,
        "api_operation.html",
        view,
        whole,
        place=Place(canonical=f"{HOME}/{quote(found.id)}"),
        operation=found,
        path=BASE + found.path,
        fields=list(_flat(found.answer)),
        asked_as=None if example is None else example["asked"],
        answered=None if example is None else _pretty(example["answer"]),
    )


def _sentences() -> list[str]:
    """What there is to say of the whole, a paragraph each."""
    return [line.removeprefix("- ") for line in document.SAYS.splitlines() if line]


def _flat(fields: tuple[Field, ...], above: str = "") -> list[tuple[str, Field]]:
    """Fields with where they stand: rows[].name."""
    found = []
    for each in fields:
        name = f"{above}{each.name}"
        found.append((name, each))
        found += _flat(each.inside, f"{name}[]." if each.type == "array" else f"{name}.")
    return found


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
