"""What stands above a published document and below every page, as on pages of the government."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from domain.bureau.reading import FolderWrong, read
from infra import postgres
from projections.snapshot import snapshot
from reports import publishing, release
from tests.support.bureau import SAMPLE, adopt, sample_but
from tests.support.ledger import LEDGER, Bench, event
from tests.support.markup import Element
from tests.support.markup import read as elements
from tests.support.money import a_household
from tests.support.pages import client_of, json_of
from tests.support.releasing import ACT, draft, households, publish

LATER = replace(ACT, at=datetime.fromisoformat("2025-01-06T09:00:00+08:00"), signature=None)
OFFICE = """
[site]
index_code = "11441900MB2C00000X"
address = "示例路1号"
phone = "0769-00000000"
site_code = "4419000001"
url = "https://mz.example.gov.cn"
icp = "粤ICP备00000000号-1"
police = "粤公网安备44190002000001号"
"""
STATED = sample_but("bureau.toml", 'publisher = "office"', f'publisher = "office"\n{OFFICE}')


@pytest.fixture
async def bench(database_url: str) -> AsyncIterator[Bench]:
    """Of November two editions, one in 2024 and one in 2025; between them one for the office."""
    async with postgres.connect(database_url) as connection:
        made = await Bench.open(connection)
        await made.tell(a_household("DB-1"))
        await publish(made, draft(households(1), at=1))
        office = draft(households(1), at=1, plan="return", audience="internal")
        await publish(made, office)
        await publish(made, draft(households(2), at=4), LATER)
        yield made


def rows(page: Element) -> dict[str, str]:
    """The head of a document."""
    (head,) = (one for one in page.all("dl") if one.attributes.get("class") == "filed")
    return {next(row.all("dt")).text: next(row.all("dd")).text for row in head.children}


def site_foot(page: str) -> Element:
    """The foot of a page, below that of the document on it."""
    return [*elements(page).all("footer")][-1]


@pytest.mark.usefixtures("bench")
async def test_a_release_bears_what_every_document_of_the_government_bears(
    database_url: str,
) -> None:
    """Numbers run by year of publication; what is internal has a sequence of its own."""
    async with client_of(database_url) as public:
        first = rows(elements((await public.get("/releases/monthly/2024-11/1")).text))
        second = rows(elements((await public.get("/releases/monthly/2024-11")).text))
        told = await json_of(public, "/releases/monthly/2024-11.json")
    async with client_of(database_url, auditor=True) as auditor:
        internal = rows(elements((await auditor.get("/releases/return/2024-11")).text))
    assert first == {
        "索引号": "账本445102/2024-00001",
        "栏目": "月报、季报",
        "发文机关": SAMPLE.name,
        "成文日期": "2024年12月3日",
        "标题": "月报",
        "发布日期": "2024年12月5日 09:00",
        "有效性": "已被取代",
        "数据截至": "2024年11月30日",
        "内容校验码": first["内容校验码"],
    }
    assert (second["索引号"], second["有效性"]) == ("账本445102/2025-00001", "现行")
    assert internal["索引号"] == "账本445102/2024-00001"
    assert second["内容校验码"] == told["digest"] != first["内容校验码"]
    assert (told["index_number"], told["signed_on"]) == ("账本445102/2025-00001", "2024-12-03")


async def indexes(bench: Bench) -> dict[str, str]:
    async with snapshot(bench.connection):
        return {item.name: item.index for item in await release.released(bench.connection, LEDGER)}


async def test_a_number_is_of_one_edition_for_ever(bench: Bench) -> None:
    """Also when an earlier one is taken back, and when its time of publication is corrected."""
    again = replace(ACT, at=LATER.at)
    await publish(bench, draft(households(1), at=1, period="2024-10"), again)
    before = await indexes(bench)
    assert before == {
        "monthly/2024-11/1": "2024-00001",
        "return/2024-11/1": "2024-00001",
        "monthly/2024-11/2": "2025-00001",
        "monthly/2024-10/1": "2025-00002",
    }
    act = replace(LATER, signature=None)
    *_, closing = await publishing.facts(bench.connection, draft(households(2), at=4), act)
    told = closing.model_copy(update={"edition": 2})
    name = "office/release-monthly-2024-11-2"
    back = date(2025, 2, 1)
    await bench.take(event("office", "no", told, received=back, corrects=name, kind="revoked"))
    after = await indexes(bench)
    assert after == {key: index for key, index in before.items() if key != "monthly/2024-11/2"}


async def test_pages_name_the_office_as_its_folder_states_it(
    bench: Bench, database_url: str
) -> None:
    """Nothing is made up: what the folder does not state stands nowhere."""
    async with client_of(database_url) as public:
        for path in ("/", "/nowhere", "/releases/monthly/2024-11"):
            foot = site_foot((await public.get(path)).text)
            office = [p.text for p in foot.all("p") if p.attributes.get("class") == "office"]
            assert office == [f"主办单位：{SAMPLE.name}"], path
        await adopt(bench.connection, STATED)
        page = (await public.get("/releases/monthly/2024-11")).text
        assert rows(elements(page))["索引号"] == "11441900MB2C00000X/2025-00001"
        assert '<meta name="SiteIDCode" content="4419000001">' in page
        assert '<meta name="SiteDomain" content="mz.example.gov.cn">' in page
        foot = site_foot(page)
        for said in (
            "地址：示例路1号",
            "联系电话：0769-00000000",
            "网站标识码：4419000001",
            "备案号：粤ICP备00000000号-1",
            "公安备案号：粤公网安备44190002000001号",
        ):
            assert said in foot.text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("index_code", "a-b"),
        ("phone", "13800000000"),
        ("phone", "0769 00000000"),
        ("site_code", "123456789"),
        ("icp", "ICP备1号"),
        ("police", "粤公网安备1号"),
        ("address", " "),
        ("url", "https://mz.example.gov.cn/"),
        ("url", "javascript:alert(1)"),
        ("fax", "0769-00000000"),
    ],
)
def test_what_a_folder_states_of_the_office_is_checked(key: str, value: str) -> None:
    """A phone is a line of the office: a mobile number is a person's."""
    content = SAMPLE.files["bureau.toml"] + f'\n[site]\n{key} = "{value}"\n'.encode()
    with pytest.raises(FolderWrong) as refused:
        read({**SAMPLE.files, "bureau.toml": content})
    (wrong,) = refused.value.all
    assert (wrong.file, wrong.line) == ("bureau.toml", content.count(b"\n"))
    assert key in str(wrong)
