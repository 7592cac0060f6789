"""公开目录 and 公开工作台 over a small ledger: what is told to whom, and how things stand."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any

import httpx
import openpyxl
import pytest

from reports import disclosure
from tests.support import databases
from tests.support.bureau import SAMPLE
from tests.support.enforcement import ASSOCIATION, PERSON, PRIVATE, SECOND
from tests.support.markup import read
from tests.support.pages import json_of
from tests.support.publishing import TITLE, fill

HOME, DESK = "/disclosure", "/desk"
NOT_CONNECTED = "未接入"


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of a database with what was published, and what was not."""
    with databases.filled(server_url, "publishing", fill) as url:
        yield url


async def rows(client: httpx.AsyncClient, question: str = "") -> dict[str, dict[str, Any]]:
    """The rows of the catalogue by name."""
    told = await json_of(client, f"{HOME}.json{question}")
    return {row["name"]: row for row in told["rows"]}


async def desk(client: httpx.AsyncClient, question: str = "") -> Any:
    return await json_of(client, f"{DESK}.json{question}")


def ids(listed: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in listed]


async def test_the_catalogue_is_the_first_column_and_whole(public: httpx.AsyncClient) -> None:
    page = await public.get(HOME)
    text = page.text
    assert page.status_code == 200
    assert re.findall(
        r'<a href="(/[a-z]+)[^"]*"[^>]*>公开目录</a>', (await public.get("/registers")).text
    )
    menu = text.partition("主要栏目")[2].partition("</nav>")[0]
    assert re.findall(r">([^<>\s]+)</a>", menu)[0] == "公开目录"
    assert 'aria-current="page">公开目录' in menu
    areas = {row.area for row in disclosure.of(SAMPLE).values()}
    assert re.findall(r'<h2 id="a\d+">([^<]+)</h2>', text) == list(
        dict.fromkeys(row.area for row in disclosure.of(SAMPLE).values())
    )
    assert text.count("<table") == text.count("<caption") == len(areas)
    for row in disclosure.of(SAMPLE).values():
        for said in (row.item, row.content, row.body):
            assert said in text, row.name
    assert len(page.content) < 60_000
    assert not re.search(r"<script|\sstyle=|\son\w+=", text)
    assert "None" not in text
    read(text)


async def test_each_row_has_a_page_with_its_limits_and_their_basis(
    public: httpx.AsyncClient,
) -> None:
    text = (await public.get(f"{HOME}/penalty-decisions")).text
    for said in (
        "行政处罚决定公示期限",
        "作出决定之日起7个工作日内",
        "国办发〔2018〕118号",
        "已核对原文",
    ):
        assert said in text
    assert "未核对原文" in (await public.get(f"{HOME}/assistance-supervision")).text
    for name in disclosure.of(SAMPLE):
        assert (await public.get(f"{HOME}/{name}")).status_code == 200, name
    assert (await public.get(f"{HOME}/no-such-row")).status_code == 404
    assert (await public.get(f"{HOME}?sort=item")).status_code == 400


async def test_what_is_not_connected_says_so_and_never_nothing(public: httpx.AsyncClient) -> None:
    found = await rows(public)
    assert (found["petitions"]["connected"], found["petitions"]["pages"]) == (False, [])
    assert f"<strong>{NOT_CONNECTED}</strong>" in (await public.get(f"{HOME}/petitions")).text
    line = (await public.get(HOME)).text.partition('href="/disclosure/petitions"')[2]
    assert line.partition("\n")[0].endswith(f">{NOT_CONNECTED}</td></tr>")


async def test_links_lead_to_what_serves_a_row(public: httpx.AsyncClient) -> None:
    found = await rows(public)
    pages = [page["address"] for page in found["organisations"]["pages"]]
    assert pages == ["/organisations", "/organisation-changes"]
    links: set[str] = set()
    for question in ("", "?asof=2024-05-10"):
        text = (await public.get(f"{HOME}{question}")).text
        links |= set(re.findall(r'href="(/[^"#]*)"', text.partition("<main")[2]))
    assert "/organisations?asof=2024-05-10" in links
    for link in sorted(links):
        assert (await public.get(link.replace("&amp;", "&"))).status_code == 200, link


