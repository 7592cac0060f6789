"""What is sent again and what is not, and in which form."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import asyncpg
import httpx
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp

from api.app import create_app
from api.sent import Packed, Tagged
from infra import postgres
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings
from tests.api.test_pages import PUBLIC
from tests.support.ledger import Bench
from tests.support.money import a_household
from tests.support.pages import client_of
from tests.support.published import FIRST, fill, last_of
from tests.support.releasing import ACT, draft, households, publish, release_report
from tests.support.serving import HOST, serving

LATER = replace(ACT, at=datetime.fromisoformat("2025-01-06T09:00:00+08:00"), signature=None)
PLAIN = {"accept-encoding": "identity"}
DOCUMENTS = ("/reports/2024.html", "/reports/2024.md")
STYLES = ("/reports.css", "/static/site.css", "/static/icon.svg")


async def has(client: httpx.AsyncClient, path: str, tag: str, **headers: str) -> httpx.Response:
    return await client.get(path, headers={"if-none-match": tag, **headers})


async def test_who_has_an_answer_is_not_sent_it_again(public: httpx.AsyncClient) -> None:
    for path in (*PUBLIC, *STYLES, "/figures/F16.json", "/releases", "/releases/annual/2024"):
        first = await public.get(path)
        if first.status_code == 404:
            continue
        tag = first.headers["etag"]
        assert re.fullmatch(r'W/"[^"]+"', tag), path
        for again in (
            await has(public, path, tag),
            await public.head(path, headers={"if-none-match": tag}),
            await has(public, path, f'"x", {tag}'),
            await has(public, path, tag.removeprefix("W/")),
            await has(public, path, "*"),
        ):
            assert (again.status_code, again.content) == (304, b""), path
            assert again.headers["etag"] == tag, path
            assert again.headers["cache-control"] == "no-cache", path
            assert again.headers["vary"] == "Accept, Accept-Encoding", path
            assert not {"content-type", "content-encoding"} & again.headers.keys(), path
        for other in ('"x"', f'W/"{"0" * 32}"', "x", ""):
            assert (await has(public, path, other)).status_code == 200, path


async def test_one_address_has_a_tag_for_each_form_and_each_question(
    public: httpx.AsyncClient,
) -> None:
    page = (await public.get("/figures/F16")).headers["etag"]
    data = (await public.get("/figures/F16", headers={"accept": "application/json"})).headers
    other = (await public.get("/figures/F14")).headers["etag"]
    assert len({page, data["etag"], other}) == 3
    assert (await has(public, "/figures/F16", page, accept="application/json")).status_code == 200
    assert (await public.get("/figures/F16.json")).headers["etag"] == data["etag"]


async def test_a_document_keeps_what_its_policy_allows_when_it_is_not_sent_again(
    public: httpx.AsyncClient,
) -> None:
    """A browser takes the headers of a 304 over: with those of pages it would lose its style."""
    first = await public.get("/reports/2024.html")
    again = await has(public, "/reports/2024.html", first.headers["etag"])
    assert again.status_code == 304
    for name in ("content-security-policy", "content-disposition"):
        assert again.headers[name] == first.headers[name]


async def test_errors_and_refusals_have_no_tag(public: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/figures/F99", "/figures?at=3", "/figures?peroid=1", "/entries/1"):
        answer = await has(public, path, "*")
        assert answer.status_code >= 400, path
        assert "etag" not in answer.headers, path
    assert (await public.post("/figures", headers={"if-none-match": "*"})).status_code == 405


async def test_an_entry_that_changes_nothing_of_a_page_voids_nothing(database_url: str) -> None:
    """Every entry had every page sent again."""
    await fill(database_url)
    async with client_of(database_url) as public:
        before = {path: (await public.get(path)).headers["etag"] for path in PUBLIC}
        async with postgres.connect(database_url) as connection:
            bench = await Bench.join(connection)
            was = await last_of(connection)
            await bench.tell(a_household("DB-9"), received=date(2025, 3, 1))
            assert await last_of(connection) == was + 1
        for path, tag in before.items():
            assert (await has(public, path, tag)).status_code == 304, path


async def test_a_later_edition_is_shown_wherever_the_one_before_it_is_kept(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    await publish(bench, draft(households(1), at=1))
    async with client_of(database_url) as public:
        first = await public.get("/releases/monthly/2024-11/1")
        await publish(bench, draft(households(2), at=1), LATER)
        again = await has(public, "/releases/monthly/2024-11/1", first.headers["etag"])
    assert again.status_code == 200
    assert "已有新版" in again.text


async def test_no_address_promises_never_to_change_not_even_one_that_a_position_pins(
    database_url: str,
) -> None:
    """A report that is published again for the same position stands at the same address."""
    await fill(database_url)
    paths = [f"{path}?at={FIRST}" for path in ("/reports/2024", "/figures/F16", *DOCUMENTS)]
    async with client_of(database_url) as public:
        before = {path: await public.get(path) for path in paths}
        for path, answer in before.items():
            assert answer.status_code == 200, path
            assert answer.headers["cache-control"] == "no-cache", path
        async with postgres.connect(database_url) as connection:
            bench = await Bench.join(connection)
            await release_report(bench, FIRST, datetime.fromisoformat("2025-03-01T09:00+08:00"))
        for path in paths:
            again = await has(public, path, before[path].headers["etag"])
            assert again.status_code == 200, path
            assert again.content != before[path].content, path


async def test_of_the_auditors_view_nothing_is_kept(auditor: httpx.AsyncClient) -> None:
    for path in ("/", "/figures/F16", "/entries/1", "/reports/2024.html", *STYLES):
        answer = await has(auditor, path, "*")
        assert answer.headers["cache-control"] == "private, no-store", path


async def test_text_is_sent_in_few_bytes_to_who_takes_it(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    by_form = "Accept, Accept-Encoding"
    for client, paths, vary in (
        (public, (*PUBLIC, "/figures.json", "/static/site.css", "/reports.css"), by_form),
        (
            auditor,
            ("/entries/1", "/figures/F16/rows.json"),
            f"{by_form}, Authorization, Cookie, Mingjian-Purpose",
        ),
    ):
        for path in paths:
            plain = await client.get(path, headers=PLAIN)
            assert "content-encoding" not in plain.headers, path
            assert plain.headers["content-length"] == str(len(plain.content)), path
            assert plain.headers["vary"] == vary, path
            packed = await client.get(path, headers={"accept-encoding": "br, gzip"})
            assert packed.headers["content-encoding"] == "gzip", path
            assert packed.content == plain.content, path
            assert int(packed.headers["content-length"]) < len(plain.content), path
            assert packed.headers.get("etag") == plain.headers.get("etag"), path
            head = await client.head(path, headers={"accept-encoding": "gzip"})
            assert head.headers["content-length"] == packed.headers["content-length"], path
            assert head.headers["content-encoding"] == "gzip", path
            for refused in ("gzip;q=0", "br, gzip; q=0.0", "br"):
                answer = await client.get(path, headers={"accept-encoding": refused})
                assert "content-encoding" not in answer.headers, (path, refused)


async def test_a_page_is_a_tenth_of_its_size_on_its_way(filled: str) -> None:
    """Over a real connection, as a browser has it."""
    app = create_app(Settings(database_url=with_user(filled, Role.API)), auditor=False)
    async with (
        serving(app, lifespan="on") as site,
        httpx.AsyncClient(base_url=f"http://{HOST}:{site.port}", timeout=60) as client,
        client.stream("GET", "/figures") as packed,
    ):
        raw = b"".join([part async for part in packed.aiter_raw()])
        text = gzip.decompress(raw)
        assert len(raw) < len(text) / 5
        again = await has(client, "/figures", packed.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get("/figures")).text == text.decode()


def app_with(answer: Any) -> ASGIApp:
    return Packed(Tagged(answer))


async def test_what_comes_in_parts_passes_in_parts_and_has_the_tag_that_it_brings() -> None:
    """A download of all rows: it is never held back whole."""
    made: list[int] = []

    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"row,\r\n" * 1_000

    async def rows(scope: Any, receive: Any, send: Any) -> None:
        headers = {"etag": '"p11"'} if scope["path"] == "/tagged" else {}
        await StreamingResponse(parts(), media_type="text/csv", headers=headers)(
            scope, receive, send
        )

    app = app_with(rows)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as client:
        plain = await client.get("/")
        assert "etag" not in plain.headers
        assert plain.headers["content-encoding"] == "gzip"
        assert plain.content == b"row,\r\n" * 3_000
        tagged = await client.get("/tagged")
        assert tagged.headers["etag"] == 'W/"p11"'
        again = await has(client, "/tagged", 'W/"p11"')
        assert (again.status_code, again.content) == (304, b"")
        assert (await has(client, "/tagged", '"p12"')).content == plain.content


async def test_what_is_packed_already_is_sent_as_it_is() -> None:
    kinds = ("application/zip", "application/pdf")
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for kind in (*kinds, sheet):
        app = app_with(PlainTextResponse("x" * 10_000, media_type=kind))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
        ) as client:
            assert "content-encoding" not in (await client.get("/")).headers, kind
