"""An application on a port of this machine, and clients that do not do what clients do."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from starlette.types import ASGIApp

from infra.http import Guest, Limits

HOST = "127.0.0.1"


class Client:
    """A connection on which anything may be sent, and nothing need be read."""

    def __init__(self, made: socket.socket) -> None:
        self._socket = made

    async def send(self, sent: bytes) -> None:
        """Send some more."""
        await asyncio.get_running_loop().sock_sendall(self._socket, sent)

    async def read(self) -> bytes:
        """What comes until the server closes or cuts the connection."""
        loop, found = asyncio.get_running_loop(), bytearray()
        try:
            async with asyncio.timeout(30):
                while part := await loop.sock_recv(self._socket, 65_536):
                    found += part
        except ConnectionError:
            pass
        return bytes(found)

    async def until(self, end: bytes) -> bytes:
        """What comes up to and with these bytes."""
        found = b""
        while not found.endswith(end):
            part = await self.answer()
            assert part, found
            found += part
        return found

    async def answer(self, size: int = 65_536) -> bytes:
        """The next that comes."""
        async with asyncio.timeout(30):
            return await asyncio.get_running_loop().sock_recv(self._socket, size)

    async def cut(self) -> None:
        """Wait until the server has cut the connection, without reading."""
        async with asyncio.timeout(30):
            while True:
                try:
                    await self.send(b"x")
                except ConnectionError:
                    return
                await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Site:
    """An application that is served, and who is connected to it."""

    port: int
    _sockets: ExitStack

    async def client(self, sent: bytes = b"") -> Client:
        """Connect and send; what is received is kept small and left unread."""
        made = self._sockets.enter_context(socket.socket())
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        made.settimeout(0)
        await asyncio.get_running_loop().sock_connect(made, (HOST, self.port))
        client = Client(made)
        await client.send(sent)
        return client


@asynccontextmanager
async def serving(
    app: ASGIApp, limits: Limits | None = None, *, lifespan: Any = "off"
) -> AsyncIterator[Site]:
    """Serve within these limits."""
    with socket.create_server((HOST, 0), backlog=512) as listener, ExitStack() as sockets:
        server = Guest(app, limits, log_config=None, lifespan=lifespan)
        task = asyncio.create_task(server.serve([listener]))
        try:
            yield Site(listener.getsockname()[1], sockets)
        finally:
            server.should_exit = server.force_exit = True
            await task


@contextmanager
def threaded(app: ASGIApp) -> Iterator[int]:
    """Serve in a thread, for clients that wait for their answers; the port."""
    with socket.create_server((HOST, 0), backlog=512) as listener:
        server = Guest(app, log_config=None, lifespan="on")
        thread = Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            thread.join()
