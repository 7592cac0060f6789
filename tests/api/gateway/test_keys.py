"""Keys of sources: each opens its own source, for a time; what is stored opens nothing."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from starlette.requests import Request

from api.gateway import keyring
from api.gateway.app import Gateway
from api.gateway.rates import KeyRates
from infra.settings import Settings
from ledger import journal, source_keys
from ledger.seal import Sealer
from ledger.source_keys import NoSuchKey, NoSuchSource, TooManyKeys
from ledger.store import LedgerAltered
from tests.support.gateway import BATCH, LINES, ONE, SAID, Way, a_key, gateway_of, listed
from tests.support.kafka import until
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment

SEALER = Sealer(Settings().secret, LEDGER)
CASE = event("social-assistance", "c-1", a_household("K-1"), receivedat=None)
LINE = event("payouts", "p-1", a_payment("K-1", 50_000, "2024-03"), receivedat=None)


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.fixture(autouse=True)
async def _no_keys(ledger: asyncpg.Connection) -> None:
    """Keys of other tests are forgotten, as no command does."""
    await ledger.execute("SET session_replication_role = replica")
    await ledger.execute("UPDATE ledger.journal SET kind = 'gone' WHERE kind LIKE 'key-%'")
    await ledger.execute("SET session_replication_role = origin")


async def test_without_any_key_only_this_machine_may_send(live_url: str) -> None:
    """Nor through a proxy, nor under a name that leads here by chance."""
    given = Settings(database_url=live_url)
    async with gateway_of(given) as (here, _):
        assert (await here.post("/events", content=LINE, headers=ONE)).status_code == 202
        for more in ({"host": "mingjian.example"}, {"x-forwarded-for": "203.0.113.9"}):
            refused = await here.post("/events", content=LINE, headers=ONE | more)
            assert (refused.status_code, refused.json()["code"]) == (403, "no-keys")
    async with gateway_of(given, client="203.0.113.9") as (elsewhere, _):
        refused = await elsewhere.post("/events", content=LINE, headers=ONE)
        assert (refused.status_code, refused.json()["code"]) == (403, "no-keys")


async def test_a_key_speaks_for_its_own_source_only(
    live_url: str, ledger: asyncpg.Connection
) -> None:
    _, key = await a_key(ledger, "payouts")
    async with gateway_of(Settings(database_url=live_url), client="203.0.113.9") as (client, _):
        ours = ONE | bearer(key)
        assert (await client.post("/events", content=LINE, headers=ours)).status_code in (200, 202)
        foreign = await client.post("/events", content=CASE, headers=ours)
        assert (foreign.status_code, foreign.json()["code"]) == (403, "another-source")
        assert foreign.json()["errors"][0]["pointer"] == "/source"
        batch = await client.post(
            "/events", content=listed(LINE, CASE), headers=BATCH | bearer(key)
        )
        assert [each["pointer"] for each in batch.json()["errors"]] == ["/1/source"]
        lines = await client.post(
            "/events", content=b"\n".join((CASE, LINE)), headers=LINES | bearer(key)
        )
        first = lines.text.partition("\n")[0]
        assert '"status":403' in first
        assert '"kept":false' in first
        query = "SELECT count(*) FROM ledger.entry WHERE source = 'social-assistance'"
        assert await ledger.fetchval(query) == 0
        for path in ("/events/c-1", "/outcomes"):
            told = await client.get(f"/sources/social-assistance{path}", headers=bearer(key))
            assert (told.status_code, told.json()["code"]) == (403, "another-source"), path
        nameless = await client.post("/events", content=b'{"id": "n"}', headers=ours)
        assert (nameless.status_code, nameless.json()["outcome"]) == (422, "quarantined")


async def test_of_two_keys_nobody_can_tell_which_is_meant(
    live_url: str, ledger: asyncpg.Connection
) -> None:
    """Not even where both are the same: a proxy that adds one might add another."""
    _, key = await a_key(ledger, "payouts")
    async with gateway_of(Settings(database_url=live_url)) as (client, _):
        for other in ("Bearer mj_x_y", "Basic eDp5", f"Bearer {key}"):
            for both in ((f"Bearer {key}", other), (other, f"Bearer {key}")):
                head = [*ONE.items(), *(("authorization", each) for each in both)]
                answer = await client.post("/events", content=LINE, headers=head)
                assert (answer.status_code, answer.json()["code"]) == (400, "two-keys")


async def test_what_is_no_valid_key_opens_nothing(
    live_url: str, ledger: asyncpg.Connection
) -> None:
    key_id, key = await a_key(ledger, "payouts")
    _, expired = await a_key(ledger, "social-assistance", days=-0.01)
    wrong = f"mj_{key_id}_{secrets.token_urlsafe(32)}"
    async with gateway_of(Settings(database_url=live_url)) as (client, _):
        given: tuple[dict[str, str], ...] = (
            {},
            bearer(""),
            bearer("mj_"),
            bearer(key_id),
            bearer(key[:-1]),
            bearer(f"{key}x"),
            bearer(wrong),
            bearer(expired),
            bearer("mj_nobody_" + secrets.token_urlsafe(32)),
            {"authorization": f"Basic {key}"},
            {"authorization": f"Bearer {SEALER.mac(b'').hex()}"},
        )
        for headers in given:
            for method, path in (
                ("POST", "/events"),
                ("POST", "/lint"),
                ("GET", "/sources/payouts/events/p-1"),
                ("GET", "/sources/payouts/outcomes"),
            ):
                told = await client.request(method, path, content=LINE, headers=ONE | headers)
                assert (told.status_code, told.json()["code"]) == (401, "key-needed"), headers
                assert told.headers["www-authenticate"].startswith("Bearer")
        assert (await client.get("/healthz")).status_code == 200


async def test_a_revoked_key_stops_and_the_next_one_goes_on(
    live_url: str, ledger: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are valid while a source changes from one to the other, and no third."""
    monkeypatch.setattr(keyring, "REFRESH_SECONDS", 0.05)
    old_id, old = await a_key(ledger, "payouts")
    async with gateway_of(Settings(database_url=live_url)) as (client, gateway):

        async def opens(key: str) -> bool:
            await gateway.ring.read()
            told = await client.get("/sources/payouts/outcomes", headers=bearer(key))
            return told.status_code == 200

        assert await opens(old)
        _, new = await a_key(ledger, "payouts")
        assert await opens(old)
        assert await opens(new)
        with pytest.raises(TooManyKeys):
            await a_key(ledger, "payouts")
        await source_keys.revoke(ledger, SEALER, LEDGER, "payouts", old_id, SAID)
        assert not await opens(old)
        assert await opens(new)
        with pytest.raises(NoSuchKey):
            await source_keys.revoke(ledger, SEALER, LEDGER, "payouts", old_id, SAID)
        (new_id,) = {key.id for key in gateway.ring._keys.values() if not key.revoked}
        await source_keys.revoke(ledger, SEALER, LEDGER, "payouts", new_id, SAID)
        assert not await opens(new)
        # That all are revoked opens no door that was open before the first was issued.
        told = await client.post("/events", content=LINE, headers=ONE)
        assert (told.status_code, told.json()["code"]) == (401, "key-needed")


