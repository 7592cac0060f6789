"""A second database, to do the same without Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from infra import postgres


@pytest.fixture
async def tail_connection(server_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A second database, for the same events without Kafka."""
    name = f"tail_{uuid4().hex[:10]}"
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
    base, _, query = server_url.partition("?")
    url = f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    async with postgres.connect(url) as connection:
        yield connection
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
