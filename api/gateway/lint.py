"""`/lint` (预检): what the ledger would do with events now, for programs and on a page."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.gateway import answers, bodies, door, problems
from api.problems import Problem
from domain import carriage
from domain.bodies import lines
from upkeep import linting

if TYPE_CHECKING:
    from api.gateway.app import Gateway

MOST_BYTES = 2 * 2**20
MOST_EVENTS = 1_000
AT_ONCE = asyncio.Semaphore(2)
"""Lints are judged here, beside what is taken in: no more than these at a time."""
FORM = "application/x-www-form-urlencoded"


async def page(request: Request) -> Response:
    """`GET /lint` is a page to paste events into, `POST /lint` judges them. Raises Problem."""
    if request.method != "POST":
        return _page()
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    gateway: Gateway = request.app.state.gateway
    if media == FORM:
        return await _of_form(request, gateway)
    key = gateway.ring.admit(request)
    gateway.rates.count(request)
    answers.require_json(request)
    body = await bodies.whole(request, MOST_BYTES)
    events = door.unpacked(request, body).events
    return answers.json(await _judged(gateway, events, key))


async def _judged(gateway: Gateway, events: tuple[bytes, ...], key: str | None) -> dict[str, Any]:
    if len(events) > MOST_EVENTS:
        raise problems.too_many_events(MOST_EVENTS)
    async with AT_ONCE, gateway.pool.acquire() as connection:
        linted = await linting.lint(connection, gateway.settings, gateway.ledger, events, key)
    return linting.document(linted)


# The page.


async def _of_form(request: Request, gateway: Gateway) -> Response:
    body = await bodies.whole(request, 3 * MOST_BYTES)  # each byte may be escaped
    form = parse_qs(body.decode("latin-1"), encoding="utf-8", errors="replace")
    text = form.get("events", [""])[0]
    try:
        key = gateway.ring.admit(request, form.get("key", [""])[0])
        gateway.rates.count(request)
        found = await _judged(gateway, pasted(text), key)
    except Problem as problem:
        return _page(text, problem=problem, status=problem.status)
    return _page(text, found)


def pasted(text: str) -> tuple[bytes, ...]:
    """The events of a text: one in any layout, a list of them, or one a line."""
    raw = text.strip().encode()
    try:
        listed = isinstance(msgspec.json.decode(raw), list)
    except (ValueError, RecursionError):
        return tuple(lines(raw))
    media = carriage.BATCHED if listed else carriage.STRUCTURED
    return carriage.from_http([("content-type", media)], raw).events


def _page(
    text: str = "",
    found: dict[str, Any] | None = None,
    problem: Problem | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    html = _environment().get_template("lint.html").render(text=text, found=found, problem=problem)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