async def test_the_ledger_keeps_the_hash_of_a_key_and_who_issued_it(
    ledger: asyncpg.Connection,
) -> None:
    key_id, key = await a_key(ledger, "payouts")
    note = (await journal.read(ledger, LEDGER))[-1]
    assert (note.kind, note.subject, note.by) == ("key-issued", "source/payouts", SAID.by)
    secret = key.removeprefix(f"mj_{key_id}_")
    rows = await ledger.fetch("SELECT journal::text FROM ledger.journal")
    assert not any(secret in row[0] for row in rows)
    found = (await source_keys.read(ledger, SEALER, LEDGER))[key_id]
    assert (found.source, found.sha256) == ("payouts", source_keys.hash_of(secret))
    assert found.valid(datetime.now(UTC))
    with pytest.raises(NoSuchSource, match="payouts"):
        await a_key(ledger, "nobody")


async def test_who_only_writes_to_the_database_makes_no_key(
    live_url: str, ledger: asyncpg.Connection
) -> None:
    """A record without the mac of the secret is believed by nobody, and opens nothing."""
    _, key = await a_key(ledger, "payouts")
    async with gateway_of(Settings(database_url=live_url)) as (client, gateway):
        await ledger.execute(
            "INSERT INTO ledger.journal SELECT ledger, number + 1000, recorded_at, position, kind,"
            " 'source/marriage', by, why, detail, mac FROM ledger.journal"
            " WHERE kind = 'key-issued'"
        )
        with pytest.raises(LedgerAltered):
            await gateway.ring.read()
        told = await client.get("/sources/payouts/outcomes", headers=bearer(key))
        assert told.status_code == 200  # as it was read last
        told = await client.get("/sources/marriage/outcomes", headers=bearer(key))
        assert told.status_code == 403


