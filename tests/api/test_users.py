"""Signing in to the inside view: by token and link, for how long, and what ends it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from api import sessions
from api.gate import MOST_FAILURES
from infra import logging as logs
from infra import postgres
from infra.settings import Settings
from ledger import users
from tests.support.inside import (
    BY_SECURITY,
    TOKENS,
    bearing,
    browser,
    database,
    inside,
    sealer,
    token_of,
)
from tests.support.ledger import LEDGER

JSON = {"accept": "application/json"}
OURS = "/waiting"
"""A page of auditors that names nobody."""


@pytest.fixture
def url(server_url: str) -> object:
    with database(server_url, "signed_in") as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(url) as made:
        yield made


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    async with postgres.connect(url) as made:
        yield made


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """The log."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    made = io.StringIO()
    logs.configure(Settings(log_json=True), made)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the browser of these tests
    yield made
    root.handlers[:], root.level = before


async def sign_in(client: httpx.AsyncClient, token: str, to: str = OURS) -> httpx.Response:
    return await client.post("/sign-in", data={"token": token, "next": to})


async def status(client: httpx.AsyncClient, path: str = OURS) -> int:
    return (await client.get(path, headers=JSON)).status_code


async def test_a_user_signs_in_goes_on_and_signs_out(app: Starlette, url: str) -> None:
    async with browser(app) as client:
        asked = await client.get(OURS)
        assert asked.status_code == 401
        assert f'name="next" value="{OURS}"' in asked.text
        let_in = await sign_in(client, TOKENS[url]["auditor-a"])
        assert (let_in.status_code, let_in.headers["location"]) == (303, OURS)
        said = let_in.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(said.split("; "))
        cookies = dict(client.cookies)
        assert await status(client) == 200
        out = await client.post("/sign-out")
        assert out.status_code == 303
        assert await status(client) == 401
        client.cookies.update(cookies)
        assert await status(client) == 401, "the session is over, not only forgotten"


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "//[", "/\\evil.example", "", "x", "/\x1b[2J"]
)
async def test_signing_in_leads_to_no_other_site(app: Starlette, url: str, to: str) -> None:
    async with browser(app) as client:
        assert (await sign_in(client, TOKENS[url]["auditor-a"], to)).headers["location"] == "/"


@pytest.mark.parametrize(
    "head",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://audit.bureau.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_of_another_site_is_not_taken(
    app: Starlette, url: str, head: dict[str, str]
) -> None:
    """Nor one that comes by a proxy of which nobody said that it is one: it changes the Host."""
    async with browser(app) as client:
        for path in ("/sign-in", "/sign-out", "/purpose"):
            data = {"token": TOKENS[url]["auditor-a"]}
            refused = await client.post(path, data=data, headers=JSON | head)
            assert (refused.status_code, refused.json()["code"]) == (403, "other-site")
            assert "set-cookie" not in refused.headers


async def test_who_is_dismissed_is_out_with_the_next_request(
    app: Starlette, url: str, connection: asyncpg.Connection
) -> None:
    token = TOKENS[url]["auditor-a"]
    async with browser(app) as session, browser(app) as program:
        await sign_in(session, token)
        program.headers.update(bearing(token))
        assert (await status(session), await status(program)) == (200, 200)
        await users.dismiss(connection, sealer(), LEDGER, "auditor-a", BY_SECURITY)
        assert (await status(session), await status(program)) == (401, 401)


async def test_a_session_ends_with_the_token_that_opened_it(
    app: Starlette, url: str, connection: asyncpg.Connection
) -> None:
    async with browser(app) as client:
        await sign_in(client, TOKENS[url]["auditor-a"])
        assert await status(client) == 200
        again = await token_of(connection, "auditor-a")
        assert await status(client) == 401
        await sign_in(client, again)
        assert await status(client) == 200


