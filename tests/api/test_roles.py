"""Whose page is whose: every address × every role, allowed and refused, on the real application."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from api.question import PageRoute
from infra import postgres
from ledger import access
from tests.support import published
from tests.support.inside import EVERYBODY, TOKENS, bearing, browser, inside, peopled
from tests.support.ledger import LEDGER
from tests.support.pages import client_of

JSON = {"accept": "application/json"}
OK, REFUSED, ABSENT = 200, 403, 404
UNFIT = 400
"""A form that is taken, and lacks something."""
NAMES = tuple(user.name for user in EVERYBODY)
# What each role may see of what is not public. An address that is not here is everybody's.
MATRIX: dict[str, dict[str, int]] = {
    "/work": {"staff-a": OK, "staff-b": OK, "staff-c": OK},
    "/desk": {"auditor-a": OK, "staff-a": OK, "staff-b": OK, "staff-c": OK},
    "/check": dict.fromkeys(("auditor-a", "staff-a", "staff-b", "staff-c"), OK),
    "POST /check": dict.fromkeys(("auditor-a", "staff-a", "staff-b", "staff-c"), UNFIT),
    "/desk/rule-of-law-report": {
        "auditor-a": OK,
        "staff-a": ABSENT,
        "staff-b": ABSENT,
        "staff-c": ABSENT,
    },
    "/figures/F16/rows": {"auditor-a": OK},
    "/entries/1": {"auditor-a": OK, "staff-a": OK, "staff-b": ABSENT, "staff-c": ABSENT},
    "/streams": {"auditor-a": OK, "staff-a": OK, "staff-b": OK, "staff-c": OK},
    "/streams/case/DB-1": {"auditor-a": OK, "staff-a": OK, "staff-b": ABSENT, "staff-c": ABSENT},
    "/withheld": dict.fromkeys(("auditor-a", "staff-a", "staff-b", "staff-c"), OK),
    "/withheld/none": dict.fromkeys(("auditor-a", "staff-a", "staff-b", "staff-c"), ABSENT),
    "/withheld/new?entry=1": {"staff-a": OK, "staff-b": ABSENT, "staff-c": ABSENT},
    "POST /withheld/new?entry=1": {"staff-a": UNFIT, "staff-b": ABSENT, "staff-c": ABSENT},
    "POST /withheld/none": dict.fromkeys(("staff-a", "staff-b", "staff-c"), ABSENT),
    "/quarantine": {"auditor-a": OK, "staff-a": OK, "staff-b": OK, "staff-c": OK},
    "/parked": {"auditor-a": OK, "staff-a": OK, "staff-b": OK, "staff-c": OK},
    "/waiting": {"auditor-a": OK},
    "/foreign": {"auditor-a": OK},
    "/sources/payouts/events/p-DB-1": {"auditor-a": OK},
    "/findings": {"auditor-a": OK, "staff-a": OK, "staff-b": OK, "staff-c": OK},
    "/findings/rules/A01": {"auditor-a": OK, "staff-a": OK, "staff-b": OK, "staff-c": OK},
    "/findings/none": {
        "auditor-a": ABSENT,
        "staff-a": ABSENT,
        "staff-b": ABSENT,
        "staff-c": ABSENT,
    },
    "/users": {"sec": OK},
    "/access": {"aud-adm": OK},
    "/access/looks": {"aud-adm": OK},
}
SAMPLE = {
    "figure_id": "F16",
    "statement_id": "S01",
    "year": "2024",
    "plan": "annual",
    "period": "2024",
    "edition": "1",
    "position": "1",
    "kind": "case",
    "key": "DB-1",
    "code": "A01",
    "source": "payouts",
    "event_id": "p-DB-1",
    "record": "none",
    "rest": "none",
    "category": "0",
}
NAMED = {
    "/desk/{name}": "rule-of-law-report",
    "/findings/{name}": "none",
    "/problems/{code}": "not-found",
    "/contracts/{name}": "payment-settled",
    "/api/v1/figures/{name}": "F16",
    "/api/v1/statements/{name}": "S01",
    "/withheld/{number}": "none",
}
"""Where a page of that address is called otherwise than most."""


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with published.database(server_url, "roles", filling=peopled) as made:
        yield made


@pytest.fixture
async def app(url: str) -> AsyncIterator[Starlette]:
    async with inside(url) as made:
        yield made


def sample_of(route: PageRoute) -> str:
    """An address of a route."""
    path = route.path
    for name in route.param_convertors:
        value = NAMED.get(route.path) or SAMPLE.get(name, "organisations")
        path = path.replace(f"{{{name}:path}}", value).replace(f"{{{name}}}", value)
    return f"{path}?entry=1" if path == "/withheld/new" else path


def method_of(route: PageRoute) -> str:
    return "POST" if "POST" in (route.methods or ()) else "GET"


def routes(app: Starlette) -> list[PageRoute]:
    found = [each for each in app.routes if not isinstance(each, Mount)]
    assert all(isinstance(each, PageRoute) for each in found), "a page says whose it is"
    return [each for each in found if isinstance(each, PageRoute)]


async def test_every_address_for_every_role(app: Starlette, url: str) -> None:
    wrong, seen = [], set()
    async with client_of(url) as public, browser(app) as nobody:
        for route in routes(app):
            path, method = sample_of(route), method_of(route)
            asked = await public.request(method, path, headers=JSON)
            cell = path if method == "GET" else f"{method} {path}"
            seen.add(cell)
            cells = {"public": asked.status_code}
            wanted = {"public": REFUSED if cell in MATRIX else asked.status_code}
            cells["nobody"] = (await nobody.request(method, path, headers=JSON)).status_code
            wanted["nobody"] = 401 if not path.startswith(OPEN) else asked.status_code
            for name in NAMES:
                headers = JSON | bearing(TOKENS[url][name])
                cells[name] = (await nobody.request(method, path, headers=headers)).status_code
                refused = MATRIX[cell].get(name, REFUSED) if cell in MATRIX else None
                wanted[name] = asked.status_code if refused is None else refused
            if cells != wanted:
                wrong.append(f"{cell}: {cells} and not {wanted}")
            assert route.admits.public is (cell not in MATRIX), cell
    assert not wrong, "\n".join(wrong)
    assert set(MATRIX) <= seen


OPEN = ("/healthz", "/readyz", "/reports.css", "/problems")


THEIRS = {"staff-a": {1, 2, 4, 5, 7, 12}, "staff-b": {3, 6}}


@pytest.mark.parametrize("name", THEIRS)
async def test_staff_find_the_records_of_their_townships_and_no_trace_of_others(
    app: Starlette, url: str, name: str
) -> None:
    """All numbers are tried: the answer is the same as where there is nothing, and leaves a trace.

    1, 4 and 7 are of case DB-1, 2, 5 and 12 of DB-2, 3 and 6 of DB-3; the rest is of the report
    and of no township. Beyond 18 there is nothing.
    """
    theirs = THEIRS[name]
    async with browser(app) as client:
        headers = JSON | bearing(TOKENS[url][name])
        answers = {n: await client.get(f"/entries/{n}", headers=headers) for n in range(20)}
    found = {number for number, answer in answers.items() if answer.status_code == OK}
    assert found == theirs
    others = {n: answer for n, answer in answers.items() if n not in theirs}
    assert {answer.status_code for answer in others.values()} == {ABSENT}
    said = {
        answer.text.replace(f'没有位置 {n}"', '没有位置 N"').replace(f"/entries/{n}", "/entries/N")
        for n, answer in others.items()
    }
    assert len(said) == 1, said
    await app.state.noting.stop(app.state.pool)  # lines on their way are written
    async with postgres.connect(url) as connection:
        lines = await access.read(connection, LEDGER, who=name, remark="out-of-scope", limit=500)
    tried = {int(line.path.rpartition("/")[2]) for line in lines if "entries" in line.path}
    assert tried == set(range(1, 19)) - theirs


async def test_staff_are_shown_the_present_only(app: Starlette, url: str) -> None:
    headers = JSON | bearing(TOKENS[url]["staff-a"])
    async with browser(app) as client:
        for path in (
            *("/entries/1?at=4", "/streams/case/DB-1?known=now", "/figures/F16?at=4"),
            *("/findings?at=4", "/findings/rules/A01?asof=2024-01-31", "/findings/none?known=now"),
            *("/parked?at=4", "/quarantine?known=now", "/work?at=4"),
        ):
            assert (await client.get(path, headers=headers)).status_code == REFUSED, path


async def test_a_page_offers_what_the_role_may_see(app: Starlette, url: str) -> None:
    theirs = {
        "/work",
        "/streams",
        "/desk",
        "/check",
        "/withheld",
        "/findings",
        "/parked",
        "/quarantine",
    }
    columns = {
        "sec": {"/users"},
        "sys": set(),
        "aud-adm": {"/access", "/access/looks"},
        "auditor-a": {
            *(
                "/streams",
                "/desk",
                "/check",
                "/withheld",
                "/findings",
                "/parked",
                "/waiting",
                "/quarantine",
            ),
            "/foreign",
        },
        "staff-a": theirs,
        "staff-c": theirs,
    }
    every = set().union(*columns.values())
    async with browser(app) as client:
        for name, own in columns.items():
            page = (await client.get("/", headers=bearing(TOKENS[url][name]))).text
            assert {path for path in every if f'href="{path}' in page} == own, name
            assert f'<span lang="en">{name}</span>' in page


async def test_what_a_user_is_answered_is_kept_by_nobody(app: Starlette, url: str) -> None:
    for name in NAMES:
        async with browser(app) as client:
            for path in ("/", "/entries/1", "/users", "/static/site.css", "/nowhere"):
                answer = await client.get(path, headers=bearing(TOKENS[url][name]))
                assert answer.headers["cache-control"] == "private, no-store"
                assert {"Cookie", "Authorization"} <= set(answer.headers["vary"].split(", "))
                assert "noindex" in answer.headers["x-robots-tag"]


async def test_the_public_face_neither_sets_nor_reads_cookies(url: str) -> None:
    token = TOKENS[url]["auditor-a"]
    given = {"cookie": "mingjian-inside=x; session=y", **bearing(token)}
    async with client_of(url) as public:
        for path in ("/", "/figures/F16", "/entries/1", "/users", "/sign-in", "/api/v1/figures"):
            plain, carrying = await public.get(path), await public.get(path, headers=given)
            assert plain.content == carrying.content, path
            assert plain.status_code == carrying.status_code
            for answer in (plain, carrying):
                assert "set-cookie" not in answer.headers
                assert "Cookie" not in answer.headers["vary"]


async def test_who_asks_for_a_page_of_another_role_is_told_whose_it_is(
    app: Starlette, url: str
) -> None:
    headers = JSON | bearing(TOKENS[url]["sys"])
    async with browser(app) as client:
        refused = await client.get("/waiting", headers=headers)
    assert refused.json()["code"] == "other-role"
    assert "系统管理员" in refused.json()["detail"]
    assert "审计员" in refused.json()["detail"]


async def test_every_link_of_the_menu_opens(app: Starlette, url: str) -> None:
    """From a page about a moment the administrators' columns were asked for that moment."""
    async with browser(app) as client:
        for name in NAMES:
            headers = bearing(TOKENS[url][name])
            for start in ("/", "/figures/F16", "/registers"):
                page = (await client.get(start, headers=headers)).text
                (menu,) = re.findall(r'<nav aria-label="主要栏目">.*?</nav>', page, re.DOTALL)
                for link in re.findall(r'href="([^"]+)"', menu):
                    answer = await client.get(unescape(link), headers=headers)
                    assert answer.status_code == OK, (name, start, link)


async def test_a_stream_is_found_by_its_name(app: Starlette, url: str) -> None:
    async with browser(app) as client:
        for name, status in (("auditor-a", OK), ("staff-a", OK), ("staff-b", ABSENT)):
            headers = bearing(TOKENS[url][name])
            led = await client.get("/streams?stream=case/DB-1", headers=headers)
            assert (led.status_code, led.headers["location"]) == (303, "/streams/case/DB-1")
            there = await client.get(led.headers["location"], headers=headers)
            assert there.status_code == status, name
        wrong = await client.get("/streams?stream=DB-1", headers=headers)
        assert wrong.status_code == 400
        evil = await client.get("/streams?stream=//evil.example/x", headers=headers)
        assert evil.headers["location"].startswith("/streams/")
