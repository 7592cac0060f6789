"""What stands around every page: menu, place, address, labels, languages, how far its data runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import asyncpg
import httpx
import pytest

from infra import postgres
from rules import working
from tests.api.test_pages import AUDIT, BANNER, PUBLIC
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench
from tests.support.markup import Element, landmarks, read
from tests.support.money import a_household
from tests.support.pages import client_of, json_of
from tests.support.published import FIRST, database, fill, last_of
from tests.support.releasing import ACT, draft, households, publish, release_report

LISTS = ("/reports", "/releases", "/releases/annual", "/figures", "/statements")
REGISTERS = ("/registers", "/organisations", "/standards")
PAGES = (
    *(path for path in PUBLIC if not path.endswith((".html", ".md"))),
    "/releases",
    "/releases/annual",
    "/releases/annual/2024",
    *REGISTERS,
)
AUDITORS = (*AUDIT, "/findings")
ERRORS = ("/nowhere", "/figures/F99", "/figures?peroid=2024", "/figures?at=3", "/entries/2")


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of a database with the small ledger."""
    with database(server_url, "furniture") as url:
        asyncio.run(find(url))
        yield url


async def find(url: str) -> None:
    """Have the rules look at what is there."""
    async with postgres.connect(url) as connection:
        await working.follow(connection, LEDGER)


