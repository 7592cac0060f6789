"""Public registers over a small ledger: lists, one record, days and positions, wrong questions."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import openpyxl
import pytest

from domain.bureau.reading import read
from infra import postgres
from infra.bureaus import SHIPPED
from projections.read_model import SCHEMA
from projections.snapshot import snapshot
from projections.villages import villages
from reports import registers
from reports.moment import Moment
from reports.registers import asking
from reports.registers.asking import Query
from reports.registers.tabling import table_of
from sample import office, organisations
from sample.feed import Feed
from tests.reports.test_registers import SECOND as SECOND_BUREAU
from tests.reports.test_registers import taken
from tests.support import databases, markup
from tests.support.bureau import SAMPLE, adopt
from tests.support.enforcement import ASSOCIATION, PRIVATE, SECOND
from tests.support.ledger import LEDGER, Bench, Correction
from tests.support.pages import client_of
from tests.support.poison import poisoned
from tests.support.registering import (
    FIRST_VILLAGE,
    LAST_DAY,
    LAST_VILLAGE,
    PERCENT,
    RURAL,
    SCRIPT,
    STREET,
    VILLAGES,
    a_village,
    changed,
    fill,
)

BANNER = "示例数据，非官方发布"
ORGANISATIONS, VILLAGE, PLACES = (
    "/organisations",
    "/villages",
    "/placenames",
)
PAGES = (
    "/registers",
    *(f"/{name}" for name in registers.of(SAMPLE)),
    f"{ORGANISATIONS}/{ASSOCIATION}",
    f"{PLACES}/R1",
    f"{VILLAGE}/{FIRST_VILLAGE}",
    f"{VILLAGE}?page=3&asof=2024-10-31&q=村",
    "/standards/dibao",
    "/licence-posts/G1",
)


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of a database with what stands on registers, for tests that only read."""
    with databases.filled(server_url, "registers", fill) as url:
        yield url


async def json_of(client: httpx.AsyncClient, path: str) -> Any:
    response = await client.get(path, headers={"accept": "application/json"})
    assert response.status_code == 200, response.text
    return response.json()


async def column(client: httpx.AsyncClient, path: str, name: str) -> list[Any]:
    """A column of all rows that a page of a register has."""
    return [row[name] for row in (await json_of(client, path))["rows"]]


async def test_pages_are_chinese_documents_that_load_nothing_from_elsewhere(
    public: httpx.AsyncClient,
) -> None:
    for path in PAGES:
        response = await public.get(path)
        text = response.text
        assert response.status_code == 200, path
        assert '<html lang="zh-CN">' in text, path
        assert text.count("<h1>") == 1, path
        assert BANNER in text, path
        assert not re.search(r'(src|href)="(https?:)?//', text), path
        assert not re.search(r"<script|\sstyle=|\son\w+=", text), path
        assert text.count("<table") == text.count("<caption>"), path
        assert "None" not in text, path


async def test_links_of_the_pages_lead_somewhere(public: httpx.AsyncClient) -> None:
    links: set[str] = set()
    for path in PAGES:
        links |= set(re.findall(r'href="(/[^"#]*)"', (await public.get(path)).text))
    links -= {link for link in links if link.startswith(("/figures", "/statements"))}

    assert len(links) > 150
    for link in sorted(links):
        assert (await public.get(link.replace("&amp;", "&"))).status_code == 200, link


async def test_every_register_says_how_many_rows_it_has(public: httpx.AsyncClient) -> None:
    """Of 121 villages one was abolished; of the two standards in the country one is in force."""
    told = await json_of(public, "/registers.json")

    assert (told["asof"], told["sample"], told["notice"]) == ("2024-10-31", True, BANNER)
    assert {each["name"]: each["count"] for each in told["registers"]} == {
        "organisations": 3,
        "organisation-changes": 6,
        "organisation-disposals": 0,
        "placenames": 1,
        "placename-announcements": 0,
        "naming-batches": 0,
        "villages": VILLAGES - 1,
        "keeping-bodies": 1,
        "ashes-forms": 0,
        "standards": 2,
        "standard-changes": 3,
        "arrears": 0,
        "departments": 1,
        "licence-posts": 1,
        "draws": 0,
        "drawn-objects": 0,
        "inspections": 0,
        "penalties": 0,
        "withdrawn-penalties": 0,
        "officers": 0,
        "advisers": 0,
        "enforcement-information": 0,
        "charity-drives": 1,
        "outreach": 0,
    }
    assert "《地名管理条例》第十四条" in (await public.get(PLACES)).text
    page = (await public.get("/registers")).text
    assert "信息形成或者变更之日起10个工作日内" in page


