"""A live ledger for the tests of a module, and a gateway over it without a broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import asyncpg
import httpx
import pytest

from api.gateway.app import Gateway
from infra import postgres
from infra.settings import Settings
from tests.support.databases import filled
from tests.support.gateway import fill, gateway_of

Both = tuple[httpx.AsyncClient, Gateway]


@pytest.fixture(scope="module")
def live_url(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a database with a live ledger."""
    with filled(server_url, f"gateway_{request.path.stem}", fill) as url:
        yield url


@pytest.fixture
async def ledger(live_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to it."""
    async with postgres.connect(live_url) as connection:
        yield connection


@pytest.fixture
async def both(live_url: str) -> AsyncIterator[Both]:
    """A client, and what requests share."""
    async with gateway_of(Settings(database_url=live_url)) as made:
        yield made


@pytest.fixture
def client(both: Both) -> httpx.AsyncClient:
    return both[0]


@pytest.fixture
def gateway(both: Both) -> Gateway:
    return both[1]
