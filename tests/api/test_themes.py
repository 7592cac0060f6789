"""Pages of themes: the months that were released, as they were released, and nothing else.

The numbers are those that `tests/support/bulletins.py` works out by hand.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from importlib import import_module
from pkgutil import walk_packages
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

import api
from api.question import Pages
from reports.addresses import TAKEN
from reports.themes.reading import PATH
from tests.support.bulletins import fill
from tests.support.pages import client_of, json_of
from tests.support.published import database

DIBAO = "/assistance/dibao"
OF_API = "/api/v1/themes/assistance.dibao"


@pytest.fixture(scope="module")
def months(server_url: str) -> Iterator[str]:
    """URL of a database with the bulletins of two months."""
    with database(server_url, "themes_pages", filling=fill) as url:
        yield url


@pytest.fixture
async def public(months: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(months) as made:
        yield made


def plain(page: str) -> str:
    """A page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


async def test_a_month_shows_what_its_release_told(public: httpx.AsyncClient) -> None:
    data = await json_of(public, f"{DIBAO}.json")
    october, november = data["months"]

    def exact(month: dict[str, dict[str, dict[str, int]]]) -> dict[str, int]:
        return {name: value["exact"] for name, value in month["values"].items()}

    assert exact(october) == {
        "households": 7,
        "persons": 7,
        "urban_persons": 3,
        "rural_persons": 4,
        "joined": 0,
        "left": 0,
        "money": 350_000,
        "average": 50_000,
        "urban_standard": 70_000,
        "rural_standard": 60_000,
    }
    assert exact(november) == {
        **exact(october),
        "urban_persons": 4,
        "rural_persons": 3,
        "joined": 1,
        "left": 1,
        "money": 360_000,
        "average": 51_429,  # 3,600.00 元 by seven
    }
    assert november["values"]["money"]["value"] == 0.36
    assert november["to_date"]["money"]["exact"] == 710_000
    assert data["compared"]["money"] == {"value": 0.36, "more": 0.01, "year": None, "to_date": 0.71}
    assert (data["latest"], data["years"]) == ("2024-11", ["2024"])


async def test_a_month_that_was_not_released_is_not_there(public: httpx.AsyncClient) -> None:
    """December was paid, September was not released: neither has a number anywhere."""
    page = (await public.get(DIBAO)).text
    assert set(re.findall(rf'href="{DIBAO}/([0-9-]+)"', page)) == {"2024-10", "2024-11"}
    for path in (f"{DIBAO}/2024-12", f"{DIBAO}/2024-09", f"{DIBAO}/2024-13", f"{DIBAO}?year=2023"):
        answer = await public.get(path)
        assert answer.status_code == HTTPStatus.NOT_FOUND, path


async def test_a_month_has_an_address_of_its_own(public: httpx.AsyncClient) -> None:
    data = await json_of(public, f"{DIBAO}/2024-10.json")
    assert [month["period"] for month in data["months"]] == ["2024-10"]
    page = (await public.get(f"{DIBAO}/2024-10")).text
    assert f'<link rel="canonical" href="{DIBAO}/2024-10">' in page
    assert "2024年11月" not in plain(page).replace("2024年11月6日", "")


async def test_a_corrected_month_says_so_and_leads_to_both_editions(
    public: httpx.AsyncClient,
) -> None:
    page = (await public.get(DIBAO)).text
    assert "2024年11月已更正" in plain(page)
    for edition in (1, 2):
        address = f"/releases/monthly/2024-11/{edition}"
        assert f'href="{address}"' in page
        assert (await public.get(address)).status_code == HTTPStatus.OK
    assert "2024年10月已更正" not in plain(page)
    (_, november) = (await json_of(public, f"{DIBAO}.json"))["months"]
    assert (november["edition"], november["superseded"]) == (2, ["/releases/monthly/2024-11/1"])


async def test_townships_are_told_as_the_release_merged_them(public: httpx.AsyncClient) -> None:
    """One came to the street and one left the town: November tells both together only."""
    october = (await json_of(public, f"{DIBAO}/2024-10.json"))["places"]
    told = {row["name"]: row["values"]["persons"]["exact"] for row in october}
    assert {name: n for name, n in told.items() if n} == {"桥东街道": 3, "意溪镇": 4}
    (november,) = (await json_of(public, f"{DIBAO}.json"))["places"]
    assert (november["name"], november["code"]) == ("其他（合并）", None)
    assert november["values"]["persons"]["exact"] == 7
    page = plain((await public.get(DIBAO)).text)
    assert "其他（合并） 7 7" in page
    assert "意溪镇" not in page