async def test_the_first_page_and_the_menu_lead_there(public: httpx.AsyncClient) -> None:
    text = (await public.get("/")).text
    assert text.count('href="/registers"') == 2


async def test_no_register_is_called_as_another_page_is(public: httpx.AsyncClient) -> None:
    """Its address is its bare name, and what has another page there would hide it."""
    for name, register in registers.of(SAMPLE).items():
        assert f"<h1>{register.title} " in (await public.get(f"/{name}")).text, name


async def test_bodies_with_their_state_on_the_day(public: httpx.AsyncClient) -> None:
    told = await json_of(public, f"{ORGANISATIONS}.json")

    by_code = {row["uscc"]: row for row in told["rows"]}
    assert by_code[ASSOCIATION]["name"] == "示例美术协会"
    assert by_code[ASSOCIATION]["residence"] == "意溪镇示例路1号"
    assert by_code[ASSOCIATION]["capital"] == "30,000.00元"
    assert by_code[ASSOCIATION]["registered_on"] == "2015-05-20"
    assert by_code[ASSOCIATION]["township_name"] == "意溪镇"
    assert (by_code[SECOND]["state"], by_code[SECOND]["state_name"]) == ("deregistered", "注销登记")
    assert (by_code[SECOND]["ended_on"], by_code[SECOND]["name"]) == ("2024-06-18", PERCENT)
    assert by_code[PRIVATE]["kind_name"] == "民办非企业单位"

    before = await json_of(public, f"{ORGANISATIONS}.json?asof=2024-06-09")
    by_code = {row["uscc"]: row for row in before["rows"]}
    assert by_code[ASSOCIATION]["name"] == "示例书画协会"
    assert (by_code[SECOND]["state"], by_code[SECOND]["ended_on"]) == ("registered", None)
    assert by_code[SECOND]["name"] == PERCENT
    assert await column(public, f"{ORGANISATIONS}?asof=2024-03-06", "uscc") == [ASSOCIATION]


async def test_a_day_on_which_it_begins_and_ends(public: httpx.AsyncClient) -> None:
    """Registered on 7 March, ended on 18 June: each a day before, and on it."""
    for day, state in (
        ("2024-03-06", None),
        ("2024-03-07", "registered"),
        ("2024-06-17", "registered"),
        ("2024-06-18", "deregistered"),
    ):
        rows = (await json_of(public, f"{ORGANISATIONS}?asof={day}"))["rows"]
        found = [row["state"] for row in rows if row["uscc"] == SECOND]
        assert found == ([] if state is None else [state]), day


async def test_what_was_known_at_a_position(public: httpx.AsyncClient) -> None:
    """The standards of March are in force from January on; before they were told 650 元 was."""
    told = await json_of(public, "/standards.json?asof=2024-01-31")
    assert sorted(row["amount_fen"] for row in told["rows"]) == [70_000, 87_400]
    assert {row["adopted_on"] for row in told["rows"]} == {"2024-03-05"}
    early = await json_of(public, "/standards.json?asof=2024-01-31&at=10")
    assert [row["amount_fen"] for row in early["rows"]] == [65_000]
    assert (await json_of(public, "/standards.json?at=0"))["rows"] == []


async def test_a_standard_stands_beside_its_raise(public: httpx.AsyncClient) -> None:
    rows = (await json_of(public, "/standards.json"))["rows"]

    by_area = {row["area"]: row for row in rows}
    assert by_area["rural"]["amount_fen"] == 70_000
    assert by_area["rural"]["go_live_month"] == "2024-04"
    assert by_area["rural"]["implemented_on"] == "2024-04-08"
    assert by_area["urban"]["go_live_month"] is None
    page = (await public.get("/standards")).text
    assert "最低生活保障标准" in page
    assert "金额</a>（元/人·月）" in page
    assert '<td class="n">700</td>' in page
    before = await json_of(public, "/standards.json?asof=2024-04-07")
    assert {row["implemented_on"] for row in before["rows"]} == {None}