async def test_a_role_that_changes_counts_from_the_next_request_on(
    app: Starlette, url: str, connection: asyncpg.Connection
) -> None:
    async with browser(app) as client:
        await sign_in(client, TOKENS[url]["auditor-a"])
        assert await status(client) == 200
        known = await users.read(connection, sealer(), LEDGER)
        changed = replace(known["auditor-a"], role="system-administrator")
        await users.change(connection, sealer(), LEDGER, changed, BY_SECURITY)
        assert await status(client) == 403


async def test_a_session_ends_idle_and_at_the_latest_after_a_working_day(
    app: Starlette, url: str
) -> None:
    now = 0.0
    gate = app.state.gate
    gate.sessions = sessions.Sessions(lambda: now)
    async with browser(app) as client:
        await sign_in(client, TOKENS[url]["auditor-a"])
        now += sessions.IDLE_SECONDS + 1
        assert await status(client) == 401
        await sign_in(client, TOKENS[url]["auditor-a"])
        begun = now
        while now - begun <= sessions.LONGEST_SECONDS:
            assert await status(client) == 200
            now += sessions.IDLE_SECONDS - 1
        assert await status(client) == 401
    assert len(gate.sessions) == 0


async def test_sessions_are_bounded(app: Starlette) -> None:
    made = app.state.gate.sessions
    keys = [made.begin("somebody", "start") for _ in range(sessions.MOST_OF_A_USER + 5)]
    assert len(made) == sessions.MOST_OF_A_USER
    assert [made.find(key) is not None for key in keys] == [False] * 5 + [True] * 20


async def test_after_too_many_failures_an_address_waits(
    app: Starlette, url: str, out: io.StringIO
) -> None:
    """Also with the right token: who may guess on must not learn that a guess was right."""
    token = TOKENS[url]["auditor-a"]
    async with browser(app) as client:
        for _ in range(MOST_FAILURES):
            assert (await sign_in(client, "mju_0000000000_x")).status_code == 401
        for answer in (
            await sign_in(client, token),
            await client.get(OURS, headers=bearing(token)),
            await client.get(OURS, headers=bearing("x")),
        ):
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) >= 1
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    alarms = [line for line in lines if line["level"] == "error"]
    assert [(line["event"], line["address"]) for line in alarms] == [
        ("too many failed logins", "127.0.0.1")
    ]
    assert token not in out.getvalue()


async def test_who_has_a_session_is_not_held_up_by_the_failures_of_others(
    app: Starlette, url: str
) -> None:
    async with browser(app) as client, browser(app) as other:
        await sign_in(client, TOKENS[url]["auditor-a"])
        for _ in range(MOST_FAILURES + 1):
            await sign_in(other, "x")
        assert await status(client) == 200


async def test_who_starts_it_is_an_auditor_by_name(app: Starlette) -> None:
    async with browser(app) as client:
        await client.get(f"/?token={app.state.gate.once}")
        page = await client.get("/")
        assert '审计员 <span lang="en">tester</span>' in page.text
        assert await status(client) == 200


async def test_without_a_database_nobody_is_let_in(app: Starlette, url: str) -> None:
    token = TOKENS[url]["auditor-a"]
    async with browser(app) as client:
        await sign_in(client, token)
        await app.state.pool.close()
        for headers in (JSON, JSON | bearing(token)):
            assert (await client.get(OURS, headers=headers)).status_code == 503


@pytest.mark.parametrize(
    "given",
    [
        {"inside_url": "https://audit.example"},
        {"trusted_proxies": "10.0.0.1"},
        {"inside_url": "http://audit.example", "trusted_proxies": "10.0.0.1"},
        {"inside_url": "https://audit.example/path", "trusted_proxies": "10.0.0.1"},
        {"inside_url": "https://audit.example", "trusted_proxies": "everybody"},
        {"oidc_client_id": "mingjian"},
    ],
)
def test_how_it_is_reached_is_said_whole_or_not_at_all(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"MINGJIAN|everybody"):
        Settings.model_validate(given)
