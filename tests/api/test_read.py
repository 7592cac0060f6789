"""The read API over a small ledger: what is answered, paged, chosen, refused, and how."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from starlette.requests import Request

from api.app import create_app
from api.read import cursor, document
from infra.postgres import with_user
from infra.roles import Role
from infra.settings import Settings
from reports import registers
from tests.api import examples
from tests.api.fuzz import ask, closed
from tests.support.bureau import SAMPLE
from tests.support.enforcement import ASSOCIATION, SECOND
from tests.support.ledger import LEDGER
from tests.support.markup import landmarks, read
from tests.support.pages import client_of, json_of
from tests.support.reading import database
from tests.support.registering import FIRST_VILLAGE, PERCENT, RURAL, SCRIPT, STREET, VILLAGES
from tests.support.serving import threaded
from tests.tidy.test_tidy import ROOT

V1 = "/api/v1"
VILLAGE = f"{V1}/registers/villages"
BULLETIN = f"{V1}/releases/monthly/2024-11"
LISTS = (
    f"{V1}/registers",
    VILLAGE,
    f"{V1}/registers/organisations",
    f"{V1}/disclosure",
    f"{V1}/themes",
    f"{V1}/themes/adoptions/values",
    f"{V1}/releases",
    f"{BULLETIN}/values",
    f"{V1}/figures",
    f"{V1}/statements",
)
SINGLES = (
    f"{V1}/disclosure/assistance-funds",
    f"{V1}/themes/assistance.dibao",
    f"{VILLAGE}/{FIRST_VILLAGE}",
    BULLETIN,
    f"{BULLETIN}/editions/1",
    f"{V1}/figures/F16",
    f"{V1}/statements/S01",
)
NOTICE = "示例数据，非官方发布"
ORIGIN = {"origin": "https://elsewhere.example"}


@pytest.fixture(scope="module")
def filled(server_url: str) -> Iterator[str]:
    """URL of the database."""
    with database(server_url, "reading") as url:
        yield url


@pytest.fixture
async def limited(filled: str) -> AsyncIterator[httpx.AsyncClient]:
    """The public face, where an address may ask twice a minute."""
    app = create_app(Settings(database_url=filled, api_rate=2), auditor=False)
    transport = httpx.ASGITransport(app, client=("203.0.113.5", 50_000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as made,
    ):
        yield made


async def all_of(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """The rows of a list, page by page; the count is of all at every page."""
    rows: list[dict[str, Any]] = []
    onward: str | None = path
    while onward:
        page = await json_of(client, onward)
        rows += page["rows"]
        onward = page["next"]
    assert page["count"] == len(rows)
    return rows


async def refused(client: httpx.AsyncClient, path: str, status: int = 400) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == status, (path, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["hint"]
    return problem


async def pointers(client: httpx.AsyncClient, path: str) -> set[str]:
    """What of a question is wrong."""
    return {error["pointer"] for error in (await refused(client, path))["errors"]}


async def test_a_register_says_what_its_page_says(public: httpx.AsyncClient) -> None:
    told = await json_of(public, f"{V1}/registers/organisations")
    page = await json_of(public, "/organisations.json")
    assert told["rows"] == page["rows"]
    assert (told["count"], told["next"]) == (3, None)
    for name in ("ledger", "sample", "asof", "at", "recorded_to"):
        assert told[name] == page[name], name
    assert told["notices"] == [NOTICE]


async def test_a_register_stands_in_the_list_with_its_number_of_rows(
    public: httpx.AsyncClient,
) -> None:
    rows = await all_of(public, f"{V1}/registers?limit=5")
    pages = (await json_of(public, "/registers.json"))["registers"]
    assert rows == sorted(pages, key=lambda each: str(each["name"]))
    assert {each["name"] for each in rows} == set(registers.of(SAMPLE))


async def test_a_record_has_its_history_and_money_is_an_integer_of_fen(
    public: httpx.AsyncClient,
) -> None:
    """By hand: 650 元 in the country since 2023, 700 since 2024; 874 in town."""
    told = await json_of(public, f"{V1}/registers/standards/dibao")
    assert {(r["area"], r["area_name"], r["amount_fen"]) for r in told["rows"]} == {
        ("rural", "农村", 70_000),
        ("urban", "城市", 87_400),
    }
    past = [
        (each["since"], each["until"], each["values"]["amount_fen"])
        for each in told["history"]
        if each["values"].get("area") == "rural"
    ]
    assert past == [("2024-01-01", None, 70_000), ("2023-01-01", "2024-01-01", 65_000)]


async def test_what_is_asked_of_a_day_and_a_position_is_answered_so(
    public: httpx.AsyncClient,
) -> None:
    """By hand: of 121 villages one is abolished in August."""
    for asked, count in (("", VILLAGES - 1), ("?asof=2024-07-31", VILLAGES), ("?at=0", 0)):
        told = await json_of(public, f"{VILLAGE}{asked}")
        assert told["count"] == count, asked
    told = await json_of(public, f"{VILLAGE}?asof=2199-12-31")
    assert any("还没有数据" in notice for notice in told["notices"])


async def test_a_figure_is_what_was_released(public: httpx.AsyncClient) -> None:
    told = await json_of(public, f"{V1}/figures/F04")
    page = await json_of(public, "/figures/F04.json")
    row = told["row"]
    assert (row["number"], row["unit"], row["exact_fen"]) == (700, "元/人·月", 70_000)
    assert (row["exact"], row["yes"], row["date"]) == (None, None, None)
    assert (told["asof"], told["at"]) == (page["asof"], page["at"]) == ("2024-12-31", page["at"])
    assert row["number"] == page["value"]
    rows = await all_of(public, f"{V1}/figures?limit=7")
    assert [each["id"] for each in rows] == sorted(
        each["id"] for each in (await json_of(public, "/figures.json"))["figures"]
    )
    claims = await all_of(public, f"{V1}/statements?limit=7")
    pages = (await json_of(public, "/statements.json"))["statements"]
    assert {(each["id"], each["holds"]) for each in claims} == {
        (each["id"], each["holds"]) for each in pages
    }


async def test_a_release_says_what_it_said_in_each_edition(public: httpx.AsyncClient) -> None:
    rows = await all_of(public, f"{V1}/releases?limit=1&plan=monthly")
    assert [(each["edition"], each["superseded_by"] is None) for each in rows] == [
        (1, False),
        (2, True),
    ]
    for path, households in ((BULLETIN, 4), (f"{BULLETIN}/editions/1", 3)):
        said = await json_of(public, path)
        assert said["text"] == ["一、低保", f"在保{households}户"]
        (value,) = (await json_of(public, f"{path}/values"))["rows"]
        assert (value["number"], value["text"]) == (households, f"{households}户")
        assert value["exact_fen"] is None
    of_no_kind = await json_of(public, f"{BULLETIN}/values?type=text")
    assert (of_no_kind["count"], of_no_kind["rows"]) == (0, [])


async def test_a_period_chooses_releases(public: httpx.AsyncClient) -> None:
    """It was let pass, and chose none."""
    rows = (await json_of(public, f"{V1}/releases?period=2024-11"))["rows"]
    assert [(each["plan"], each["edition"]) for each in rows] == [("monthly", 1), ("monthly", 2)]
    assert (await json_of(public, f"{V1}/releases?period=2024-10"))["count"] == 0


async def test_the_catalogue_says_what_its_pages_say(public: httpx.AsyncClient) -> None:
    rows = await all_of(public, f"{V1}/disclosure?limit=20")
    pages = (await json_of(public, "/disclosure.json"))["rows"]
    assert rows == sorted(pages, key=lambda each: str(each["name"]))
    for name in ("assistance-funds", "assistance-policies"):
        told = await json_of(public, f"{V1}/disclosure/{name}?asof=2024-06-30")
        page = await json_of(public, f"/disclosure/{name}.json?asof=2024-06-30")
        assert (told["asof"], told["limits"]) == ("2024-06-30", page["limits"])
        assert told["row"] == {field: page[field] for field in told["row"]}
    some = await json_of(public, f"{V1}/disclosure/assistance-policies?fields=name,limit")
    assert some["row"] == {
        "name": "assistance-policies",
        "limit": "信息形成或者变更之日起10个工作日内",
    }


async def test_rows_of_the_catalogue_are_chosen_by_each_member(public: httpx.AsyncClient) -> None:
    every = (await json_of(public, f"{V1}/disclosure?limit=1000"))["rows"]

    async def chosen(question: str) -> list[str]:
        return [r["name"] for r in await all_of(public, f"{V1}/disclosure?{question}")]

    for name in ("channels", "levels", "ways"):
        code = every[0][name][0]
        assert await chosen(f"{name}={code}") == [r["name"] for r in every if code in r[name]]
    for name, value in (("kind", "notice"), ("audience", "village"), ("area", "最低生活保障")):
        found = await chosen(f"{name}={value}")
        assert found == [r["name"] for r in every if r[name] == value]
        assert found
    days = sorted({r["last_published_on"] for r in every if r["last_published_on"]})
    late = [r["name"] for r in every if (r["last_published_on"] or "") >= days[-1]]
    assert await chosen(f"last_published_on_from={days[-1]}") == late
    early = [r["name"] for r in every if (r["last_published_on"] or "9") <= days[0]]
    assert await chosen(f"last_published_on_to={days[0]}") == early
    assert not set(late) & set(early)


async def test_what_is_not_for_everybody_has_no_page_and_no_day(
    public: httpx.AsyncClient,
) -> None:
    rows = (await json_of(public, f"{V1}/disclosure?audience=village"))["rows"]
    assert rows
    assert {(tuple(r["pages"]), r["last_published_on"]) for r in rows} == {((), None)}
    (absent, *_) = (await json_of(public, f"{V1}/disclosure?connected=false&audience=all"))["rows"]
    assert (absent["pages"], absent["last_published_on"]) == ([], None)
    told = await json_of(public, f"{V1}/disclosure/{absent['name']}")
    assert f"{absent['item']}未接入" in told["notices"]


async def test_pages_of_a_list_make_the_list(public: httpx.AsyncClient) -> None:
    for path in (*LISTS, f"{VILLAGE}?sort=-name", f"{VILLAGE}?q=村"):
        join = "&" if "?" in path else "?"
        whole = await json_of(public, f"{path}{join}limit=1000")
        assert whole["next"] is None
        assert await all_of(public, f"{path}{join}limit=50") == whole["rows"], path


async def test_rows_without_a_value_stand_last_and_are_told_once(
    public: httpx.AsyncClient,
) -> None:
    for sort in ("ended_on", "-ended_on", "-registered_on", "name"):
        path = f"{V1}/registers/organisations?sort={sort}"
        rows = await all_of(public, f"{path}&limit=1")
        assert rows == (await json_of(public, path))["rows"]
        values = [row[sort.removeprefix("-")] for row in rows]
        there = [value for value in values if value is not None]
        assert there == sorted(there, reverse=sort.startswith("-")), sort
        assert values == there + [None] * (len(values) - len(there)), sort


async def test_a_list_is_read_to_its_end_as_it_was_begun(public: httpx.AsyncClient) -> None:
    """The day and the position are in the cursor, and may be said again."""
    first = await json_of(public, f"{VILLAGE}?limit=100&asof=2024-07-31")
    after = await json_of(public, first["next"])
    assert (after["asof"], after["at"]) == ("2024-07-31", first["at"])
    assert len(after["rows"]) == VILLAGES - 100
    again = f"{first['next']}&at={first['at']}"
    assert (await json_of(public, again))["rows"] == after["rows"]
    for other in ("at=3", "asof=2024-07-30", "kind=village", "sort=name"):
        link = first["next"].replace("asof=2024-07-31&", "")
        assert await pointers(public, f"{link}&{other}"), other


async def test_the_next_page_stands_in_the_head_too(public: httpx.AsyncClient) -> None:
    answer = await public.get(f"{VILLAGE}?limit=2")
    assert answer.headers["link"] == f'<{answer.json()["next"]}>; rel="next"'
    assert "link" not in (await public.get(f"{V1}/releases")).headers


def altered(text: str) -> Iterator[str]:
    """Cursors that nobody was given."""
    yield text[:-1]
    yield text[:-1] + ("A" if text[-1] != "A" else "B")
    yield text + "A"
    yield "x"
    yield "=" * 4
    body = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    for place, value in ((1, body[1] + 1), (1, 10**30), (2, "2024-02-30"), (3, [None] * 9), (3, 1)):
        changed = [*body[:place], value, *body[place + 1 :]]
        yield base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    yield base64.urlsafe_b64encode(b"[" * 500).decode().rstrip("=")


async def test_a_cursor_that_was_altered_or_is_of_another_list_is_refused(
    public: httpx.AsyncClient,
) -> None:
    for path in (each for each in LISTS if not each.endswith("/values")):  # of one row
        onward = (await json_of(public, f"{path}?limit=1"))["next"]
        text = onward.rpartition("after=")[2]
        for other in altered(text):
            said = await pointers(public, f"{path}?limit=1&after={other}")
            assert said == {"/query/after"}, (path, other)
        for another in (each for each in LISTS if each != path):
            assert await pointers(public, f"{another}?after={text}") == {"/query/after"}


async def test_a_cursor_that_somebody_made_up_is_refused(public: httpx.AsyncClient) -> None:
    """Whatever it says, with a digest that is right: it opens nothing, and fails nothing."""
    path = f"{V1}/registers/organisations"
    request = Request({"type": "http", "path": path, "query_string": b"limit=1"})
    places: tuple[list[object], ...] = (
        [None],
        ["x", "x", 1],
        ["x", "x", 1, True],
        ["x", "\0", 1, 0],
        [1, "x", 1, 0],
        ["x", "x", 2**63, 0],
        ["\ud800", "x", 1, 0],
    )
    bodies: tuple[list[object], ...] = (
        *([159, "2024-12-31", place] for place in places),
        [10**30, "2024-12-31", ["x", "x", 1, 0]],
        [-1, "2024-12-31", ["x", "x", 1, 0]],
        [159, "2024-02-30", ["x", "x", 1, 0]],
        [159, "2024-12-31\n", ["x", "x", 1, 0]],
        ["159", "2024-12-31", ["x", "x", 1, 0]],
    )
    for said in bodies:
        try:
            digest = cursor._digest(request, said)
        except UnicodeEncodeError:
            digest = ""
        body = json.dumps([digest, *said], separators=(",", ":"))
        text = base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")
        assert await pointers(public, f"{path}?limit=1&after={text}") == {"/query/after"}, said


CHOSEN: tuple[tuple[str, list[str]], ...] = (
    (f"organisations?uscc={ASSOCIATION}", ["示例美术协会"]),
    ("organisations?name=示例美术协会", ["示例美术协会"]),
    ("organisations?name=美术", []),
    ("organisations?state=deregistered", [PERCENT]),
    (f"organisations?township={STREET}", [PERCENT]),
    ("organisations?ended_on_from=2024-06-18&ended_on_to=2024-06-18", [PERCENT]),
    ("organisations?ended_on_from=2024-06-19", []),
    ("organisations?ended_on_to=2024-06-17", []),
    ("organisations?q=alert(1)", [SCRIPT]),
    ("villages?kind=community", ["示例一社区"]),
    (f"villages?village={FIRST_VILLAGE}&township={RURAL}", ["示例一社区"]),
)


async def test_every_column_chooses_rows(public: httpx.AsyncClient) -> None:
    for question, names in CHOSEN:
        rows = (await json_of(public, f"{V1}/registers/{question}"))["rows"]
        assert [row["name"] for row in rows] == names, question


async def test_numbers_choose_rows(public: httpx.AsyncClient) -> None:
    path = f"{V1}/registers/standards?amount_fen="
    assert (await json_of(public, f"{path}87400"))["rows"][0]["area"] == "urban"
    assert (await json_of(public, f"{path}87401"))["count"] == 0


async def test_only_the_fields_that_are_asked_for_are_told(public: httpx.AsyncClient) -> None:
    for path in ("organisations", f"organisations/{SECOND}"):
        told = await json_of(public, f"{V1}/registers/{path}?fields=kind_name,name")
        assert {tuple(row) for row in told["rows"]} == {("kind_name", "name")}
    row = (await json_of(public, f"{V1}/figures/F16?fields=exact_fen"))["row"]
    assert list(row) == ["exact_fen"]


WRONG: tuple[tuple[str, set[str] | None], ...] = (
    ("limit=0", {"limit"}),
    ("limit=1001", {"limit"}),
    ("limit=1000000000", {"limit"}),
    ("limit=1.0", {"limit"}),
    ("limit=", {"limit"}),
    ("limit=%D9%A1", {"limit"}),
    ("at=1000000000", {"at"}),
    (f"at={10**30}", {"at"}),
    ("at=-1", {"at"}),
    ("asof=2024-02-30", {"asof"}),
    ("asof=9999-12-31", {"asof"}),
    ("asof=%00", None),
    ("q=%00", None),
    ("q=", {"q"}),
    ("q=%20%20", {"q"}),
    (f"q={'x' * 201}", {"q"}),
    ("kind=hamlet", {"kind"}),
    ("township=445102", {"township"}),
    ("fields=", {"fields"}),
    ("fields=name,nam", {"fields"}),
    ("fields=name,name", {"fields"}),
    ("sort=kind", {"sort"}),
    ("sort=--name", {"sort"}),
    ("ledger=44510", {"ledger"}),
    ("ledger=44510%0A2", {"ledger"}),
    ("limit=1&limit=1", {"limit"}),
    ("limt=1&asof=never&page=2", {"limt", "asof", "page"}),
    ("%3Cscript%3E=1", {"<script>"}),
    ("a/b~c=1", {"a~1b~0c"}),
    ("period=2024", {"period"}),
    ("known=2024-12-31", {"known"}),
)


async def test_a_part_that_is_not_understood_is_named(public: httpx.AsyncClient) -> None:
    for question, where in WRONG:
        problem = await refused(public, f"{VILLAGE}?{question}")
        assert problem["code"] == "unanswerable"
        if where is not None:
            said = {error["pointer"] for error in problem["errors"]}
            assert said == {f"/query/{name}" for name in where}, question
            assert all(error["expected"] for error in problem["errors"])


async def test_the_near_parameter_and_those_that_there_are_are_named(
    public: httpx.AsyncClient,
) -> None:
    (error,) = (await refused(public, f"{VILLAGE}?towship={RURAL}"))["errors"]
    assert error["detail"] == "没有参数 towship，是否应为 township"
    assert "village、kind、township、sort、fields、limit、after" in error["expected"]


NOWHERE = (
    V1 + "/",
    f"{V1}/nothing",
    f"{V1}/registers.json",
    f"{V1}/registers/nothing",
    f"{V1}/registers/villages/",
    f"{V1}/registers/villages/1",
    f"{V1}/registers/villages/../organisations/x",
    f"{V1}/registers/villages/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    f"{V1}/registers/villages/<script>alert(1)</script>",
    f"{V1}/registers/villages/{'9' * 5_000}",
    f"{V1}/registers/villages/%00",
    f"{V1}/releases/annual",
    f"{V1}/releases/annual/2023",
    f"{V1}/releases/annual/%00",
    f"{V1}/releases/monthly/2024-11/editions/3",
    f"{V1}/releases/monthly/2024-11/editions/1/rows",
    f"{V1}/figures/F99",
    f"{V1}/figures?period=2023",
    f"{V1}/figures?period=2024-03",
    f"{V1}/statements/%27%20OR%201=1",
    f"{V1}/disclosure/nothing",
    f"{V1}/disclosure/assistance-funds/limits",
    f"{V1}/themes/nothing",
    f"{V1}/themes/assistance/dibao",
    f"{V1}/themes/assistance.nothing/values",
    f"{V1}/themes/%00/values",
    f"{VILLAGE}?ledger=990101",
)


async def test_what_is_not_there_is_not_found(public: httpx.AsyncClient) -> None:
    for path in NOWHERE:
        await refused(public, path, 404)


ELSEWHERE = (
    (f"{V1}/figures?at=3", "/query/at"),
    (f"{V1}/figures?period=9999", "/query/period"),
    (f"{V1}/figures?asof=2024-12-31", "/query/asof"),
    (f"{BULLETIN}/editions/0", "/path/edition"),
    (f"{BULLETIN}/editions/{10**30}", "/path/edition"),
    (f"{BULLETIN}/editions/one", "/path/edition"),
    (f"{BULLETIN}?period=2024", "/query/period"),
    (document.PLACE + "?limit=1", "/query/limit"),
    (f"{V1}/disclosure?channels=wall", "/query/channels"),
    (f"{V1}/disclosure?last_published_on_from=2024-11", "/query/last_published_on_from"),
    (f"{V1}/themes?at=999999999", "/query/at"),
    (f"{V1}/themes?asof=2024-12-31", "/query/asof"),
    (f"{V1}/themes/adoptions/values?series=registred", "/query/series"),
    (f"{V1}/themes/adoptions/values?township=1", "/query/township"),
    (f"{V1}/themes/adoptions/values?period_from=2024-13", "/query/period_from"),
    (f"{V1}/themes/adoptions/values?period_to=2024-1", "/query/period_to"),
    (f"{V1}/themes/adoptions/values?span=year", "/query/span"),
)


async def test_a_wrong_value_elsewhere_is_named(public: httpx.AsyncClient) -> None:
    for path, pointer in ELSEWHERE:
        assert await pointers(public, path) == {pointer}, path


async def test_nothing_but_json_is_offered(public: httpx.AsyncClient) -> None:
    for accept in ("text/csv", "text/html", "application/xml, image/*"):
        answer = await public.get(VILLAGE, headers={"accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")
        assert "application/json" in answer.json()["detail"]
    for accept in ("*/*", "application/*", "text/html, */*;q=0.1"):
        answer = await public.get(VILLAGE, headers={"accept": accept})
        assert answer.headers["content-type"] == "application/json", accept


async def test_an_answer_is_not_sent_again_and_has_a_head(public: httpx.AsyncClient) -> None:
    for path in (*LISTS, *SINGLES, document.PLACE):
        answer = await public.get(path)
        head = await public.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["etag"] == answer.headers["etag"]
        again = await public.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["access-control-allow-origin"] == "*"
        options = await public.options(path)
        assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
        for method in ("POST", "DELETE", "TRACE"):
            other = await public.request(method, path)
            assert (other.status_code, other.json()["code"]) == (405, "refused"), method
            assert other.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_pages_elsewhere_may_read_what_is_public_and_nothing_of_the_auditors_view(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    asks = {**ORIGIN, "access-control-request-method": "GET"}
    for path in (VILLAGE, f"{V1}/nothing", f"{VILLAGE}?limit=0"):
        answer = await public.get(path, headers=ORIGIN)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "RateLimit" in answer.headers["access-control-expose-headers"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    before = await public.options(VILLAGE, headers=asks)
    assert before.status_code == 204
    assert before.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in before.headers["access-control-allow-headers"]
    page = await public.get("/organisations", headers=ORIGIN)
    assert "access-control-allow-origin" not in page.headers
    for answer in (
        await auditor.get(VILLAGE, headers=ORIGIN),
        await auditor.options(VILLAGE, headers=asks),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_auditors_are_answered_the_same(
    public: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    for path in (*LISTS, *SINGLES):
        assert await json_of(auditor, path) == await json_of(public, path), path


async def test_who_asks_too_often_is_told_when_to_ask_again(limited: httpx.AsyncClient) -> None:
    for left in (1, 0):
        answer = await limited.get(VILLAGE)
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == '"address";q=2;w=60'
        assert answer.headers["ratelimit"].startswith(f'"address";r={left};t=')
    answer = await limited.get(VILLAGE)
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert answer.headers["access-control-allow-origin"] == "*"
    for page in ("/organisations", "/api", "/problems/too-many-requests"):
        assert (await limited.get(page)).status_code == 200


async def test_this_machine_may_ask_as_often_as_it_likes(public: httpx.AsyncClient) -> None:
    assert "ratelimit" not in (await public.get(VILLAGE)).headers


async def test_every_operation_has_a_page_that_needs_nothing_else(
    public: httpx.AsyncClient,
) -> None:
    home = await public.get("/api")
    assert home.status_code == 200
    linked = set(re.findall(r'href="(/api/[a-z-]+)"', home.text))
    known = list(document.operations(SAMPLE))
    assert linked == {f"/api/{each.id}" for each in known}
    for path in linked:
        page = await public.get(path)
        assert page.status_code == 200, path
        assert len(page.content) < 60_000, path
        assert "<script" not in page.text
        assert not re.search(r'(?:src|href)="(?![/#])', page.text), path
        elements = read(page.text)
        assert [table.children[0].tag for table in elements.all("table")] == ["caption"] * 2, path
        kinds = landmarks(elements)
        assert len(kinds) == len(set(kinds)), path
    text = (await public.get("/api/registers-standards")).text
    for said in ("amount_fen", "integer|null", "effective_from_from", "单位为分", "示例"):
        assert said in text
    assert (await public.get("/api/nothing")).status_code == 404


async def test_examples_are_what_is_answered(public: httpx.AsyncClient) -> None:
    """Made anew by `python -m tests.api.examples`."""
    assert await examples.made(public) == document.examples()


async def test_every_answer_is_as_the_document_says(public: httpx.AsyncClient) -> None:
    """Each member that an example has is told of, with its type; one of nothing there is none."""
    whole = closed(await json_of(public, document.PLACE))
    assert whole["openapi"] == "3.1.0"
    for path, operation in whole["paths"].items():
        answer = operation["get"]["responses"]["200"]["content"]["application/json"]
        if "example" not in answer:
            above = whole["paths"][path.removesuffix("/{id}")]["get"]["responses"]["200"]
            assert above["content"]["application/json"]["example"]["count"] == 0, path
            continue
        jsonschema_rs.validate(answer["schema"], answer["example"])


def test_whatever_is_asked_is_answered_as_the_document_says(filled: str) -> None:
    """Registers are alike: of those two. All and more: `python -m tests.api.fuzz`."""
    alike = [name for name in registers.of(SAMPLE) if name not in ("organisations", "standards")]
    paths = {
        V1 + each.path
        for each in document.operations(SAMPLE)
        if each.path.split("/")[2:3] not in [[name] for name in alike]
    }
    with threaded(
        create_app(Settings(database_url=with_user(filled, Role.API)), auditor=False)
    ) as port:
        found = ask(f"http://127.0.0.1:{port}", 50, 1, paths)
    assert not found.failures, "\n".join(found.failures)
    assert {status for _, status in found.answers} == {200, 400, 404}
    assert {label for label, _ in found.answers} == {f"GET {path}" for path in paths}


async def test_an_empty_ledger_is_answered_and_what_was_not_published_is_not_there(
    ledger_url: str,
) -> None:
    async with client_of(ledger_url) as client:
        told = await json_of(client, VILLAGE)
        assert (told["asof"], told["at"], told["count"], told["rows"]) == (None, 0, 0, [])
        assert (await json_of(client, f"{V1}/releases"))["count"] == 0
        problem = await refused(client, f"{V1}/figures", 404)
        assert problem["code"] == "not-published"


@pytest.mark.empty
async def test_without_a_ledger_there_is_no_answer(database_url: str) -> None:
    async with client_of(database_url) as client:
        answer = await client.get(VILLAGE)
        assert (answer.status_code, answer.json()["code"]) == (503, "no-ledger")
        assert int(answer.headers["retry-after"]) > 0


async def test_the_ledger_may_be_named(public: httpx.AsyncClient) -> None:
    assert (await json_of(public, f"{VILLAGE}?ledger={LEDGER}&limit=1"))["ledger"] == LEDGER


def as_curl(client: httpx.AsyncClient, words: list[str]) -> httpx.Request:
    """What curl would ask with these words; it sends an address as it is, in ASCII only."""
    headers: dict[str, str] = {}
    more: dict[str, str] = {}
    path = ""
    while words:
        match words:
            case ["-H", said, *words]:
                name, _, value = said.partition(": ")
                headers[name] = value
            case ["--get", *words]:
                pass
            case ["--data-urlencode", said, *words]:
                name, _, value = said.partition("=")
                more[name] = value
            case [address, *words]:
                assert address.isascii(), address
                path = address.removeprefix("http://127.0.0.1:8000")
    return client.build_request("GET", path, headers=headers, params=more or None)


async def test_every_command_of_the_documents_is_answered_as_they_say(
    public: httpx.AsyncClient,
) -> None:
    """Of docs/api.md; a remark that is a number is the status, else it is 200."""
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    lines = re.findall("^curl .*$", text, re.MULTILINE)
    assert len(lines) > 12
    for line in lines:
        status = re.search(r"# ([0-9]{3})$", line)
        answer = await public.send(as_curl(public, shlex.split(line, comments=True)[1:]))
        assert answer.status_code == (int(status[1]) if status else 200), line
        if status is None and "openapi" not in line:
            assert answer.json().get("count") != 0, line
    (told,) = re.findall("```json\n(.*?)```", text, re.DOTALL)
    wrong = json.loads(told)
    answer = (await public.get(f"{VILLAGE}?towship={RURAL}&limit=0")).json()
    assert {name: answer[name] for name in wrong if name != "errors"} == {
        name: value for name, value in wrong.items() if name != "errors"
    }
    assert [error["detail"] for error in answer["errors"]] == [
        error["detail"] for error in wrong["errors"]
    ]
