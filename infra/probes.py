"""A port beside the service: /metrics, /healthz, /readyz, answered by the service's own loop.

A loop that is blocked does not answer, and that is the point. The port gives numbers away, no
records; still it listens on this machine only unless told otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra import http
from infra.metrics import Metrics
from infra.settings import Settings

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe is told: nothing is wrong, or what is; and what is worth knowing beside."""

    wrong: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def response(self) -> JSONResponse:
        """200 or 503, with the reasons."""
        status = HTTPStatus.SERVICE_UNAVAILABLE if self.wrong else HTTPStatus.OK
        body = {"ok": not self.wrong, "wrong": self.wrong, **self.more}
        return JSONResponse(body, status, NO_STORE)


Probe = Callable[[], Awaitable[Answer]]


@contextlib.asynccontextmanager
async def served(
    settings: Settings, metrics: Metrics, healthy: Probe, ready: Probe
) -> AsyncIterator[int | None]:
    """Serve while the body runs, if a port is set; yields the port. Port 0 takes a free one."""
    if settings.metrics_port is None:
        yield None
        return
    app = _application(metrics, healthy, ready)
    with socket.create_server((settings.metrics_host, settings.metrics_port)) as listener:
        server = http.Guest(app, log_config=None, lifespan="off")
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            await asyncio.gather(serving, return_exceptions=True)


def _application(metrics: Metrics, healthy: Probe, ready: Probe) -> Starlette:
    async def numbers(_request: Request) -> Response:
        await ready()  # a service that looks things up only when asked does so now
        text = generate_latest(metrics.registry)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST, **NO_STORE})

    def probe(ask: Probe) -> Callable[[Request], Awaitable[Response]]:
        async def answer(_request: Request) -> Response:
            return (await ask()).response()

        return answer

    return Starlette(
        routes=[
            Route("/metrics", numbers),
            Route("/healthz", probe(healthy)),
            Route("/readyz", probe(ready)),
        ]
    )
