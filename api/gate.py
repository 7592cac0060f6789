"""Who gets into the inside view: users who signed in, whatever a request came through.

A proxy on this machine looks like a reader on it, and so does every other user of the machine: so
nothing but a login opens anything. On this machine each start also makes a token and a link of its
own, shown where the service was started and nowhere else, for the auditor who started it. The link
lets one browser in, once: addresses are kept in histories and logs. The browser then has a cookie;
programs show a token.

From elsewhere the view is reached through a proxy that the settings trust, which speaks TLS
(`MINGJIAN_INSIDE_URL`, `MINGJIAN_TRUSTED_PROXIES`), and then by named users only.
"""

from __future__ import annotations

import ipaddress
import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import problems
from api.rates import Buckets, network_of
from api.roles import landing
from api.sessions import Session, Sessions
from api.users import Users
from infra import logging as logs
from infra.settings import Settings
from ledger import users
from ledger.access import FAILED, SIGNED_IN, TOO_MANY
from ledger.users import AUDITOR, User

LOOPBACK = ("127.0.0.1", "::1")
LOOPBACK_NAMES = ("127.0.0.1", "[::1]", "localhost")
FORWARDED = ("forwarded", "x-forwarded-for")
OPEN = ("/healthz", "/readyz", "/reports.css", "/static/", "/problems")
"""What tells nothing of the ledger's records: probes, the look of the page that asks, and what
it means."""
PARAMETER = "token"
"""Of the link."""
BEARER = "Bearer "
START = "start"
"""The credential of who came by the link or the token of this start."""
MOST_FAILURES = 10
"""Failed logins a minute from one address."""
_log = logs.get("mingjian.api")


class Gate:
    """The token and the link of one start, the sessions, and the users that there are."""

    def __init__(self, settings: Settings, ledger: str, started_by: str) -> None:
        self.users = Users(settings.secret, ledger)
        self.sessions = Sessions()
        self.url = settings.inside_url
        """Where readers reach the view through a proxy; None = on this machine only."""
        self.proxies = settings.proxies
        self.token = secrets.token_urlsafe()
        self.once = secrets.token_urlsafe()
        """The token of the link; empty once it was used."""
        self._starter = User(started_by, AUDITOR)
        self._failures = Buckets(MOST_FAILURES)
        # Browsers send a cookie to every port of a machine: two services must not share a name.
        apart = f"mingjian-inside-{secrets.token_hex(4)}"
        self.cookie = "__Host-mingjian-inside" if self.url else apart

    def reach(self, request: Request) -> None:
        """Note the address of who asks; raises Problem where the request came by another way."""
        request.state.address = self._reached(request)

    async def admit(self, request: Request) -> Response | None:
        """None for who may come in, else the answer that lets a browser in; raises Problem."""
        self.reach(request)
        if request.url.path.startswith(OPEN):
            return None
        once = request.query_params.get(PARAMETER, "")
        if once and self.once and self.local and request.method == "GET" and _same(once, self.once):
            self.once = ""
            return self.let_in(request, self._starter, START, _without_token(request))
        user = await self._by_header(request) or await self._by_cookie(request)
        if user is None:
            if once:
                self.failed(request)
            raise problems.token_needed("链接无效或已用过" if once else "请求没有带凭据")
        request.state.user = user
        return None

    @property
    def local(self) -> bool:
        """Whether it is for readers of this machine only."""
        return self.url is None

    def link(self, host: str, port: int) -> str:
        """The address that lets one browser in."""
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{port}/?{PARAMETER}={self.once}"

    # Whoever asks.

    async def of_token(self, request: Request, given: str) -> tuple[User, str] | None:
        """The user whose token this is, and the credential that it is."""
        self.require_patience(request)
        if self.local and _same(given, self.token):
            return self._starter, START
        known = await self.users.now(request.app.state)
        user = users.by_token(known, given, datetime.now(UTC))
        if user is None or user.token is None:
            self.failed(request)
            return None
        return user, user.token.credential

    async def _by_header(self, request: Request) -> User | None:
        header = request.headers.get("authorization", "")
        given = header.removeprefix(BEARER).strip()
        if not given or not header.startswith(BEARER):
            return None
        found = await self.of_token(request, given)
        if found is None:
            raise problems.token_needed("凭据不对，或者已失效")
        return found[0]

    async def _by_cookie(self, request: Request) -> User | None:
        key = request.cookies.get(self.cookie, "")
        session = self.sessions.find(key) if key else None
        if session is None:
            return None
        user = await self._still(request, session)
        if user is None:
            self.sessions.end(key)
            return None
        request.state.session = session
        request.state.purpose = session.purpose
        return user

    async def _still(self, request: Request, session: Session) -> User | None:
        """Whose session it is, as they stand now; None where it was opened by what is void now."""
        if session.credential == START:
            return self._starter
        user = (await self.users.now(request.app.state)).get(session.user)
        holds = user is not None and user.holds(session.credential, datetime.now(UTC))
        return user if holds else None

    def let_in(self, request: Request, user: User, credential: str, to: str) -> Response:
        """A session, and the way on."""
        request.state.user, request.state.remark = user, SIGNED_IN
        key = self.sessions.begin(user.name, credential)
        response = RedirectResponse(landing(user, to), HTTPStatus.SEE_OTHER)
        self.set_cookie(response, self.cookie, key)
        return response

    def set_cookie(
        self, response: Response, name: str, value: str, seconds: int | None = None
    ) -> None:
        """A cookie that no script reads and no other site sends along with more than a link."""
        response.set_cookie(
            name, value, seconds, httponly=True, samesite="lax", secure=not self.local
        )

    # Who tries.

    def require_patience(self, request: Request) -> None:
        """Raise Problem at an address from which too many logins failed."""
        wait = self._failures.wait(network_of(request.state.address))
        if wait is not None:
            request.state.remark = TOO_MANY
            raise problems.too_many_failures(wait)

    def failed(self, request: Request) -> None:
        """Count a login that failed. Raises Problem at the one too many."""
        self.require_patience(request)
        request.state.remark = FAILED
        left = self._failures.take(network_of(request.state.address))
        if not left.requests:
            _log.error("too many failed logins", address=request.state.address)
        else:
            _log.warning("a login failed", address=request.state.address)

    # What a request came through.

    def _reached(self, request: Request) -> str:
        client = request.client.host if request.client else ""
        if self.local:
            if not is_local(request):
                raise problems.not_local()
            return client
        ways = request.headers.getlist("x-forwarded-proto")
        if not self._trusts(client) or any(way != "https" for way in ways):
            raise problems.not_through_proxy()
        # A proxy that adds a line of its own puts it after those that its reader wrote.
        hops = ",".join(request.headers.getlist("x-forwarded-for"))
        for hop in reversed(hops.split(",")):
            if not self._trusts(hop.strip()):
                return _written(hop.strip()) or client
        return client

    def _trusts(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.proxies)

    def same_site(self, request: Request) -> bool:
        """Whether a form was sent from a page of this view, as far as its browser says."""
        origin = request.headers.get("origin")
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        if origin is None:
            return True
        if self.url is None:
            return urlsplit(origin).netloc == request.headers.get("host", "")
        there, here = urlsplit(origin), urlsplit(self.url)
        return (there.scheme, there.netloc) == (here.scheme, here.netloc)


def _written(address: str) -> str:
    """An address in its own spelling; empty for what is none."""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(errors="replace"), wanted.encode())


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
