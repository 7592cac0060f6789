"""`/lint` (预检): what the ledger would do with events now, for programs and on a page."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.gateway import answers, bodies, door, pages, problems
from api.problems import Problem
from domain import carriage
from domain.bodies import lines
from infra import logging as logs
from upkeep import linting

if TYPE_CHECKING:
    from api.gateway.app import Gateway

MOST_BYTES = 2 * 2**20
_log = logs.get("mingjian.gateway")
AT_ONCE = asyncio.Semaphore(2)
"""Lints are judged here, beside what is taken in: no more than these at a time."""
MOST_FORMS = 20
"""Read at a time; requests that show their key in the head do not wait for them."""
FORM_SECONDS = 30.0


async def page(request: Request) -> Response:
    """`GET /lint` is a page to paste events into, `POST /lint` judges them. Raises Problem."""
    if request.method != "POST":
        return _page()
    gateway: Gateway = request.app.state.gateway
    if pages.media_of(request) == pages.FORM:
        return await _of_form(request, gateway)
    key = await gateway.ring.admit(request)
    gateway.rates.count(request)
    answers.require_json(request)
    async with bodies.whole(request, MOST_BYTES, gateway.room) as body:
        events = door.unpacked(request, body).events
        return answers.json(await _judged(gateway, events, key, _key_of(request)))


async def _judged(
    gateway: Gateway, events: tuple[bytes, ...], key: str | None, key_id: str | None
) -> dict[str, Any]:
    if len(events) > door.MOST_EVENTS:
        raise problems.too_many_events(door.MOST_EVENTS)
    async with AT_ONCE, gateway.pool.acquire() as connection:
        linted = await linting.lint(connection, gateway.settings, gateway.ledger, events, key)
    # What is only asked leaves no trace in the ledger, and its answers may tell of persons.
    _log.info("linted", source=key, key_id=key_id, events=len(events))
    return linting.document(linted)


def _key_of(request: Request) -> str | None:
    """The id of the key that was shown."""
    return getattr(request.state, "key", None)


# The page.


async def _of_form(request: Request, gateway: Gateway) -> Response:
    text = ""
    try:
        # Who sends a form is not known before all of it is here: few are read at a time.
        with gateway.forms.one_more(request):
            # Each byte may be escaped.
            body = await pages.in_time(request, 3 * MOST_BYTES, FORM_SECONDS, gateway.room)
        form = pages.fields(body)
        text = form.get("events", "")
        key = await gateway.ring.admit(request, form.get("key", ""))
        gateway.rates.count(request)
        found = await _judged(gateway, pasted(text), key, _key_of(request))
    except Problem as problem:
        return _page(text, problem=problem, status=problem.status)
    return _page(text, found)


def pasted(text: str) -> tuple[bytes, ...]:
    """The events of a text: one in any layout, a list, or one a line. Raises Problem."""
    raw = text.strip().encode()
    try:
        listed = isinstance(msgspec.json.decode(raw), list)
    except (ValueError, RecursionError):
        return tuple(lines(raw))
    media = carriage.BATCHED if listed else carriage.STRUCTURED
    return door.events_of([("content-type", media)], raw).events


def _page(
    text: str = "",
    found: dict[str, Any] | None = None,
    problem: Problem | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    return pages.page("lint.html", status, text=text, found=found, problem=problem)
