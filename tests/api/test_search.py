"""站内搜索: by kind with counts, twenty a page, and nothing that is not public.

By hand: 121 villages, of which one is called otherwise and one was abolished; three bodies; one
release of November and one for the office, with a sentence each; the annual report of 2024.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from infra import postgres
from tests.support.enforcement import PRIVATE
from tests.support.ledger import url_of
from tests.support.markup import Element, read
from tests.support.pages import client_of, json_of
from tests.support.registering import PERCENT, SCRIPT, VILLAGES, fill
from tests.support.releasing import draft, households, publish


@pytest.fixture(scope="module")
def registered(server_url: str) -> Iterator[str]:
    """URL of a database with what stands on registers, and two releases."""
    url = url_of(server_url, "searched")

    async def make() -> None:
        async with postgres.connect(server_url) as admin:
            await admin.execute("CREATE DATABASE searched")
        async with postgres.connect(url) as connection:
            bench = await fill(connection)
            await publish(bench, draft(households(17), at=1))
            office = {"plan": "return", "audience": "internal", "title": "内部报表"}
            await publish(bench, draft(households(99), at=1, **office))

    async def drop() -> None:
        async with postgres.connect(server_url) as admin:
            await admin.execute("DROP DATABASE searched WITH (FORCE)")

    asyncio.run(make())
    yield url
    asyncio.run(drop())


@pytest.fixture
async def citizen(registered: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(registered) as made:
        yield made


async def found(client: httpx.AsyncClient, asked: str, **more: str) -> dict[str, Any]:
    """Kind → its group."""
    answer = await client.get("/search.json", params={"q": asked, **more})
    assert answer.status_code == HTTPStatus.OK, answer.text
    told = answer.json()
    assert told["count"] == sum(group["count"] for group in told["groups"])
    return {group["kind"]: group for group in told["groups"]}


async def page_of(client: httpx.AsyncClient, asked: str, **more: str) -> Element:
    answer = await client.get("/search", params={"q": asked, **more})
    assert answer.status_code == HTTPStatus.OK, answer.text
    return read(answer.text)


async def test_rows_of_registers_are_found_by_part_of_a_chinese_name(
    citizen: httpx.AsyncClient,
) -> None:
    groups = await found(citizen, "示例１2")
    assert {kind: group["count"] for kind, group in groups.items()} == {"villages": 2}
    assert [hit["title"] for hit in groups["villages"]["hits"]] == ["示例12村", "示例120村"]
    (hit,) = (await found(citizen, "意溪　美术"))["organisations"]["hits"]
    assert hit["address"].startswith("/organisations/")
    assert (await citizen.get(hit["address"])).status_code == HTTPStatus.OK


async def test_of_each_kind_the_first_are_told_and_of_one_all_by_pages(
    citizen: httpx.AsyncClient,
) -> None:
    living = VILLAGES - 1
    villages = (await found(citizen, "示例"))["villages"]
    assert (villages["count"], len(villages["hits"])) == (living, 5)
    titles = []
    for number in range(1, living // 20 + 1):
        (group,) = (await found(citizen, "示例", kind="villages", page=str(number))).values()
        assert len(group["hits"]) == 20
        titles += [hit["title"] for hit in group["hits"]]
    assert len({*titles}) == living
    page = await page_of(citizen, "示例", kind="villages", page="2")
    (pager,) = (one for one in page.all("nav") if one.attributes.get("class") == "pager")
    assert [link.text for link in pager.all("a")] == [
        *("首页", "上一页", "1", "3", "4", "5", "6", "下一页", "尾页"),
    ]
    beyond = await citizen.get("/search", params={"q": "示例", "kind": "villages", "page": "7"})
    assert beyond.status_code == HTTPStatus.NOT_FOUND


async def test_sentences_of_releases_are_found_and_those_of_the_office_by_auditors_only(
    citizen: httpx.AsyncClient, registered: str
) -> None:
    (hit,) = (await found(citizen, "在保 17户"))["releases"]["hits"]
    assert hit == {"title": "月报", "address": "/releases/monthly/2024-11", "text": "在保17户"}
    for hidden in ("99户", "内部报表"):
        assert await found(citizen, hidden) == {}
    async with client_of(registered, auditor=True) as auditor:
        (hit,) = (await found(auditor, "99户"))["releases"]["hits"]
    assert hit["address"] == "/releases/return/2024-11"


async def test_figures_and_statements_are_found_by_name_and_columns_by_what_they_are(
    public: httpx.AsyncClient,
) -> None:
    groups = await found(public, "低保金额")
    assert {"title": "F16 发放低保金额", "address": "/figures/F16", "text": ""} in (
        groups["figures"]["hits"]
    )
    (statement,) = (await found(public, "S16"))["statements"]["hits"]
    assert statement["address"] == "/statements/S16"
    assert "/registers" in [
        hit["address"] for hit in (await found(public, "名录"))["columns"]["hits"]
    ]
    for group in groups.values():
        for hit in group["hits"]:
            assert (await public.get(hit["address"])).status_code == HTTPStatus.OK, hit


async def test_themes_and_rows_of_the_catalogue_are_found(citizen: httpx.AsyncClient) -> None:
    """Who looks for 养老 is told where that is made public, though nothing is connected yet."""
    groups = await found(citizen, "长者食堂")
    (hit,) = groups["disclosure"]["hits"]
    assert hit["title"] == "长者食堂和养老服务设施"
    assert (await citizen.get(hit["address"])).status_code == HTTPStatus.OK
    (hit,) = (await found(citizen, "最低生活保障", kind="themes"))["themes"]["hits"]
    assert (hit["title"], hit["address"]) == ("最低生活保障", "/assistance/dibao")


async def test_what_is_not_public_is_not_found(public: httpx.AsyncClient) -> None:
    """Cases, persons, payments, what waits: they stand in the ledger, and on no page."""
    for hidden in ("DB-1", "示例甲", "p-unknown", "BG-01"):
        assert await found(public, hidden) == {}, hidden


async def test_what_is_asked_is_text_and_not_markup_or_a_pattern(
    citizen: httpx.AsyncClient,
) -> None:
    (hit,) = (await found(citizen, "<script>"))["organisations"]["hits"]
    assert (hit["title"], hit["address"]) == (SCRIPT, f"/organisations/{PRIVATE}")
    answer = await citizen.get("/search", params={"q": "<script>"})
    assert "<script" not in answer.text
    assert "<script>" in [mark.text for mark in read(answer.text).all("mark")]
    for sign in ("%", "_"):
        assert [hit["title"] for hit in (await found(citizen, sign))["organisations"]["hits"]] == [
            PERCENT
        ]
    nothing = await citizen.get("/search", params={"q": "'\"><img src=x>"})
    assert "<img" not in nothing.text
    assert "没有找到" in nothing.text


@pytest.mark.parametrize(
    "query",
    ["q=%00", f"q={'长' * 61}", "q=a&q=b", "q=a&kind=persons", "q=a&page=0", "asof=2024-01-01"],
)
async def test_a_question_that_is_not_understood_is_refused(
    citizen: httpx.AsyncClient, query: str
) -> None:
    answer = await citizen.get(f"/search?{query}")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "可以这样做" in answer.text


async def test_who_asks_nothing_is_told_how(citizen: httpx.AsyncClient) -> None:
    for query in ("", "?q=", "?q=%20"):
        answer = await citizen.get(f"/search{query}")
        assert answer.status_code == HTTPStatus.OK
        assert "空格分开" in answer.text
    assert (await json_of(citizen, "/search.json"))["groups"] == []


async def test_every_page_can_be_searched_from_also_where_there_is_none(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    for client, path in ((public, "/"), (public, "/registers"), (public, "/a/b/c"), (auditor, "/")):
        page = read((await client.get(path)).text)
        (form,) = (one for one in page.all("form") if one.attributes.get("role") == "search")
        assert form.attributes["action"] == "/search", path
        assert [one.attributes["name"] for one in form.all("input")] == ["q"], path


async def test_a_register_is_searched_by_several_words_too(citizen: httpx.AsyncClient) -> None:
    both = await json_of(citizen, "/organisations.json?q=%E7%A4%BA%E4%BE%8B%20%E7%BE%8E%E6%9C%AF")
    assert both["count"] == 1
    none = await json_of(citizen, "/organisations.json?q=%E7%BE%8E%E6%9C%AF%20%E5%B9%BC%E5%84%BF")
    assert none["count"] == 0
