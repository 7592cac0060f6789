"""What becomes a published report, which of several stands, and what says that a text is none."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import asyncpg
import pytest

from domain.dates import Instant
from domain.reporting import ReportPublished, ReportSectionWritten, ReportSigned
from projections.snapshot import snapshot
from reports import publication
from reports.moment import Moment
from reports.plans.composing import NOT_PUBLISHED
from reports.publication import TO_COME, UNSIGNED, YEAR_NOT_OVER
from reports.render import html, markdown
from tests.api.test_pages import client_of, json_of
from tests.support import documents
from tests.support.ledger import LEDGER, Bench, event
from tests.support.published import PUBLISHED_AT, SHANGHAI, fill, published_feed

FIRST = 11
"""Position of the publication in the small ledger."""
TIME = "发布时间：2025年1月17日 16:52"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def publishes(name: str, year: int, when: str, told: str | None = None, **more: Any) -> bytes:
    """`report-published`, told at once unless said otherwise."""
    fact = ReportPublished(report_year=year, published_at=Instant.read(at(when)), path="/a/b")
    if told is not None:
        more |= {"time": at(told).isoformat(), "receivedat": at(told).isoformat()}
    return event("office", name, fact, received=at(when), **more)


def signs(name: str, year: int, on: str, told: str, **more: Any) -> bytes:
    fact = ReportSigned(report_year=year, signed_on=date.fromisoformat(on), signed_by="ZF-01")
    return event("office", name, fact, received=at(told), **more)


def begins(year: int, told: str) -> bytes:
    """What a report's stream begins with."""
    fact = ReportSectionWritten(
        report_year=year, section="study", text="示例", written_on=date(2025, 1, 2), author="BG-01"
    )
    return event("office", f"r-{year}", fact, received=at(told))


async def standing(connection: asyncpg.Connection) -> list[tuple[int, int]]:
    """Year and position of what is published, the one that stands first."""
    async with snapshot(connection):
        found = await publication.published(connection, LEDGER)
    return [(item.year, item.moment.at) for item in found]


async def refused(connection: asyncpg.Connection) -> dict[int, str]:
    """Year → why it is not published."""
    async with snapshot(connection):
        return {item.year: item.why for item in await publication.unfit(connection, LEDGER)}


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """The small ledger, published at position 11; its last entry, 12, is of 10 February 2025."""
    made = await Bench.open(connection)
    await made.take(*published_feed().lines())
    return made


async def test_an_unsigned_report_of_a_year_to_come_is_never_published(
    bench: Bench, database_url: str
) -> None:
    """It became what every public page showed first: 2199 年主要指标."""
    await bench.take(begins(2199, "2025-03-01"), publishes("x", 2199, "2025-03-01T10:00"))

    assert await standing(bench.connection) == [(2024, FIRST)]
    assert await refused(bench.connection) == {2199: f"{UNSIGNED}、{YEAR_NOT_OVER}"}
    async with client_of(database_url) as public:
        assert (await json_of(public, "/index.json"))["years"] == [2024]
        assert "2024 年主要指标" in (await public.get("/")).text
        for path in ("/reports/2199", "/figures?period=2199", "/?period=2199", "/reports/2199.md"):
            assert (await public.get(path)).status_code == 404, path
        assert "2199" not in (await public.get("/reports")).text
    async with client_of(database_url, auditor=True) as auditor:
        page = (await auditor.get("/reports")).text
        assert f'2199 年 <span class="muted">称 2025年3月1日 10:00 发布：{UNSIGNED}' in page


@pytest.mark.parametrize(
    ("year", "signed_on", "when", "told", "why"),
    [
        (2023, None, "2025-03-01T10:00", None, UNSIGNED),
        (2023, "2025-03-02", "2025-03-01T10:00", None, UNSIGNED),
        (2025, "2025-03-01", "2025-03-01T10:00", None, YEAR_NOT_OVER),
        (2025, "2025-03-01", "2025-12-31T23:59", None, YEAR_NOT_OVER),
        (2025, "2025-12-31", "2026-01-05T10:00", "2025-12-31T10:00", TO_COME),
        (2023, "2025-03-01", "2199-01-05T10:00", "2025-03-01T10:00", TO_COME),
        (2023, "2025-03-01", "2025-03-01T23:00", "2025-03-01T10:00", None),
        (2023, "2025-03-01", "2025-03-01T10:00", "2025-05-01T10:00", None),
    ],
)
async def test_what_cannot_be_a_publication_is_none(
    bench: Bench, year: int, signed_on: str | None, when: str, told: str | None, why: str | None
) -> None:
    await bench.take(begins(year, "2025-03-01"))
    if signed_on is not None:
        await bench.take(signs("s", year, signed_on, "2025-03-01"))
    await bench.take(publishes("x", year, when, told))

    assert await refused(bench.connection) == ({} if why is None else {year: why})
    assert (year in dict(await standing(bench.connection))) == (why is None)


async def test_a_signature_may_be_told_late_and_be_taken_back(bench: Bench) -> None:
    await bench.take(begins(2023, "2025-03-01"), publishes("x", 2023, "2025-03-01T10:00"))
    assert (2023, 14) not in await standing(bench.connection)
    await bench.take(signs("s", 2023, "2025-02-28", "2025-03-02"))
    assert (2023, 14) in await standing(bench.connection)
    await bench.take(
        signs("no", 2023, "2025-02-28", "2025-03-03", corrects="office/s", kind="revoked")
    )
    assert await refused(bench.connection) == {2023: UNSIGNED}


