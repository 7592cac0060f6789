"""The annual report: five parts, figures by reference, gaps shown, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from infra import postgres
from projections.read_model import SCHEMA
from reports import drafting, plans, publication, published
from reports.document import Document, Gap
from reports.measure import Value
from reports.moment import Moment
from reports.plans import syntax
from reports.plans.plan import Choice, Claim, Heading, Node, Number, TablePlan
from reports.render import html, markdown
from reports.shown import written, written_asof, written_exact, written_span
from tests.support import documents
from tests.support.bureau import SAMPLE
from tests.support.defined import FIGURES
from tests.support.ledger import LEDGER
from tests.support.published import (
    AS_PUBLISHED_FEN,
    LATE_FEN,
    NAME,
    PUBLISHED_AT,
    database,
)

SITE = "https://mz.example.gov.cn"
ALL = {f"F{n:02d}" for n in range(1, 65) if n != 62} | {f"S{n:02d}" for n in range(1, 21)}


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of a database with the small ledger, for tests that only read."""
    with database(server_url, "annual") as url:
        yield url


@pytest.fixture
async def ready(filled: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the small ledger."""
    async with postgres.connect(filled) as made:
        yield made


async def as_published(connection: asyncpg.Connection) -> Document:
    issued = await publication.find(connection, LEDGER, 2024)
    assert issued is not None
    plan = plans.of(SAMPLE)[plans.ANNUAL]
    return await drafting.document(connection, plan, SAMPLE, issued.moment)


NOW = Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), 12)


def test_the_sample_bureaus_plans_have_nothing_wrong() -> None:
    assert plans.check(SAMPLE) == []


def named(nodes: Iterable[Node]) -> Iterator[str]:
    """The figures and statements that sentences name."""
    for node in nodes:
        if isinstance(node, Number | Choice | Claim):
            yield node.id
        if isinstance(node, Choice):
            yield from named((*node.yes, *node.no))
        elif isinstance(node, Claim):
            yield from named((*node.words, *(node.nothing or ())))


def test_the_annual_plan_refers_to_every_figure_and_statement() -> None:
    """But to the time of publication, which is above the report and not in it."""
    plan = plans.of(SAMPLE)[plans.ANNUAL]
    sentences = [b.nodes for b in plan.blocks if not isinstance(b, TablePlan)]

    assert {*named((*plan.dated, *(node for one in sentences for node in one)))} - {""} == (
        ALL - {"F63"}
    )
    assert {*plan.figures, *plan.statements} == ALL


@pytest.mark.parametrize("name", [file for file in SAMPLE.files if file.endswith(".md")])
def test_no_number_is_typed_in_the_wording(name: str) -> None:
    written = syntax.read(SAMPLE.files[name].decode())
    nodes = [
        node for b in written.blocks if not isinstance(b, syntax.TableText) for node in b.nodes
    ]

    assert not [word for word in nodes if isinstance(word, str) and re.search(r"\d", word)]


def test_there_are_the_five_statutory_parts() -> None:
    plan = plans.of(SAMPLE)[plans.ANNUAL]
    parts = [b for b in plan.blocks if isinstance(b, Heading) and b.level == 1 and b.nodes]

    assert [part.nodes for part in parts] == [
        ("一、推进法治政府建设的主要举措和成效",),
        ("二、存在的不足和原因",),
        ("三、主要负责人履行推进法治建设第一责任人职责情况",),
        ("四、下一年度工作安排",),
        ("五、其他需要报告的情况",),
    ]


async def test_it_speaks_of_what_was_known_at_publication(ready: asyncpg.Connection) -> None:
    report = await as_published(ready)
    position = await ready.fetchval(
        "SELECT position FROM ledger.entry WHERE event_id = 'r-publish'"
    )

    assert report.moment.at == position
    assert report.title == "潮州市湘桥区民政局2024年法治政府建设年度报告"
    assert report.published == f"2025年1月17日 {PUBLISHED_AT:%H:%M}"
    assert report.dated == "2024年12月31日"
    assert documents.figure_refs(report)["F16"].exact == AS_PUBLISHED_FEN
    assert documents.figure_refs(report)["F16"].text == "0.19万元"

    later = await documents.build(ready, NOW)
    assert documents.figure_refs(later)["F16"].exact == AS_PUBLISHED_FEN + LATE_FEN


async def test_figures_link_to_their_page_at_the_same_moment(
    ready: asyncpg.Connection,
) -> None:
    report = await as_published(ready)

    assert documents.figure_refs(report)["F14"].href == "/figures/F14?period=2024&at=11"
    early = await documents.build(ready, replace(NOW, at=7))
    assert (
        documents.figure_refs(early)["F14"].href == "/figures/F14?period=2024&asof=2024-12-31&at=7"
    )


async def test_staff_prose_stands_in_its_section_and_may_name_figures(
    ready: asyncpg.Connection,
) -> None:
    report = await as_published(ready)
    study = next(section for section in report.sections if section.code == "study")

    first, second, *_ = study.paragraphs
    assert first.by == "staff"
    assert first.text == "全年到账0.19万元。<b>*星号*</b>与_下划线_、{S01}原样印出。"
    assert second.text == "第二段。"
    assert study.paragraphs[-1].by == "ledger"


async def test_a_section_nobody_wrote_says_so_where_it_must_be_there(
    ready: asyncpg.Connection,
) -> None:
    report = await documents.build(ready, NOW)
    coded = {section.code: section for section in report.sections if section.code}

    for code, section in coded.items():
        unwritten = section.paragraphs[0].runs == (Gap("〔未填写〕"),)
        assert unwritten is (code not in ("study", "other")), code
    assert {"opening", "next-year"} <= set(report.gaps)
    assert "other" not in report.gaps


async def test_a_claim_says_what_is_missing_or_that_there_is_nothing_to_claim(
    ready: asyncpg.Connection,
) -> None:
    report = await documents.build(ready, NOW)
    claims = documents.claims(report)

    heard = claims["S13"]
    assert heard.holds is False
    assert heard.text.startswith("〔第一责任人履职：未能证实，")
    assert "S13" in report.gaps
    penalties = claims["S06"]
    assert penalties.holds is None
    assert penalties.text == "年内没有处罚决定"
    assert "S06" not in report.gaps


async def test_a_figure_without_a_value_prints_as_unknown(ready: asyncpg.Connection) -> None:
    report = await documents.build(ready, replace(NOW, at=3))

    assert report.dated == "〔暂无〕"
    assert report.published == ""
    assert "F04" in report.gaps
    assert "F04" not in documents.figure_refs(report)


async def test_the_same_tree_gives_the_same_bytes(ready: asyncpg.Connection) -> None:
    first, second = await as_published(ready), await as_published(ready)

    assert first == second
    assert html.render(first) == html.render(second)
    assert markdown.render(first) == markdown.render(second)


async def test_the_html_stands_alone_and_marks_the_sample(ready: asyncpg.Connection) -> None:
    text = html.render(replace(await as_published(ready), site=SITE))

    assert text.count("示例数据，非官方发布") >= 2
    assert '<meta name="robots" content="noindex, nofollow">' in text
    assert re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", text) == [
        '<script type="application/json" id="manifest">'
    ]
    assert re.search(
        r'class="figure short" href="https://mz\.example\.gov\.cn/figures/F16\?period=2024&amp;at=11"'
        r' data-figure="F16"'
        r' data-value="0.19" data-exact="190000" data-unit="万元"',
        text,
    )
    assert "&lt;b&gt;*星号*&lt;/b&gt;" in text
    assert "虚构</small>" in text
    assert NAME not in text


async def test_the_markdown_holds_links_and_no_foreign_markup(
    ready: asyncpg.Connection,
) -> None:
    text = markdown.render(replace(await as_published(ready), site=SITE))

    assert text.startswith(
        "# 潮州市湘桥区民政局2024年法治政府建设年度报告\n\n> **示例数据，非官方发布**"
    )
    assert f"[0.19万元]({SITE}/figures/F16?period=2024&at=11)（虚构）" in text
    assert r"\<b\>\*星号\*\</b\>与\_下划线\_" in text
    assert "## 五、其他需要报告的情况" in text


async def test_a_live_ledger_bears_no_sample_mark(ready: asyncpg.Connection) -> None:
    transaction = ready.transaction(isolation="repeatable_read")
    await transaction.start()
    await ready.execute("UPDATE ledger.ledger SET sample = false")
    await ready.execute(f"SET LOCAL search_path = {SCHEMA}")  # else the snapshot does it
    report = await documents.build(ready, NOW)
    await transaction.rollback()

    assert "示例数据" not in html.render(report) + markdown.render(report)
    assert not any(ref.invented for ref in documents.figure_refs(report).values())


def test_only_what_the_report_does_not_contain_is_marked_invented() -> None:
    """The report printed 700 and 874, "more than 76 %", "1 to 14 days"."""
    values: dict[str, Value] = {"F02": 12, "F04": 700, "F05": 874, "F11": 80}

    assert not published.invented(SAMPLE, "F04", 2024, values)
    assert not published.invented(SAMPLE, "F11", 2024, values)
    assert published.invented(SAMPLE, "F02", 2024, values)
    assert published.invented(SAMPLE, "F04", 2024, {"F04": 701})
    assert published.invented(SAMPLE, "F04", 2023, values)


@pytest.mark.parametrize(
    ("start", "end", "asof", "span"),
    [
        ("2024-01-01", "2024-12-31", "12月底", "全年"),
        ("2024-01-01", "2024-09-30", "9月底", "1月至9月"),
        ("2024-03-01", "2024-03-31", "3月底", "3月"),
        ("2024-01-01", "2024-09-15", "9月15日", "1月1日至9月15日"),
        ("2024-01-01", "2024-02-28", "2月28日", "1月1日至2月28日"),
    ],
)
def test_stocks_are_dated_and_flows_have_a_span(start: str, end: str, asof: str, span: str) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)

    assert written_asof(last) == asof
    assert written_span(first, last) == span


def test_values_are_written_as_a_clerk_would() -> None:
    assert written(Decimal("149.70"), "万元") == "149.70万元"
    assert written(Decimal("1.6000"), "倍") == "1.6倍"
    assert written(Decimal(1400), "元/人·月") == "1400元/人·月"
    assert written("2024-03-15") == "2024年3月15日"
    assert written(value=True) == "是"
    assert written(None, "户") == "〔暂无〕"
    assert written_exact(FIGURES["F16"], 1_809_054_900) == "18,090,549.00 元"
