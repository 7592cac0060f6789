"""What a district's portal takes over: publish packs, a feed, and lists as it gives them itself."""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from io import BytesIO

import httpx
import pytest

from domain.reporting.releases import (
    ReleaseBlock,
    ReleaseCell,
    ReleaseColumn,
    ReleaseContent,
    ReleaseRow,
    ReleaseTable,
)
from infra import postgres
from tests.support.bureau import SAMPLE, adopt, sample_but
from tests.support.ledger import Bench
from tests.support.markup import read
from tests.support.money import a_household
from tests.support.pages import client_of, json_of
from tests.support.registering import a_village
from tests.support.releasing import ACT, draft, households, publish

BANNER = "示例数据，非官方发布"
LATER = replace(ACT, at=datetime.fromisoformat("2025-01-06T09:00:00+08:00"), signature=None)
TABLE = ReleaseTable(
    title="按镇街",
    corner="镇街",
    columns=(ReleaseColumn(heading="户数", unit="户"),),
    rows=(ReleaseRow(heading="<意溪镇>", cells=(ReleaseCell(text="17", value="17"),)),),
)
PLAIN = {"article", "h2", "p", "data", "table", "caption", "thead", "tbody", "tr", "th", "td"}
PLAIN |= {"strong", "br", "span"}
SITED = sample_but(
    "bureau.toml",
    'publisher = "office"',
    'publisher = "office"\n[site]\nurl = "https://mz.example.gov.cn"',
)


@pytest.fixture
async def bench(database_url: str) -> AsyncIterator[Bench]:
    """Three villages; of November a release with a sentence and a table, one for the office."""
    async with postgres.connect(database_url) as connection:
        made = await Bench.open(connection)
        await made.tell(a_household("DB-1"), *(a_village(number) for number in (1, 2, 3)))
        said = households(17)
        says = ReleaseContent(blocks=(*said.blocks, ReleaseBlock(table=TABLE)), values=said.values)
        await publish(made, draft(says, at=1))
        await publish(made, draft(says, at=1, plan="return", audience="internal"))
        yield made


@pytest.fixture
async def portal(bench: Bench, database_url: str) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001  it stands first
    async with client_of(database_url) as made:
        yield made


def opened(answer: httpx.Response) -> dict[str, bytes]:
    assert answer.status_code == HTTPStatus.OK, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.content)) as pack:
        assert {info.date_time for info in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: pack.read(name) for name in pack.namelist()}


async def test_a_pack_is_the_body_the_labels_and_the_files_of_a_release(
    portal: httpx.AsyncClient,
) -> None:
    answer = await portal.get("/releases/monthly/2024-11.zip")
    files = opened(answer)
    assert "%E5%8F%91%E5%B8%83%E5%8C%85" in answer.headers["content-disposition"]
    assert set(files) >= {"fragment.html", "meta.json", "说明.txt"}
    meta = json.loads(files["meta.json"])
    assert (meta["index_number"], meta["title"], meta["column"], meta["state"]) == (
        "账本445102/2024-00001",
        "月报",
        "月报、季报",
        "现行",
    )
    assert (meta["signed_on"], meta["published_at"], meta["asof"], meta["notice"]) == (
        "2024-12-03",
        "2024-12-05T09:00:00+08:00",
        "2024-11-30",
        BANNER,
    )
    assert meta["path"] == "/releases/monthly/2024-11/1"
    assert meta["labels"]["PubDate"] == "2024-12-05 09:00"
    told = {each["name"]: each["sha256"] for each in meta["files"]}
    assert told == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name not in ("meta.json", "说明.txt")
    }
    assert {name.rpartition(".")[2] for name in told} == {"html", "csv", "xlsx"}
    readme = files["说明.txt"].decode("utf-8-sig")
    assert all(name in readme for name in told)
    numbers = [line.partition(".")[0] for line in readme.splitlines() if line[:1].isdigit()]
    assert numbers == [str(number) for number in range(1, len(told) + 2)]


@pytest.mark.parametrize("path", ["/releases/monthly/2024-11", "/villages"])
async def test_the_body_bears_nothing_of_our_site(portal: httpx.AsyncClient, path: str) -> None:
    """No class, no style, no script, and no link into the void of another site."""
    body = opened(await portal.get(f"{path}.zip"))["fragment.html"].decode()
    elements = [*read(body).all()]
    assert {one.tag for one in elements} <= PLAIN
    names = {name for one in elements for name in one.attributes}
    assert names <= {"lang", "scope", "value", "data-path"}
    assert not re.search(r"〔未填写〕|入账|账本 [0-9]|<script", body)
    assert body.count(BANNER) == 1
    for one in elements:
        if "data-path" in one.attributes:
            where = await portal.get(one.attributes["data-path"])
            assert where.status_code == HTTPStatus.OK, one.attributes


