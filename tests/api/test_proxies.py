"""The inside view behind proxies: real ones, over real sockets.

nginx' default (`proxy_pass http://127.0.0.1:8000` and nothing else) rewrites the Host and adds no
X-Forwarded-For: to the view its requests looked like those of a reader on the machine, and records
were shown to whoever could reach the proxy.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from api.app import create_app
from infra.http import Server
from infra.settings import Settings
from ledger.access import Line
from tests.support.inside import TOKENS, bearing, browser, database, inside
from tests.support.proxies import Proxy
from tests.support.proxies import served as proxied

JSON = {"accept": "application/json"}
ELSEWHERE = {"host": "audit.bureau.example"}
URL, PROXY = "https://audit.bureau.example", "127.0.0.1, 10.0.0.0/24"
CLOSED = (
    "/",
    "/entries/1",
    "/figures/F16",
    "/figures/F16.json?at=4",
    "/access",
    "/users",
    "/parked",
)


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with database(server_url, "proxies") as made:
        yield made


@contextmanager
def served(
    url: str, settings: dict[str, str] | None = None, *, auditor: bool = True
) -> Iterator[tuple[int, Starlette]]:
    """Port and application of one of the faces, as `mingjian run api` serves it."""
    given = Settings.model_validate({"database_url": url} | (settings or {}))
    app = create_app(given, auditor=auditor, by="tester")
    server = Server(app, host="127.0.0.1", port=0, log_level="warning", proxy_headers=not auditor)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], app
    finally:
        server.should_exit = True
        thread.join(30)


@contextmanager
def fronted(
    url: str, adds: dict[str, str] | None = None, **settings: str
) -> Iterator[tuple[httpx.Client, Starlette]]:
    """A client of the inside view behind a proxy, which it knows by a name of its own."""
    with (
        served(url, settings) as (port, app),
        proxied(Proxy(port, adds, keeps=False)) as front,
        httpx.Client(base_url=f"http://127.0.0.1:{front}", headers=ELSEWHERE) as client,
    ):
        yield client, app


def test_through_a_plain_proxy_nothing_is_shown_without_a_login(url: str) -> None:
    token = TOKENS[url]["auditor-a"]
    with fronted(url) as (client, _):
        for path in CLOSED:
            refused = client.get(path, headers=JSON)
            assert (refused.status_code, refused.json()["code"]) == (401, "token-needed"), path
            assert "amount" not in client.get(path).text
        # Its page offers a form; a browser's is not taken, since it says another origin.
        head = {"origin": f"http://{ELSEWHERE['host']}"}
        refused = client.post("/sign-in", data={"token": token}, headers=head)
        assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
        # A program that bears a token is a user, whatever it comes through.
        assert client.get("/entries/1", headers=bearing(token)).status_code == 200
        for forwarded in ("x-forwarded-for", "forwarded"):
            head = bearing(token) | {forwarded: "192.0.2.1"}
            assert client.get("/entries/1", headers=head).status_code == 403


NGINX = """
daemon off; pid {home}/nginx.pid; error_log {home}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c;
  uwsgi_temp_path {home}/d; scgi_temp_path {home}/e;
  server {{ listen 127.0.0.1:{front}; location / {{ proxy_pass http://127.0.0.1:{port}; }} }}
}}
"""


@pytest.mark.skipif(
    shutil.which("nginx") is None,
    reason="NO NGINX: only the proxy of ours is tried (apt-get install nginx-light)",
)
def test_through_nginx_as_it_is_nothing_is_shown_without_a_login(url: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        front = free.getsockname()[1]
    with served(url) as (port, _):
        file = tmp_path / "nginx.conf"
        file.write_text(NGINX.format(home=tmp_path, front=front, port=port))
        command = [str(shutil.which("nginx")), "-c", str(file), "-p", str(tmp_path)]
        nginx = subprocess.Popen(command)  # noqa: S603  of the machine
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{front}", headers=ELSEWHERE) as client:
                answer = None
                while answer is None:
                    with suppress(httpx.ConnectError):
                        answer = client.get("/entries/1", headers=JSON)
                assert answer.status_code == 401
                assert client.get("/figures/F16", headers=JSON).status_code == 401
        finally:
            nginx.terminate()
            nginx.wait(30)


def test_a_cache_before_it_shows_nobody_what_another_was_shown(url: str) -> None:
    """It would keep public pages; of the inside view it may keep nothing."""
    token = TOKENS[url]["auditor-a"]
    with served(url) as (port, _):
        cache = Proxy(port, keeps=True)
        with proxied(cache) as front, httpx.Client(base_url=f"http://127.0.0.1:{front}") as client:
            for path in ("/entries/1", "/", "/figures/F16.json", "/static/site.css"):
                assert client.get(path, headers=bearing(token)).status_code == 200
            assert cache.kept == {}
            assert client.get("/entries/1", headers=JSON).status_code == 401
            assert cache.hits == 0
    with served(url, auditor=False) as (port, _):
        cache = Proxy(port, keeps=True)
        with proxied(cache) as front, httpx.Client(base_url=f"http://127.0.0.1:{front}") as client:
            plain = client.get("/figures/F16.json")
            carrying = client.get("/figures/F16.json", headers={"cookie": "x=y"} | bearing(token))
            assert plain.content == carrying.content
            assert cache.hits == 1


def test_behind_the_proxy_that_is_named_users_sign_in_over_https(url: str) -> None:
    adds = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    with fronted(url, adds, inside_url=URL, trusted_proxies=PROXY) as (client, app):
        assert client.get("/waiting", headers=JSON).status_code == 401
        form = {"token": TOKENS[url]["auditor-a"], "next": "/waiting"}
        let_in = client.post("/sign-in", data=form, headers={"origin": URL})
        assert let_in.headers["location"] == "/waiting"
        cookie = let_in.headers["set-cookie"]
        assert cookie.startswith("__Host-mingjian-inside=")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        sent = {"cookie": cookie.partition(";")[0]}
        assert client.get("/waiting", headers=sent).status_code == 200
        # What was shown at the start is for readers of the machine.
        start = {"authorization": f"Bearer {app.state.gate.token}"}
        assert client.get("/waiting", headers=JSON | start).status_code == 401
        link = client.get(f"/?token={app.state.gate.once}", headers=JSON)
        assert (link.status_code, "set-cookie" in link.headers) == (401, False)


async def test_a_form_of_the_same_name_without_tls_is_of_another_site(
    exposed: Starlette, url: str
) -> None:
    form = {"token": TOKENS[url]["auditor-a"]}
    async with browser(exposed) as client:
        for origin, status in ((URL, 303), (URL.replace("https", "http"), 403), ("null", 403)):
            head = {"origin": origin, "accept": "application/json"}
            assert (await client.post("/sign-in", data=form, headers=head)).status_code == status


@pytest.fixture
async def exposed(url: str) -> AsyncIterator[Starlette]:
    async with inside(url, inside_url=URL, trusted_proxies=PROXY) as made:
        yield made


@pytest.mark.parametrize(
    ("peer", "head", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.0.0.9", {"x-forwarded-for": "192.0.2.7, 10.0.0.3"}, 200),
        ("10.0.0.9", {"x-forwarded-proto": "https"}, 200),
        ("10.0.0.9", {"x-forwarded-proto": "http"}, 403),
        ("10.0.1.9", {}, 403),
        ("192.0.2.7", {"x-forwarded-for": "10.0.0.9"}, 403),
        ("::1", {}, 403),
    ],
)
async def test_only_the_named_proxies_speak_for_it(
    exposed: Starlette, url: str, peer: str, head: dict[str, str], status: int
) -> None:
    async with browser(exposed, address=peer) as client:
        headers = JSON | bearing(TOKENS[url]["auditor-a"]) | head
        answer = await client.get("/waiting", headers=headers)
        assert answer.status_code == status
        if status == 403:
            assert answer.json()["code"] == "proxy-only"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("198.51.100.1|192.0.2.7", "192.0.2.7"),
        ("198.51.100.1|192.0.2.7|10.0.0.3", "192.0.2.7"),
        ("198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 10.0.0.3", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.0.0.9"),
        ("", "10.0.0.9"),
    ],
)
async def test_an_address_is_what_the_last_trusted_proxy_saw(
    exposed: Starlette, forwarded: str, address: str
) -> None:
    """What a reader writes into the header is no address of theirs: limits and log go by this.

    Some proxies (HAProxy) add a line of their own to those of the reader: "|" stands between lines.
    """
    noted: list[Line] = []
    exposed.state.noting.note = noted.append
    async with browser(exposed, address="10.0.0.9") as client:
        lines = [("x-forwarded-for", line) for line in forwarded.split("|")]
        await client.get("/waiting", headers=lines)
    await asyncio.sleep(0)
    assert [line.address for line in noted] == [address]
