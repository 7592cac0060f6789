"""The door: what is looked at before an event is passed on, and nothing else.

Refused here, with nothing kept: what is no JSON object, what names another source than its key, and
what is larger than any event could be by far. All else, however malformed, is passed on, since
whatever was taken has an outcome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request

from api.gateway import problems
from api.problems import Problem, Wrong
from domain import carriage
from domain.carriage import Carried, TooMany
from domain.faults import Fault, Unacceptable
from domain.parsing import parse
from ledger.records import MOST_OF_ID, safe_label

MOST_OF_AN_EVENT = 512 * 1024
"""Bytes. What is over 65,535 is passed on, and has its outcome: `oversize`."""
UNREADABLE = ("invalid_utf8", "not_json", "too_deep", "not_a_number")


class Sent(NamedTuple):
    """One event at the door: its bytes, whose it is, and its id where that can be said."""

    raw: bytes
    source: str
    id: str | None


class Head(msgspec.Struct, gc=False):
    """What is read of an event here."""

    source: Any = None
    id: Any = None


class Refused(NamedTuple):
    """Why one is not passed on."""

    status: int
    wrong: Wrong


_decode = msgspec.json.Decoder(Head).decode


MOST_EVENTS = 1_000
"""Of a request that is no stream."""


def unpacked(request: Request, body: bytes) -> Carried:
    """The events that a request carries. Raises Problem where nobody can tell them."""
    return events_of(request.headers.items(), body)


def events_of(headers: Iterable[tuple[str, str]], body: bytes) -> Carried:
    """The same of a head and a body."""
    try:
        return carriage.from_http(headers, body)
    except TooMany:
        raise problems.too_many_events(MOST_EVENTS) from None
    except Unacceptable as error:
        if error.code == "unsupported_content_mode":
            raise problems.unsupported(error.expected) from None
        raise problems.unreadable([problems.wrong_of(fault) for fault in error.faults]) from None


def look(raw: bytes, key: str | None, known: Collection[str], at: str = "") -> Sent | Refused:
    """One event, that stands at a pointer, sent with the key of a source (None = without keys)."""
    if len(raw) > MOST_OF_AN_EVENT:
        expected = f"at most {MOST_OF_AN_EVENT} bytes"
        wrong = problems.wrong_of(Fault("oversize", "", expected), at)
        return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, wrong)
    head = _head(raw)
    if isinstance(head, Fault):
        return Refused(HTTPStatus.BAD_REQUEST, problems.wrong_of(head, at))
    event_id = safe_label(head.id, MOST_OF_ID)
    if key is None:
        if not isinstance(head.source, str) or head.source not in known:
            expected = f"one of {', '.join(sorted(known))}"
            wrong = problems.wrong_of(Fault("unknown_source", "/source", expected), at)
            return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, wrong)
        return Sent(raw, head.source, event_id)
    if isinstance(head.source, str) and head.source != key:
        wrong = problems.wrong_of(Fault("unauthorised", "/source", key), at)
        return Refused(HTTPStatus.FORBIDDEN, wrong)
    return Sent(raw, key, event_id)


def _head(raw: bytes) -> Head | Fault:
    """What is read of an event, or why nothing can be; what is odd besides is not for the door."""
    try:
        return _decode(raw)
    except (ValueError, RecursionError):
        pass
    try:
        message = parse(raw)
    except Unacceptable as error:
        return error.faults[0] if error.code in UNREADABLE else Head()
    return Head(message.get("source"), message.get("id"))


def admitted(
    events: Sequence[bytes], key: str | None, known: Collection[str], *, batch: bool
) -> list[Sent]:
    """All of a request, or none: raises Problem with everything that is wrong with it."""
    looked = [
        look(raw, key, known, f"/{number}" if batch else "") for number, raw in enumerate(events)
    ]
    if refused := [each for each in looked if isinstance(each, Refused)]:
        raise problem_of(refused, known)
    return [each for each in looked if isinstance(each, Sent)]


def problem_of(refused: Sequence[Refused], known: Collection[str]) -> Problem:
    """What was refused, as one problem."""
    by_status: dict[int, list[Wrong]] = {}
    for each in refused:
        by_status.setdefault(each.status, []).append(each.wrong)
    wrong = [each.wrong for each in refused][:20]
    if HTTPStatus.FORBIDDEN in by_status:
        detail = "来件写明的是另一个来源系统 / an event names another source than the key"
        return problems.another_source(detail, wrong)
    if HTTPStatus.BAD_REQUEST in by_status:
        return problems.unreadable(wrong)
    if HTTPStatus.REQUEST_ENTITY_TOO_LARGE in by_status:
        return problems.too_large(MOST_OF_AN_EVENT)
    return problems.unknown_source(known, wrong)
