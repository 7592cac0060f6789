"""The application: pages and JSON for everyone, and the auditor's view for who bears its token."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api import audit, pages, probes, problems, reports
from api.answers import problem_response
from api.gate import Gate
from api.problems import Problem
from api.requests import Addresses, Crowd, Heads, readable
from api.view import Memory
from infra import postgres
from infra.probes import served
from infra.settings import Settings
from reports.evaluate import UNANSWERED, UNASKABLE

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
_log = logging.getLogger(__name__)


def create_app(settings: Settings, *, auditor: bool) -> FastAPI:
    """The pages over the configured (or the embedded) database.

    With `auditor`, any moment and single records are shown, to those whom `state.gate` admits.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = asyncpg.create_pool(
            postgres.database_url(settings),
            min_size=1,
            max_size=POOL_CONNECTIONS,
            command_timeout=STATEMENT_SECONDS + 5,  # the server ends it; should it not, so do we
            server_settings=SERVER_SETTINGS,
        )
        app.state.pool = pool
        metrics = app.state.metrics
        async with pool, served(settings, metrics, probes.healthy, lambda: probes.ready(app)):
            yield

    app = FastAPI(
        title="明鉴",
        docs_url=None,  # the reference pages load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # a redirect would lead to whatever host the client named
        lifespan=lifespan,
    )
    app.state.auditor = auditor
    app.state.gate = Gate() if auditor else None
    app.state.sample = settings.sample
    app.state.memory = Memory()
    app.state.crowd = Crowd()
    app.state.metrics = probes.ApiMetrics()
    app.include_router(probes.router)
    app.include_router(pages.router)
    app.include_router(reports.router)
    app.include_router(audit.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    for error in probes.OUT_OF_REACH:
        app.add_exception_handler(error, _on_database_error)
    app.add_middleware(Heads)
    app.middleware("http")(_guard)
    app.add_middleware(Addresses)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Keep the auditor's view closed, and set the headers of every answer."""
    started = time.perf_counter()
    state = request.app.state
    gate: Gate | None = state.gate
    try:
        readable(request)
        let_in = None if gate is None else await gate.admit(request)
        with state.crowd.one_more(request):
            response = let_in or await call_next(request)
    except Problem as problem:
        response = problem_response(request, problem)
    except Exception:  # noqa: BLE001  the one place where what nobody foresaw is answered
        _log.exception("error at %s", request.url.path)
        response = problem_response(request, problems.internal())
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Vary"] = "Accept"
    response.headers.setdefault("Cache-Control", "no-store" if state.auditor else "no-cache")
    if state.auditor or getattr(request.state, "sample", state.sample):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    state.metrics.answered(request, response, started)
    return response


async def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return problem_response(request, error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == HTTPStatus.NOT_FOUND:
        return problem_response(request, problems.not_found(f"{request.url.path} 不存在"))
    title = HTTPStatus(status).phrase
    problem = Problem(status, "refused", title, f"{request.method} {request.url.path}", "查看地址")
    response = problem_response(request, problem)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        if request.method == "OPTIONS":
            response = Response(status_code=HTTPStatus.NO_CONTENT)
        response.headers["Allow"] = METHODS
    return response


async def _on_validation_error(request: Request, error: Exception) -> Response:
    where = ""
    if isinstance(error, RequestValidationError):
        where = "、".join(str(fault["loc"][-1]) for fault in error.errors())
    return problem_response(request, problems.bad_question(f"参数有误：{where}"))


async def _on_database_error(request: Request, error: Exception) -> Response:
    _log.error("database error at %s: %r", request.url.path, error)
    if isinstance(error, UNASKABLE):
        return problem_response(request, problems.rebuilding(UNANSWERED))
    return problem_response(request, problems.database())
