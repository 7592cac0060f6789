"""Texts are withheld at the pages: by staff, in what they may see, by who signed in.

Given two cases of two townships whose facts name file numbers, one of them in both, and a
monthly report of the bureau that names one more: when staff withhold, then only in their own
records, after they were shown what will be blanked, and the journal names who signed in.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from api import withholding as withholding_pages
from infra import postgres
from infra.postgres import with_user
from infra.roles import Role
from ledger import journal, looks, users, withheld
from ledger.withheld import MARK
from tests.support import databases
from tests.support.inside import (
    BY_SECURITY,
    bearing,
    browser,
    inside,
    sealer,
)
from tests.support.ledger import LEDGER
from tests.support.money import VILLAGE
from tests.support.pages import client_of
from tests.support.withholding import BOTH, OWN, PRINTED, TOKENS, withholding
from tests.upkeep.test_verify import kinds, verify

WHY = "当事人来电要求"
JSON = {"accept": "application/json"}
NEW = "/withheld/new?entry=2"


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    with databases.copied(server_url, "withholding", withholding) as made:
        yield made


@pytest.fixture
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    async with postgres.connect(url) as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(url) as made:
        yield made


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as made:
        yield made


def program(name: str) -> dict[str, str]:
    return JSON | bearing(TOKENS[name])


async def post(
    client: httpx.AsyncClient, name: str, path: str = NEW, **given: Any
) -> httpx.Response:
    return await client.post(path, data=given, headers=program(name))


async def done(client: httpx.AsyncClient, name: str, path: str = NEW, **given: Any) -> int:
    """Look, then do it; the number of the record."""
    shown = await post(client, name, path, **given)
    assert shown.status_code == 200, shown.text
    told = await post(client, name, path, **given, pieces=shown.json()["pieces"], why=WHY)
    assert told.status_code == 201, told.text
    number: int = told.json()["number"]
    assert told.headers["location"] == f"/withheld/{number}"
    return number


async def records(connection: asyncpg.Connection) -> list[withheld.Withheld]:
    return await withheld.read(connection, LEDGER)


async def test_what_will_be_blanked_is_shown_and_nothing_is_done_yet(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    shown = (await post(client, "staff-a", text="ＢＨ２０２４０３１５")).json()
    assert (shown["pieces"], shown["entries"], shown["fields"]) == (1, 1, 1)
    (place,) = shown["places"]
    assert (place["position"], place["stream"], place["pieces"]) == (2, "case/DB-1", 1)
    assert place["pointer"] == "/data/reason"
    assert place["shown"] == f"核对时查到档号{MARK}，另见{BOTH}；户主王梅，住王梅村。"
    assert await records(connection) == []
    (look,) = await looks.read(connection, LEDGER, subject="entry/2")
    assert (look.who, look.role) == ("staff-a", "staff")


async def test_it_is_withheld_by_who_signed_in_and_no_view_shows_it(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    number = await done(client, "staff-a", text=OWN, by="somebody-else")
    (told,) = await records(connection)
    assert (told.number, told.position, told.by, told.why) == (number, 2, "staff-a", WHY)
    for name in ("staff-a", "auditor-a"):
        page = (await client.get("/entries/2", headers=bearing(TOKENS[name]))).text
        assert "20240315" not in page
        assert MARK in page
    assert not kinds(await verify(connection))
    again = await post(client, "staff-a", text=OWN)
    assert (again.status_code, again.json()["code"]) == (400, "cannot-be-done")
    assert "已经隐去" in again.json()["detail"]


async def test_a_name_is_withheld_among_the_words_around_it_only(client: httpx.AsyncClient) -> None:
    alone = await post(client, "staff-a", text="王梅")
    assert (alone.status_code, "上下文" in alone.json()["detail"]) == (400, True)
    await done(client, "staff-a", text="王梅", within="户主王梅，")
    page = await client.get("/entries/2.json", headers=program("staff-a"))
    assert f"户主{MARK}，住王梅村。" in page.json()["open"]


@pytest.mark.parametrize(
    ("name", "status"), [("staff-a", 400), ("staff-b", 400), ("staff-c", 404), ("staff-all", 201)]
)
async def test_what_stands_in_records_of_others_too_is_withheld_by_who_may_see_all_of_it(
    client: httpx.AsyncClient, connection: asyncpg.Connection, name: str, status: int
) -> None:
    """The number of both townships: of one of them nobody learns more than that there are some."""
    path = "/withheld/new?entry=4" if name == "staff-b" else NEW
    answer = await post(client, name, path, text=BOTH, pieces=2, why=WHY)
    assert answer.status_code == status
    assert ("镇街以外" in answer.text) == (status == 400)
    assert not re.search("[0-9] 处", answer.text), "nor in how many places"
    assert "DB-1" not in answer.text.replace(name, "") or name != "staff-b"
    assert len(await records(connection)) == (status == 201)


async def test_nobody_searches_the_ledger_this_way(client: httpx.AsyncClient) -> None:
    """What does not stand in the matter itself is told like what stands nowhere."""
    path = "/withheld/new?entry=4"
    absent = (await post(client, "staff-b", path, text="BH-20249999")).json()
    theirs = (await post(client, "staff-b", path, text=OWN)).json()
    assert absent == theirs
    assert "没有这段文字" in theirs["detail"]


async def test_a_text_of_a_report_is_withheld_by_who_makes_reports(
    client: httpx.AsyncClient, url: str
) -> None:
    pages = {}
    for name in ("staff-r", "staff-all", "staff-a", "auditor-a"):
        page = await client.get("/releases/monthly/2024-11", headers=bearing(TOKENS[name]))
        assert PRINTED in page.text
        pages[name] = 'href="/withheld/new' in page.text
    assert pages == {"staff-r": True, "staff-all": True, "staff-a": False, "auditor-a": False}
    page = await client.get("/releases/monthly/2024-11", headers=bearing(TOKENS["staff-r"]))
    link = unescape(page.text.partition('href="/withheld/new')[2].partition('"')[0])
    shown = await post(client, "staff-r", f"/withheld/new{link}", text=PRINTED)
    assert {"title": "发布的报告", "address": "/releases"} in shown.json()["views"]
    await done(client, "staff-r", f"/withheld/new{link}", text=PRINTED)
    async with client_of(url) as public:
        assert f"其中一户见档号{MARK}。" in (await public.get("/releases/monthly/2024-11")).text


async def test_if_more_stands_there_by_now_it_is_shown_again_first(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    answer = await post(client, "staff-a", text=OWN, pieces=2, why=WHY)
    assert (answer.status_code, answer.json()["pieces"]) == (200, 1)
    assert await records(connection) == []


@pytest.mark.parametrize("why", ["", " ", "证件440520199901010017", "x" * 501, "a\nb"])
async def test_without_a_reason_that_may_stand_in_the_journal_nothing_is_done(
    client: httpx.AsyncClient, connection: asyncpg.Connection, why: str
) -> None:
    answer = await post(client, "staff-a", text=OWN, pieces=1, why=why)
    assert (answer.status_code, answer.json()["code"]) == (400, "cannot-be-done")
    form = await client.post(
        NEW, data={"text": OWN, "pieces": 1, "why": why}, headers=bearing(TOKENS["staff-a"])
    )
    assert form.status_code == 400
    assert f'name="text" value="{OWN}"' in form.text, "what was typed is still there"
    assert await records(connection) == []


async def test_the_reason_is_shown_and_does_not_repeat_what_is_withheld(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    given = {"text": "王梅", "within": "户主王梅，住王梅村"}
    for why in ("户主王梅来电", "王梅"):
        refused = await post(client, "staff-a", **given, pieces=1, why=why)
        assert (refused.status_code, refused.json()["code"]) == (400, "cannot-be-done")
        assert "事由中不得有要隐去的文字" in refused.json()["detail"]
    assert await records(connection) == []
    headers = bearing(TOKENS["staff-a"]) | {"accept": "text/html"}
    page = await client.post(NEW, data={**given, "pieces": 1, "why": "王梅"}, headers=headers)
    assert "将隐去的地方" in page.text, "what would be blanked is still shown"
    assert (await post(client, "staff-a", **given, pieces=1, why=WHY)).status_code == 201


async def test_a_mistake_is_taken_back_by_staff_of_the_same_records(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    number = await done(client, "staff-a", text=OWN)
    address = f"/withheld/{number}"
    for name, status in (("staff-b", 404), ("auditor-a", 403), ("sec", 403), ("staff-c", 404)):
        assert (await post(client, name, address, why=WHY)).status_code == status
    assert (await post(client, "staff-a", address, why="")).status_code == 400
    assert (await post(client, "staff-all", address, why="看错了")).status_code == 201
    (told,) = await records(connection)
    assert told.shown_again is not None
    assert (told.shown_again.by, told.shown_again.why) == ("staff-all", "看错了")
    assert OWN in (await client.get("/entries/2", headers=bearing(TOKENS["staff-a"]))).text
    twice = await post(client, "staff-a", address, why=WHY)
    assert (twice.status_code, twice.json()["code"]) == (400, "cannot-be-done")


async def test_the_list_tells_who_where_and_why_and_never_what(client: httpx.AsyncClient) -> None:
    number = await done(client, "staff-a", text=OWN)
    seen = {}
    for name in ("auditor-a", "staff-a", "staff-all", "staff-b", "staff-r"):
        answer = await client.get("/withheld", headers=program(name))
        assert "20240315" not in answer.text
        seen[name] = [each["number"] for each in answer.json()["withheld"]]
    assert seen == {
        **{key: [number] for key in ("auditor-a", "staff-a", "staff-all")},
        **{key: [] for key in ("staff-b", "staff-r")},
    }
    for path in ("/withheld", f"/withheld/{number}"):
        page = (await client.get(path, headers=bearing(TOKENS["auditor-a"]))).text
        assert all(word in page for word in ("staff-a", WHY, "/data/reason"))
        assert "20240315" not in page
        assert "<form class" not in page.partition("<main")[2].replace('class="moment"', "")
    mine = (await client.get(f"/withheld/{number}", headers=bearing(TOKENS["staff-a"]))).text
    assert f'action="/withheld/{number}"' in mine
    other = await client.get(f"/withheld/{number}", headers=program("staff-b"))
    assert other.status_code == 404


async def test_pages_of_records_offer_it_to_staff_only(client: httpx.AsyncClient) -> None:
    for path in ("/entries/2", "/streams/case/DB-1"):
        for name, offered in (("staff-a", True), ("auditor-a", False)):
            page = (await client.get(path, headers=bearing(TOKENS[name]))).text
            assert ('href="/withheld/new?entry=' in page) == offered, (path, name)


async def test_a_row_of_a_register_leads_to_it_and_shows_it_no_more(
    client: httpx.AsyncClient, url: str
) -> None:
    links = {}
    for name in ("staff-all", "staff-a", "auditor-a"):
        page = (await client.get(f"/villages/{VILLAGE}", headers=bearing(TOKENS[name]))).text
        assert "示例王梅村" in page
        links[name] = 'href="/withheld/new?entry=5"' in page
    assert links == {"staff-all": True, "staff-a": False, "auditor-a": False}
    given = {"path": "/withheld/new?entry=5", "text": "王梅", "within": "例王梅村"}
    shown = (await post(client, "staff-all", **given)).json()
    assert "/villages" in {each["address"] for each in shown["views"]}
    await done(client, "staff-all", **given)
    async with client_of(url) as public:
        assert f"示例{MARK}村" in (await public.get("/villages")).text


async def test_what_stands_in_very_many_places_is_no_slip(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withholding_pages, "MOST", 1)
    answer = await post(client, "staff-all", text=BOTH)
    assert (answer.status_code, "1 处以上" in answer.json()["detail"]) == (400, True)


async def test_a_day_of_a_fact_is_no_text(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    """Blanked, no page could read the fact any more, nor what else holds the same day."""
    answer = await post(client, "staff-all", text="2024-03-01", pieces=1, why=WHY)
    assert (answer.status_code, "日期或者代码" in answer.json()["detail"]) == (400, True)
    assert await records(connection) == []
    # Nobody learns so of a day that stands in records of others.
    other = await post(client, "staff-a", text="2024-03-02", pieces=1, why=WHY)
    assert (other.status_code, "没有这段文字" in other.json()["detail"]) == (400, True)


async def test_the_list_is_told_of_a_moment_to_auditors_only(client: httpx.AsyncClient) -> None:
    number = await done(client, "staff-a", text=OWN)
    await post(client, "staff-a", f"/withheld/{number}", why="看错了")
    before = await client.get("/withheld?at=1", headers=program("auditor-a"))
    assert before.json()["withheld"] == []
    (now,) = (await client.get("/withheld", headers=program("auditor-a"))).json()["withheld"]
    assert now["shown_again"]["why"] == "看错了"
    assert (await client.get("/withheld?at=1", headers=program("staff-a"))).status_code == 403


@pytest.mark.parametrize(
    "head", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
async def test_a_form_of_another_site_does_nothing(
    client: httpx.AsyncClient, connection: asyncpg.Connection, head: dict[str, str]
) -> None:
    for path in (NEW, "/withheld/1"):
        answer = await client.post(
            path, data={"text": OWN, "pieces": 1, "why": WHY}, headers=program("staff-a") | head
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "other-site")
    assert await records(connection) == []


async def test_by_a_session_the_purpose_is_asked_for_first(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data={"token": TOKENS["staff-a"], "next": NEW})
    assert (await client.get(NEW)).status_code == 200
    asked = await client.post(NEW, data={"text": OWN})
    assert (asked.status_code, f'name="next" value="{NEW}"' in asked.text) == (403, True)
    assert OWN not in asked.text
    await client.post("/purpose", data={"purpose": "隐去个人信息", "next": NEW})
    preview = await client.post(NEW, data={"text": OWN})
    assert MARK in preview.text
    led = await client.post(NEW, data={"text": OWN, "pieces": "1", "why": WHY})
    assert (led.status_code, led.headers["location"]) == (303, led.headers["location"])
    assert "已隐去" in (await client.get(led.headers["location"])).text


# Where nothing can be done.


async def refused(url: str, **settings: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What who asks for the form, and who sends it, is told."""
    async with inside(url, **settings) as app, browser(app) as client:
        form = await client.get(NEW, headers=program("staff-a"))
        sent = await post(client, "staff-a", text=OWN, pieces=1, why=WHY)
    assert form.status_code == sent.status_code == 403
    return form.json(), sent.json()


