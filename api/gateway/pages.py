"""Pages of the gateway: what a person fills in, and what a browser sends of it."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api import multipart
from api.gateway import bodies, problems
from api.gateway.room import Room
from api.multipart import Filled, NoForm, TooManyFields

MOST_FIELDS = 10
FORM = "application/x-www-form-urlencoded"


def media_of(request: Request) -> str:
    """What kind of body a request has."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def page(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """A page, which nobody keeps."""
    html = _environment().get_template(template).render(values)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


async def in_time(request: Request, most: int, seconds: float, room: Room) -> bytes:
    """The body of a form, whose sender is not known before all of it is here. Raises Problem."""
    try:
        async with asyncio.timeout(seconds), bodies.whole(request, most, room) as body:
            return body
    except TimeoutError:
        raise problems.too_slow() from None


def fields(body: bytes) -> dict[str, str]:
    """A form without files. Raises Problem."""
    try:
        text = body.decode("latin-1")
        found = parse_qs(text, encoding="utf-8", errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise problems.too_many_fields(MOST_FIELDS) from None
    return {name: values[0] for name, values in found.items()}


def filled(request: Request, body: bytes) -> Filled:
    """A form with files. Raises Problem."""
    try:
        return multipart.filled(request.headers.get("content-type", ""), body, MOST_FIELDS)
    except NoForm:
        raise problems.no_form() from None
    except TooManyFields:
        raise problems.too_many_fields(MOST_FIELDS) from None


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment
