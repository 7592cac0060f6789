"""Where a list goes on: behind which row, of what was known at which position.

What a list is read from grows while it is read. So its cursor holds the moment of the first page,
and the place of the last row and no number of rows. It also holds a digest of itself and of the
question: what was cut off, altered, or put behind another question is refused. It needs no secret,
since it opens nothing that could not be asked for.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import Request

from api.problems import Problem
from api.read import asked as asking
from api.read.asked import AFTER, ASOF, AT

Place = str | int | None
FREE = frozenset({"after", "limit", "fields", ASOF.name, AT.name})
"""What may be otherwise on the next page; day and position are in the cursor."""
_DIGITS = 16


class Cursor(NamedTuple):
    """The moment of the first page, and the place of the last row."""

    at: int
    asof: str
    place: tuple[Place, ...]


def written(request: Request, cursor: Cursor) -> str:
    """The address of the next page."""
    said = [*cursor[:2], list(cursor.place)]
    body = json.dumps([_digest(request, said), *said], ensure_ascii=False, separators=(",", ":"))
    text = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
    given = [(n, v) for n, v in request.query_params.multi_items() if n != AFTER.name]
    return f"{quote(request.scope['path'])}?{urlencode([*given, (AFTER.name, text)])}"


def read(request: Request, text: str) -> Cursor:
    """A cursor that was written for this question. Raises Problem."""
    try:
        body = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        digest, *said = json.loads(body)
        at, asof, place = said
        again = base64.urlsafe_b64encode(body).decode().rstrip("=")
        if again != text or digest != _digest(request, said):
            raise refused(text)
    except (ValueError, TypeError, RecursionError):  # of base64, of JSON, of what it holds
        raise refused(text) from None
    if not (type(at) is int and isinstance(asof, str) and isinstance(place, list)):
        raise refused(text)
    if not all(each is None or _fits(each) for each in place):
        raise refused(text)
    return Cursor(at, asof, tuple(place))


def _fits(value: object) -> bool:
    """Whether the database takes it."""
    if isinstance(value, str):
        return "\0" not in value
    return type(value) is int and abs(value) < 2**63


def refused(text: str) -> Problem:
    """It was not written for this question."""
    return asking.problem([asking.wrong(AFTER, text)])


def pinned(cursor: Cursor | None, asked: Mapping[str, object]) -> dict[str, str]:
    """The moment that is asked about: that of the first page. Raises Problem.

    A moment that is asked for beside a cursor must be the same.
    """
    said = {each: str(asked[each]) for each in (ASOF.name, AT.name) if each in asked}
    if cursor is None:
        return said
    then = {AT.name: str(cursor.at)} | ({ASOF.name: cursor.asof} if cursor.asof else {})
    for parameter in (ASOF, AT):
        if said.get(parameter.name, "") not in ("", then.get(parameter.name)):
            why = "应与 after 所在的一次相同"
            raise asking.problem([asking.wrong(parameter, said[parameter.name], why)])
    return then


def _digest(request: Request, said: Sequence[object]) -> str:
    question = sorted((n, v) for n, v in request.query_params.multi_items() if n not in FREE)
    text = json.dumps([request.scope["path"], question, list(said)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