async def test_the_publication_told_last_stands_whatever_is_corrected_of_the_first(
    bench: Bench,
) -> None:
    """A correction of the first brought it back, with what the second had left out."""
    await bench.take(publishes("second", 2024, "2025-03-01T10:00"))
    both = [(2024, 13), (2024, FIRST)]
    assert await standing(bench.connection) == both
    first = {"corrects": "office/r-publish"}
    for name, when in (("a", PUBLISHED_AT.isoformat()), ("b", "2025-04-05T10:00")):
        told = publishes(name, 2024, when[:16], "2025-05-01", **first, kind="changed")
        await bench.take(told)
        assert await standing(bench.connection) == both, name
    await bench.take(
        publishes("c", 2024, "2025-04-05T10:00", "2025-05-02", **first, kind="revoked")
    )
    assert await standing(bench.connection) == [(2024, 13)]
    again = {"corrects": "office/c", "kind": "revoked"}
    await bench.take(publishes("d", 2024, "2025-04-05T10:00", "2025-05-03", **again))
    assert await standing(bench.connection) == both

    gone = {"corrects": "office/second", "kind": "revoked"}
    await bench.take(publishes("e", 2024, "2025-03-01T10:00", "2025-05-04", **gone))
    assert await standing(bench.connection) == [(2024, FIRST)]


async def test_what_was_superseded_keeps_its_address_and_its_bytes_and_says_so(
    bench: Bench, database_url: str
) -> None:
    old = f"?at={FIRST}"
    async with client_of(database_url) as public:
        before = {form: (await public.get(f"/reports/2024.{form}")).text for form in ("html", "md")}
        await bench.take(publishes("second", 2024, "2025-03-01T10:00"))
        for form, text in before.items():
            assert (await public.get(f"/reports/2024.{form}{old}")).text == text, form
            assert (await public.get(f"/reports/2024.{form}")).text != text, form
        said = "已由 2025年3月1日 10:00 发布的报告取代"
        for path in ("/reports/2024", "/figures", "/figures/F16", "/statements", "/"):
            assert said in (await public.get(path + old)).text, path
            assert said not in (await public.get(path)).text, path
        page = (await public.get("/reports/2024")).text
        assert "发布时间：2025年3月1日 10:00" in page
        assert f'/reports/2024?period=2024&amp;at={FIRST}">2025年1月17日 16:52</a>' in page
        listed = await json_of(public, "/reports.json")
        assert listed["years"] == [2024]
        assert [(p["at"], p["superseded_by"]) for p in listed["publications"]] == [
            (13, None),
            (FIRST, "2025-03-01T10:00:00+08:00"),
        ]
        assert said in (await public.get("/reports")).text
        for other in (f"?at={FIRST - 1}", f"{old}&known=now", f"{old}&asof=2024-06-30"):
            assert (await public.get(f"/reports/2024{other}")).status_code == 403, other


async def test_every_link_of_a_superseded_report_is_a_public_page(
    bench: Bench, database_url: str
) -> None:
    await bench.take(publishes("second", 2024, "2025-03-01T10:00"))
    async with client_of(database_url) as public:
        figure = await json_of(public, f"/figures/F16.json?period=2024&at={FIRST}")
        assert figure["at"] == FIRST
        assert (await json_of(public, "/figures/F16.json?period=2024"))["at"] == 13


# What is not the published report says so.


async def test_a_text_of_another_moment_says_that_it_is_not_the_published_report(
    bench: Bench,
) -> None:
    """It bore the title and the time of publication of the report."""
    issued = await publication.find(bench.connection, LEDGER, 2024)
    assert issued is not None
    published = await documents.build(bench.connection, issued.moment)
    moment = Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), 12)
    now = await documents.build(bench.connection, moment)
    for render in (html.render, markdown.render):
        official, other = render(published), render(now)
        assert "不是发布的报告" not in official
        assert official.count(TIME) == 1
        assert "不是发布的报告" in other
        assert f"发布的报告所知至位置 {FIRST}" in other
        assert TIME not in other
        assert NOT_PUBLISHED in other
        assert NOT_PUBLISHED not in official


async def test_pages_mark_what_is_not_the_published_report(database_url: str) -> None:
    await fill(database_url)
    async with client_of(database_url, auditor=True) as auditor:
        for path in ("/reports/2024", "/reports/2024.html", "/reports/2024.md"):
            assert "不是发布的报告" not in (await auditor.get(path)).text, path
            for question in ("known=now", "asof=2024-06-30", "at=7"):
                page = await auditor.get(f"{path}?{question}")
                assert page.text.count("不是发布的报告") == 1, (path, question)
        file = await auditor.get("/reports/2024.html?known=now")
        assert "-2024-unpublished-at-12.html" in file.headers["content-disposition"]
        part = await auditor.get("/reports/2024-03?known=now")
        assert part.status_code == 404


async def test_an_auditors_page_names_cases_and_the_document_none(database_url: str) -> None:
    await fill(database_url)
    async with client_of(database_url, auditor=True) as auditor:
        assert "DB-1" not in (await auditor.get("/reports/2024.html?known=now")).text
        assert "DB-1" not in (await auditor.get("/reports/2024.md?known=now")).text
