"""Health of the pages: /healthz and /readyz for whoever watches, and counts of what was asked.

Lag is told and never a failure: pages of yesterday are better than none.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from api.question import Pages
from api.roles import EVERYBODY
from infra.metrics import Metrics
from infra.probes import Answer
from ledger import migration, store
from projections.checkpoint import reads_on_from
from projections.read_model import VERSION
from projections.snapshot import old_notice, reached, serving, snapshot

ANSWER_SECONDS = 5.0
OUT_OF_REACH = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
OTHER = "other"
"""The route of static files and of addresses that do not exist: a label takes few values."""

router = Pages(admits=EVERYBODY)


class ApiMetrics(Metrics):
    """What the pages count."""

    def __init__(self) -> None:
        super().__init__("api", "")
        self.requests = self.counter("http_requests_total", "answers", ("route", "status"))
        self.seconds = self.histogram("http_request_duration_seconds", "time to answer", ("route",))
        self.behind = self.gauge(
            "read_models_behind_entries", "entries that the slowest read model lacks", ("ledger",)
        )

    def answered(self, request: Request, status: int, started: float) -> None:
        """Count one answer."""
        route = getattr(request.scope.get("route"), "path", OTHER)
        self.requests.labels(route, str(status)).inc()
        self.seconds.labels(route).observe(time.perf_counter() - started)


async def healthy() -> Answer:
    """The loop turns, or this would not be answered."""
    return Answer()


async def ready(app: Starlette) -> Answer:
    """Whether pages can be shown, and how far the read models are behind the ledgers."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS), app.state.pool.acquire() as connection:
            return await _looked_up(connection, app.state.metrics, app.state.ledger)
    except OUT_OF_REACH as error:
        return Answer([f"PostgreSQL 没有答复 / gives no answer ({type(error).__name__})"])


async def _looked_up(connection: asyncpg.Connection, metrics: ApiMetrics, name: str) -> Answer:
    if not await store.exists(connection):
        return Answer(["没有账本 / no ledger: mingjian ingest"])
    try:
        await migration.require(connection)
        version = await serving(connection)
    except migration.Unfit as error:
        return Answer([str(error)])
    if version is None:
        return Answer(["没有汇总表 / no read models: mingjian ingest"])
    ledgers: list[dict[str, Any]] = []
    ours = await store.find_ledger(connection, name)
    for ledger in () if ours is None else (ours,):
        async with snapshot(connection):
            stands = (await reached(connection, ledger.name)).values()
        going = reads_on_from(stands, ledger.position) if stands else 0
        behind = max(0, ledger.position - going)
        metrics.behind.labels(ledger.name).set(behind)
        halted = sorted(stand.read_model for stand in stands if stand.halt is not None)
        found = {"ledger": ledger.name, "position": ledger.position, "behind": behind}
        ledgers.append(found | ({"halted": halted} if halted else {}))
    more: dict[str, Any] = {"service": "api", "ledgers": ledgers, "read_models": version}
    if version != VERSION:
        more["notice"] = old_notice(version)
    return Answer([], more)


@router.bare("/healthz")
async def healthz(_request: Request) -> Response:
    return (await healthy()).response()


@router.bare("/readyz")
async def readyz(request: Request) -> Response:
    return (await ready(request.app)).response()
