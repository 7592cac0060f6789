"""Signing in and out, and the purpose (查阅目的): what the inside view does besides being read."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import problems, purpose
from api.answers import of_no_ledger
from api.gate import Gate
from api.requests import posted
from infra import logging as logs
from infra.settings import Settings
from ledger import journal, looks, users
from ledger.access import SIGNED_OUT

if TYPE_CHECKING:
    from infra.oidc_code import Begun, Client

SIGN_IN, SIGN_OUT, PURPOSE = "/sign-in", "/sign-out", "/purpose"
AT_PROVIDER, BACK = "/sign-in/oidc", "/sign-in/callback"
NEXT = "next"
"""Of a form or a link: where to go on."""
MOST_BEGUN = 1_000
BEGUN_SECONDS = 600
"""For signing in at the provider."""
_log = logs.get("mingjian.api")


class _Login(NamedTuple):
    """A login that is on its way at the provider."""

    begun: Begun
    to: str
    until: float


class Signing:
    """The forms of the inside view, and the logins on their way at the provider of identities."""

    def __init__(self, gate: Gate, settings: Settings) -> None:
        self._gate = gate
        self._settings = settings
        self._made: Client | None = None
        self._logins: OrderedDict[str, _Login] = OrderedDict()
        self._pages: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {
            ("POST", SIGN_IN): self._sign_in,
            ("POST", SIGN_OUT): self._sign_out,
            ("GET", PURPOSE): self._ask_purpose,
            ("POST", PURPOSE): self._take_purpose,
            ("GET", AT_PROVIDER): self._to_provider,
            ("GET", BACK): self._from_provider,
        }

    async def admit(self, request: Request) -> Response | None:
        """None for who may see the page asked for, else an answer. Raises Problem."""
        self._gate.reach(request)
        if request.method == "POST" and not self._gate.same_site(request):
            raise problems.other_site()
        page = self._pages.get((request.method, request.url.path))
        return await (self._gate.admit if page is None else page)(request)

    async def _sign_in(self, request: Request) -> Response:
        form = await posted(request)
        found = await self._gate.of_token(request, form.get("token", ""))
        if found is None:
            raise problems.token_needed("凭据不对，或者已失效")
        return self._gate.let_in(request, *found, inside(form.get(NEXT, "")))

    async def _sign_out(self, request: Request) -> Response:
        await self._gate.admit(request)
        self._gate.sessions.end(request.cookies.get(self._gate.cookie, ""))
        request.state.remark = SIGNED_OUT
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        response.delete_cookie(self._gate.cookie, secure=not self._gate.local, httponly=True)
        return response

    # The purpose.

    async def _ask_purpose(self, request: Request) -> Response:
        await self._gate.admit(request)
        to = inside(request.query_params.get(NEXT, ""))
        return HTMLResponse(of_no_ledger(request, "purpose.html", to=to))

    async def _take_purpose(self, request: Request) -> Response:
        await self._gate.admit(request)
        session, user = getattr(request.state, "session", None), request.state.user
        form = await posted(request)
        if session is None:
            raise problems.purpose_needed("程序以 Mingjian-Purpose 随每个请求写明")
        try:
            session.purpose = looks.reader(user.name, user.role, form.get("purpose", "")).purpose
        except journal.Unsaid:
            raise problems.purpose_needed(purpose.UNFIT) from None
        return RedirectResponse(inside(form.get(NEXT, "")), HTTPStatus.SEE_OTHER)

    # The provider of identities.

    @property
    def has_provider(self) -> bool:
        """Whether users may sign in at one."""
        return self._settings.oidc_client_id is not None

    def _client(self) -> Client:
        from infra.oidc_code import Client  # noqa: PLC0415  what the public pages do without

        given = self._settings
        if given.oidc_issuer is None or given.oidc_client_id is None:
            raise problems.not_found("没有设置统一身份认证")
        if self._made is None:
            secret = given.oidc_client_secret
            self._made = Client(given.oidc_issuer, given.oidc_client_id, secret)
        return self._made

    async def _to_provider(self, request: Request) -> Response:
        from infra.oidc import ProviderAway  # noqa: PLC0415  what the public pages do without

        self._gate.require_patience(request)
        client = self._client()
        try:
            begun, there = await asyncio.to_thread(client.begin, self._back(request))
        except ProviderAway as error:
            raise self._away(error) from None
        to = inside(request.query_params.get(NEXT, ""))
        self._logins[begun.state] = _Login(begun, to, time.monotonic() + BEGUN_SECONDS)
        while len(self._logins) > MOST_BEGUN:
            self._logins.popitem(last=False)
        response = RedirectResponse(there, HTTPStatus.SEE_OTHER)
        self._gate.set_cookie(response, self._cookie, begun.state, BEGUN_SECONDS)
        return response

    async def _from_provider(self, request: Request) -> Response:
        from infra.oidc import ProviderAway, TokenRefused  # noqa: PLC0415  as above

        self._gate.require_patience(request)
        client, given = self._client(), request.query_params
        state = given.get("state", "")
        login = self._logins.pop(state, None)
        mine = request.cookies.get(self._cookie, "")
        if login is None or login.until < time.monotonic() or not _same(mine, state):
            raise self._failed(request, "登录已过期，或者不是在这个浏览器开始的")
        if not given.get("code"):
            raise self._failed(request, "统一身份认证没有同意")
        try:
            subject = await asyncio.to_thread(
                client.subject, login.begun, given["code"], self._back(request)
            )
        except TokenRefused as error:
            _log.warning("a login at the provider was refused", fault=error.reason)
            raise self._failed(request, "统一身份认证的答复不能采信") from None
        except ProviderAway as error:
            raise self._away(error) from None
        found = users.identity(self._gate.users.sealer, client.issuer, subject)
        user = users.by_identity(await self._gate.users.now(request.app.state), found)
        if user is None:
            raise self._failed(request, "统一身份认证认得您，但本局没有设立这个用户")
        response = self._gate.let_in(request, user, found.hex(), login.to)
        response.delete_cookie(self._cookie, secure=not self._gate.local, httponly=True)
        return response

    @property
    def _cookie(self) -> str:
        return f"{self._gate.cookie}-login"

    def _back(self, request: Request) -> str:
        """Where the provider sends the browser: the settings say it, or this machine's own port."""
        return (self._gate.url or str(request.base_url)).rstrip("/") + BACK

    def _failed(self, request: Request, why: str) -> problems.Problem:
        self._gate.failed(request)
        return problems.token_needed(why)

    def _away(self, error: Exception) -> problems.Problem:
        _log.error("the provider of identities gives no answer", exc_info=error)
        return problems.provider_away()


def inside(path: str) -> str:
    """Where to go on, if that is a page of this view; else the first page."""
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(errors="replace"), wanted.encode(errors="replace"))
