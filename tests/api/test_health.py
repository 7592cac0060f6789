"""Health of the pages: told to everyone, counted for few, and lag is no failure."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette

from api.app import create_app
from infra import postgres
from infra.settings import Settings
from projections.read_model import SCHEMA
from tests.support.published import database


@pytest.fixture
def filled(server_url: str) -> Iterator[str]:
    """URL of a database with the small ledger."""
    with database(server_url, "health") as url:
        yield url


async def get(app: Starlette, *paths: str) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
    ):
        return [await client.get(path) for path in paths]


async def test_lag_is_told_and_no_failure(filled: str) -> None:
    async with postgres.connect(filled) as connection:
        position = await connection.fetchval("SELECT position FROM ledger.ledger")
        await connection.execute(
            f"UPDATE {SCHEMA}.checkpoint SET position = position - 3 WHERE read_model = 'payment'"
        )
    app = create_app(Settings(database_url=filled), auditor=False)
    healthy, ready = await get(app, "/healthz", "/readyz")

    assert healthy.status_code == 200
    assert ready.status_code == 200
    assert ready.json()["ledgers"] == [{"ledger": "445102", "position": position, "behind": 3}]
    for answer in (healthy, ready):
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.empty
async def test_a_database_without_a_ledger_is_not_ready(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url), auditor=False)
    healthy, ready = await get(app, "/healthz", "/readyz")

    assert healthy.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["wrong"]


async def test_answers_are_counted_by_route_and_never_on_the_public_port(filled: str) -> None:
    app = create_app(Settings(database_url=filled, metrics_port=0), auditor=False)
    answers = await get(
        app, "/figures/F16", "/figures/F14", "/nobody/440520199901010017", "/metrics"
    )
    assert answers[-1].status_code == 404

    text = "\n".join(
        f"{sample.name} {sample.labels} {sample.value}"
        for family in app.state.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "mingjian_http_requests_total"
    )
    assert "440520199901010017" not in text
    assert "F16" not in text
    counts = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines()}
    # Two pages of one route, and two addresses that no register has, with a record and without.
    assert sorted(counts.values()) == [1, 1, 2]
