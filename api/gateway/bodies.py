"""Bodies of requests: bounded, and only as long as the client keeps up a pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from api.gateway import problems
from api.gateway.room import Room

GRACE_SECONDS = 10.0
PACE = 2_000
"""Bytes a second that a client must make beyond the grace: the slowest line that is one."""


async def parts(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body part by part. Raises Problem where it is too large, too slow or compressed."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise problems.compressed()
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise problems.too_large(most)
    loop = asyncio.get_running_loop()
    started, got, more = loop.time(), 0, True
    while more:
        try:
            async with asyncio.timeout_at(started + GRACE_SECONDS + got / PACE):
                message = await request.receive()
        except TimeoutError:
            raise problems.too_slow() from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        got += len(part)
        if got > most:
            raise problems.too_large(most)
        if part:
            yield part


@asynccontextmanager
async def whole(request: Request, most: int, room: Room) -> AsyncIterator[bytes]:
    """The whole body, at most so many bytes; it takes room until it is done with. Raises Problem.

    A key has room of its own; of one that is not known yet, all have it together.
    """
    with room.body(getattr(request.state, "key", "")) as more:
        came: list[bytes] = []
        async for part in parts(request, most):
            more(len(part))
            came.append(part)
        body = b"".join(came)
        came.clear()
        yield body


async def lines(
    request: Request, most: int, longest: int, *, empty: bool = False
) -> AsyncIterator[list[bytes]]:
    """The lines of a stream as they come, a part of the body at a time; `empty` ones if wanted.

    Of a line longer than `longest` bytes the beginning, which is still too long. Raises Problem.
    """
    rest = b""
    async for part in parts(request, most):
        *full, rest = (rest + part).split(b"\n")
        rest = rest[: longest + 1]
        if some := [line for line in full if empty or line.strip()]:
            yield some
    if rest.strip():
        yield [rest]