@pytest.fixture
async def every(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> dict[tuple[str, str], Element]:
    """All pages of both views, and what is said where there is none."""
    rules = (await json_of(auditor, "/findings.json"))["rules"]
    rule = next(f"/findings/rules/{each['rule']}" for each in rules if each["hits"])
    (one, *_) = (await json_of(auditor, f"{rule}.json"))["findings"]
    own = (*AUDITORS, rule, f"/findings/{one['id']}", "/figures/F16?known=now", "/nowhere")
    found = {}
    for name, client, paths in (
        ("public", public, (*PAGES, *ERRORS)),
        ("auditor", auditor, (*PAGES, *own)),
    ):
        for path in paths:
            answer = await client.get(path)
            assert (answer.status_code == 200) == (path not in ERRORS), path
            found[name, path] = read(answer.text)
    return found


async def look(client: httpx.AsyncClient, path: str) -> Element:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return read(answer.text)


def meta(page: Element) -> dict[str, str]:
    """The labels of a page."""
    return {
        one.attributes["name"]: one.attributes["content"]
        for one in page.all("meta")
        if "name" in one.attributes
    }


def canonical(page: Element) -> str:
    (link,) = (one for one in page.all("link") if one.attributes["rel"] == "canonical")
    return link.attributes["href"]


def trail(page: Element) -> list[str]:
    """Where a page stands, from the first page on."""
    (nav,) = (one for one in page.all("nav") if one.attributes["aria-label"] == "当前位置")
    return [item.text for item in nav.all("li")]


async def test_landmarks_hold_all_that_is_said(
    every: dict[tuple[str, str], Element],
) -> None:
    """The banner of samples stood outside of all."""
    for path, page in every.items():
        found = landmarks(page)
        kinds = [kind for kind, _ in found]
        for kind in ("banner", "main", "contentinfo"):
            assert kinds.count(kind) == 1, (path, kind)
        (body,) = page.all("body")
        outside = {one.tag for one in body.children} - {"header", "main", "footer"}
        assert outside <= {"a"}, path
        if BANNER in page.text:
            assert BANNER in next(page.all("header")).text, path


async def test_the_menu_says_where_the_reader_is(every: dict[tuple[str, str], Element]) -> None:
    for (view, path), page in every.items():
        (menu,) = (one for one in page.all("nav") if one.attributes["aria-label"] == "主要栏目")
        marked = {
            one.attributes["href"].partition("?")[0]: one.attributes["aria-current"]
            for one in menu.all("a")
            if "aria-current" in one.attributes
        }
        bare = path.partition("?")[0]
        column = "/registers" if bare in REGISTERS else "/" + bare.split("/")[1]
        known = {one.attributes["href"].partition("?")[0] for one in menu.all("a")}
        wanted = {column: "page" if bare == column else "true"} if column in known else {}
        assert marked == wanted, (view, path)


async def test_every_inner_page_says_where_it_stands_and_leads_back(
    every: dict[tuple[str, str], Element], public: httpx.AsyncClient
) -> None:
    for (view, path), page in every.items():
        if path == "/":
            assert not [
                one for one in page.all("nav") if one.attributes["aria-label"] == "当前位置"
            ]
            continue
        said = trail(page)
        assert said[0] == "首页", (view, path)
        assert len(said) >= 2, (view, path)
        (here,) = (one for one in page.all("li") if one.attributes.get("aria-current") == "page")
        assert here.text == said[-1], path
    assert trail(await look(public, "/figures/F16")) == ["首页", "指标", "F16 发放低保金额"]
    assert trail(await look(public, "/reports/2024")) == ["首页", "年度报告", "2024 年"]


async def test_pages_that_show_the_same_have_one_address(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    """Each list was known with and without its year."""
    for path, address in (
        ("/", "/"),
        ("/?period=2024", "/"),
        ("/figures", "/figures"),
        ("/figures?period=2024", "/figures"),
        (f"/figures?period=2024&ledger={LEDGER}", "/figures"),
        (f"/figures?at={FIRST}", "/figures"),
        ("/figures/F16?period=2024&asof=&known=&at=&was=at", "/figures/F16"),
        ("/reports/2024", "/reports/2024"),
        ("/reports/2024?period=2024", "/reports/2024"),
        ("/reports?period=2024", "/reports"),
    ):
        assert canonical(await look(public, path)) == address, path
    for path, address in (
        ("/figures/F16?period=2024", "/figures/F16"),
        ("/figures/F16?period=2024&known=now", "/figures/F16?period=2024&known=now"),
        ("/figures/F16?asof=2024-06-30", "/figures/F16?asof=2024-06-30"),
        ("/figures/F16/rows?page=1", "/figures/F16/rows"),
        ("/figures/F28/rows?page=2", "/figures/F28/rows?page=2"),
        ("/entries/1?at=4&was=at", "/entries/1?at=4"),
    ):
        assert canonical(await look(auditor, path)) == address, path


async def test_what_was_superseded_has_an_address_of_its_own(database_url: str) -> None:
    await fill(database_url)
    async with postgres.connect(database_url) as connection:
        bench = await Bench.join(connection)
        later = datetime.fromisoformat("2025-03-01T09:00+08:00")
        await release_report(bench, await last_of(connection), later)
    async with client_of(database_url) as public:
        assert canonical(await look(public, "/reports/2024")) == "/reports/2024"
        old = await look(public, f"/reports/2024?period=2024&at={FIRST}")
        assert canonical(old) == f"/reports/2024?at={FIRST}"
        assert meta(old)["PubDate"] == "2025-01-17 16:52"
        assert meta(await look(public, "/reports/2024"))["PubDate"] == "2025-03-01 09:00"


async def test_public_pages_bear_the_labels_of_government_pages(public: httpx.AsyncClient) -> None:
    for path in PAGES:
        labels = meta(await look(public, path))
        assert labels["SiteName"] == f"明鉴 · {SAMPLE.name}", path
        assert not {"SiteDomain", "SiteIDCode"} & labels.keys(), "known to the portal only"
        column = {"ColumnName", "ColumnType", "ColumnDescription", "ColumnKeywords"}
        assert (column & labels.keys()) == (set() if path == "/" else column), path
        article = {"ArticleTitle", "PubDate", "ContentSource", "Url"}
        assert (article & labels.keys()) == (
            set() if path == "/" or path in (*LISTS, *REGISTERS) else article
        ), path
    labels = meta(await look(public, "/figures/F16?period=2024"))
    assert labels["ColumnName"] == "指标"
    assert labels["ArticleTitle"] == "发放低保金额 · F16"
    assert labels["PubDate"] == "2025-01-17 16:52"
    assert labels["ContentSource"] == SAMPLE.name
    assert labels["Url"] == "/figures/F16"


async def test_what_was_not_published_has_no_time_of_publication(
    auditor: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    for path in ("/reports/2024?known=now", "/figures/F16?asof=2024-06-30", "/reports/2024"):
        assert not {"PubDate", "SiteName"} & meta(await look(auditor, path)).keys(), path
    refused = read((await public.get("/figures/F99")).text)
    assert "PubDate" not in meta(refused)


async def test_bytes_are_not_read_out_as_chinese(every: dict[tuple[str, str], Element]) -> None:
    entry = every["auditor", "/entries/1"]
    assert {one.lang for one in entry.all("pre")} == {"en"}


async def test_public_pages_say_how_far_their_data_runs_in_a_citizens_words(
    public: httpx.AsyncClient,
) -> None:
    """The time was told as a position in the ledger."""
    runs = "数据截至2024年12月31日，依据2025年1月17日 16:52及以前收到的记录。"
    for path in (
        "/",
        "/figures",
        "/figures/F16",
        "/statements",
        "/statements/S16",
        "/reports/2024",
    ):
        page = await look(public, path)
        (said,) = (one.text for one in page.all("p") if one.attributes.get("class") == "runs")
        assert said == runs, path
        (foot,) = (one for one in page.all("footer") if one.attributes.get("class") == "site")
        assert not re.search("位置|账本 [0-9]", foot.text + said), path
    for path in ("/reports", "/releases"):
        assert "数据截至2025年1月17日 16:52的发布。" in (await look(public, path)).text, path


async def test_auditors_are_told_the_position_and_what_the_read_models_lack(
    database_url: str,
) -> None:
    last = await fill(database_url)
    async with client_of(database_url, auditor=True) as auditor:
        page = (await look(auditor, "/figures/F16")).text
        assert f"及以前收到的记录，入账至位置 {FIRST}。" in page
        assert f"账本记到位置 {last}（" in (await look(auditor, "/entries/1")).text
        async with postgres.connect(database_url) as connection:
            bench = await Bench.join(connection)
            await bench.tell(a_household("DB-9"), received=date(2025, 3, 1))
            await connection.execute("UPDATE read_5.checkpoint SET position = position - 1")
        assert "；汇总表尚缺 1 条。" in (await look(auditor, "/parked")).text


async def test_a_release_runs_to_its_own_moment(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"), received=date(2024, 12, 1))
    await publish(bench, draft(households(1), at=1), ACT)
    async with client_of(database_url) as public:
        page = await look(public, "/releases/monthly/2024-11")
    assert "数据截至2024年11月30日，依据2024年12月1日 " in page.text
    assert meta(page)["PubDate"] == "2024-12-05 09:00"
    assert trail(page) == ["首页", "发布", "月报"]


async def test_a_release_has_the_address_of_its_period_while_it_stands(
    connection: asyncpg.Connection, database_url: str
) -> None:
    bench = await Bench.open(connection)
    await bench.tell(a_household("DB-1"))
    await publish(bench, draft(households(1), at=1), ACT)
    standing, first = "/releases/monthly/2024-11", "/releases/monthly/2024-11/1"
    async with client_of(database_url) as public:
        for path in (standing, first):
            assert canonical(await look(public, path)) == standing, path
        later = datetime.fromisoformat("2025-01-06T09:00+08:00")
        await publish(bench, draft(households(2), at=4), replace(ACT, at=later, signature=None))
        assert canonical(await look(public, first)) == first
        assert canonical(await look(public, standing)) == standing


async def test_a_refusal_stands_in_the_same_layout(public: httpx.AsyncClient) -> None:
    for path in ERRORS:
        page = read((await public.get(path)).text)
        assert [kind for kind, _ in landmarks(page)].count("navigation") == 2, path
        assert trail(page)[-1] == next(page.all("h1")).text, path
