"""Fixtures: a real PostgreSQL 18 for the whole run, a fresh database per test that asks for one."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from infra import postgres

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL server that lives as long as the test run."""
    # A socket path has a length limit, so the data directory stays short.
    data: Path = tmp_path_factory.mktemp("pg")
    yield postgres.embedded_url(data / "data")


@pytest.fixture
async def database_url(server_url: str) -> AsyncIterator[str]:
    """URL of a database of this test's own, dropped afterwards."""
    name = f"test_{next(_numbers)}"
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
    base, _, query = server_url.partition("?")
    yield f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database of this test's own."""
    async with postgres.connect(database_url) as made:
        yield made
