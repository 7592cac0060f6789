"""The annual report and the pages of the whole sample year."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from api.app import create_app
from infra import postgres
from infra.settings import Settings
from reports import annual, publication, published
from reports.annual import FigureRef, Report
from reports.breakdown import breakdowns
from reports.publication import Publication
from reports.render import html, markdown
from tests.support import defined
from tests.support.bureau import SAMPLE
from tests.support.defined import FIGURES, STATEMENTS
from tests.year.conftest import LEDGER, Loaded
from tests.year.test_personal_data import clear_words, leaks

YEAR = 2024


@pytest.fixture
async def issued(year_connection: asyncpg.Connection) -> Publication:
    """The published report of the year."""
    found = await publication.find(year_connection, LEDGER, YEAR)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def report(loaded: Loaded) -> Report:
    """The report as published, built once."""

    async def build() -> Report:
        async with postgres.connect(loaded.url) as connection:
            found = await publication.find(connection, LEDGER, YEAR)
            assert found is not None
            return await annual.build(connection, found.moment)

    return asyncio.run(build())


@pytest.fixture
async def public(loaded: Loaded) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the public pages."""
    app = create_app(Settings(database_url=loaded.url), auditor=False)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as made,
    ):
        yield made


def test_only_the_section_nobody_wrote_is_missing(report: Report) -> None:
    assert report.gaps == ("other",)
    for text in (html.render(report), markdown.render(report)):
        assert text.count("〔未填写〕") == text.count("〔") == 1


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


def test_what_stands_beside_a_value_is_marked_invented(report: Report) -> None:
    """The report prints 86 %, not that six of seven posts make it."""
    link = f"/figures/F39?period=2024&at={report.moment.at}"
    assert f"[86%]({link})（6 / 7，虚构）" in markdown.render(report)
    assert re.search(r">86%</a>（6 / 7<small[^>]*>虚构</small>）", html.render(report))


def test_every_figure_stands_in_the_report(report: Report) -> None:
    shown = {
        run.id
        for section in report.sections()
        for paragraph in section.paragraphs
        for run in paragraph.runs
        if isinstance(run, FigureRef)
    }

    assert shown == set(FIGURES)


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
