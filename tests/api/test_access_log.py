"""The access log of the inside view: who asked for what, from where, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import asyncpg
import pytest
from starlette.applications import Starlette

from api.noting import MOST_WAITING, Noting
from api.problems import Problem
from infra import postgres
from ledger import access
from ledger.access import Line
from tests.support.inside import TOKENS, bearing, browser, database, inside
from tests.support.ledger import LEDGER
from tests.support.pages import client_of

NUMBER = "445102198001010012"


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with database(server_url, "access_log") as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(url) as made:
        yield made


async def log_of(url: str, app: Starlette) -> list[Line]:
    """All lines, the latest first; those on their way are written."""
    await app.state.noting.stop(app.state.pool)
    async with postgres.connect(url) as connection:
        return await access.read(connection, LEDGER, limit=1_000)


async def test_a_line_says_who_from_where_what_and_what_came_of_it(
    app: Starlette, url: str
) -> None:
    begun = datetime.now(UTC)
    async with browser(app) as client:
        await client.get("/figures/F16?at=4&asof=2024-06-30")
        await client.get("/figures/F16?at=4", headers=bearing(TOKENS[url]["auditor-a"]))
        await client.get("/waiting", headers=bearing(TOKENS[url]["sys"]))
        await client.get(f"/streams/case/{NUMBER}", headers=bearing(TOKENS[url]["auditor-a"]))
        await client.post("/sign-in", data={"token": "wrong"})
        await client.post("/sign-in", data={"token": TOKENS[url]["sec"]})
        await client.post("/sign-out")
    lines = list(reversed((await log_of(url, app))[:7]))
    assert [(line.who, line.role, line.method, line.path, line.status) for line in lines] == [
        (None, None, "GET", "/figures/F16", 401),
        ("auditor-a", "auditor", "GET", "/figures/F16", 200),
        ("sys", "system-administrator", "GET", "/waiting", 403),
        ("auditor-a", "auditor", "GET", "/streams/case/…", 404),
        (None, None, "POST", "/sign-in", 401),
        ("sec", "security-administrator", "POST", "/sign-in", 303),
        ("sec", "security-administrator", "POST", "/sign-out", 303),
    ]
    remarks = [line.remark for line in lines]
    assert remarks == [None, None, "other-role", None, "sign-in-failed", "signed-in", "signed-out"]
    assert {line.address for line in lines} == {"127.0.0.1"}
    assert all(begun <= line.at <= datetime.now(UTC) for line in lines)
    assert all(0 <= line.milliseconds < 600_000 for line in lines)


async def test_what_tells_nothing_and_the_public_face_are_not_in_it(
    app: Starlette, url: str
) -> None:
    before = len(await log_of(url, app))
    async with browser(app) as client, client_of(url) as public:
        for path in ("/healthz", "/static/site.css", "/problems/not-found"):
            await client.get(path)
        for path in ("/", "/entries/1"):
            await public.get(path)
    assert len(await log_of(url, app)) == before


async def test_the_audit_administrator_reads_it_page_by_page(app: Starlette, url: str) -> None:
    headers = bearing(TOKENS[url]["aud-adm"])
    async with browser(app) as client:
        for _ in range(55):
            await client.get("/nowhere", headers=bearing(TOKENS[url]["auditor-a"]))
        await log_of(url, app)
        first = (await client.get("/access.json?who=auditor-a", headers=headers)).json()
        second = (await client.get("/access.json?who=auditor-a&page=2", headers=headers)).json()
        page = await client.get("/access?remark=other-role", headers=headers)
    assert first["pages"] >= 2
    assert {line["who"] for line in first["lines"] + second["lines"]} == {"auditor-a"}
    assert len(first["lines"]) == 50
    assert "访问日志" in page.text


async def test_lines_wait_while_the_database_takes_none_and_are_not_lost(url: str) -> None:
    noting = Noting(LEDGER)
    line = Line(datetime.now(UTC), "late", None, "::1", "GET", "/late", 200, 1)
    pool = await asyncpg.create_pool(url, min_size=1, max_size=2)
    writing = asyncio.create_task(noting.follow(pool))
    async with postgres.connect(url) as connection:
        async with connection.transaction():
            await connection.execute("LOCK ledger.access IN ACCESS EXCLUSIVE MODE")
            for _ in range(3):
                noting.note(line)
            await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        await noting.stop(pool)
        assert await access.count(connection, LEDGER, "late", None) >= 3
    await pool.close()


def test_what_cannot_be_written_down_is_not_answered() -> None:
    noting = Noting(LEDGER)
    line = Line(datetime.now(UTC), None, None, "::1", "GET", "/", 200, 1)
    for _ in range(MOST_WAITING):
        noting.require_room()
        noting.note(line)
    with pytest.raises(Problem) as refused:
        noting.require_room()
    assert refused.value.status == 503
