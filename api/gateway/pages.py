"""Pages of the gateway: what a person fills in, and what a browser sends of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from email import message_from_string
from email.message import Message
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.gateway import bodies, problems
from api.gateway.room import Room

MOST_FIELDS = 10
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class File(NamedTuple):
    """A file that a person chose: its name there, and its bytes."""

    name: str
    content: bytes


class Filled(NamedTuple):
    """A form as it was filled in; of a field that came twice, the first."""

    fields: Mapping[str, str]
    files: Mapping[str, File]


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
    """A form with files (RFC 7578): the boundary stands nowhere within them. Raises Problem."""
    about = Message()
    about["Content-Type"] = request.headers.get("content-type", "")
    boundary = about.get_boundary()
    if not boundary or about.get_content_type() != MULTIPART:
        raise problems.no_form()
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))
    if len(parts) < 2 or not parts[-1].startswith(b"--"):  # noqa: PLR2004  the last one ends it
        raise problems.no_form()
    if len(parts) - 2 > MOST_FIELDS:
        raise problems.too_many_fields(MOST_FIELDS)
    told: dict[str, str] = {}
    files: dict[str, File] = {}
    for part in parts[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        headers = message_from_string(head.decode("utf-8", "replace").lstrip())
        name = str(headers.get_param("name", "", "content-disposition"))
        if (file := headers.get_filename()) is None:
            told.setdefault(name, content.decode("utf-8", "replace"))
        else:
            files.setdefault(name, File(file, content))
    return Filled(told, files)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment
