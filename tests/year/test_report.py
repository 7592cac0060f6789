"""The annual report and the pages of the whole sample year."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import asyncpg
import httpx
import pytest

from api.app import create_app
from cli import demo
from infra import postgres
from infra.settings import Settings
from reports import drafting, plans, publication, published, release
from reports.breakdown import breakdowns
from reports.document import Document
from reports.measure import Value
from reports.moment import resolve
from reports.publication import Publication
from reports.render import html, markdown, text
from tests.support import defined, documents
from tests.support.bureau import SAMPLE
from tests.support.defined import FIGURES, STATEMENTS
from tests.year.conftest import LEDGER, Loaded
from tests.year.test_personal_data import clear_words, leaks

YEAR = 2024
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def issued(released: str) -> Publication:
    """The published report of the year."""
    async with postgres.connect(released) as connection:
        found = await publication.find(connection, LEDGER, YEAR)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def report(released: str) -> Document:
    """The report as published, built once."""

    async def build() -> Document:
        async with postgres.connect(released) as connection:
            found = await publication.find(connection, LEDGER, YEAR)
            assert found is not None
            return await documents.build(connection, found.moment)

    return asyncio.run(build())


@pytest.fixture(scope="module")
def kept(released: str) -> Document:
    """The report as it was released."""

    async def read() -> Document:
        async with postgres.connect(released) as connection:
            found = await publication.find(connection, LEDGER, YEAR)
            assert found is not None
            plan = plans.of(SAMPLE)[plans.ANNUAL]
            return await drafting.document(connection, plan, SAMPLE, found.moment)

    return asyncio.run(read())


@pytest.fixture
async def public(released: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the public pages."""
    app = create_app(Settings(database_url=released), auditor=False)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as made,
    ):
        yield made


def test_nothing_is_missing(report: Document) -> None:
    assert report.gaps == ()
    for made in (html.render(report), markdown.render(report)):
        assert "〔" not in made


async def test_at_the_position_of_publication_every_figure_is_as_printed(
    year_connection: asyncpg.Connection, issued: Publication
) -> None:
    values = {
        value.figure.id: value for value in await defined.figures(year_connection, issued.moment)
    }
    different = [
        (row.id, row.wording, str(values[row.id].value))
        for row in published.load(SAMPLE, YEAR)
        if not row.agrees(values[row.id].value)
    ]

    assert different == []


async def test_what_was_released_is_every_figure_as_printed_and_reads_as_it_was_composed(
    released: str, issued: Publication, report: Document, kept: Document
) -> None:
    """But for what says whether it is published: head, notice, moment of its links, and foot."""
    async with postgres.connect(released) as connection:
        says = await release.content(connection, issued.release)
    values = {value.key: release.read(value.type, value.value) for value in says.values}
    different = [
        (row.id, row.wording, values[row.id])
        for row in published.load(SAMPLE, YEAR)
        if not row.agrees(values[row.id])
    ]

    assert different == []
    assert words(kept) == words(report)
    assert len(words(kept)) > 40
    assert "（非发布文本）" in report.title
    assert "（非发布文本）" not in kept.title


def words(document: Document) -> list[str]:
    """What its sections say, a paragraph or a heading each, with the signature."""
    lines = text.render(document).splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(("现将", "一、")))
    apart = ("账本", "校验码", "口径说明")
    return [line for line in lines[first:] if line and not any(each in line for each in apart)]


def test_what_stands_beside_a_value_is_marked_invented(kept: Document) -> None:
    """The report prints 86 %, not that six of seven posts make it."""
    assert "86%（6 / 7，虚构）" in markdown.render(kept)
    assert re.search(r">86%</data>（6 / 7<small[^>]*>虚构</small>）", html.render(kept))


def test_every_figure_stands_in_the_report(report: Document, kept: Document) -> None:
    """But for the report's own dates: one stands under it, one above."""
    assert documents.figure_refs(report).keys() == FIGURES.keys() - {"F63", "F64"}
    assert report.dated == "2024年12月31日"
    assert kept.published.startswith("2025年1月17日 16:5")


def test_the_report_tells_where_with_whom_and_about_which_laws(report: Document) -> None:
    """What the real report told and no figure counts comes from events, too."""
    said = markdown.render(report)

    for told in (
        "共青团区委",
        "示例镇绿美广场",
        "婚姻登记服务中心颁证大厅",
        "市人民广场",
        "《未成年人网络保护条例》",
        "示例乙律师事务所",
    ):
        assert told in said