async def test_a_place_is_called_as_on_the_day(public: httpx.AsyncClient) -> None:
    (now,) = (await json_of(public, f"{PLACES}.json"))["rows"]
    assert (now["name"], now["romanised"]) == ("新名路", "Xinming Lu")
    assert (now["approved_on"], now["authority"]) == ("2024-04-01", "市人民政府")
    (then,) = (await json_of(public, f"{PLACES}.json?asof=2024-09-02"))["rows"]
    assert then["name"] == "示例路"
    assert (await json_of(public, f"{PLACES}.json?asof=2024-03-31"))["rows"] == []


async def test_a_record_says_since_when_what_held(public: httpx.AsyncClient) -> None:
    told = await json_of(public, f"{ORGANISATIONS}/{ASSOCIATION}.json")

    assert told["id"] == ASSOCIATION
    names = [past for past in told["history"] if "name" in past]
    assert [(p["name"], p["since"], p["until"], p["recorded_on"]) for p in names] == [
        ("示例美术协会", "2024-06-10", None, "2024-06-10"),
        ("示例书画协会", "2015-05-20", "2024-06-10", "2024-01-01"),
    ]
    page = (await public.get(f"{ORGANISATIONS}/{ASSOCIATION}")).text
    assert "各项内容的变更" in page
    assert '<th scope="row">住所</th><td>意溪镇示例路1号</td><td>2015-05-20</td>' in page
    before = await json_of(public, f"{ORGANISATIONS}/{ASSOCIATION}.json?asof=2024-06-09")
    names = [past for past in before["history"] if "name" in past]
    assert [(p["name"], p["until"]) for p in names] == [("示例书画协会", None)]


async def test_a_village_that_was_abolished_keeps_its_page(public: httpx.AsyncClient) -> None:
    told = await json_of(public, f"{VILLAGE}/{LAST_VILLAGE}.json")
    assert told["rows"] == []
    assert [(p["name"], p["since"], p["until"]) for p in told["history"]] == [
        (f"示例{VILLAGES}村", "2024-01-01", "2024-08-01")
    ]
    assert "此日不在名录中" in (await public.get(f"{VILLAGE}/{LAST_VILLAGE}")).text
    gone = await public.get(f"{VILLAGE}/{LAST_VILLAGE}?asof=2023-12-31")
    assert gone.status_code == 404


async def test_one_that_has_two_rows_has_a_table(public: httpx.AsyncClient) -> None:
    told = await json_of(public, "/standards/dibao.json")
    assert len(told["rows"]) == 2
    history = [(p["area_name"], p["amount_fen"], p["since"], p["until"]) for p in told["history"]]
    assert history == [
        ("农村", 70_000, "2024-01-01", None),
        ("城市", 87_400, "2024-01-01", None),
        ("农村", 65_000, "2023-01-01", "2024-01-01"),
    ]
    page = (await public.get("/standards/dibao")).text
    assert "登记情况" not in page  # the register of changes says the same, and more
    assert '<td class="n">650</td><td class="n">700</td><td class="n">50</td>' in page
    before = await json_of(public, "/standards/dibao.json?asof=2023-12-31")
    assert [(p["amount_fen"], p["until"]) for p in before["history"]] == [(65_000, None)]


async def test_the_search_finds_parts_of_chinese_names_and_nothing_by_signs(
    public: httpx.AsyncClient,
) -> None:
    """% and _ stand for themselves; a bracket of half width finds one of full width."""

    async def found(text: str, day: str = "2024-06-01") -> list[str]:
        path = f"{ORGANISATIONS}?asof={day}&q={quote(text)}"
        return await column(public, path, "uscc")

    assert await found("书画") == [ASSOCIATION]
    assert await found("协会") == [ASSOCIATION]
    assert await found("美术") == []
    assert await found("美术", "2024-10-31") == [ASSOCIATION]
    assert await found("百分", "2024-10-31") == [SECOND]  # as it was called at its end
    assert await found("%") == [SECOND]
    assert await found("_") == [SECOND]
    assert await found("\\") == []
    assert await found("%%") == []
    assert await found("社(示例)") == [SECOND]
    assert await found("意溪镇示例路") == [ASSOCIATION]
    assert await found("MJ000001") == [ASSOCIATION, PRIVATE]
    assert await found("' OR 1=1 --") == []
    assert await found("没有这个") == []
    page = (await public.get(f"{ORGANISATIONS}?q={quote('没有这个')}")).text
    assert "没有符合条件的记录" in page