async def test_requests_with_one_key_may_be_limited(
    live_url: str, ledger: asyncpg.Connection
) -> None:
    _, key = await a_key(ledger, "payouts")
    _, other = await a_key(ledger, "social-assistance")
    given = Settings(database_url=live_url, gateway_rate=2)
    async with gateway_of(given) as (client, _):
        path = "/sources/payouts/outcomes"
        told = [(await client.get(path, headers=bearer(key))).status_code for _ in range(3)]
        assert told == [200, 200, 429]
        refused = await client.get(path, headers=bearer(key))
        assert (refused.json()["code"], refused.headers["retry-after"]) == (
            "too-many-of-a-key",
            "30",
        )
        path = "/sources/social-assistance/outcomes"
        assert (await client.get(path, headers=bearer(other))).status_code == 200


async def test_one_key_keeps_no_other_out(live_url: str, ledger: asyncpg.Connection) -> None:
    """Whoever waits for news with many requests at a time is told to wait for their answers."""
    _, key = await a_key(ledger, "payouts")
    async with gateway_of(Settings(database_url=live_url)) as (client, gateway):
        gateway.rates = KeyRates(0, at_once=3)
        path = "/sources/payouts/outcomes?wait=1"
        asked = [client.get(path, headers=bearer(key)) for _ in range(5)]
        told = [each.status_code for each in await asyncio.gather(*asked)]
        assert sorted(told) == [200, 200, 200, 429, 429]
        again = await client.get("/sources/payouts/outcomes", headers=bearer(key))
        assert again.status_code == 200


async def test_keys_are_known_while_the_database_is_gone(
    live_url: str,
    server_url: str,
    ledger: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """What was sent meanwhile is sent again, and counts once."""
    monkeypatch.setattr(keyring, "REFRESH_SECONDS", 0.05)
    _, key = await a_key(ledger, "payouts")
    headers = ONE | bearer(key)
    way = Way(server_url, tmp_path)
    async with way, gateway_of(Settings(database_url=way.url(live_url))) as (client, gateway):
        await client.post("/events", content=LINE, headers=headers)
        await way.cut()
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await gateway.ring.read()
        assert await _admits(gateway, key)
        answer = await client.post("/events", content=LINE, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "outcome-unknown")
        assert answer.headers["retry-after"]
        told = await client.get("/sources/payouts/outcomes", headers=bearer(key))
        assert (told.status_code, told.json()["code"]) == (503, "no-answer")
        assert (await client.get("/readyz")).status_code == 503
        async with way:

            async def taken() -> bool:
                answer = await client.post("/events", content=LINE, headers=headers)
                return answer.status_code == 202

            await until(taken)
    query = "SELECT count(*) FROM ledger.parked WHERE event_id = 'p-1'"
    assert await ledger.fetchval(query) == 1


async def _admits(gateway: Gateway, key: str) -> bool:
    scope = {"type": "http", "headers": [(b"authorization", f"Bearer {key}".encode())]}
    return await gateway.ring.admit(a_request(scope)) == "payouts"


def a_request(scope: dict[str, Any]) -> Request:
    return Request(scope | {"method": "GET", "path": "/", "query_string": b""})