async def test_the_same_figures_make_a_report_in_another_order(
    year_connection: asyncpg.Connection, issued: Publication, report: Document
) -> None:
    other = await documents.build(year_connection, issued.moment, "annual-by-theme")
    mine, theirs = documents.figure_refs(report), documents.figure_refs(other)

    assert other.gaps == ()
    assert [section.heading for section in other.sections if section.level == 1][1:] != [
        section.heading for section in report.sections if section.level == 1
    ][1:]
    assert {i: theirs[i].value for i in theirs} == {i: mine[i].value for i in theirs}
    (table,) = other.tables()
    assert [[cell.value for cell in row.cells] for row in table.rows[:2]] == [
        [mine["F15"].value, mine["F16"].value],
        [mine["F17"].value, mine["F18"].value],
    ]


def number(value: Value) -> Decimal:
    """A value that is a number, or no value: 0."""
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


async def test_the_monthly_bulletin_adds_up(year_connection: asyncpg.Connection) -> None:
    """城市 and 农村 make the whole, so do the townships of a quarter, and 12 months the year."""
    moment = await resolve(year_connection, LEDGER, "2024-12")
    made = await documents.build(year_connection, moment, "monthly")
    (main,) = made.tables()
    quarter = await resolve(year_connection, LEDGER, "2024-Q4")
    (places,) = (await documents.build(year_connection, quarter, "townships")).tables()
    by_name = {row.heading: [number(cell.value) for cell in row.cells] for row in main.rows}
    figures = {i: number(run.value) for i, run in documents.figure_refs(made).items()}

    assert by_name["城市低保户数"][0] + by_name["农村低保户数"][0] == figures["低保户"]
    assert by_name["城市低保人数"][0] + by_name["农村低保人数"][0] == figures["低保人"]
    assert by_name["集中供养人数"][0] + by_name["分散供养人数"][0] == figures["特困人"]
    total = places.rows[-1]
    for n in (0, 1, 4):
        cells = [number(row.cells[n].value) for row in places.rows[:-1]]
        assert sum(cells) == number(total.cells[n].value)
    year = await resolve(year_connection, LEDGER, "2024")
    (whole,) = await defined.figures(year_connection, year, ["F16"])
    assert by_name["低保金"][-1] == whole.value


async def test_breakdowns_add_up_and_have_no_cell_of_one_or_two(
    year_connection: asyncpg.Connection, issued: Publication
) -> None:
    cut_by: dict[str, set[str]] = {}
    values = await defined.figures(year_connection, issued.moment)
    for value in values:
        figure = value.figure
        for cut in await breakdowns(year_connection, issued.moment, figure, value.exact):
            cut_by.setdefault(figure.id, set()).add(cut.by)
            if cut.adds_up:
                assert cut.difference == 0, (figure.id, cut.by)
            else:
                assert cut.cells[-1].exact == value.exact, figure.id
            if (figure.measure.cells != "open") and figure.unit != "万元" and cut.adds_up:
                small = [c for c in cut.cells if c.exact in (1, 2)]
                assert not small, (figure.id, cut.by)

    assert cut_by["F16"] == {"month", "township"}
    assert cut_by["F14"] == {"month", "township"}
    assert cut_by["F40"] >= {"month"}


async def test_no_personal_data_on_any_public_page(
    public: httpx.AsyncClient, loaded: Loaded
) -> None:
    words: set[str] = set()
    with loaded.file.open("rb") as file:
        for line in file:
            if b'"id_kind"' in line:
                try:
                    words.update(clear_words(json.loads(line)))
                except ValueError:
                    continue
    paths = ["/", "/reports", f"/reports/{YEAR}", f"/reports/{YEAR}.md", "/figures", "/statements"]
    paths += [f"/figures/{figure_id}" for figure_id in FIGURES]
    paths += [f"/statements/{statement_id}" for statement_id in STATEMENTS]
    found: dict[str, set[str]] = {}
    for path in paths:
        for suffix in ("", ".json"):
            if suffix and (path == "/" or path.endswith(".md")):
                continue
            response = await public.get(f"{path}{suffix}")
            assert response.status_code == 200, path
            if seen := leaks(response.text, words):
                found[path + suffix] = seen

    assert found == {}


async def test_the_demo_names_a_beginning_for_each_kind_of_reader(
    public: httpx.AsyncClient,
) -> None:
    """Pages that answer, and documents that are there."""
    for link in demo.LINKS.values():
        if link.startswith("/"):
            assert (await public.get(link)).status_code == 200, link
        else:
            assert (ROOT / link).is_file(), link
    assert len(demo.LINKS) == 5