async def test_the_body_says_what_the_page_says(portal: httpx.AsyncClient) -> None:
    body = opened(await portal.get("/releases/monthly/2024-11.zip"))["fragment.html"].decode()
    assert '<p>在保<data value="17">17户</data></p>' in body
    assert '<th scope="row">&lt;意溪镇&gt;</th><td>17</td>' in body
    rows = opened(await portal.get("/villages.zip"))
    assert [one.text for one in read(rows["fragment.html"].decode()).all("th")][4:] == [
        "示例1村",
        "示例2村",
        "示例3村",
    ]
    meta = json.loads(rows["meta.json"])
    assert (meta["column"], meta["count"], meta["title"]) == ("名录", 3, "村（居）民委员会名录")
    assert "index_number" not in meta


async def test_the_same_page_is_the_same_pack_whenever_it_is_made(
    bench: Bench, portal: httpx.AsyncClient
) -> None:
    packs = ("/releases/monthly/2024-11/1.zip", "/villages.zip?at=4&asof=2024-06-30")
    before = [(await portal.get(path)).content for path in packs]
    await bench.tell(a_village(4))
    assert [(await portal.get(path)).content for path in packs] == before
    assert "示例4村" in opened(await portal.get("/villages.zip"))["fragment.html"].decode()


async def test_there_is_a_pack_of_what_is_public_alone(
    portal: httpx.AsyncClient, database_url: str
) -> None:
    page = (await portal.get("/releases/monthly/2024-11")).text
    assert 'href="/releases/monthly/2024-11.zip" download' in page
    for path in ("/releases.zip", "/registers.zip", "/search.zip", "/villages/445102100001.zip"):
        assert (await portal.get(path)).status_code == HTTPStatus.NOT_ACCEPTABLE, path
    assert (await portal.get("/releases/return/2024-11.zip")).status_code == HTTPStatus.NOT_FOUND
    async with client_of(database_url, auditor=True) as auditor:
        internal = await auditor.get("/releases/return/2024-11.zip")
        assert internal.status_code == HTTPStatus.NOT_ACCEPTABLE
        assert (await auditor.get("/releases/monthly/2024-11.zip")).status_code == HTTPStatus.OK


async def test_programs_that_read_the_portals_of_the_province_read_ours(
    bench: Bench, portal: httpx.AsyncClient
) -> None:
    """One article a plan and period, a hundred a page; 2024-12-05 09:00 +08:00 = 1733360400."""
    path = "/gkmlpt/api/all/releases?page=1&sid=445102"
    told = await json_of(portal, path)
    assert told == {
        "total": 1,
        "articles": [
            {
                "id": 202400001,
                "identifier": "账本445102/2024-00001",
                "title": f"月报（{BANNER}）",
                "publisher": SAMPLE.name,
                "document_number": "",
                "classify_main_name": "月报、季报",
                "date": 1733360400,
                "display_publish_time": 1733360400,
                "created_at": "2024-12-05 09:00:00",
                "url": "/releases/monthly/2024-11",
                "post_url": "/releases/monthly/2024-11",
                "is_expired": 0,
                "is_abolished": 0,
            }
        ],
    }
    assert (await json_of(portal, "/gkmlpt/api/all/reports"))["total"] == 0
    assert (await json_of(portal, "/gkmlpt/api/all/all?page=2")) == {"total": 1, "articles": []}
    for wrong, status in (
        ("/gkmlpt/api/all/4053", HTTPStatus.NOT_FOUND),
        ("/gkmlpt/api/all/all?sid=445103", HTTPStatus.BAD_REQUEST),
        ("/gkmlpt/api/all/all?page=0", HTTPStatus.BAD_REQUEST),
        ("/gkmlpt/api/all/all?pages=1", HTTPStatus.BAD_REQUEST),
    ):
        assert (await portal.get(wrong)).status_code == status, wrong
    await adopt(bench.connection, SITED)
    (article,) = (await json_of(portal, path))["articles"]
    assert article["url"] == "https://mz.example.gov.cn/releases/monthly/2024-11"


async def test_a_feed_tells_of_what_is_public_and_updates_what_was_published_again(
    bench: Bench, portal: httpx.AsyncClient
) -> None:
    atom = "{http://www.w3.org/2005/Atom}"

    async def entry() -> dict[str, str | None]:
        answer = await portal.get("/feed.atom")
        assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
        feed = ET.fromstring(answer.content)  # noqa: S314  our own
        (one,) = feed.findall(f"{atom}entry")
        assert feed.findtext(f"{atom}updated") == one.findtext(f"{atom}updated")
        return {name: one.findtext(f"{atom}{name}") for name in ("id", "title", "updated")}

    first = await entry()
    assert first["title"] == f"月报（{BANNER}）"
    assert first["updated"] == "2024-12-05T09:00:00+08:00"
    await publish(bench, draft(households(18), at=4, title="月报<更正>"), LATER)
    second = await entry()
    assert second["id"] == first["id"]
    assert (second["title"], second["updated"]) == (
        f"月报<更正>（{BANNER}）",
        "2025-01-06T09:00:00+08:00",
    )
    assert 'href="/feed.atom"' in (await portal.get("/")).text