async def test_charts_stand_over_the_table_of_the_same_numbers(public: httpx.AsyncClient) -> None:
    answer = await public.get(DIBAO)
    drawn = re.findall(r"<svg class=\"chart\".*?</svg>", answer.text, re.DOTALL)
    assert len(drawn) == 2
    assert "style=" not in answer.text
    assert "<style" not in answer.text
    for svg in drawn:
        root = ET.fromstring(svg)  # noqa: S314  our own
        names = root.attrib["aria-labelledby"].split()
        assert [root.find(f"*[@id='{name}']") is not None for name in names] == [True, True]
    assert "城市人数2024年11月为4，最高4（2024年11月），最低3（2024年10月）" in drawn[0]
    assert answer.text.index(drawn[1]) < answer.text.index(
        'class="months">\n<caption>最低生活保障，各期'
    )


async def test_a_theme_is_taken_along_as_files(public: httpx.AsyncClient) -> None:
    answer = await public.get(f"{DIBAO}.csv?for=program")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [(row["period"], row["persons"], row["edition"]) for row in rows] == [
        ("2024-10", "7", "1"),
        ("2024-11", "7", "2"),
    ]
    places = await public.get(f"{DIBAO}.csv?table=places")
    assert "其他（合并）" in places.text
    workbook = await public.get(f"{DIBAO}.xlsx")
    assert workbook.content[:2] == b"PK"


async def test_what_nothing_was_released_of_says_so(public: httpx.AsyncClient) -> None:
    page = plain((await public.get("/adoptions")).text)
    assert "还没有发布过这项内容的年报" in page
    data = await json_of(public, "/adoptions.json")
    assert (data["months"], data["latest"]) == ([], None)


async def test_marriages_are_counts_of_the_district(public: httpx.AsyncClient) -> None:
    data = await json_of(public, "/marriages.json")
    values = [{n: v["exact"] for n, v in month["values"].items()} for month in data["months"]]
    assert values == [{"married": 0, "divorced": 0}, {"married": 1, "divorced": 0}]
    assert data["places"] == []


async def test_the_first_page_shows_the_latest_month(public: httpx.AsyncClient) -> None:
    page = (await public.get("/")).text
    assert "保障人数 7人 比上月 0" in plain(page)
    assert "结婚登记 1对 比上月 +1" in plain(page)
    assert page.count('<svg class="chart"') == 2
    assert '<a href="/themes">全部专题</a>' in page
    data = await json_of(public, "/index.json")
    first = data["months"][0]
    assert (first["path"], first["period"]) == ("assistance/dibao", "2024-11")
    assert first["values"]["persons"] == {"value": 7, "exact": 7}


async def test_all_themes_are_listed(public: httpx.AsyncClient) -> None:
    page = plain((await public.get("/themes")).text)
    assert "最低生活保障 每月在保的户数" in page
    for each in (await json_of(public, "/themes.json"))["themes"]:
        answer = await public.get(each["address"])
        assert answer.status_code == HTTPStatus.OK, each
        assert each["title"] in answer.text
        assert len(answer.content) < 60_000


async def test_registers_stand_beside_themes_and_nothing_else_does(
    public: httpx.AsyncClient,
) -> None:
    assert (await public.get("/villages")).status_code == HTTPStatus.OK
    for path in ("/nothing", "/assistance/nothing", f"{DIBAO}/2024-10/x", f"{DIBAO}/x"):
        assert (await public.get(path)).status_code == HTTPStatus.NOT_FOUND, path
    for query in ("month=2024-10", "year=24", "year=2024&year=2023", "asof=2024-10-31"):
        answer = await public.get(f"{DIBAO}?{query}")
        assert answer.status_code == HTTPStatus.BAD_REQUEST, query


async def test_an_auditor_sees_the_same_numbers(months: str, public: httpx.AsyncClient) -> None:
    async with client_of(months, auditor=True) as auditor:
        told = await json_of(auditor, f"{DIBAO}.json")
        assert told["months"] == (await json_of(public, f"{DIBAO}.json"))["months"]
        assert (await auditor.get("/themes")).status_code == HTTPStatus.OK


async def told(client: httpx.AsyncClient, question: str) -> list[dict[str, Any]]:
    """Rows of 低保 in the read API, all of them."""
    page = await json_of(client, f"{OF_API}/values?limit=1000&{question}")
    assert page["next"] is None
    rows: list[dict[str, Any]] = page["rows"]
    return rows


