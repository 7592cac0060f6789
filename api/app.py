"""The application: pages and JSON for everyone, and the inside view for users who signed in."""

from __future__ import annotations

import asyncio
import getpass
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import asyncpg
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import (
    access,
    audit,
    checked,
    contracts,
    corrections,
    deeds,
    desk,
    disclosure,
    feeds,
    findings,
    foreign,
    outcomes,
    pages,
    probes,
    problem_types,
    problems,
    registers,
    releases,
    reports,
    search,
    themes,
    withholding,
    work,
)
from api.answers import problem_response
from api.gate import OPEN, Gate
from api.kept import Kept
from api.noting import Noting
from api.papers import Papers
from api.problems import Problem
from api.rates import Rates
from api.read import front
from api.read import router as read
from api.requests import Addresses, Crowd, Heads, readable
from api.roles import user_of
from api.sent import Packed, Tagged
from api.signing import Signing
from api.values import Memory, Shared
from domain.misplaced import masked
from infra import logging as logs
from infra import postgres
from infra.bureaus import ledger_of
from infra.probes import served
from infra.roles import Role
from infra.settings import Settings
from infra.visible import visible
from ledger import store
from ledger.access import Line
from reports.table import UNANSWERED, UNASKABLE

POOL_CONNECTIONS = 8
STATEMENT_SECONDS = 30
SERVER_SETTINGS = {
    "application_name": "mingjian api",
    "timezone": "Asia/Shanghai",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
}
"""Nothing that a request does may hold the database up: a rebuild waits for its readers."""
METHODS = "GET, HEAD, OPTIONS"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOGGED_PATH = 200
GONE = 499
"""The status of the access log where nobody waited for the answer."""
ROOMS = (
    probes,
    read,
    problem_types,
    contracts,
    pages,
    reports,
    releases,
    disclosure,
    desk,
    checked,
    corrections,
    audit,
    outcomes,
    findings,
    foreign,
    access,
    withholding,
    work,
    search,
    feeds,
    registers,
    themes,
)
"""Whose pages there are, in this order: the last ones have bare names of registers and themes."""
STATIC = Path(__file__).parent / "static"
_log = logs.get("mingjian.api")


def create_app(settings: Settings, *, auditor: bool, by: str | None = None) -> Starlette:
    """The pages over the configured (or the embedded) database.

    With `auditor` it is the inside view: users whom `state.gate` admits see what their role may
    see. `by` is the auditor who starts it; without, as the machine calls who does.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        url = postgres.database_url(settings, Role.AUDITOR if auditor else Role.API)
        pool = asyncpg.create_pool(
            url,
            min_size=1,
            max_size=POOL_CONNECTIONS,
            command_timeout=STATEMENT_SECONDS + 5,  # the server ends it; should it not, so do we
            server_settings=SERVER_SETTINGS | postgres.READS_TABLES_ONLY,
        )
        app.state.pool, app.state.url = pool, url
        app.state.desk_url = deeds.url_of(settings) if auditor else None
        app.state.memory = Memory(pool)
        metrics = app.state.metrics
        async with pool, served(settings, metrics, probes.healthy, lambda: probes.ready(app)):
            app.state.sample = await _is_sample(pool, app.state.ledger, settings)
            writing = asyncio.create_task(noting.follow(pool))
            yield
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            await noting.stop(pool)
            app.state.memory.stop()
            app.state.papers.stop()

    app = Starlette(lifespan=lifespan)
    app.router.redirect_slashes = False  # a redirect would lead to whatever host the client named
    app.state.sample = settings.sample
    app.state.ledger = ledger_of(settings)
    app.state.inside = auditor
    app.state.gate = gate = Gate(settings, app.state.ledger, by or _starter()) if auditor else None
    app.state.signing = None if gate is None else Signing(gate, settings)
    app.state.noting = noting = Noting(app.state.ledger)
    app.state.crowd = Crowd()
    app.state.checks = Crowd(checked.AT_ONCE)
    app.state.rates = Rates(settings.api_rate)
    app.state.standing = Shared()
    app.state.stood = {}
    app.state.kept = Kept()
    app.state.papers = Papers()
    app.state.metrics = probes.ApiMetrics()
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for room in ROOMS:
        app.routes.extend(room.router.routes)
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_error)
    for error in probes.OUT_OF_REACH:
        app.add_exception_handler(error, _on_database_error)
    if not auditor:  # whose answers nobody keeps
        app.add_middleware(Tagged)
    app.add_middleware(Packed)
    app.add_middleware(Heads)
    app.add_middleware(Guard)
    app.add_middleware(Addresses)
    return app


async def _is_sample(pool: asyncpg.Pool, name: str, settings: Settings) -> bool:
    """Whether what is shown is invented: the ledger says so, since the pages need no secret."""
    async with pool.acquire() as connection:
        with suppress(asyncpg.PostgresError):  # no ledger, or of another form: /readyz says so
            if (ledger := await store.find_ledger(connection, name)) is not None:
                return ledger.sample
    return settings.sample


def _starter() -> str:
    """What the machine calls who starts this."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may know no name
        return "operator"


