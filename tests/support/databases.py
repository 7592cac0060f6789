"""Databases of their own that tests fill once and only read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import asyncpg

from infra import postgres
from tests.support.ledger import url_of


@contextmanager
def made(server_url: str, name: str, fill: Callable[[str], Awaitable[object]]) -> Iterator[str]:
    """URL of a database that `fill` filled by its URL; it is gone afterwards."""
    url = url_of(server_url, name)

    async def admin(statement: str) -> None:
        async with postgres.connect(server_url) as connection:
            await connection.execute(statement)

    async def filled() -> None:
        await fill(url)

    asyncio.run(admin(f"CREATE DATABASE {name}"))
    asyncio.run(filled())
    yield url
    asyncio.run(admin(f"DROP DATABASE {name} WITH (FORCE)"))


def filled(
    server_url: str, name: str, fill: Callable[[asyncpg.Connection], Awaitable[object]]
) -> AbstractContextManager[str]:
    """URL of a database that `fill` filled by a connection to it."""

    async def by_url(url: str) -> None:
        async with postgres.connect(url) as connection:
            await fill(connection)

    return made(server_url, name, by_url)