@pytest.mark.parametrize(
    ("question", "row", "day"),
    [
        ("", "penalty-decisions", "2024-05-10"),
        ("?asof=2024-05-10", "penalty-decisions", "2024-05-10"),
        ("?asof=2024-05-09", "penalty-decisions", None),
        ("", "enforcement-subjects", "2024-01-15"),
        ("", "column-work-news", "2024-06-03"),
        ("?asof=2024-06-02", "column-work-news", None),
        ("", "column-others", "2024-06-18"),
        ("?asof=2024-06-17", "column-others", "2024-01-10"),
        ("", "organisations", "2024-06-05"),
        ("?asof=2024-06-04", "organisations", "2024-03-07"),
        ("", "inspection-results", None),
    ],
)
async def test_when_it_was_published_last(
    public: httpx.AsyncClient, question: str, row: str, day: str | None
) -> None:
    """What a register shows is public from when it was recorded."""
    assert (await rows(public, question))[row]["last_published_on"] == day


async def test_a_position_knows_no_more_than_was_told(public: httpx.AsyncClient) -> None:
    at = (await json_of(public, f"{HOME}.json"))["at"]
    assert (await rows(public, f"?at={at - 1}"))["column-others"][
        "last_published_on"
    ] == "2024-01-10"


async def test_before_anything_was_recorded_there_is_nothing(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    found = await rows(public, "?at=0")
    assert {row["last_published_on"] for row in found.values()} == {None}
    for path in (HOME, f"{HOME}/villages", f"{HOME}/column-others"):
        assert (await public.get(f"{path}?at=0")).status_code == 200, path
    for path in (DESK, f"{DESK}/penalty-decisions"):
        assert (await auditor.get(f"{path}?at=0")).status_code == 200, path
        assert (await auditor.get(f"{path}?at=0&asof=2024-05-01")).status_code == 200, path


async def test_what_is_for_the_village_says_where_it_is_shown_and_no_more(
    public: httpx.AsyncClient,
) -> None:
    told = (await rows(public))["dibao-notice"]
    assert told["connected"]
    assert (told["pages"], told["last_published_on"]) == ([], None)
    for path in (HOME, f"{HOME}/dibao-notice"):
        text = (await public.get(path)).text
        assert "村（居）务公开栏" in text
        assert not re.search(r"DB-\d|2024-05-(06|13|14)|2024-06-(06|13)", text), path


async def test_no_line_of_the_tree_says_that_something_is_seen_in_an_office(
    public: httpx.AsyncClient,
) -> None:
    """It is shown there, and has nothing to do with whether a system reports it."""
    text = read((await public.get(HOME)).text).text
    assert "在村（居）务公开栏公开，不上网" in text
    assert "见机关内部" not in text
    assert "公开，不上网，未接入" not in text


async def test_the_desk_is_for_staff_only(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    for path in (DESK, f"{DESK}.json", f"{DESK}/penalty-decisions", f"{DESK}.xlsx"):
        assert (await public.get(path)).status_code == 403, path
        assert (await auditor.get(path)).status_code == 200, path
    assert DESK not in (await public.get(HOME)).text


async def test_what_is_due_late_and_done_late(auditor: httpx.AsyncClient) -> None:
    """CF-2 is due on the last day, JC-1 has 12 working days left to 4 July."""
    told = await desk(auditor)
    assert told["asof"] == "2024-06-18"
    assert [(each["id"], each["due"], each["left"]) for each in told["due"]] == [
        ("CF-2", "2024-06-18", 0),
        ("JC-1", "2024-07-04", 12),
    ]
    assert told["late"] == []
    assert {(e["id"], e["done"], e["over"]) for e in told["done-late"]} == {
        ("CF-1", "2024-05-10", 1),
        (PRIVATE, "2024-06-05", 28),
    }
    states = {row["row"]: row["states"] for row in told["rows"]}
    assert states["penalty-decisions"] == {"due": 1, "done-late": 1}
    assert states["organisations"] == {"done": 1, "done-late": 1}


async def test_as_of_another_day(auditor: httpx.AsyncClient) -> None:
    before = await desk(auditor, "?asof=2024-05-09")
    assert ids(before["due"]) == ["CF-1"]
    assert [(each["id"], each["over"]) for each in before["late"]] == [(PRIVATE, 1)]
    late = (await desk(auditor, "?asof=2024-06-19"))["late"]
    assert [(each["id"], each["over"]) for each in late] == [("CF-2", 1)]
    assert ids((await desk(auditor, "?asof=2024-07-05"))["late"]) == ["CF-2", "JC-1"]


async def test_known_earlier_the_publication_was_not_known(auditor: httpx.AsyncClient) -> None:
    """Told as of 10 May, recorded on the 11th: on the evening of the 10th nobody knew of it."""
    late = (await desk(auditor, "?asof=2024-05-10&known=2024-05-10"))["late"]
    assert [(each["id"], each["over"]) for each in late] == [("CF-1", 1)]
    assert (await desk(auditor, "?asof=2024-05-10&known=2024-05-11"))["late"] == []


async def test_the_true_time_of_a_publication(auditor: httpx.AsyncClient) -> None:
    """The day that was told is 10 May; the ledger recorded it on the 11th, in that entry."""
    (found,) = (e for e in (await desk(auditor))["done-late"] if e["id"] == "CF-1")
    assert found["done"] == "2024-05-10"
    assert found["recorded_at"].startswith("2024-05-11T")
    entry = await json_of(auditor, f"/entries/{found['position']}.json")
    assert entry["type"] == "penalties.penalty-published.v1"
    assert entry["recorded_at"] == found["recorded_at"]
    begun = await json_of(auditor, f"/entries/{found['started_position']}.json")
    assert begun["type"] == "penalties.penalty-decided.v1"
    text = (await auditor.get(DESK)).text
    assert f'href="/entries/{found["position"]}"' in text
    assert "2024-05-11 " in text


async def test_notices_that_run_and_that_should_be_down(auditor: httpx.AsyncClient) -> None:
    told = await desk(auditor)
    assert [(e["id"], e["due"], e["over"]) for e in told["to-be-down"]] == [
        ("DB-2", "2024-06-13", 5)
    ]
    running = (await desk(auditor, "?asof=2024-06-13"))["running"]
    assert [(e["id"], e["left"]) for e in running] == [("DB-2", 0)]
    mine = (await json_of(auditor, f"{DESK}/dibao-notice.json"))["duties"]
    assert [(e["id"], e["state"], e["done"]) for e in mine] == [
        ("DB-2", "to-be-down", None),
        ("DB-1", "down", "2024-05-14"),
    ]


async def test_how_long_ago_a_column_was_updated(auditor: httpx.AsyncClient) -> None:
    columns = {each["column"]: each for each in (await desk(auditor))["columns"]}
    news = columns["work-news"]
    assert (news["days"], news["limit"], news["state"], news["over"]) == (15, "14天", "stale", 1)
    assert columns["notices"]["state"] == "fresh"
    assert (columns["funds"]["last"], columns["funds"]["state"]) == (None, None)
    assert "距上次更新 15 天／限 14天" in (await auditor.get(DESK)).text
    before = (await desk(auditor, "?asof=2024-06-17"))["columns"]
    assert {each["column"]: each["state"] for each in before}["work-news"] == "fresh"


async def test_nobody_stands_on_the_desk(auditor: httpx.AsyncClient) -> None:
    pages = [DESK, *(f"{DESK}/{name}" for name, row in disclosure.of(SAMPLE).items() if row.clocks)]
    assert len(pages) > 8
    for path in pages:
        for form in ("", ".json", ".csv"):
            text = (await auditor.get(path + form)).text
            assert "示例甲" not in text, path
            assert str(PERSON.id_number) not in text, path
            assert "ZF-0" not in text, path


async def test_wrong_questions_of_the_desk_are_refused(auditor: httpx.AsyncClient) -> None:
    for path, status in (
        (f"{DESK}?asof=tomorrow", 400),
        (f"{DESK}?q=x", 400),
        (f"{DESK}?at=999999999", 400),
        (f"{DESK}/villages", 404),
        (f"{DESK}/no-such-row", 404),
        (f"{DESK}/penalty-decisions?page=2", 404),
        (f"{DESK}/penalty-decisions?page=0", 400),
    ):
        response = await auditor.get(path)
        assert response.status_code == status, path
        assert "公开" in response.text


async def test_files_say_what_the_pages_say(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    text = (await public.get(f"{HOME}.csv?for=program")).text
    body = [line for line in text.splitlines() if not line.startswith("#")]
    found = {row["name"]: row for row in csv.DictReader(StringIO("\n".join(body)))}
    assert found.keys() == disclosure.of(SAMPLE).keys()
    assert found["petitions"]["connected"] == NOT_CONNECTED
    assert found["penalty-decisions"]["last"] == "2024-05-10"
    assert found["dibao-notice"]["last"] == ""

    book = openpyxl.load_workbook(BytesIO((await auditor.get(f"{DESK}.xlsx")).content))
    cells = [
        str(cell.value)
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if cell.value
    ]
    for said in ("逾期公开", "应撤下的公示", "CF-1", "DB-2", SECOND, TITLE, "工作动态"):
        assert any(said in cell for cell in cells) == (said != SECOND), said
    assert not any(ASSOCIATION in cell for cell in cells)  # it was there before the ledger
