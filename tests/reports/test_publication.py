"""What becomes a published report, which of several stands, and what says that a text is none."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import asyncpg
import pytest

from domain.dates import Instant
from domain.reporting import ReportPublished, ReportSectionWritten, ReportSigned
from projections.snapshot import snapshot
from reports import drafting, plans, publication
from reports.moment import Moment
from reports.plans.wording import NOT_PUBLISHED
from reports.publication import NO_VALUES
from reports.render import html, markdown
from reports.render import text as plain
from tests.support.bureau import SAMPLE
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_payment
from tests.support.pages import client_of, json_of
from tests.support.published import FIRST, PUBLISHED_AT, SHANGHAI, fill, last_of, published_feed
from tests.support.releasing import release_report

TIME = "发布时间：2025年1月17日 16:52"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


SECOND = at("2025-03-01T10:00")


def publishes(name: str, year: int, when: str) -> bytes:
    """`report-published`, told at once."""
    fact = ReportPublished(report_year=year, published_at=Instant.read(at(when)), path="/a/b")
    return event("office", name, fact, received=at(when))


def begins(year: int, told: str) -> bytes:
    """What a report's stream begins with."""
    fact = ReportSectionWritten(
        report_year=year, section="study", text="示例", written_on=date(2025, 1, 2), author="BG-01"
    )
    return event("office", f"r-{year}", fact, received=at(told))


def unsigns(told: str) -> bytes:
    """The signature of 2024, taken back."""
    fact = ReportSigned(report_year=2024, signed_on=date(2024, 12, 31), signed_by="ZF-01")
    back: dict[str, Any] = {"corrects": "office/r-sign", "kind": "revoked"}
    return event("office", "no", fact, received=at(told), **back)


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
    """The small ledger, its report released as of position 11."""
    made = await Bench.open(connection)
    await made.take(*published_feed().lines())
    await release_report(made, FIRST, PUBLISHED_AT)
    return made


async def test_a_report_that_is_told_as_published_without_its_values_is_not_published(
    bench: Bench, database_url: str
) -> None:
    """It became what every public page showed first: 2199 年主要指标."""
    await bench.take(begins(2199, "2025-03-01"), publishes("x", 2199, "2025-03-01T10:00"))

    assert await standing(bench.connection) == [(2024, FIRST)]
    assert await refused(bench.connection) == {2199: NO_VALUES}
    async with client_of(database_url) as public:
        assert (await json_of(public, "/index.json"))["years"] == [2024]
        assert "2024 年主要指标" in (await public.get("/")).text
        for path in ("/reports/2199", "/figures?period=2199", "/?period=2199", "/reports/2199.md"):
            assert (await public.get(path)).status_code == 404, path
        assert "2199" not in (await public.get("/reports")).text
    async with client_of(database_url, auditor=True) as auditor:
        page = (await auditor.get("/reports")).text
        assert f'2199 年 <span class="muted">称 2025年3月1日 10:00 发布：{NO_VALUES}' in page


async def test_a_signature_that_is_taken_back_takes_the_report_off_every_public_page(
    bench: Bench, database_url: str
) -> None:
    async with client_of(database_url) as public:
        assert (await public.get("/figures/F16")).status_code == 200
        await bench.take(unsigns("2025-03-03"))
        assert await refused(bench.connection) == {2024: "尚未签发即发布"}
        for path in ("/reports/2024", "/figures/F16", "/statements", "/releases/annual/2024"):
            assert (await public.get(path)).status_code == 404, path


async def test_what_is_corrected_later_changes_no_public_page(
    bench: Bench, database_url: str
) -> None:
    """Public pages told what is known now beside what was published, of any figure."""
    paths = ("/", "/figures", "/figures/F16", "/statements", "/statements/S16", "/reports/2024")
    async with client_of(database_url) as public:
        before = {path: (await public.get(path)).text for path in paths}
        data = {path: await json_of(public, f"{path}.json") for path in paths[1:]}
        more = a_payment("DB-2", 50_000, "2024-11", on="2024-12-29")
        await bench.take(event("payouts", "p-more", more, received=at("2025-03-01")))
        for path, text in before.items():
            assert (await public.get(path)).text == text, path
        for path, told in data.items():
            assert await json_of(public, f"{path}.json") == told, path


async def test_a_read_model_that_says_otherwise_today_is_a_difference_for_auditors_only(
    bench: Bench, database_url: str
) -> None:
    """As a later program would find other rows: what was released stays."""
    await bench.connection.execute(
        "UPDATE read_5.payment SET amount_fen = amount_fen + 1000000 WHERE known_from ="
        " (SELECT min(known_from) FROM read_5.payment)"
    )
    async with client_of(database_url) as public:
        assert (await json_of(public, "/figures/F16.json"))["value"] == 0.19
        assert "1.19" not in (await public.get("/figures")).text
    async with client_of(database_url, auditor=True) as auditor:
        figure = await json_of(auditor, "/figures/F16.json")
        assert figure["value"] == 0.19
        assert (figure["worked_out_again"]["value"], figure["worked_out_again"]["same"]) == (
            1.19,
            False,
        )
        assert "与按现行程序重算的不同" in (await auditor.get("/figures/F16")).text


