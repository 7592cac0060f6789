"""A second database, to do the same in without Kafka, or to restore into."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from infra import postgres


@pytest.fixture
async def second_url(server_url: str) -> AsyncIterator[str]:
    """URL of a second database of this test's own."""
    name = f"tail_{uuid4().hex[:10]}"
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
    base, _, query = server_url.partition("?")
    url = f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    yield url
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def tail_connection(second_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A second database, for the same events without Kafka."""
    async with postgres.connect(second_url) as connection:
        yield connection
