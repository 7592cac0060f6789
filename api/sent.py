"""How an answer is sent: not at all to who has it already, and text in few bytes.

An answer is known by the bytes that it consists of. They say all that a page rests on: the moment,
what was released and superseded since, what waits, the version of the program, the form asked for.
So nothing that could change a page can be forgotten, and an entry that changes nothing of a page
voids nothing.
"""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSION = 6
"""The highest takes twice the time for a hundredth of the bytes."""
PACKED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/octet-stream",
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
"""What is packed as it is."""
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_REFUSED = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)", re.IGNORECASE)
_OF_THE_BODY = ("content-encoding", "content-length", "content-type", "last-modified")
"""Headers that a 304 has no use for; the others stand again, as a browser takes them over."""


class Tagged:
    """Gives each whole answer to GET its tag, and sends 304 to who has it.

    Tags are weak, since the same answer is sent packed and plain. What comes in parts has a tag
    only where it brings one: to know it by its bytes, it would have to be held back whole.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            send = _Comparing(send, Headers(scope=scope).get("if-none-match", "")).send
        await self._app(scope, receive, send)


class _Comparing:
    """One answer, whose head waits for what follows it."""

    def __init__(self, send: Send, has: str) -> None:
        self._send = send
        self._has = has.strip()
        self._head: Message | None = None
        self._known = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == HTTPStatus.OK:
                self._head = message
                return
            _given(message)
        if self._head is not None:
            head, self._head = self._head, None
            tag = _tagged(head, message)
            self._known = tag is not None and self._has_it(tag)
            await self._send(_unchanged(head) if self._known else head)
            if self._known:
                await self._send({"type": "http.response.body", "body": b""})
        if not self._known:
            await self._send(message)

    def _has_it(self, tag: str) -> bool:
        return self._has == "*" or tag in _TAG.findall(self._has)


def _tagged(head: Message, message: Message) -> str | None:
    """The tag of an answer, in its quotes; None where it has none."""
    tag = _given(head)
    whole = message["type"] == "http.response.body" and not message.get("more_body", False)
    if tag is None and whole:
        tag = f'"{hashlib.sha256(message.get("body", b"")).hexdigest()[:32]}"'
        MutableHeaders(raw=head["headers"])["ETag"] = f"W/{tag}"
    return tag


def _given(head: Message) -> str | None:
    """The tag that an answer brings, which is made weak; None where it brings none."""
    headers = MutableHeaders(raw=head["headers"])
    given = _TAG.fullmatch(headers.get("etag", ""))
    if given is None:
        return None
    headers["ETag"] = f"W/{given[1]}"
    return given[1]


def _unchanged(head: Message) -> Message:
    headers = [(name, value) for name, value in head["headers"] if _stays(name)]
    return {**head, "status": HTTPStatus.NOT_MODIFIED.value, "headers": headers}


def _stays(name: bytes) -> bool:
    return name.decode("latin-1").lower() not in _OF_THE_BODY


class Packed:
    """Text by gzip, to who takes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(app, compresslevel=COMPRESSION, exclude_content_types=PACKED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        takes = scope["type"] == "http" and not _REFUSED.search(
            Headers(scope=scope).get("accept-encoding", "")
        )
        await (self._packing if takes else self._app)(scope, receive, send)