async def test_filters_and_orders(public: httpx.AsyncClient) -> None:
    assert await column(public, f"{ORGANISATIONS}?state=registered", "uscc") == [
        ASSOCIATION,
        PRIVATE,
    ]
    assert await column(public, f"{ORGANISATIONS}?kind=association&state=deregistered", "uscc") == [
        SECOND
    ]
    assert await column(public, f"{ORGANISATIONS}?township={STREET}", "uscc") == [SECOND]
    newest = await column(public, f"{ORGANISATIONS}?sort=-registered_on", "uscc")
    assert newest == [PRIVATE, SECOND, ASSOCIATION]
    assert await column(public, f"{ORGANISATIONS}?sort=registered_on", "uscc") == newest[::-1]
    # What was left empty in the form asks for nothing.
    assert len(await column(public, f"{ORGANISATIONS}?q=&kind=&asof=&sort=", "uscc")) == 3
    page = (await public.get(f"{ORGANISATIONS}?state=registered&sort=-name")).text
    assert '<option value="registered" selected>在册</option>' in page
    assert 'aria-sort="descending"' in page


async def test_pages_are_pinned_so_that_none_is_read_twice(database_url: str) -> None:
    """50 a page; a village that comes meanwhile moves nothing for who goes on reading."""
    async with postgres.connect(database_url) as connection:
        bench = await fill(connection)
        async with client_of(database_url) as public:
            first = await public.get(f"{VILLAGE}?sort=-village")
            (second,) = {
                link.replace("&amp;", "&")
                for link in re.findall(r'rel="next" href="([^"]*)"', first.text)
            }
            await bench.tell(a_village(200), received=LAST_DAY)
            read = [
                *await column(public, f"{second}", "village"),
                *await column(public, second.replace("page=2", "page=3"), "village"),
            ]
            fresh = await json_of(public, f"{VILLAGE}?sort=-village")

    assert read == [f"{RURAL}{number:03}" for number in range(VILLAGES - 1 - 50, 0, -1)]
    assert (fresh["count"], fresh["pages"]) == (VILLAGES, 3)
    assert fresh["rows"][0]["village"] == f"{RURAL}200"


async def test_pages_have_numbers(public: httpx.AsyncClient) -> None:
    """Three pages: this one is no link, the others are, above and below the table."""
    page = (await public.get(f"{VILLAGE}?page=2")).text
    assert page.count('<strong aria-current="page">2</strong>') == 2
    numbers = re.findall(r'href="/villages\?[^"]*page=([0-9]+)">([0-9]+)</a>', page)
    assert numbers == [("1", "1"), ("3", "3")] * 2
    assert "共 120 条" in page
    assert set(re.findall(r'<nav class="pager" aria-label="([^"]*)"', page)) == {
        "分页（表前）",
        "分页（表后）",
    }


async def test_names_are_text_and_not_markup(public: httpx.AsyncClient) -> None:
    page = (await public.get(ORGANISATIONS)).text
    assert SCRIPT not in page
    assert "<script" not in page
    assert SCRIPT in markup.read(page).text
    found = await public.get(f"{ORGANISATIONS}?q={quote('<script>')}")
    assert found.status_code == 200
    assert "<script" not in found.text
    assert 'value="&lt;script&gt;"' in found.text


