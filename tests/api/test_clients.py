"""Clients that do not read, in numbers: no other one waits for them, and no connection does."""

from __future__ import annotations

import asyncio

import asyncpg
import httpx

from api.app import POOL_CONNECTIONS, create_app
from api.requests import Crowd
from infra import postgres
from infra.http import Limits
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings
from tests.support.kafka import until
from tests.support.serving import HOST, serving

HELD = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'mingjian api'
  AND state = 'idle in transaction'
"""


async def test_who_does_not_read_holds_no_connection_of_the_database(filled: str) -> None:
    """Eight stopped every page; one kept a rebuild from switching."""
    app = create_app(Settings(database_url=with_user(filled, Role.API)), auditor=False)
    limits = Limits(unread_seconds=600, head_seconds=600)
    async with serving(app, limits, lifespan="on") as site, asyncio.timeout(300):
        ask = b"GET /figures HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200
        for _ in range(POOL_CONNECTIONS + 1):
            await site.client(ask)
            await site.client(ask[:30])
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{site.port}", timeout=300) as client:
            for path in ("/", "/figures", "/figures/F16.json", "/readyz"):
                assert (await client.get(path)).status_code == 200, path
        async with postgres.connect(filled) as connection:

            async def none_held() -> bool:
                return not await connection.fetchval(HELD)

            await until(none_held)  # those who still read are between two statements


async def test_more_than_can_be_answered_is_refused_for_now_but_not_whoever_watches(
    filled: str,
) -> None:
    app = create_app(Settings(database_url=with_user(filled, Role.API)), auditor=False)
    app.state.crowd = Crowd(most=2)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
        postgres.connect(filled) as switching,
    ):
        async with switching.transaction():
            await switching.execute("LOCK TABLE read.serving IN ACCESS EXCLUSIVE MODE")
            waiting = [asyncio.create_task(client.get("/figures/F16.json")) for _ in range(2)]
            await until(lambda: blocked(switching))
            refused = await client.get("/figures/F16.json")
            assert (refused.status_code, refused.json()["code"]) == (503, "busy")
            assert refused.headers["retry-after"]
            assert (await client.get("/healthz")).status_code == 200
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200]
        assert (await client.get("/figures/F16.json")).status_code == 200


async def blocked(connection: asyncpg.Connection) -> bool:
    """Whether somebody waits for a lock."""
    sql = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(await connection.fetchval(sql))


async def test_a_database_that_does_not_answer_is_said_to_be_none(filled: str) -> None:
    app = create_app(Settings(database_url=with_user(filled, Role.API)), auditor=False)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
        asyncpg.create_pool(
            "postgresql:///nowhere?host=/nowhere", min_size=0, max_size=1
        ) as nowhere,
    ):
        app.state.pool = nowhere
        answer = await client.get("/figures/F16.json")
        assert (answer.status_code, answer.json()["code"]) == (503, "database")
        assert answer.headers["retry-after"]
