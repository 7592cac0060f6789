"""Clients of the pages, within this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from api.app import create_app
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings


@asynccontextmanager
async def client_of(
    url: str, *, auditor: bool = False, client: str = "127.0.0.1", user: str = ""
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application at this address; an auditor bears the token, with a purpose.

    The pages are a user of the database, their own one if none is named.
    """
    user = user or (Role.AUDITOR if auditor else Role.API)
    app = create_app(Settings(database_url=with_user(url, user)), auditor=auditor)
    transport = httpx.ASGITransport(app, client=(client, 50_000))
    headers = {}
    if auditor:
        headers = {"authorization": f"Bearer {app.state.gate.token}", "mingjian-purpose": "test"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", headers=headers
        ) as made,
    ):
        yield made


async def json_of(client: httpx.AsyncClient, path: str) -> Any:
    response = await client.get(path)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()
