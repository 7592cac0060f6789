"""Answers of the gateway: JSON, and problems with what each status asks for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.gateway import problems
from api.problems import Problem
from domain import misplaced

PROBLEM = "application/problem+json"
LONGEST = 200
_TELEPHONE = 11
"""Digits of one."""
_encode = msgspec.json.encode


def json(
    content: Any,
    status: int = HTTPStatus.OK,
    headers: dict[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """JSON, as it is written nowhere else: nobody keeps what is told of an event."""
    return Response(
        _encode(content), status, {"Cache-Control": "no-store", **(headers or {})}, media_type
    )


def of_problem(request: Request, problem: Problem, **more: Any) -> Response:
    """A problem as JSON, with further members."""
    headers: dict[str, str] = {}
    if problem.passes:
        headers["Retry-After"] = str(problem.wait or problems.AGAIN_SECONDS)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="mingjian gateway"'
    if problem.code == "unsupported-content":
        headers["Accept-Post"] = ", ".join(problems.POST_TYPES)
    told = problem.as_json(path_of(request)) | more
    return json(told, problem.status, headers, PROBLEM)


def path_of(request: Request) -> str:
    """The address, as it may be told and logged: without what may be a person's number."""
    return masked(request.url.path)[:LONGEST]


def masked(text: str) -> str:
    """The same of any text: long numbers are left out, telephones among them."""
    return misplaced.masked(text, _TELEPHONE)


def require_json(request: Request) -> None:
    """Raise Problem where a client takes nothing that there is."""
    accept = request.headers.get("accept", "*/*")
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    taken = ("*/*", "application/*", "application/json", PROBLEM, "application/x-ndjson")
    if not any(kind in taken for kind in kinds):
        raise problems.not_acceptable()
