"""Clients that keep a server waiting lose their connection, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from infra.http import Limits
from tests.support.serving import Site, serving

PATIENT = Limits(idle_seconds=30, head_seconds=60, body_seconds=60, unread_seconds=60)
LARGE = b"x" * 2_000_000
WHOLE = b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n"
HALF = b"GET /small HTTP/1.1\r\nHost"


async def small(_request: Request) -> Response:
    return PlainTextResponse("small")


async def large(_request: Request) -> Response:
    return PlainTextResponse(LARGE)


async def slow(_request: Request) -> Response:
    await asyncio.sleep(1)
    return PlainTextResponse("after a second")


async def echo(request: Request) -> Response:
    return PlainTextResponse(await request.body())


APP = Starlette(
    routes=[
        Route("/small", small),
        Route("/large", large),
        Route("/slow", slow),
        Route("/echo", echo, methods=["POST"]),
    ]
)


async def answered(site: Site) -> bool:
    client = await site.client(WHOLE)
    found = await client.answer()
    return found.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("sent", [(), (HALF,), (WHOLE, HALF)], ids=["none", "half", "the second"])
async def test_who_sends_half_a_head_is_cut_off(sent: tuple[bytes, ...]) -> None:
    async with serving(APP, replace(PATIENT, head_seconds=0.5)) as site:
        client = await site.client()
        for part in sent:
            await client.send(part)
            if part == WHOLE:
                await client.until(b"small")
        assert await client.read() == b""
        assert await answered(site)


async def test_who_asks_for_more_before_the_first_answer_gets_that_and_no_more() -> None:
    async with serving(APP, PATIENT) as site:
        client = await site.client(WHOLE * 3)
        assert (await client.read()).count(b"HTTP/1.1 200") == 1
        assert await answered(site)


async def test_one_question_after_the_other_is_answered_on_one_connection() -> None:
    async with serving(APP, PATIENT) as site:
        client = await site.client()
        for _ in range(3):
            await client.send(WHOLE)
            assert (await client.until(b"small")).startswith(b"HTTP/1.1 200")


async def test_a_head_that_comes_letter_by_letter_is_cut_off_all_the_same() -> None:
    async with serving(APP, replace(PATIENT, head_seconds=0.3)) as site:
        client = await site.client(b"GET /small HTTP/1.1\r\nX: ")
        await client.cut()


@pytest.mark.parametrize("method", ["POST /echo", "GET /small"])
async def test_who_sends_half_a_body_is_cut_off(method: str) -> None:
    """Whether the application waits for it, or has long answered."""
    async with serving(APP, replace(PATIENT, body_seconds=0.2)) as site:
        sent = f"{method} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf"
        client = await site.client(sent.encode())
        await client.read()


async def test_who_goes_on_with_a_body_that_was_answered_is_cut_off() -> None:
    """However long a body may take that is still wanted, and however steadily it comes."""
    async with serving(APP, replace(PATIENT, rest_seconds=0.3)) as site:
        sent = b"GET /small HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf"
        client = await site.client(sent)
        assert (await client.until(b"small")).startswith(b"HTTP/1.1 200")
        await client.cut()
        wanted = await site.client(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        for number in range(9):
            await asyncio.sleep(0.1)
            await wanted.send(b"%d" % number)
        assert (await wanted.until(b"012345678")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40,
    ],
    ids=["line", "host", "length", "chunk", "tls"],
)
async def test_what_is_no_http_is_answered_as_every_error_is(sent: bytes) -> None:
    async with serving(APP, PATIENT) as site:
        found = await (await site.client(sent)).read()
        head, _, body = found.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"content-type: application/problem+json" in head
        told = json.loads(body)
        assert (told["status"], told["code"]) == (400, "not-http")
        assert all(told[name] for name in ("title", "detail", "hint"))
        assert await answered(site)


async def test_who_does_not_read_is_cut_off() -> None:
    async with serving(APP, replace(PATIENT, unread_seconds=0.2)) as site:
        client = await site.client(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
        await client.cut()


async def test_who_does_not_read_is_cut_off_also_when_nothing_more_is_to_come() -> None:
    """Closing alone would wait for the reader for ever."""
    async with serving(APP, replace(PATIENT, unread_seconds=0.2)) as site:
        ask = b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        client = await site.client(ask)
        await client.cut()


async def test_who_reads_slowly_is_served_to_the_end() -> None:
    limits = replace(PATIENT, unread_seconds=0.5, unread_bytes=1_000)
    async with serving(APP, limits) as site:
        ask = b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        client = await site.client(ask)
        found = bytearray()
        for _ in range(20):
            found += await client.answer(8_192)
            await asyncio.sleep(0.05)
        found += await client.read()
        assert found.endswith(LARGE)


async def test_an_answer_may_take_longer_than_clients_may() -> None:
    limits = replace(PATIENT, head_seconds=0.2, body_seconds=0.2, unread_seconds=0.2)
    async with serving(APP, limits) as site:
        client = await site.client(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"after a second" in await client.read()


async def test_of_too_many_clients_those_go_that_kept_the_server_waiting_longest() -> None:
    async with serving(APP, replace(PATIENT, clients=10)) as site:
        busy = await site.client(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        idle = [asyncio.create_task((await site.client(HALF)).cut()) for _ in range(10)]
        await asyncio.wait(idle, return_when=asyncio.FIRST_COMPLETED)
        assert await answered(site)
        assert b"after a second" in await busy.answer()
        for waiting in idle:
            waiting.cancel()
        await asyncio.gather(*idle, return_exceptions=True)


async def test_a_server_that_is_told_to_stop_waits_for_no_reader() -> None:
    limits = replace(PATIENT, stop_seconds=1)
    async with asyncio.timeout(30), serving(APP, limits) as site:
        await site.client(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
