"""A TCP proxy before PostgreSQL that can lose, cut and stall."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Literal, Self

from infra.kafka.local import HOST

COMMIT = b"COMMIT;\x00"
COPY = b'COPY "'
CHUNK = 64 * 1024
STALL_SECONDS = 2.0

Fault = Literal["none", "lose the reply to commit", "cut in copy", "stall in copy"]


class Proxy:
    """Passes bytes between clients and the server until a fault is armed."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._fault: Fault = "none"
        self._times = 0
        self._after = 0
        self.done = 0
        """How many times a fault took place."""
        self._open: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where clients connect."""
        if self._server is None:
            raise RuntimeError("the proxy has not started")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def arm(self, fault: Fault, times: int = 1, after: int = 0) -> None:
        """Let it happen so many times, each `after` so many bytes of the COPY."""
        self._fault, self._times, self._after = fault, times, after

    async def __aenter__(self) -> Self:
        listening = socket.create_server((HOST, 0))
        # A small window, so that a stall is felt by the client and not by the kernel's buffers.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, CHUNK)
        self._server = await asyncio.start_server(self._serve, sock=listening, limit=CHUNK)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            there = await asyncio.open_connection(HOST, self._target)
        except OSError:
            _reset(writer)
            return
        connection = _Connection(self, (reader, writer), there)
        try:
            await connection.run()
        finally:
            _reset(writer)
            _reset(there[1])

    def happens(self, fault: Fault) -> bool:
        """Whether this fault is due now; then it has taken place."""
        if fault != self._fault or self._times <= 0:
            return False
        self._times -= 1
        self.done += 1
        return True

    def watches(self, fault: Fault) -> int | None:
        """After how many bytes it is due; None when it is not armed."""
        return self._after if fault == self._fault and self._times > 0 else None


class _Connection:
    """One client and its connection to the server."""

    def __init__(
        self,
        proxy: Proxy,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._proxy = proxy
        self._client, self._server = client, server
        self._copied: int | None = None
        self._commits = False

    async def run(self) -> None:
        """Pass bytes until one side ends or a fault ends both."""
        ways = [asyncio.create_task(self._up()), asyncio.create_task(self._down())]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _up(self) -> None:
        with suppress(OSError):
            while data := await self._client[0].read(CHUNK):
                if COPY in data:
                    self._copied = 0
                if self._copied is not None:
                    self._copied += len(data)
                    if await self._breaks_copy():
                        return
                if COMMIT in data:
                    self._copied = None
                    self._commits = self._proxy.watches("lose the reply to commit") is not None
                self._server[1].write(data)
                await self._server[1].drain()

    async def _breaks_copy(self) -> bool:
        for fault in ("cut in copy", "stall in copy"):
            after = self._proxy.watches(fault)
            if after is not None and (self._copied or 0) > after and self._proxy.happens(fault):
                if fault == "stall in copy":
                    await asyncio.sleep(STALL_SECONDS)  # nothing is read: the client must wait
                return True
        return False

    async def _down(self) -> None:
        with suppress(OSError):
            while data := await self._server[0].read(CHUNK):
                if self._commits:
                    self._commits = False
                    # The server has answered, so it has committed; the client never hears of it.
                    if self._proxy.happens("lose the reply to commit"):
                        return
                self._client[1].write(data)
                await self._client[1].drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST instead of a farewell."""
    made = writer.get_extra_info("socket")
    if made is not None:
        with suppress(OSError):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