async def test_what_to_do_next_is_a_link(public: httpx.AsyncClient) -> None:
    """The code of a problem is for programs; a reader is led on."""
    text = (await public.get(f"{ORGANISATIONS}/nobody")).text
    main = text.partition("<main")[2].partition("</main>")[0]
    assert f'社会组织名录：<a href="{ORGANISATIONS}" lang="en">{ORGANISATIONS}</a>' in main
    assert ">not-found<" not in main


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (f"{ORGANISATIONS}?colour=red", 400, "没有参数 colour"),
        (f"{ORGANISATIONS}?known=now", 400, "没有参数 known"),
        (f"{ORGANISATIONS}?<script>=1", 400, "没有参数 <script>"),
        (f"{ORGANISATIONS}?kind=club", 400, "association 社会团体"),
        (f"{ORGANISATIONS}?kind=association&kind=foundation", 400, "只能给一次"),
        (f"{ORGANISATIONS}?sort=capital", 400, "不能按 capital 排序"),
        (f"{ORGANISATIONS}?sort=uscc;DROP", 400, "不能按"),
        (f"{ORGANISATIONS}?asof=2024-02-30", 400, "日期写作"),
        (f"{ORGANISATIONS}?asof=tomorrow", 400, "日期写作"),
        (f"{ORGANISATIONS}?at=-1", 400, "at 为账本位置"),
        (f"{ORGANISATIONS}?at=1000000000", 400, "尚不可读"),
        (f"{ORGANISATIONS}?at=many", 400, "at 为账本位置"),
        (f"{ORGANISATIONS}?page=0", 400, "没有第 0 页"),
        (f"{ORGANISATIONS}?page=1000000000", 400, "没有第 1000000000 页"),
        (f"{ORGANISATIONS}?page=2", 404, "共 1 页，没有第 2 页"),
        (f"{VILLAGE}?page=4", 404, "共 3 页，没有第 4 页"),
        (f"{ORGANISATIONS}?q=%00", 400, "空字符"),
        (f"{ORGANISATIONS}?q={'x' * 61}", 400, "最多 60 个字"),
        ("/registers?page=1", 400, "没有参数 page"),
        ("/payments", 404, "没有 /payments 这一页"),
        ("/registers/organisations", 404, "没有 /registers/organisations 这一页"),
        ("/..%2f..%2fetc%2fpasswd", 404, "没有 /"),
        ("/<script>alert(1)<%2fscript>", 404, "没有 /"),
        (f"{ORGANISATIONS}/nobody", 404, "没有 nobody"),
        (f"{ORGANISATIONS}/..%2f..%2fetc", 404, "没有"),
        (f"{ORGANISATIONS}/%00", 404, "空字符"),
        (f"{ORGANISATIONS}/{ASSOCIATION}?page=2", 400, "没有参数 page"),
        (f"{ORGANISATIONS}/{ASSOCIATION}?sort=capital", 400, "不能按 capital 排序"),
        (f"{ORGANISATIONS}?size=30", 400, "size 为 20、50、100"),
        (f"{ORGANISATIONS}?size=1000000000", 400, "每页没有 1000000000 条"),
        ("/organisation-changes?on_date=2024-13", 400, "写作 2024-11、2024"),
        ("/organisation-changes?on_date=may", 400, "日期没有 may"),
        ("/naming-batches?batch=first", 400, "批次没有 first"),
        (f"/organisation-changes/{ASSOCIATION}", 404, f"{ORGANISATIONS}/{ASSOCIATION}"),
        (f"{VILLAGE}/{FIRST_VILLAGE}'%20OR%201=1", 404, "没有"),
        ("/registers?ledger=999999", 404, "没有账本"),
    ],
)
async def test_wrong_questions_are_told_in_the_same_layout(
    public: httpx.AsyncClient, path: str, status: int, says: str
) -> None:
    response = await public.get(path)
    assert response.status_code == status, response.text
    assert says in markup.read(response.text).text
    assert BANNER in response.text
    assert "<script" not in response.text
    told = await public.get(path, headers={"accept": "application/json"})
    assert told.status_code == status
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["hint"]


async def test_days_to_come_are_no_facts(public: httpx.AsyncClient) -> None:
    page = (await public.get(f"{ORGANISATIONS}?asof=2030-01-01")).text
    assert "账本到所问的时点只记到 2024-10-31" in page
    drive = await json_of(public, "/charity-drives.json")
    assert drive["rows"][0]["closes_on"] == "2024-11-06"


async def test_no_person_stands_on_any_page(filled: str, public: httpx.AsyncClient) -> None:
    """Neither names, numbers or pseudonyms of legal representatives, nor numbers of officers."""
    async with postgres.connect(filled) as connection:
        persons = [
            row[0]
            for row in await connection.fetch(
                f"SELECT DISTINCT value FROM {SCHEMA}.registered_value"
                " WHERE item = 'legal-representative'"
            )
        ]
    assert len(persons) == 2
    for path in PAGES:
        text = (await public.get(path)).text + str(await json_of(public, path))
        for secret in (*persons, "示例甲", "示例乙", "445190200203150010", "JB-01", "JB-77"):
            assert secret not in text, path
    # Nor is one found by it.
    for secret in persons:
        assert await column(public, f"{ORGANISATIONS}?q={quote(secret[:60])}", "uscc") == []