async def test_without_a_connection_for_deeds_it_says_so(
    url: str, connection: asyncpg.Connection
) -> None:
    for told in await refused(url, desk_database_url=""):
        assert told["code"] == "read-only-here"
        assert "MINGJIAN_DESK_DATABASE_URL" in told["detail"]
    assert await records(connection) == []


@pytest.mark.parametrize("user", [Role.API, Role.AUDITOR, "nobody_knows"])
async def test_as_a_user_who_may_not_write_nothing_is_done(
    url: str, connection: asyncpg.Connection, user: str
) -> None:
    async with inside(url, desk_database_url=with_user(url, user)) as app, browser(app) as client:
        sent = await post(client, "staff-a", text=OWN, pieces=1, why=WHY)
    assert (sent.status_code, sent.json()["code"]) == (403, "read-only-here")
    assert "mingjian roles --apply" in sent.json()["hint"]
    assert await records(connection) == []


async def test_a_ledger_that_was_altered_is_not_written_on(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    await connection.execute("UPDATE ledger.ledger SET head = sha256('x')")
    sent = await post(client, "staff-a", text=OWN, pieces=1, why=WHY)
    assert (sent.status_code, sent.json()["code"]) == (403, "read-only-here")
    assert "校验码不符" in sent.json()["detail"]


async def test_who_is_dismissed_meanwhile_does_nothing(
    app: Starlette, client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    """Whoever was let in is looked up again under the lock of the deed."""
    known = await app.state.gate.users.now(app.state)

    async def before(_: object) -> Any:
        return known

    await users.dismiss(connection, sealer(), LEDGER, "staff-a", BY_SECURITY)
    app.state.gate.users.now = before
    sent = await post(client, "staff-a", text=OWN, pieces=1, why=WHY)
    assert sent.status_code == 401
    assert await records(connection) == []


async def test_what_is_written_is_as_what_a_command_writes(
    client: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    """The next deed, by whomever, goes on from it."""
    await done(client, "staff-a", text=OWN)
    async with journal.deed(connection, sealer(), LEDGER) as deed:
        assert (
            deed.note("person-restricted", "person/x", {}, BY_SECURITY) == deed.ledger.journal + 1
        )
