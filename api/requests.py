"""What stands before the pages: what an address and a method mean, and how many ask at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote_to_bytes

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.forms import ENDINGS, READ_API

REQUESTS = 128
"""Requests being worked on at a time; an answer on its way to its reader is none."""
DOCUMENTS = (".html", ".md", ".docx", ".pdf")
"""What has one form only."""
PROBES = ("/healthz", "/readyz")
MOST_OF_A_FORM = 16_000


class Addresses:
    """`/figures/F16.json` is `/figures/F16`, answered as JSON; `.csv` and `.xlsx` likewise.

    The read API has one form and one address of each thing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path, dot, form = scope["path"].rpartition(".")
            named = dot and form in ENDINGS and not path.endswith(DOCUMENTS)
            if named and not path.startswith(READ_API):
                state = {**scope.get("state", {}), "form": form}
                path = "/" if path in ("", "/", "/index") else path
                scope = {**scope, "path": path, "state": state}
        await self._app(scope, receive, send)


class Heads:
    """HEAD is GET without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        await self._app(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return head


def readable(request: Request) -> None:
    """Nothing has a NUL in its name, and PostgreSQL takes none in a text. Raises Problem."""
    if "\0" in request.scope["path"]:
        raise problems.not_found("地址中有空字符")
    if b"\0" in unquote_to_bytes(request.scope["query_string"]):
        raise problems.bad_question("参数中有空字符")


async def posted(request: Request) -> dict[str, str]:
    """The fields of a form; none of one that is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_OF_A_FORM:
            return {}
    asked = parse_qs(body.decode("latin-1"), encoding="utf-8", errors="replace")
    return {name: values[0].strip() for name, values in asked.items()}


class Crowd:
    """How many requests are being worked on."""

    def __init__(self, most: int = REQUESTS) -> None:
        self._free = most

    @contextmanager
    def one_more(self, request: Request) -> Iterator[None]:
        """A request's turn; whoever watches is always answered. Raises Problem."""
        if request.scope["path"] in PROBES:
            yield
            return
        if not self._free:
            raise problems.busy()
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
