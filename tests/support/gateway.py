"""The gateway within this process, and clients of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx

from api.gateway.app import Gateway, create_gateway
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings
from ledger import source_keys
from ledger.journal import Said
from ledger.seal import Sealer
from projections import opening
from tests.support.kafka import until
from tests.support.ledger import LEDGER

ONE = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json"}
SOCKET = ".s.PGSQL.5432"
LINES = {"content-type": "application/x-ndjson"}
SAID = Said("李明", "测试签发")


async def fill(connection: asyncpg.Connection) -> None:
    """An empty live ledger, with its read models."""
    await opening.create_ledger(connection, LEDGER, "live", Settings())


@asynccontextmanager
async def gateway_of(
    given: Settings, client: str = "127.0.0.1"
) -> AsyncIterator[tuple[httpx.AsyncClient, Gateway]]:
    """A client of the gateway, and what its requests share; what ends its work fails the test."""
    failed: list[BaseException] = []
    role = Role.INTAKE if given.kafka is None else Role.GATEWAY
    url = with_user(given.database_url or "", role)
    app = create_gateway(given.model_copy(update={"database_url": url}), failed.append)
    transport = httpx.ASGITransport(app, client=(client, 50_000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8010") as made,
    ):
        gateway: Gateway = app.state.gateway

        async def ready() -> bool:
            return gateway.ring.read_at is not None and not gateway.sink.wrong

        await until(ready)
        yield made, gateway
    assert failed == []


async def a_key(url_or: asyncpg.Connection, source: str, days: float = 1) -> tuple[str, str]:
    """A new key of a source: its id, and the key."""
    sealer = Sealer(Settings().secret, LEDGER)
    until = datetime.now(UTC) + timedelta(days=days)
    return await source_keys.issue(url_or, sealer, LEDGER, source, until, SAID)


def listed(*events: bytes) -> bytes:
    """Events as one batch."""
    return b"[" + b",".join(events) + b"]"


def outcomes(answer: httpx.Response) -> list[Any]:
    """What became of each event of a batch."""
    return [each["outcome"] for each in answer.json()["events"]]


class Way:
    """A way to a server on a socket of this machine, that can be cut: then nobody answers there."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self._there = f"{parse_qs(urlsplit(server_url).query)['host'][0]}/{SOCKET}"
        self._here = folder / SOCKET
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def url(self, database_url: str) -> str:
        """The same database by this way."""
        return f"{database_url.partition('?')[0]}?host={self._here.parent}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._serve, self._here)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.cut()

    async def cut(self) -> None:
        """Nobody answers any more."""
        if self._server is not None:
            self._server.close()
        self._here.unlink(missing_ok=True)
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(self._there)
        ours = {writer, there[1]}
        self._open |= ours

        async def hand_on(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while part := await source.read(65_536):
                    to.write(part)
                    await to.drain()
            for each in ours:
                each.transport.abort()

        await asyncio.gather(hand_on(reader, there[1]), hand_on(there[0], writer))
        self._open -= ours