class Guard:
    """Keeps the inside view closed and the crowd small, and sets the headers of every answer.

    What is sent passes through as it is: an answer that came in parts would seem unread to a client
    that has all of it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})  # one for all who look at the request
        request, turn, started = Request(scope, receive), ExitStack(), time.perf_counter()
        begun = False

        async def answering(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                turn.close()
                _head(request, message, started)
                _note(request, message["status"], started)
            await send(message)

        state = request.app.state
        signing: Signing | None = state.signing
        with turn:
            try:
                readable(request)
                state.noting.require_room()
                let_in = None if signing is None else await signing.admit(request)
                state.rates.count(request)
                turn.enter_context(state.crowd.one_more(request))
                await (let_in or self._app)(scope, receive, answering)
            except Problem as problem:
                await problem_response(request, problem)(scope, receive, answering)
            except probes.OUT_OF_REACH as error:  # who asks could not be looked up
                answer = await _on_database_error(request, error)
                await answer(scope, receive, answering)
            except Exception:  # noqa: BLE001  the one place where what nobody foresaw is answered
                _log.exception("a page failed", path=_path(request))
                if not begun:
                    await problem_response(request, problems.internal())(scope, receive, answering)
            finally:
                if not begun:  # who asked is gone
                    _note(request, GONE, started)


def _head(request: Request, message: Message, started: float) -> None:
    """Set the headers of an answer, and count it."""
    state, headers = request.app.state, MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers["Vary"] = "Accept, Accept-Encoding"
    headers.setdefault("Cache-Control", "no-cache")
    front.head(request, headers)
    if state.inside:
        headers["Cache-Control"] = "private, no-store"
        headers["Vary"] = "Accept, Accept-Encoding, Authorization, Cookie, Mingjian-Purpose"
    if state.inside or getattr(request.state, "sample", state.sample):
        headers["X-Robots-Tag"] = "noindex, nofollow"
    state.metrics.answered(request, message["status"], started)


def _note(request: Request, status: int, started: float) -> None:
    """Have a request of the inside view written to the access log."""
    state, its = request.app.state, request.state
    if not state.inside or request.url.path.startswith(OPEN):
        return
    user = user_of(request)
    state.noting.note(
        Line(
            datetime.now(UTC),
            None if user is None else user.name,
            None if user is None else user.role,
            getattr(its, "address", "") or (request.client.host if request.client else ""),
            request.method,
            visible(_path(request)),
            status,
            round(1000 * (time.perf_counter() - started)),
            getattr(its, "remark", None),
        )
    )


def _path(request: Request) -> str:
    """The address for the log, without what may be a person's number; never what was asked."""
    return masked(request.url.path)[:LOGGED_PATH]


async def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return problem_response(request, error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == HTTPStatus.NOT_FOUND:
        return problem_response(request, problems.not_found(f"{request.url.path} 不存在"))
    what = f"{request.method} {request.url.path}"
    response = problem_response(request, problems.refused(status, what))
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        if request.method == "OPTIONS":
            response = Response(status_code=HTTPStatus.NO_CONTENT)
        response.headers["Allow"] = METHODS
    return response


async def _on_database_error(request: Request, error: Exception) -> Response:
    _log.error("a page's question to the database failed", path=_path(request), exc_info=error)
    if isinstance(error, UNASKABLE):
        return problem_response(request, problems.rebuilding(UNANSWERED))
    return problem_response(request, problems.database())
