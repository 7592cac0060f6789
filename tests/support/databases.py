"""Databases of tests: copies of one that was made once, which takes a fifth of making it again."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache

import asyncpg

from infra import postgres
from projections import opening
from tests.support import place
from tests.support.ledger import url_of

Fill = Callable[[str], Awaitable[object]]
EMPTY = "template1"
_numbers = itertools.count(1)


async def create(server_url: str, name: str, template: str) -> str:
    """URL of a copy of another database of the server, to which nobody may be connected."""
    # In memory files are copied in two thirds of the time; on a disk that takes twice as long.
    how = "FILE_COPY" if f"host={place.MEMORY}/" in server_url else "WAL_LOG"
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {how}")
    return url_of(server_url, name)


async def drop(server_url: str, name: str) -> None:
    """Whoever is still connected is cut off."""
    async with postgres.connect(server_url) as admin:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def template(server_url: str, fill: Fill) -> str:
    """Name of a database that `fill` filled by its URL, once for a server; it is only copied."""
    name = f"template_{next(_numbers)}"
    with_tables = EMPTY if fill is tables else template(server_url, tables)

    async def make() -> None:
        await fill(await create(server_url, name, with_tables))

    asyncio.run(make())
    return name


async def tables(url: str) -> None:
    """The form of this program, with tables for read models; no ledger."""
    async with postgres.connect(url) as connection:
        await opening.prepare(connection, upgrade=True)


@contextmanager
def copied(server_url: str, name: str, fill: Fill) -> Iterator[str]:
    """URL of a copy of what `fill` fills; it is gone afterwards."""
    filled = template(server_url, fill)
    yield asyncio.run(create(server_url, name, filled))
    asyncio.run(drop(server_url, name))


@contextmanager
def made(server_url: str, name: str, fill: Fill) -> Iterator[str]:
    """URL of a database that `fill` filled by its URL; it is gone afterwards."""
    with copied(server_url, name, tables) as url:

        async def filled() -> None:
            await fill(url)

        asyncio.run(filled())
        yield url


def filled(
    server_url: str, name: str, fill: Callable[[asyncpg.Connection], Awaitable[object]]
) -> AbstractContextManager[str]:
    """URL of a copy of what `fill` fills by a connection; it is gone afterwards."""
    return copied(server_url, name, _by_connection(fill))


@cache
def _by_connection(fill: Callable[[asyncpg.Connection], Awaitable[object]]) -> Fill:
    async def by_url(url: str) -> None:
        async with postgres.connect(url) as connection:
            await fill(connection)

    return by_url