async def test_what_was_superseded_keeps_its_address_and_its_bytes_and_says_so(
    bench: Bench, database_url: str
) -> None:
    old, last = f"?at={FIRST}", await last_of(bench.connection)
    async with client_of(database_url) as public:
        before = {form: (await public.get(f"/reports/2024.{form}")).text for form in ("html", "md")}
        await release_report(bench, last, SECOND)
        assert await standing(bench.connection) == [(2024, last), (2024, FIRST)]
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
            (last, None),
            (FIRST, "2025-03-01T10:00:00+08:00"),
        ]
        assert said in (await public.get("/reports")).text
        for other in (f"?at={FIRST - 1}", f"{old}&known=now", f"{old}&asof=2024-06-30"):
            assert (await public.get(f"/reports/2024{other}")).status_code == 403, other
        figure = await json_of(public, f"/figures/F16.json?period=2024&at={FIRST}")
        assert (figure["at"], figure["value"]) == (FIRST, 0.19)
        assert (await json_of(public, "/figures/F16.json?period=2024"))["value"] == 0.2


# What is not the published report says so.


async def test_a_text_of_another_moment_says_that_it_is_not_the_published_report(
    bench: Bench,
) -> None:
    """It bore the title and the time of publication of the report."""
    plan = plans.of(SAMPLE)[plans.ANNUAL]
    moments = [Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), at) for at in (FIRST, 12)]
    published, now = [
        await drafting.document(bench.connection, plan, SAMPLE, moment) for moment in moments
    ]
    for render in (html.render, markdown.render):
        official, other = render(published), render(now)
        assert "不是发布的报告" not in official
        assert official.count(TIME) == 1
        assert "不是发布的报告" in other
        assert f"发布的报告入账至位置 {FIRST}" in other
        assert TIME not in other
        assert NOT_PUBLISHED in other
        assert NOT_PUBLISHED not in official


async def test_what_is_worked_out_again_of_the_published_moment_is_a_draft(bench: Bench) -> None:
    """With its cases named, it bore the time of publication though a program made it anew."""
    plan = plans.of(SAMPLE)[plans.ANNUAL]
    moment = Moment(LEDGER, date(2024, 1, 1), date(2024, 12, 31), FIRST)
    made = await drafting.document(bench.connection, plan, SAMPLE, moment, details=True)
    assert NOT_PUBLISHED in made.title
    assert (made.published, made.watermark) == ("", "非发布文本")
    for render in (html.render, markdown.render, plain.render):
        assert TIME not in render(made)
        assert "不是发布的报告" in render(made)


async def test_what_is_published_tells_nothing_of_our_work(bench: Bench) -> None:
    """Red gaps, an orange box of what waits and numbers of entries stood in a signed report.

    Of the small ledger only one section is written; one payment of 400.00 元 waits.
    """
    plan = plans.of(SAMPLE)[plans.ANNUAL]
    span = (date(2024, 1, 1), date(2024, 12, 31))
    published, now = [
        await drafting.document(bench.connection, plan, SAMPLE, Moment(LEDGER, *span, at))
        for at in (FIRST, 12)
    ]
    said = "口径说明：本期另有 1 条业务来件尚在核对，未计入任何数值；其中写明的金额共 400.00 元。"
    for render in (html.render, markdown.render, plain.render):
        official, draft = render(published), render(now)
        assert (official.count(said), draft.count(said)) == (1, 0)
        for ours in ("〔未填写〕", "未通过校验", "待关联", "入账至位置", f"账本 {LEDGER}"):
            assert ours not in official, ours
            assert ours in draft, ours
        assert "数据截至2024年12月31日" in official
        assert official.count("内容校验码") == 1
        assert published.content in official
    assert not re.search('class="(gap|waiting|watermark|statement broken)"', html.render(published))
    assert '<p class="watermark" aria-hidden="true">非发布文本</p>' in html.render(now)


async def test_pages_mark_what_is_not_the_published_report(database_url: str) -> None:
    last = await fill(database_url)
    async with client_of(database_url, auditor=True) as auditor:
        for path in ("/reports/2024", "/reports/2024.html", "/reports/2024.md"):
            assert "不是发布的报告" not in (await auditor.get(path)).text, path
            for question in ("known=now", "asof=2024-06-30", "at=7"):
                page = await auditor.get(f"{path}?{question}")
                assert page.text.count("不是发布的报告") == 1, (path, question)
        file = await auditor.get("/reports/2024.html?known=now")
        assert f"-2024-unpublished-at-{last}.html" in file.headers["content-disposition"]
        part = await auditor.get("/reports/2024-03?known=now")
        assert part.status_code == 404


async def test_an_auditors_page_names_cases_and_the_document_none(database_url: str) -> None:
    await fill(database_url)
    async with client_of(database_url, auditor=True) as auditor:
        assert "DB-1" not in (await auditor.get("/reports/2024.html?known=now")).text
        assert "DB-1" not in (await auditor.get("/reports/2024.md?known=now")).text
