"""Who may see the auditor's view: requests of this machine that bear what was shown at its start.

A proxy on this machine looks like a reader on it, and so does every other user of the machine. So
each start makes a token and a link, shown where the service was started and nowhere else. The link
lets one browser in, once: addresses are kept in histories and logs. The browser then has a cookie.
Programs, and a second browser, show the token itself.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from urllib.parse import parse_qs, parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import problems

LOOPBACK = ("127.0.0.1", "::1")
LOOPBACK_NAMES = ("127.0.0.1", "[::1]", "localhost")
FORWARDED = ("forwarded", "x-forwarded-for")
OPEN = ("/healthz", "/readyz", "/reports.css", "/static/", "/problems")
"""What tells nothing of the ledger's records: probes, the look of the page that asks, and what
it means."""
SIGN_IN = "/sign-in"
PARAMETER = "token"
"""Of the link."""
LONGEST_FORM = 1_000
BEARER = "Bearer "


class Gate:
    """The token, the link and the cookie of one start."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe()
        self.once = secrets.token_urlsafe()
        """The token of the link; empty once it was used."""
        # Browsers send a cookie to every port of a machine: two services must not share a name.
        self._cookie = f"mingjian-auditor-{secrets.token_hex(4)}"
        self._session = secrets.token_urlsafe()

    async def admit(self, request: Request) -> Response | None:
        """None for who may come in, else the answer that lets a browser in; raises Problem."""
        if not is_local(request):
            raise problems.not_local()
        if request.url.path.startswith(OPEN):
            return None
        once = request.query_params.get(PARAMETER, "")
        if self.once and request.method == "GET" and _same(once, self.once):
            self.once = ""
            return self._let_in(request, _without_token(request))
        if request.url.path == SIGN_IN and request.method == "POST":
            if _same(await _token_of_form(request), self.token):
                return self._let_in(request, "/")
            raise problems.token_needed("凭据不对")
        bearer = request.headers.get("authorization", "")
        if bearer.startswith(BEARER) and _same(bearer.removeprefix(BEARER), self.token):
            return None
        if _same(request.cookies.get(self._cookie, ""), self._session):
            return None
        raise problems.token_needed("链接无效或已用过" if once else "请求没有带凭据")

    def link(self, host: str, port: int) -> str:
        """The address that lets one browser in."""
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{port}/?{PARAMETER}={self.once}"

    def _let_in(self, request: Request, to: str) -> Response:
        response = RedirectResponse(to, HTTPStatus.SEE_OTHER)
        secure = request.url.scheme == "https"
        response.set_cookie(
            self._cookie, self._session, httponly=True, samesite="lax", secure=secure
        )
        return response


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(), wanted.encode())


def is_local(request: Request) -> bool:
    """From this machine, under a loopback name (no rebinding), and not handed on by a proxy."""
    client = request.client.host if request.client else ""
    name = request.headers.get("host", "").rpartition(":")
    host = name[0] if name[2].isdecimal() and name[0] else "".join(name)
    forwarded = any(header in request.headers for header in FORWARDED)
    return client in LOOPBACK and host in LOOPBACK_NAMES and not forwarded


def _without_token(request: Request) -> str:
    """The address asked for, but for the token: it shall not stay in the address bar."""
    asked = parse_qsl(request.url.query, keep_blank_values=True)
    query = urlencode([(name, value) for name, value in asked if name != PARAMETER])
    path = bytes(request.scope.get("raw_path") or b"/").decode("latin-1").lstrip("/\\")
    return f"/{path}?{query}" if query else f"/{path}"


async def _token_of_form(request: Request) -> str:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return ""
    (token,) = parse_qs(body.decode("latin-1")).get("token", [""])[:1]
    return token.strip()
