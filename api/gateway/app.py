"""The application of the gateway: events come in, and their senders ask what became of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.gateway import answers, document, events, health, lint, lookups, problems, rosters
from api.gateway.door import Sent
from api.gateway.engine import Engine
from api.gateway.health import GatewayMetrics
from api.gateway.keyring import Keyring, verifier_of
from api.gateway.rates import KeyRates
from api.gateway.room import Room
from api.gateway.sinks import RECEIVED, Direct, Document, OnKafka, Sink
from api.problems import Problem
from api.requests import Crowd, Heads
from consumers.posting import OutcomeUnknown
from infra import logging as logs
from infra import postgres
from infra.bureaus import ledger_of
from infra.probes import Answer, served
from infra.roles import Role
from infra.settings import Settings
from ledger import offsets

POOL_CONNECTIONS = 6
STATEMENT_SECONDS = 10
SERVER_SETTINGS = {
    "application_name": "mingjian gateway",
    "timezone": "Asia/Shanghai",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
}
"""What is looked up here holds up nobody who takes events in."""
REQUESTS = 400
"""Worked on at a time; those that wait for news among them."""
OUT_OF_REACH = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
POLL_SECONDS = 0.1
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
_log = logs.get("mingjian.gateway")


@dataclass(slots=True)
class Gateway:
    """What requests share."""

    settings: Settings
    ledger: str
    pool: asyncpg.Pool
    ring: Keyring
    sink: Sink
    rates: KeyRates
    metrics: GatewayMetrics = field(default_factory=GatewayMetrics)
    room: Room = field(default_factory=Room)
    forms: Crowd = field(default_factory=lambda: Crowd(lint.MOST_FORMS))
    rosters: Crowd = field(default_factory=lambda: Crowd(rosters.MOST_FORMS))
    news: lookups.News = field(init=False)

    def __post_init__(self) -> None:
        self.news = lookups.News(self.pool, self.ledger)

    async def put(self, sent: Sequence[Sent]) -> list[Document]:
        """Make events durable, and count them. Raises OutcomeUnknown."""
        if not sent:
            return []
        documents = await self.sink.put(sent)
        for each in documents:
            self.metrics.events.labels(each["outcome"]).inc()
        return documents

    async def outcomes(self, documents: Sequence[Document], until: float) -> list[Document]:
        """What became by `until` (monotonic) of those that are only received yet."""
        found = list(documents)
        left = {n: each for n, each in enumerate(found) if each["outcome"] == RECEIVED}
        while left and time.monotonic() < until:
            await asyncio.sleep(POLL_SECONDS)
            try:
                async with asyncio.timeout_at(_loop_time(until)), self.pool.acquire() as connection:
                    done = await _looked_at(connection, left)
                    for number in done:
                        each = left.pop(number)
                        became = await lookups.became(connection, self.ledger, each)
                        found[number] = each if became is None else became
            except OUT_OF_REACH:
                continue  # what was received stays received
        return found


def _loop_time(until: float) -> float:
    return asyncio.get_running_loop().time() + max(0.0, until - time.monotonic())


async def _looked_at(connection: asyncpg.Connection, left: dict[int, Document]) -> list[int]:
    """Those of received events that the intake has taken."""
    partitions = {(each["topic"], each["partition"]) for each in left.values()}
    places = await offsets.read(connection, partitions)
    return [
        number
        for number, each in left.items()
        if (place := places.get((each["topic"], each["partition"]))) is not None
        and place.next_offset > each["offset"]
    ]


def create_gateway(settings: Settings, on_failure: Callable[[BaseException], None]) -> Starlette:
    """The gateway over Kafka, or without a broker over the ledger itself.

    `on_failure` is told what ended its work: then the process has to end. Raises ValueError at an
    identity provider whose address is not safe.
    """
    verifier = verifier_of(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        url, ledger = postgres.database_url(settings, Role.GATEWAY), ledger_of(settings)
        pool = await asyncpg.create_pool(
            url,
            min_size=0,  # it starts, and goes on, without PostgreSQL
            max_size=POOL_CONNECTIONS,
            command_timeout=STATEMENT_SECONDS + 5,
            server_settings=SERVER_SETTINGS | postgres.READS_TABLES_ONLY,
        )
        ring = Keyring(pool, settings.secret, ledger, verifier)
        sink, rates = _sink(settings, ledger, ring), KeyRates(settings.gateway_rate)
        gateway = Gateway(settings, ledger, pool, ring, sink, rates)
        app.state.gateway = gateway
        tasks = [
            asyncio.create_task(gateway.ring.follow()),
            asyncio.create_task(_work(gateway.sink, on_failure)),
        ]

        async def ready() -> Answer:
            return await health.ready(gateway)

        try:
            async with served(settings, gateway.metrics, health.healthy, ready):
                yield
        finally:  # by now every request is answered
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            pool.terminate()

    routes = [
        Route("/", document.home),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/events", events.post, methods=["POST"]),
        Route("/lint", lint.page, methods=["GET", "POST"]),
        Route("/rosters", rosters.page, methods=["GET", "POST"]),
        Route("/rosters/{map}", rosters.of_program, methods=["POST"]),
        Route("/sources/{source}/events/{id}", lookups.one),
        Route("/sources/{source}/outcomes", lookups.after),
        Route("/sources/{source}/days/{day}", lookups.day, methods=["GET", "POST"]),
        Route("/problems/{code}", document.problem),
        Route("/openapi.json", document.openapi),
        Mount("/static", StaticFiles(directory=Path(__file__).parents[1] / "static")),
    ]
    app = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _on_http_error}
    )
    app.router.redirect_slashes = False
    app.state.crowd = Crowd(REQUESTS)
    app.add_middleware(Heads)
    app.add_middleware(Guard)
    return app


def _sink(settings: Settings, ledger: str, ring: Keyring) -> Sink:
    if settings.kafka is None:
        return Direct(Engine(settings, ledger), ledger)
    return OnKafka(settings, ledger, ring)


async def _work(sink: Sink, on_failure: Callable[[BaseException], None]) -> None:
    try:
        await sink.run()
    except Exception as error:  # noqa: BLE001  the process ends with it
        _log.critical("stopped", fault=str(error), exc_info=error)
        on_failure(error)


class Guard:
    """Answers what goes wrong, counts answers, and sets the headers of each."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request, started, begun = Request(scope, receive), time.perf_counter(), False

        async def answering(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], *HEADERS]
                scope["app"].state.gateway.metrics.answered(request, message["status"], started)
            await send(message)

        try:
            with request.app.state.crowd.one_more(request):
                await self._app(scope, receive, answering)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  the one place where failures are answered
            if begun:
                return
            response = _response(request, error)
            await response(scope, receive, answering)
        finally:
            request.app.state.gateway.rates.done(request)


def _response(request: Request, error: Exception) -> Response:
    match error:
        case Problem():
            return answers.of_problem(request, error)
        case OutcomeUnknown():
            return answers.of_problem(request, problems.unknown_outcome())
        case _ if isinstance(error, OUT_OF_REACH):
            _log.error(
                "a question to the database failed", path=answers.path_of(request), exc_info=error
            )
            return answers.of_problem(request, problems.database())
    _log.error("a request failed", path=answers.path_of(request), exc_info=error)
    return answers.of_problem(request, problems.failed())


async def _on_http_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem = problems.wrong_method(f"{request.method} {answers.path_of(request)}")
        response = answers.of_problem(request, problem)
        response.headers["Allow"] = (error.headers or {}).get("Allow", "GET")
        return response
    return answers.of_problem(request, problems.no_address(answers.path_of(request)))
