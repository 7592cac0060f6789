"""Looks with a purpose: what names a person is shown once it is written down who looks, and why."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette

from infra import postgres
from ledger import looks
from ledger.looks import Look
from tests.support.inside import TOKENS, bearing, browser, database, inside
from tests.support.ledger import LEDGER

JSON = {"accept": "application/json"}
PURPOSE = "2024 年低保专项审计"
NAMING = {
    "/entries/1": "entry/1",
    "/streams/case/DB-1": "stream/case/DB-1",
    "/figures/F16/rows": "figure/F16",
    "/sources/social-assistance/events/c-DB-1": "event/social-assistance/c-DB-1",
    "/parked": "parked/1",
    "/quarantine": "quarantine/1",
}
"""What names persons, and what the look at it is called."""
OTHERS = ("/", "/entries/8", "/streams/report/2024", "/waiting", "/findings", "/desk", "/releases")


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with database(server_url, "purposes") as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(url) as made:
        yield made


@pytest.fixture
async def auditor(app: Starlette, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which an auditor signed in."""
    async with browser(app) as made:
        await made.post("/sign-in", data={"token": TOKENS[url]["auditor-a"]})
        yield made


async def written(url: str) -> list[Look]:
    async with postgres.connect(url) as connection:
        return await looks.read(connection, LEDGER)


@pytest.mark.parametrize("path", NAMING)
async def test_nothing_that_names_a_person_is_shown_without_a_purpose(
    auditor: httpx.AsyncClient, url: str, path: str
) -> None:
    before = await written(url)
    for form in ("", ".json"):
        refused = await auditor.get(path + form)
        assert refused.status_code == 403
        assert "DB-1" not in refused.text.replace(path, "")
    assert refused.json()["code"] == "purpose-needed"
    assert await written(url) == before


@pytest.mark.parametrize("path", OTHERS)
async def test_what_names_nobody_needs_none(
    auditor: httpx.AsyncClient, url: str, path: str
) -> None:
    before = await written(url)
    assert (await auditor.get(path)).status_code == 200
    assert await written(url) == before


async def test_a_reader_says_it_once_and_every_look_is_written(
    auditor: httpx.AsyncClient, url: str
) -> None:
    asked = await auditor.get("/entries/1?ledger=445102")
    assert 'name="next" value="/entries/1?ledger=445102"' in asked.text
    said = await auditor.post("/purpose", data={"purpose": PURPOSE, "next": "/entries/1"})
    assert (said.status_code, said.headers["location"]) == (303, "/entries/1")
    for path, subject in NAMING.items():
        page = await auditor.get(path)
        assert page.status_code == 200, path
        assert f"查阅目的：{PURPOSE}" in page.text
        (look, *_) = await written(url)
        assert (look.who, look.role, look.purpose) == ("auditor-a", "auditor", PURPOSE)
        assert look.subject == subject
    assert "更改" in page.text
    await auditor.post("/purpose", data={"purpose": "复核"})
    await auditor.get("/entries/2")
    assert (await written(url))[0].purpose == "复核"


@pytest.mark.parametrize("wrong", ["", "  ", "x" * 501, "查 445102198001010012", "a\nb"])
async def test_what_is_no_purpose_is_not_taken(auditor: httpx.AsyncClient, wrong: str) -> None:
    refused = await auditor.post("/purpose", data={"purpose": wrong})
    assert refused.status_code == 403
    assert "查阅目的须为 1 至 500 个字" in refused.text
    assert "--why" not in refused.text, "a page has no options of a command"
    assert (await auditor.get("/entries/1")).status_code == 403


async def test_a_program_says_it_with_each_request(app: Starlette, url: str) -> None:
    token = TOKENS[url]["auditor-a"]
    async with browser(app) as client:
        shown = await client.get("/entries/1", headers=JSON | bearing(token, quote(PURPOSE)))
        assert shown.status_code == 200
        assert (await written(url))[0].purpose == PURPOSE
        for none in ("", " ", "%20"):
            refused = await client.get("/entries/1", headers=JSON | bearing(token, none))
            assert refused.json()["code"] == "purpose-needed"
        # What browsers say of their own accord is no purpose.
        prefetch = {"authorization": f"Bearer {token}", "purpose": "prefetch"}
        assert (await client.get("/entries/1", headers=prefetch)).status_code == 403


async def test_the_audit_administrator_reads_who_looked(app: Starlette, url: str) -> None:
    async with browser(app) as client:
        await client.get("/entries/3", headers=bearing(TOKENS[url]["auditor-a"], quote("核对")))
        headers = bearing(TOKENS[url]["aud-adm"])
        page = await client.get("/access/looks?subject=entry/3", headers=headers)
        told = (await client.get("/access/looks.json?subject=entry/3", headers=headers)).json()
    assert "核对" in page.text
    assert [(each["who"], each["purpose"]) for each in told["looks"]] == [("auditor-a", "核对")]
    assert await written(url), "and is not looking at persons themselves"
