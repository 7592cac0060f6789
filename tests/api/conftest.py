"""A small published ledger for the tests of a module that only read, and clients of both views."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.support.pages import client_of
from tests.support.published import database


@pytest.fixture(scope="module")
def filled(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of its database."""
    with database(server_url, request.path.stem) as url:
        yield url


@pytest.fixture
async def public(filled: str) -> AsyncIterator[httpx.AsyncClient]:
    """The public face."""
    async with client_of(filled) as made:
        yield made


@pytest.fixture
async def auditor(filled: str) -> AsyncIterator[httpx.AsyncClient]:
    """The view of an auditor who was let in."""
    async with client_of(filled, auditor=True) as made:
        yield made