async def test_programs_are_told_each_number_in_a_row(public: httpx.AsyncClient) -> None:
    rows = await told(public, "place=district&period_from=2024-11")
    assert {(r["series"], r["span"]): (r["number"], r["exact"], r["exact_fen"]) for r in rows} == {
        ("households", "period"): (7, 7, None),
        ("persons", "period"): (7, 7, None),
        ("urban_persons", "period"): (4, 4, None),
        ("rural_persons", "period"): (3, 3, None),
        ("joined", "period"): (1, 1, None),
        ("left", "period"): (1, 1, None),
        ("money", "period"): (0.36, None, 360_000),
        ("average", "period"): (514.29, None, 51_429),
        ("urban_standard", "period"): (700, None, 70_000),
        ("rural_standard", "period"): (600, None, 60_000),
        ("joined", "to-date"): (1, 1, None),
        ("left", "to-date"): (1, 1, None),
        ("money", "to-date"): (0.71, None, 710_000),
    }
    assert {(r["period"], r["release"], r["edition"]) for r in rows} == {
        ("2024-11", "/releases/monthly/2024-11/2", 2)
    }


async def test_programs_are_told_townships_as_the_release_merged_them(
    public: httpx.AsyncClient,
) -> None:
    """November tells both together only; October each, and that the others have none."""
    rows = await told(public, "series=persons&period_from=2024-11&period_to=2024-11")
    assert [(r["place"], r["township"], r["township_name"], r["exact"]) for r in rows] == [
        ("district", None, None, 7),
        ("merged", None, "其他（合并）", 7),
    ]
    some = await told(public, "series=persons&place=township")
    assert {r["period"] for r in some} == {"2024-10"}
    assert {r["township_name"]: r["exact"] for r in some if r["exact"]} == {
        "桥东街道": 3,
        "意溪镇": 4,
    }
    (town,) = await told(public, f"series=persons&township={some[0]['township']}")
    assert town == some[0]


async def test_programs_are_told_what_had_been_released_at_a_position(
    public: httpx.AsyncClient,
) -> None:
    """The first edition of November lacked 100 元 that were told before the second one was made."""
    question = "series=money&span=period&place=district"
    assert [r["exact_fen"] for r in await told(public, question)] == [350_000, 360_000]
    made = (await json_of(public, "/api/v1/releases"))["rows"]  # each as known before it was told
    before, _, between = (each["at"] for each in made)
    rows = await told(public, f"{question}&at={between}")
    assert [(r["period"], r["edition"], r["exact_fen"]) for r in rows] == [
        ("2024-10", 1, 350_000),
        ("2024-11", 1, 350_000),
    ]
    assert await told(public, f"at={before}") == []
    about = await json_of(public, f"{OF_API}?at={before}")
    assert (about["row"]["latest"], about["row"]["address"]) == (None, DIBAO)


async def test_the_themes_of_programs_are_those_of_pages(public: httpx.AsyncClient) -> None:
    rows = (await json_of(public, "/api/v1/themes"))["rows"]
    pages = {each["address"]: each for each in (await json_of(public, "/themes.json"))["themes"]}
    assert {row["address"]: row["latest"] for row in rows} == {
        address: each["latest"] for address, each in pages.items()
    }
    assert {row["name"] for row in rows if row["by"] == "year"} == {"adoptions"}
    of_years = (await json_of(public, "/api/v1/themes?by=year"))["rows"]
    assert [row["name"] for row in of_years] == ["adoptions"]
    about = await json_of(public, OF_API)
    page = await json_of(public, f"{DIBAO}.json")
    assert [s["name"] for s in about["series"]] == [s["name"] for s in page["series"]]
    assert {s["name"] for s in about["series"] if s["by_township"]} == {
        "households",
        "persons",
        "money",
    }


async def test_numbers_are_read_in_parts_to_the_end(public: httpx.AsyncClient) -> None:
    whole = await told(public, "")
    parts: list[dict[str, Any]] = []
    onward: str | None = f"{OF_API}/values?limit=5"
    while onward:
        page = await json_of(public, onward)
        parts += page["rows"]
        onward = page["next"]
    assert parts == whole
    assert len(parts) > 30


def test_no_theme_and_no_register_takes_the_address_of_another_page() -> None:
    rooms = [import_module(each.name) for each in walk_packages(api.__path__, "api.")]
    routers = [each for room in rooms for each in vars(room).values() if isinstance(each, Pages)]
    paths = [getattr(route, "path", "") for router in routers for route in router.routes]
    fixed = {path.split("/")[1] for path in paths if path}
    assert {"reports", "search", "problems", "gkmlpt", "findings"} <= fixed
    assert {name for name in fixed if PATH.fullmatch(name)} <= TAKEN
