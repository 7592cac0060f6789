"""`POST /events`: one event, a batch, or a stream of lines; taken, and told what became of it."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.gateway import answers, bodies, door, problems, stream
from api.gateway.sinks import STATUS, Document
from domain import carriage

if TYPE_CHECKING:
    from api.gateway.app import Gateway

MOST_BYTES = 8 * 2**20
"""Of a request that is no stream."""
MOST_WAIT = 30
_WAIT = re.compile(r"wait\s*=\s*\"?([0-9]{1,6})\"?", re.IGNORECASE)


async def post(request: Request) -> Response:
    """Take events. Raises Problem, OutcomeUnknown."""
    gateway: Gateway = request.app.state.gateway
    key = await gateway.ring.admit(request)
    gateway.ring.require_active(key)
    gateway.rates.count(request)
    answers.require_json(request)
    seconds = wanted_wait(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media in carriage.LINES:
        return await stream.post(request, gateway, key)
    async with bodies.whole(request, MOST_BYTES, gateway.room) as body:
        carried = door.unpacked(request, body)
        if len(carried.events) > door.MOST_EVENTS:
            raise problems.too_many_events(door.MOST_EVENTS)
        batch = carried.mode == "batched"
        sent = door.admitted(carried.events, key, gateway.ring.sources, batch=batch)
        with gateway.room.of(len(sent), 0):
            documents = await gateway.put(sent)
    headers: dict[str, str] = {}
    if seconds is not None:
        documents = await gateway.outcomes(documents, time.monotonic() + seconds)
        headers["Preference-Applied"] = f"wait={seconds}"
    if batch:
        every = all(document["outcome"] == "received" for document in documents)
        status = HTTPStatus.ACCEPTED if every and documents else HTTPStatus.OK
        return answers.json({"events": documents}, status, headers)
    return of_one(request, documents[0], headers)


def of_one(request: Request, document: Document, headers: dict[str, str]) -> Response:
    """The answer to a request of one event: the status says what became of it."""
    # Of a duplicate the status says what had become of the first.
    status = STATUS[document.get("duplicate_of", document)["outcome"]]
    if document.get("id") is not None:
        # An id may be anything here: what is wrong with it is told later.
        event_id = quote(document["id"], safe=":")
        headers["Location"] = f"/sources/{document['source']}/events/{event_id}"
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        problem = problems.quarantined().as_json(answers.path_of(request))
        told = problem | document | {"type": problem["type"], "event_type": document.get("type")}
        return answers.json(told, status, headers, answers.PROBLEM)
    return answers.json(document, status, headers)


def wanted_wait(request: Request) -> int | None:
    """For how many seconds an outcome is to be waited for (RFC 7240); None = not at all."""
    found = _WAIT.search(request.headers.get("prefer", ""))
    return None if found is None else min(int(found[1]), MOST_WAIT)
