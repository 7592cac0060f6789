"""Who stands in the register sends, with a key or a token; who is suspended may only ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from api.gateway import keyring
from api.gateway.app import Gateway
from domain.standing import Grant, Subject
from infra import oidc
from infra.settings import Settings
from ledger import register
from ledger.seal import Sealer
from tests.support.gateway import LINES, ONE, SAID, a_key, gateway_of
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment
from tests.support.oidc import Provider

SEALER = Sealer(Settings().secret, LEDGER)
CASE = event("social-assistance", "c-1", a_household("K-1"), receivedat=None)
LINE = event("payouts", "p-1", a_payment("K-1", 50_000, "2024-03"), receivedat=None)
NEVER = event("payouts", "p-2", a_payment("K-1", 50_000, "2024-04"), receivedat=None)
WHO = "0f3b7c1e"
CLIENT = "payout-system"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    with made.served():
        yield made


@pytest.fixture
async def both(
    live_url: str,
    ledger: asyncpg.Connection,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[httpx.AsyncClient, Gateway]]:
    """A gateway that knows a provider; two subjects of it send for `payouts`.

    It reads the register when a test says so.
    """
    monkeypatch.setattr(keyring, "REFRESH_SECONDS", 3_600)
    provider.up, provider.keys = True, provider.keys[:1]
    await ledger.execute("SET session_replication_role = replica")
    await ledger.execute(
        "UPDATE ledger.journal SET kind = 'gone' WHERE kind LIKE 'key-%' OR kind LIKE 'source-%'"
    )
    await ledger.execute("SET session_replication_role = origin")
    subjects = {Subject(provider.issuer, "sub", WHO), Subject(provider.issuer, "client", CLIENT)}
    grant = Grant(subjects=frozenset(subjects))
    await register.add(ledger, SEALER, LEDGER, "payouts", grant, SAID)
    given = Settings(database_url=live_url, oidc_issuer=provider.issuer)
    async with gateway_of(given, client="203.0.113.9") as made:
        yield made


async def sent(client: httpx.AsyncClient, token: str, line: bytes = LINE) -> tuple[int, str]:
    """Status and code, or outcome, of an event that is sent with a token or key."""
    answer = await client.post("/events", content=line, headers=ONE | bearer(token))
    told: dict[str, Any] = answer.json()
    return answer.status_code, told.get("code") or told["outcome"]


async def test_a_token_of_a_registered_subject_sends_as_its_source(
    client: httpx.AsyncClient, provider: Provider
) -> None:
    assert (await sent(client, provider.token(WHO)))[0] == 202
    for token in (
        provider.token("somebody", client_id=CLIENT),
        provider.token("somebody", azp=CLIENT),
    ):
        assert (await sent(client, token))[0] == 202
    told = await client.get("/sources/payouts/outcomes", headers=bearer(provider.token(WHO)))
    assert told.status_code == 200
    assert await sent(client, provider.token(WHO), CASE) == (403, "another-source")


async def test_a_token_that_is_good_for_nobody_here_opens_nothing(
    client: httpx.AsyncClient, provider: Provider
) -> None:
    """A client's id is not taken for a person's, nor the other way round."""
    for token in (
        provider.token("somebody"),
        provider.token(CLIENT),
        provider.token("somebody", azp=WHO),
        provider.token("somebody", client_id="other", azp=CLIENT),
    ):
        assert await sent(client, token) == (403, "unknown-subject")


async def test_a_token_that_is_not_valid_is_refused_by_its_reason(
    client: httpx.AsyncClient, provider: Provider
) -> None:
    for token in (
        provider.token(WHO, exp=1),
        provider.token(WHO, aud="another"),
        provider.token(WHO, iss="https://elsewhere.example"),
        provider.unsigned(WHO),
        provider.by_public_key(WHO),
    ):
        answer = await client.post("/events", content=LINE, headers=ONE | bearer(token))
        assert (answer.status_code, answer.json()["code"]) == (401, "token-refused")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert WHO not in answer.text
    assert await sent(client, "") == (401, "key-needed")


async def test_while_the_provider_is_away_known_keys_go_on(
    live_url: str, client: httpx.AsyncClient, provider: Provider, ledger: asyncpg.Connection
) -> None:
    """A gateway that never reached it asks to come again; keys of sources need no provider."""
    _, key = await a_key(ledger, "payouts")
    assert (await sent(client, provider.token(WHO)))[0] == 202
    provider.up = False
    assert (await sent(client, provider.token(WHO)))[0] == 202
    given = Settings(database_url=live_url, oidc_issuer=provider.issuer)
    async with gateway_of(given) as (fresh, _):
        answer = await fresh.post(
            "/events", content=LINE, headers=ONE | bearer(provider.token(WHO))
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "provider-away")
        assert answer.headers["retry-after"]
        assert (await sent(fresh, key))[0] == 202


async def test_a_new_key_of_the_provider_is_found(
    client: httpx.AsyncClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "PAUSE_SECONDS", 0)
    old = provider.keys
    assert (await sent(client, provider.token(WHO)))[0] == 202
    provider.rotate("next")
    assert (await sent(client, provider.token(WHO)))[0] == 202
    provider.keys = old


async def test_without_a_provider_in_the_settings_a_token_is_no_key(
    live_url: str, provider: Provider, ledger: asyncpg.Connection
) -> None:
    await a_key(ledger, "payouts")
    async with gateway_of(Settings(database_url=live_url)) as (plain, _):
        assert await sent(plain, provider.token(WHO)) == (401, "key-needed")


# Suspended.


async def test_a_suspended_source_sends_nothing_and_may_ask(
    client: httpx.AsyncClient, gateway: Gateway, provider: Provider, ledger: asyncpg.Connection
) -> None:
    """Its keys and subjects stay; once it is resumed the same request is taken."""
    _, key = await a_key(ledger, "payouts")
    ring = gateway.ring
    await ring.read()
    assert (await sent(client, key))[0] == 202
    await register.suspend(ledger, SEALER, LEDGER, "payouts", SAID)
    await ring.read()
    for token in (key, provider.token(WHO)):
        assert await sent(client, token, NEVER) == (403, "source-suspended")
        lines = await client.post("/events", content=NEVER, headers=LINES | bearer(token))
        assert (lines.status_code, lines.json()["code"]) == (403, "source-suspended")
        told = await client.get("/sources/payouts/outcomes", headers=bearer(token))
        assert told.status_code == 200
    query = "SELECT count(*) FROM ledger.parked WHERE event_id = 'p-2'"
    assert await ledger.fetchval(query) == 0
    await register.resume(ledger, SEALER, LEDGER, "payouts", SAID)
    await ring.read()
    assert (await sent(client, key, NEVER))[0] == 202
    assert await ledger.fetchval(query) == 1


async def test_what_passed_the_door_just_before_is_quarantined(
    client: httpx.AsyncClient, ledger: asyncpg.Connection, provider: Provider
) -> None:
    """The gateway reads the register every few seconds; the intake in each transaction."""
    assert (await sent(client, provider.token(WHO)))[0] == 202
    await register.suspend(ledger, SEALER, LEDGER, "payouts", SAID)
    line = event("payouts", "p-9", a_payment("K-1", 50_000, "2024-09"), receivedat=None)
    answer = await client.post("/events", content=line, headers=ONE | bearer(provider.token(WHO)))
    assert (answer.status_code, answer.json()["reason"]) == (422, "source_suspended")
    assert answer.json()["pointer"] == "/source"
    query = "SELECT reason FROM ledger.quarantine WHERE event_id = 'p-9'"
    assert await ledger.fetchval(query) == "source_suspended"