async def test_what_is_not_connected_is_no_nothing(database_url: str) -> None:
    own = (
        '[[register]]\nname = "keeping-bodies"\nconnected = false\n\n'
        '[[register]]\nname = "charity-drives"\nshown = false\n'
    )
    async with postgres.connect(database_url) as connection:
        await fill(connection)
        await adopt(connection, read({**SAMPLE.files, "registers.toml": own.encode()}))
    async with client_of(database_url) as public:
        told = {e["name"]: e for e in (await json_of(public, "/registers.json"))["registers"]}
        assert "charity-drives" not in told
        assert (told["keeping-bodies"]["connected"], told["keeping-bodies"]["count"]) == (
            False,
            None,
        )
        page = await public.get("/keeping-bodies")
        assert page.status_code == 200
        assert "未接入" in page.text
        assert "共 0 条" not in page.text
        assert (await json_of(public, "/keeping-bodies"))["rows"] is None
        assert "未接入" in (await public.get("/registers")).text
        assert (await public.get("/charity-drives")).status_code == 404
        assert (await public.get("/keeping-bodies/K1")).status_code == 404


async def test_a_correction_changes_the_register_and_not_what_was_known(database_url: str) -> None:
    wrong = changed("name", "10-31", new_value="写错的协会")
    right = changed("name", "10-31", new_value="改正的协会")
    async with postgres.connect(database_url) as connection:
        bench = await fill(connection)
        await bench.tell(wrong, received=LAST_DAY)
        before = await connection.fetchval("SELECT position FROM ledger.ledger")
        await bench.tell(Correction(right, "changed", wrong), received=LAST_DAY)
    async with client_of(database_url) as public:
        (now,) = await column(public, f"{ORGANISATIONS}?q={ASSOCIATION}", "name")
        (then,) = await column(public, f"{ORGANISATIONS}?q={ASSOCIATION}&at={before}", "name")
        page = (await public.get(f"{ORGANISATIONS}/{ASSOCIATION}")).text
    assert (now, then) == ("改正的协会", "写错的协会")
    assert "写错的协会" not in page


async def test_a_register_whose_read_model_has_halted_ends_there_and_says_so(
    database_url: str,
) -> None:
    async with postgres.connect(database_url) as connection:
        bench = await fill(connection)
        last: int = await connection.fetchval("SELECT position FROM ledger.ledger")
        with poisoned(villages, last + 1):
            await bench.tell(a_village(200), received=LAST_DAY)
    async with client_of(database_url) as public:
        told = await json_of(public, f"{VILLAGE}.json")
        page = (await public.get(VILLAGE)).text
        others = await json_of(public, f"{ORGANISATIONS}.json")
        every = await json_of(public, "/registers.json")
    assert (told["at"], told["count"]) == (last, VILLAGES - 1)
    assert told["halted"] == [{"read_model": "village", "position": last + 1}]
    assert "汇总表 village 停在第" in page
    assert (others["at"], others["halted"]) == (last + 1, [])
    assert every["halted"] == told["halted"]


async def test_auditors_see_the_same_and_what_is_wrong_with_definitions(filled: str) -> None:
    async with client_of(filled, auditor=True) as auditor:
        for path in PAGES:
            assert (await auditor.get(path)).status_code == 200, path
        assert (await json_of(auditor, "/registers.json"))["unfit"] == []
        # Auditors come from pages of a moment, which the menu hands on.
        path = f"{ORGANISATIONS}?period=2024-05&known=2024-04-30"
        told = await json_of(auditor, path)
        assert told["asof"] == "2024-05-31"
        assert sorted(row["uscc"] for row in told["rows"]) == [ASSOCIATION, SECOND]
        page = (await auditor.get(path)).text
        assert 'href="/figures?period=2024-05&amp;known=2024-04-30"' in page
        assert '<input type="hidden" name="known" value="2024-04-30">' in page
        refused = await auditor.get(f"{ORGANISATIONS}?period=may")
        assert (refused.status_code, "期间写作" in refused.text) == (400, True)


async def test_without_a_release_nothing_but_registers_is_shown(public: httpx.AsyncClient) -> None:
    assert (await public.get("/figures")).status_code == 404
    assert (await public.get(ORGANISATIONS)).status_code == 200
    for path in ("/figures?asof=2024-06-30", "/reports/2024?at=3"):
        assert (await public.get(path)).status_code == 403


