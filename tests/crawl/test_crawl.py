"""Every page, file and style that can be reached, of the public face and of the auditor's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import httpx
import pytest

from infra import postgres
from infra.jars import ToolMissingError
from infra.settings import Settings
from tests.crawl import checks, personal, validator
from tests.crawl.ledger import everything
from tests.crawl.walk import Site, shape, walk
from tests.oracle.facts import TEXTS
from tests.support.ledger import LEDGER
from tests.support.pages import client_of
from tests.support.published import NAME

STARTS = ("/", "/healthz", "/static/site.css")
WRONG = (
    "/nowhere",
    "/figures/F99",
    "/figures?peroid=2024",
    "/figures?period=2024-13",
    "/figures?at=999999999999",
    "/organisations?page=1000000000",
    "/organisations?q=%00",
    "/reports/..%2f..%2fetc",
    "/villages/%3Cscript%3E",
    "/figures/F16.pdf",
)
"""Asked wrongly on purpose: refused in the same layout."""
MOST = {"public": 2, "auditor": 1}
"""Addresses of a kind that are followed; an auditor's pages have many moments."""


@pytest.fixture(scope="module")
def database(server_url: str) -> Iterator[str]:
    with everything(server_url, "crawled") as url:
        yield url


@pytest.fixture(scope="module")
def faces(database: str) -> dict[str, Site]:
    """What was reached on each face, in one walk for all tests."""

    async def walked(face: str, most: int) -> Site:
        async with client_of(database, auditor=face == "auditor") as client:
            return await walk(client, (*STARTS, *WRONG), most)

    return {face: asyncio.run(walked(face, most)) for face, most in MOST.items()}


@pytest.fixture(scope="module")
def search(database: str) -> personal.Search:
    async def known() -> set[str]:
        async with postgres.connect(database) as connection:
            return await personal.words(connection, LEDGER, Settings())

    words = asyncio.run(known())
    assert NAME in words
    assert any(len(word) == 18 for word in words), "no identity number"
    return personal.Search(words - {*TEXTS})  # which name departments too


@pytest.mark.parametrize("face", ["public", "auditor"])
@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: str(check.__name__))
def test_of_every_page(
    faces: dict[str, Site], check: Callable[[Site], list[str]], face: str
) -> None:
    faults = check(faces[face])
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("face", ["public", "auditor"])
def test_no_answer_tells_anything_of_a_person(
    faces: dict[str, Site], search: personal.Search, face: str
) -> None:
    """In no form: of a workbook every part is looked through, the names of its parts too."""
    told = personal.told(faces[face].answers.values(), search)
    assert not told, "\n".join(told)


def test_a_checker_of_the_whole_standard_finds_no_fault(faces: dict[str, Site]) -> None:
    """The Nu HTML checker, in one run over all pages of both faces, refusals too."""
    pages = {
        f"{face} {each.address}": each.body
        for face, site in faces.items()
        for each in site.some(lambda answer: answer.is_page)
    }
    try:
        faults = validator.faults(pages)
    except ToolMissingError as missing:
        pytest.skip(f"NO JAVA: pages were not validated: {missing}")
    assert not faults, "\n".join(faults)


def test_what_is_asked_wrongly_is_refused_as_the_askers_mistake(faces: dict[str, Site]) -> None:
    for face, site in faces.items():
        for path in WRONG:
            assert 400 <= site.answers[path].status < 500, (face, path)


def test_the_walk_reaches_pages_of_every_column_and_files_of_every_form(
    faces: dict[str, Site],
) -> None:
    public, auditor = faces["public"], faces["auditor"]
    kinds = {shape(address) for address in public.answers}
    for kind in ("/reports/#", "/figures/F#", "/organisations/", "/villages/#", "/static/site.css"):
        assert any(each.startswith(kind) for each in kinds), kind
    for form in (".csv", ".xlsx", ".docx", ".json", ".html", ".md"):
        assert [kind for kind in kinds if kind.partition("?")[0].endswith(form)], form
    more = {shape(address) for address in auditor.answers} - kinds
    for kind in ("/entries/#", "/findings", "/figures/F#/rows", "/parked", "/quarantine"):
        assert kind in more, kind
    assert len(public.pages) > 100


BAD = """<!doctype html><html lang="zh"><head><title>表</title>
<link rel="stylesheet" href="https://fonts.example/a.css"><link rel="canonical" href="{canonical}">
</head><body><p style="color:red" id="a">已隔离 3 条,see entry</p>
<p id="a"><a href="#none">去</a></p>
<table><tr><td>一</td></tr></table><form action="/list"><select name="kind"><option value="x">甲
</option></select></form>{more}</body></html>"""


def answers(pages: dict[str, str]) -> httpx.MockTransport:
    """A site of these pages; whatever else is asked for is not there."""

    def answer(request: httpx.Request) -> httpx.Response:
        text = pages.get(request.url.raw_path.decode())
        return httpx.Response(200, html=text) if text else httpx.Response(404, text="?")

    return httpx.MockTransport(answer)


async def test_each_check_sees_the_fault_that_it_is_for() -> None:
    pages = {
        "/": BAD.format(canonical="/b", more="<table><p></p></table>"),
        "/b": BAD.format(canonical="/", more="示" * 20_000),
        "/list?kind=x": BAD.format(canonical="/gone", more="<script>1</script>"),
    }
    async with httpx.AsyncClient(transport=answers(pages), base_url="http://site") as client:
        site = await walk(client, ("/", "/b"))
    assert "/list?kind=x" in site.answers
    assert site.answers["/list?kind=x"].by == "/"
    blind = {check.__name__ for check in checks.ALL if not check(site)}
    assert blind == {"unserved", "hidden_in_workbooks"}
