"""Pages of what was released: its own words and values, whatever is recorded later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from http import HTTPStatus

import asyncpg
import pytest

from domain.reporting.releases import ReleaseBlock, ReleaseContent, ReleaseRun
from tests.support.ledger import Bench
from tests.support.money import a_household
from tests.support.pages import client_of, json_of
from tests.support.releasing import ACT, draft, households, publish

LATER = replace(ACT, at=datetime.fromisoformat("2025-01-06T09:00:00+08:00"), signature=None)


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """One release of November, with one household in it."""
    made = await Bench.open(connection)
    await made.tell(a_household("DB-1"))
    await publish(made, draft(households(1), at=1))
    return made


async def test_a_release_says_what_it_said_whatever_is_recorded_later(
    bench: Bench, database_url: str
) -> None:
    async with client_of(database_url) as public:
        before = (await public.get("/releases/monthly/2024-11")).text
        found = await json_of(public, "/releases/monthly/2024-11.json")
        await bench.tell(a_household("DB-2"), received=date(2025, 2, 1))

        assert (await public.get("/releases/monthly/2024-11")).text == before
        again = await json_of(public, "/releases/monthly/2024-11.json")
    assert again == found
    assert '在保<data id="fig_1" value="1" title="在保户数">1户</data>' in before
    assert found["values"] == [
        {
            "key": "户数",
            "name": "在保户数",
            "value": 1,
            "exact": 1,
            "unit": "户",
            "beside": None,
            "invented": False,
        }
    ]
    assert found["text"] == ["一、低保", "在保1户"]
    assert (found["plan"], found["period"], found["asof"], found["at"]) == (
        "monthly",
        "2024-11",
        "2024-11-30",
        1,
    )


async def test_an_edition_keeps_its_address_when_another_supersedes_it(
    bench: Bench, database_url: str
) -> None:
    await publish(bench, draft(households(2), at=4), LATER)
    async with client_of(database_url) as public:
        assert "2户" in (await public.get("/releases/monthly/2024-11")).text
        old = (await public.get("/releases/monthly/2024-11/1")).text
        assert "1户" in old
        assert "已有新版" in old
        listed = (await json_of(public, "/releases.json"))["releases"]
        assert [(item["edition"], item["superseded_by"]) for item in listed] == [
            (2, None),
            (1, "/releases/monthly/2024-11/2"),
        ]
        page = (await public.get("/releases")).text
        assert page.count("第 1 版，已有新版") == 1
        for path in ("/releases/monthly/2024-11/3", "/releases/monthly/2024-12", "/releases/x"):
            assert (await public.get(path)).status_code == HTTPStatus.NOT_FOUND, path


@pytest.mark.usefixtures("bench")
async def test_the_first_page_names_the_latest_releases(database_url: str) -> None:
    async with client_of(database_url) as public:
        page = (await public.get("/")).text
    assert '<a href="/releases/monthly/2024-11/1">月报</a>' in page


async def test_what_is_internal_is_for_auditors_only(bench: Bench, database_url: str) -> None:
    internal = draft(households(7), at=1, plan="return", audience="internal", title="报表")
    await publish(bench, internal)
    async with client_of(database_url) as public:
        assert (await public.get("/releases/return/2024-11")).status_code == HTTPStatus.NOT_FOUND
        assert "报表" not in (await public.get("/releases")).text
    async with client_of(database_url, auditor=True) as auditor:
        assert "7户" in (await auditor.get("/releases/return/2024-11")).text
        assert "内部" in (await auditor.get("/releases")).text


async def test_what_cannot_be_a_release_is_listed_for_auditors_with_the_reason(
    bench: Bench, database_url: str
) -> None:
    await bench.connection.execute("DELETE FROM read_5.plan_signature")
    async with client_of(database_url) as public:
        assert (await public.get("/releases/monthly/2024-11")).status_code == HTTPStatus.NOT_FOUND
        assert "尚未签发" not in (await public.get("/releases")).text
    async with client_of(database_url, auditor=True) as auditor:
        assert "尚未签发即发布" in (await auditor.get("/releases")).text


async def test_what_was_altered_is_not_shown(bench: Bench, database_url: str) -> None:
    await bench.connection.execute(
        "UPDATE read_5.release_section SET body = replace(body, '1户', '9户')"
    )
    async with client_of(database_url) as public:
        answer = await public.get("/releases/monthly/2024-11")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "9户" not in answer.text
    assert "与封存时不同" in answer.text


async def test_words_of_a_release_are_no_markup(bench: Bench, database_url: str) -> None:
    words = ReleaseContent(blocks=(ReleaseBlock(runs=(ReleaseRun(text="<b>粗</b>"),)),))
    await publish(bench, draft(words, at=1, period="2024-10"))
    async with client_of(database_url) as public:
        page = (await public.get("/releases/monthly/2024-10")).text
    assert "&lt;b&gt;粗&lt;/b&gt;" in page
