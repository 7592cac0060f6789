"""The gateway as it is served: slow clients beside it, its description, its end."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import httpx
import pytest
import schemathesis
from starlette.applications import Starlette
from starlette.routing import Route

from api.gateway import lookups
from api.gateway.app import create_gateway
from domain.calendar import SHANGHAI
from infra.http import Limits
from infra.settings import Settings
from tests.support.gateway import ONE
from tests.support.kafka import until
from tests.support.ledger import event
from tests.support.money import a_household
from tests.support.serving import Site, serving

SLOW = 300
CLIENTS = 64
HEAD = b"POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-type: application/cloudevents+json\r\n"


@pytest.fixture
def app(live_url: str) -> Starlette:
    """Whatever ends its work is a failure."""

    def failed(error: BaseException) -> None:
        raise error

    return create_gateway(Settings(database_url=live_url), failed)


async def ready(site: Site) -> None:
    async def answers() -> bool:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{site.port}/readyz")).status_code == 200

    await until(answers)


async def test_slow_clients_stop_nobody(app: Starlette) -> None:
    """Heads that end nowhere, bodies that do not come, answers that nobody reads."""
    halves = (
        b"POST /events HT",
        HEAD,
        HEAD + b"content-length: 500\r\n\r\n{",
        HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n{",
        b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    )
    limits = Limits(clients=CLIENTS, body_seconds=3_600)
    async with serving(app, limits, lifespan="on") as site:
        await ready(site)
        for number in range(SLOW):
            await site.client(halves[number % len(halves)])
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}") as client:
            for number in range(20):
                fact = a_household(f"S-{number}")
                raw = event("social-assistance", f"s-{number}", fact, receivedat=None)
                answer = await client.post("/events", content=raw, headers=ONE, timeout=20)
                assert answer.json()["outcome"] == "accepted", answer.text


async def test_what_was_begun_is_answered_before_the_end(app: Starlette) -> None:
    raw = event("social-assistance", "end", a_household("END"), receivedat=None)
    async with serving(app, lifespan="on") as site:
        await ready(site)
        slow = await site.client(HEAD + b"content-length: %d\r\n\r\n" % len(raw) + raw[:-1])
        await asyncio.sleep(0.05)
        await slow.send(raw[-1:])
        answer = await slow.until(b"}")
    assert answer.startswith(b"HTTP/1.1 200")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["outcome"] == "accepted"


async def test_the_description_is_one_and_names_every_address(
    client: httpx.AsyncClient, app: Starlette
) -> None:
    """OpenAPI 3.1 as its own schema says; each answer that was met in tests is described."""
    described = (await client.get("/openapi.json")).json()
    schemathesis.openapi.from_dict(described).validate()
    addresses = {route.path for route in app.routes if isinstance(route, Route)}
    probes = {"/", "/healthz", "/readyz", "/openapi.json", "/problems/{code}"}
    assert addresses - probes == set(described["paths"])
    told = await client.get("/sources/payouts/events/unheard-of")
    statuses = described["paths"]["/sources/{source}/events/{id}"]["get"]["responses"]
    assert (str(told.status_code), told.json()["code"]) == ("404", "nothing-known")
    assert "404" in statuses
    assert told.headers["retry-after"] == "1"


async def test_news_is_waited_for(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cursor leads on; who waits is told as soon as there is something."""
    path = "/sources/social-assistance/outcomes"
    end = (await client.get(path, params={"limit": 1000})).json()["next"]
    raw = event("social-assistance", "news", a_household("NEWS"), receivedat=None)
    waiting = asyncio.create_task(client.get(path, params={"after": end, "wait": 20}))
    await asyncio.sleep(0.3)
    assert (await client.post("/events", content=raw, headers=ONE)).status_code == 200
    told = (await waiting).json()
    assert [each["id"] for each in told["outcomes"]] == ["news"]
    nothing = (await client.get(path, params={"after": told["next"], "wait": 1})).json()
    assert nothing == {"outcomes": [], "next": told["next"]}
    for wrong in ({"after": "x"}, {"limit": "0"}, {"wait": "31"}, {"page": "2"}):
        answer = await client.get(path, params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong-parameter"), wrong
        assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(wrong))}"
    today = datetime.now(SHANGHAI).date()
    said = (await client.get(f"/sources/social-assistance/days/{today}")).json()
    assert said["received"]["accepted"] == said["received"]["total"] >= 1
    path = f"/sources/social-assistance/days/{today}"
    text = {"content-type": "text/plain; charset=utf-8"}
    mine = b'news\n{"id": "never-came"}\nnews\n\n440102198001021230\n'
    compared = await client.post(path, content=mine, headers=text)
    told = compared.json()
    assert compared.status_code == 200
    assert {name: told[name] for name in said} == said
    assert "news" not in told["against"].pop("not_there")
    assert told["against"] == {
        "both": 1,
        "not_here": ["never-came"],
        "other_days": [],
        "twice": ["news"],
        "no_ids": [5],
    }
    foreign = await client.post(path, content=mine, headers={"content-type": "text/csv"})
    assert (foreign.status_code, foreign.json()["code"]) == (415, "no-list")
    monkeypatch.setattr(lookups, "MOST_LISTED", 4)
    long = await client.post(path, content=mine, headers=text)
    assert (long.status_code, long.json()["code"]) == (413, "too-long-a-list")
    for path in ("days/2024-02-30", "days/today"):
        answer = await client.get(f"/sources/social-assistance/{path}")
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong-parameter")
    nobody = await client.get("/sources/nobody/outcomes")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown-source")
