"""Health of the gateway: whether events can be taken in, and how many wait to be durable."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from infra.metrics import Metrics
from infra.probes import Answer

if TYPE_CHECKING:
    from api.gateway.app import Gateway

OTHER = "other"


class GatewayMetrics(Metrics):
    """What the gateway counts."""

    def __init__(self) -> None:
        super().__init__("gateway", "")
        self.requests = self.counter("http_requests_total", "answers", ("route", "status"))
        self.seconds = self.histogram("http_request_duration_seconds", "time to answer", ("route",))
        self.events = self.counter("http_events_total", "events taken, by outcome", ("outcome",))
        self.waiting = self.gauge("http_events_waiting", "events read that are not durable yet")

    def answered(self, request: Request, status: int, started: float) -> None:
        """Count one answer."""
        route = getattr(request.scope.get("route"), "path", OTHER)
        self.requests.labels(route, str(status)).inc()
        self.seconds.labels(route).observe(time.perf_counter() - started)


async def healthy() -> Answer:
    """The loop turns, or this would not be answered."""
    return Answer()


async def ready(gateway: Gateway) -> Answer:
    """Whether events can be taken in; keys that were read before PostgreSQL went will do."""
    gateway.metrics.waiting.set(gateway.room.waiting)
    ring = gateway.ring
    wrong = list(gateway.sink.wrong)
    if ring.read_at is None:
        wrong.append("还没有读到密钥 / the keys are not read yet")
    more: dict[str, Any] = {
        "service": "gateway",
        "ledger": gateway.ledger,
        "waiting": gateway.room.waiting,
        "keys_read_at": None if ring.read_at is None else ring.read_at.isoformat(),
        "keyless": ring.keyless,
        "kafka": gateway.settings.kafka is not None,
    }
    return Answer(wrong, more)


async def healthz(_request: Request) -> Response:
    return (await healthy()).response()


async def readyz(request: Request) -> Response:
    return (await ready(request.app.state.gateway)).response()