async def test_a_register_is_a_table_to_take_along(filled: str) -> None:
    register = registers.of(SAMPLE)["standards"]
    async with postgres.connect(filled) as connection, snapshot(connection):
        moment = Moment(LEDGER, LAST_DAY, LAST_DAY, 10_000)
        query = Query(sort="amount_fen")
        found = await asking.listing(connection, register, moment, query, today=LAST_DAY)
    table = table_of(found, SAMPLE, sample=True)

    assert (table.name, table.title) == ("standards", "救助和保障标准")
    assert [(c.name, c.kind, c.unit) for c in table.columns][:4] == [
        ("kind", "text", ""),
        ("area", "text", ""),
        ("amount_fen", "money", "元/人·月"),
        ("effective_from", "date", ""),
    ]
    assert [row[:4] for row in table.rows] == [
        ("最低生活保障标准", "农村", 70_000, date(2024, 1, 1)),
        ("最低生活保障标准", "城市", 87_400, date(2024, 1, 1)),
    ]
    assert table.about == {
        "说明": BANNER,
        "来源": "潮州市湘桥区民政局",
        "数据截至": "2024-10-31",
        "账本位置": "10000",
        "事项": "社会救助政策法规文件",
        "依据": "《社会救助暂行办法》第十条、第十五条；《政府信息公开条例》第二十一条、第二十六条",
    }


async def test_files_have_all_pages_of_a_register_as_it_was_searched(
    public: httpx.AsyncClient,
) -> None:
    """Villages of several pages are one file; what was searched for is all there is in it."""
    for asked in ("asof=2024-10-31", "asof=2024-10-31&q=村&sort=-village"):
        pages = [await json_of(public, f"{VILLAGE}?{asked}&page=1")]
        count = pages[0]["count"]
        pages += [
            await json_of(public, f"{VILLAGE}?{asked}&page={number}")
            for number in range(2, pages[0]["pages"] + 1)
        ]
        every = [row for page in pages for row in page["rows"]]
        told = (await public.get(f"{VILLAGE}.csv?{asked}&for=program")).text.splitlines()
        rows = list(csv.DictReader(told))
        assert count > 50
        assert [row["village"] for row in rows] == [row["village"] for row in every]
        assert [row["name"] for row in rows] == [row["name"] for row in every]
        book = openpyxl.load_workbook(
            BytesIO((await public.get(f"{VILLAGE}.xlsx?{asked}")).content)
        )
        sheet = book.worksheets[1]
        found = {cell.value for column in sheet.iter_cols() for cell in column}
        assert {row["village"] for row in every} <= found
    page = (await public.get(f"{VILLAGE}?asof=2024-10-31&q=村")).text
    assert "下载：" in page
    assert f'href="{VILLAGE}.xlsx?asof=2024-10-31&amp;q=' in page


async def test_the_second_bureau_has_its_own(
    connection: asyncpg.Connection, database_url: str
) -> None:
    """Its townships to choose from, its bodies, and links that stay in its ledger."""
    feed = Feed(office.of(SHIPPED / SECOND_BUREAU.division))
    organisations.send(feed, 2024)
    await taken(connection, SECOND_BUREAU, list(feed.lines()))
    async with client_of(database_url) as public:
        page = (await public.get(f"{ORGANISATIONS}?ledger={SECOND_BUREAU.division}")).text
        links = re.findall(r'href="(/(?:registers|organisations)[^"]*)"', page)
        code, place = next(iter(SECOND_BUREAU.townships.items()))
        assert SECOND_BUREAU.name in page
        assert f'<option value="{code}">{place.name}</option>' in page
        assert len(links) > 50
        for link in links:
            assert f"ledger={SECOND_BUREAU.division}" in link
        assert (await public.get(links[-1].replace("&amp;", "&"))).status_code == 200
        # The other ledger of this database is as empty as it was.
        assert (await json_of(public, ORGANISATIONS))["rows"] == []
        wrong = await public.get(
            f"{ORGANISATIONS}?ledger={SECOND_BUREAU.division}&township={STREET}"
        )
        assert wrong.status_code == 400


async def test_an_empty_ledger_has_registers_without_rows(database_url: str) -> None:
    async with postgres.connect(database_url) as connection:
        await Bench.open(connection)
    async with client_of(database_url) as public:
        for path in ("/registers", ORGANISATIONS):
            page = (await public.get(path)).text
            assert "账本还没有记录" in page
            for link in re.findall(r'href="(/(?:registers|organisations)[^"]*)"', page):
                assert (await public.get(link.replace("&amp;", "&"))).status_code == 200, link
        assert (await json_of(public, ORGANISATIONS))["asof"] is None
