"""A server that waits for nobody: uvicorn, with limits on clients where it has none.

Uvicorn waits as long as a client likes: for the rest of a request's head, for its body, for an
answer to be read. Here whoever keeps the server waiting is cut off, and when there are more clients
than there may be, the one that has kept it waiting longest makes room for the next.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

SEND_BUFFER_BYTES = 64 * 1024
"""What the kernel may keep of answers for a client that does not read (Linux allows double)."""

Phase = Literal["head", "body", "answer", "rest"]
"""`rest` is what is left of a body that was answered before all of it came."""

NOT_HTTP = json.dumps(
    {
        "type": "about:blank",
        "title": "读不出的请求 / the request cannot be read",
        "status": 400,
        "detail": "不合 HTTP/1.1 的格式，没有处理 / it is not HTTP/1.1; nothing was done",
        "code": "not-http",
        "hint": "检查请求行、标头与正文长度，用成熟的 HTTP 客户端发送"
        " / look at request line, headers and length of the body; use a common HTTP client",
    },
    ensure_ascii=False,
).encode()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a client may keep the server waiting, in seconds, and how many clients there are."""

    idle_seconds: int = 5
    """Between two requests, without a byte."""
    head_seconds: float = 15.0
    """For the whole head of a request, from the connection or the last answer on."""
    body_seconds: float = 30.0
    """For the whole body of a request."""
    rest_seconds: float = 15.0
    """For what is left of a body that was answered before all of it came."""
    unread_seconds: float = 10.0
    """For each `unread_bytes` of an answer that waits to be read."""
    unread_bytes: int = 10_000
    stop_seconds: int = 5
    """Once the server is told to stop, for those who still wait or read."""
    clients: int = 512
    """Connections at a time."""


@dataclass(slots=True)
class _Waiting:
    """What the server waits for from one client, and since when (monotonic seconds)."""

    since: float
    phase: Phase = "head"
    request: Any = None
    """The last one heard of."""
    unread_since: float | None = None
    unread: int = 0

    def look(self, client: H11Protocol, now: float, enough: int) -> None:
        """Take note of how far the client has come."""
        phase = _phase(client)
        if phase != self.phase or client.cycle is not self.request:
            self.phase, self.request, self.since = phase, client.cycle, now
        unread = client.transport.get_write_buffer_size()
        if not unread:
            self.unread_since = None
        elif self.unread_since is None or unread <= self.unread - enough:
            self.unread_since, self.unread = now, unread

    @property
    def idle_since(self) -> float | None:
        """Since when the client keeps the server waiting; None while its answer is worked out."""
        return self.unread_since if self.phase == "answer" else self.since

    def overdue(self, limits: Limits, now: float) -> bool:
        """Whether it has done so for too long."""
        if self.unread_since is not None and now - self.unread_since > limits.unread_seconds:
            return True
        if self.phase == "answer":
            return False
        allowed = {
            "head": limits.head_seconds,
            "body": limits.body_seconds,
            "rest": min(limits.rest_seconds, limits.body_seconds),
        }
        return now - self.since > allowed[self.phase]


def _phase(client: H11Protocol) -> Phase:
    cycle: RequestResponseCycle | None = client.cycle  # None before the first request
    if cycle and not cycle.response_complete:
        return "body" if cycle.more_body and not cycle.response_started else "answer"
    return "rest" if client.conn.their_state is h11.SEND_BODY else "head"


class _Client(H11Protocol):
    """A connection on which one thing is asked at a time.

    Who asks for more before the first answer is there asks without reading. Work would be had for
    nothing that way, so the connection ends with that answer.
    """

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  words of uvicorn
        """Answer what is no HTTP in the form in which all errors are answered."""
        head = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(NOT_HTTP)),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=head, reason=b"Bad Request"),
            h11.Data(data=NOT_HTTP),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def on_response_complete(self) -> None:
        if self.conn.trailing_data[0].strip():
            self.transport.close()
        else:
            super().on_response_complete()


class Server(uvicorn.Server):
    """Serves an application within limits."""

    def __init__(self, app: ASGIApp, limits: Limits | None = None, **more: Any) -> None:
        self.limits = limits or Limits()
        self._waiting: dict[H11Protocol, _Waiting] = {}
        config = uvicorn.Config(
            app,
            http=_Client,
            ws="none",
            timeout_keep_alive=self.limits.idle_seconds,
            timeout_graceful_shutdown=self.limits.stop_seconds,
            access_log=False,
            server_header=False,
            **more,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers if self.started else ():
            for listener in server.sockets:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: cut off who is overdue, and who makes room for others."""
        now = time.monotonic()
        clients = {c for c in self.server_state.connections if isinstance(c, H11Protocol)}
        self._waiting = {
            client: self._waiting.get(client) or _Waiting(since=now) for client in clients
        }
        for client, waiting in self._waiting.items():
            waiting.look(client, now, self.limits.unread_bytes)
            if waiting.overdue(self.limits, now):
                client.transport.abort()
        if (many := len(clients) - self.limits.clients) > 0:
            idle = [(w.idle_since, c) for c, w in self._waiting.items() if w.idle_since is not None]
            for _, client in sorted(idle, key=itemgetter(0))[:many]:
                client.transport.abort()
        return await super().on_tick(counter)


class Guest(Server):
    """A server in somebody else's loop: signals are the host's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
