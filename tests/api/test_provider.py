"""Signing in at a provider of identities (OIDC): the code flow with PKCE, at one of ours."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from infra import postgres
from infra.settings import Settings
from ledger import users
from tests.support.inside import BY_SECURITY, browser, inside, peopled, sealer
from tests.support.ledger import LEDGER
from tests.support.oidc import Provider
from tests.support.published import database

CLIENT, SECRET, SUBJECT = "mingjian", "s3cret/+", "f3b2-auditor"
OURS = "/waiting"
BACK = "http://127.0.0.1:8000/sign-in/callback"


class Login(Provider):
    """Signs in whoever comes as `subject`; `changes` are to the token that it issues."""

    def __init__(self) -> None:
        super().__init__()
        self.subject = SUBJECT
        self.changes: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.said = {"token_endpoint": f"{self.issuer}/token"}

    def consent(self, address: str) -> str:
        """What the provider does where the browser is sent: the address to which it sends back."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/auth"
        asked = {name: value for name, (value,) in parse_qs(parts.query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"].split() == ["openid"]
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def exchange(self, head: Any, form: dict[str, str]) -> dict[str, Any] | None:
        """A token for a code, once, to who shows the secret and knows what the challenge is of."""
        asked = self.codes.pop(form.get("code", ""), None)
        pair = base64.b64decode(head.get("authorization", "").removeprefix("Basic ")).decode()
        made = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
        known = pair == f"{CLIENT}:s3cret%2F%2B"
        if asked is None or not known or challenge != asked["code_challenge"]:
            return None
        if form["redirect_uri"] != asked["redirect_uri"]:
            return None
        claims = {"aud": CLIENT, "nonce": asked["nonce"]} | self.changes
        return {"id_token": self.token(self.subject, {"typ": "JWT"}, **claims)}

    def _handler(self) -> Any:
        provider, base = self, super()._handler()

        class Handler(base):  # type: ignore[misc,valid-type]
            def do_POST(self) -> None:  # noqa: N802  as the library calls it
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: value for name, (value,) in parse_qs(body).items()}
                told = provider.exchange(self.headers, form) if provider.up else None
                self.send_response(200 if told else 400 if provider.up else 503)
                self.end_headers()
                self.wfile.write(json.dumps(told or {"error": "invalid_grant"}).encode())

        return Handler


@pytest.fixture(scope="module")
def provider() -> Iterator[Login]:
    made = Login()
    with made.served():
        yield made


@pytest.fixture(autouse=True)
def afresh(provider: Login) -> None:
    provider.subject, provider.changes, provider.up = SUBJECT, {}, True


@pytest.fixture(scope="module")
def url(server_url: str, provider: Login) -> Iterator[str]:
    async def filling(url: str) -> None:
        await peopled(url)
        found = users.identity(sealer(), provider.issuer, SUBJECT)
        async with postgres.connect(url) as connection:
            known = await users.read(connection, sealer(), LEDGER)
            made = replace(known["auditor-a"], identity=found)
            await users.change(connection, sealer(), LEDGER, made, BY_SECURITY)

    with database(server_url, "provider", filling=filling) as made:
        yield made


@pytest.fixture
async def app(url: str, provider: Login, tmp_path: Path) -> AsyncIterator[Starlette]:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    given = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT}
    async with inside(url, **given, oidc_client_secret_file=str(file)) as made:
        yield made


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as made:
        yield made


async def back(client: httpx.AsyncClient, provider: Login) -> str:
    """Where the provider sends a browser that went there."""
    sent = await client.get(f"/sign-in/oidc?next={OURS}")
    assert sent.status_code == 303
    return provider.consent(sent.headers["location"])


async def test_a_user_signs_in_there_and_goes_on(
    client: httpx.AsyncClient, provider: Login
) -> None:
    assert 'href="/sign-in/oidc?next=/waiting"' in (await client.get(OURS)).text
    address = await back(client, provider)
    assert address.startswith(BACK + "?")
    let_in = await client.get(address)
    assert (let_in.status_code, let_in.headers["location"]) == (303, OURS)
    assert (await client.get(OURS)).status_code == 200
    assert '审计员 <span lang="en">auditor-a</span>' in (await client.get("/")).text


async def test_the_answer_counts_once_and_in_the_browser_that_asked(
    app: Starlette, client: httpx.AsyncClient, provider: Login
) -> None:
    address = await back(client, provider)
    async with browser(app) as other:
        assert (await other.get(address)).status_code == 401, "somebody else's browser"
    assert (await client.get(address)).status_code == 401, "the login is used up"
    address = await back(client, provider)
    assert (await client.get(address)).status_code == 303
    client.cookies.clear()
    assert (await client.get(address)).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"azp": "another"},
        {"sub": ""},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_login_opens_nothing(
    client: httpx.AsyncClient, provider: Login, changes: dict[str, Any]
) -> None:
    provider.changes = changes
    refused = await client.get(await back(client, provider))
    assert refused.status_code == 401
    assert (await client.get(OURS)).status_code == 401


async def test_whom_the_provider_knows_and_the_bureau_does_not_is_no_user(
    client: httpx.AsyncClient, provider: Login
) -> None:
    provider.subject = "somebody"
    refused = await client.get(await back(client, provider))
    assert refused.status_code == 401
    assert "没有设立这个用户" in refused.text


async def test_a_forged_code_is_refused_and_a_provider_that_is_away_said_so(
    client: httpx.AsyncClient, provider: Login
) -> None:
    address = (await back(client, provider)).replace("code=", "code=forged-")
    assert (await client.get(address)).status_code == 401
    address = await back(client, provider)
    provider.up = False
    away = await client.get(address, headers={"accept": "application/json"})
    assert (away.status_code, away.json()["code"]) == (503, "sign-in-away")


async def test_without_a_provider_there_is_no_such_way(url: str) -> None:
    async with inside(url) as app, browser(app) as client:
        assert "统一身份认证" not in (await client.get(OURS)).text.replace(
            "或以统一身份认证登录", ""
        )
        for path in ("/sign-in/oidc", "/sign-in/callback?code=x&state=y"):
            assert (await client.get(path)).status_code == 404


def test_the_subject_is_not_kept_in_clear(url: str) -> None:
    assert Settings(database_url=url).oidc_issuer is None
    found = users.identity(sealer(), "https://id.example", SUBJECT)
    assert SUBJECT.encode() not in found
    assert found != users.identity(sealer(), "https://other.example", SUBJECT)
