"""The inside view of an auditor: who is let in; no form or link loses the moment asked for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest

from api.app import create_app
from infra.settings import Settings
from tests.support.pages import json_of
from tests.support.published import AS_PUBLISHED_FEN

ADDRESS = "http://127.0.0.1:8000"
CLOSED = ("/", "/reports/2024", "/figures/F16", "/entries/1", "/quarantine", "/nowhere", "/sign-in")


class Visitor(httpx.AsyncClient):
    """A browser or a program that has not been let in; what was shown at the start is known."""

    token: str
    link: str


@pytest.fixture
async def visitor(filled: str) -> AsyncIterator[Visitor]:
    """A client of the inside view on this machine."""
    app = create_app(Settings(database_url=filled), auditor=True)
    gate = app.state.gate
    async with (
        app.router.lifespan_context(app),
        Visitor(transport=httpx.ASGITransport(app), base_url=ADDRESS) as made,
    ):
        made.token, made.link = gate.token, gate.link("127.0.0.1", 8000)
        yield made


async def code_of(client: httpx.AsyncClient, path: str, **headers: str) -> tuple[int, str]:
    response = await client.get(path, headers={"accept": "application/json", **headers})
    return response.status_code, response.json()["code"]


async def test_without_the_token_nothing_is_shown_on_this_machine_either(visitor: Visitor) -> None:
    """A plain reverse proxy hides where a request came from: it looked like one of this machine."""
    for path in CLOSED:
        assert await code_of(visitor, path) == (401, "token-needed"), path
        assert "amount" not in (await visitor.get(path)).text
    for wrong in ("", "Bearer ", "Bearer x", visitor.token, f"Basic {visitor.token}"):
        assert await code_of(visitor, "/entries/1", authorization=wrong) == (401, "token-needed")
    for behind in ("via", "x-real-ip", "x-forwarded-host"):
        assert await code_of(visitor, "/entries/1", **{behind: "proxy"}) == (401, "token-needed")


async def test_probes_and_styles_are_answered_without_the_token(visitor: Visitor) -> None:
    for path in ("/healthz", "/readyz", "/reports.css", "/static/site.css"):
        assert (await visitor.get(path)).status_code == 200, path


async def test_the_link_lets_one_browser_in_and_only_once(visitor: Visitor) -> None:
    response = await visitor.get(f"/entries/1?at=4&{visitor.link.partition('?')[2]}")
    assert response.status_code == 303
    assert response.headers["location"] == "/entries/1?at=4"
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie

    assert (await visitor.get("/entries/8")).status_code == 200
    visitor.cookies.clear()
    assert await code_of(visitor, visitor.link) == (401, "token-needed")
    assert await code_of(visitor, "/entries/1", cookie="mingjian-auditor=x") == (
        401,
        "token-needed",
    )


async def test_the_link_keeps_what_the_address_asks_for_in_json(visitor: Visitor) -> None:
    response = await visitor.get(f"/figures/F16.json?{visitor.link.partition('?')[2]}")
    assert response.headers["location"] == "/figures/F16.json"
    elsewhere = await visitor.get("//elsewhere.example/")
    assert "location" not in elsewhere.headers


async def test_a_program_shows_the_token(visitor: Visitor) -> None:
    headers = {"authorization": f"Bearer {visitor.token}"}
    assert (await visitor.get("/entries/8.json", headers=headers)).status_code == 200


async def test_a_second_browser_is_let_in_by_the_form(visitor: Visitor) -> None:
    asked = await visitor.get("/entries/1")
    assert '<form class="moment" method="post" action="/sign-in">' in asked.text
    assert asked.headers["www-authenticate"].startswith("Bearer")
    for wrong in ("", "token=x", "token=" + "x" * 100_000, f"other={visitor.token}"):
        refused = await visitor.post("/sign-in", content=wrong)
        assert (refused.status_code, "set-cookie" in refused.headers) == (401, False), wrong[:20]
    let_in = await visitor.post("/sign-in", content=urlencode({"token": visitor.token}))
    assert (let_in.status_code, let_in.headers["location"]) == (303, "/")
    assert (await visitor.get("/entries/8")).status_code == 200


async def test_each_start_has_a_token_of_its_own(visitor: Visitor, filled: str) -> None:
    other = create_app(Settings(database_url=filled), auditor=True).state.gate
    assert other.token != visitor.token
    assert len(other.token) >= 32
    assert other.link("::1", 1).startswith("http://[::1]:1/?token=")


QUESTIONS = (
    "",
    "period=2024",
    "period=2024&asof=2024-06-30",
    "period=2024&asof=2024-06-30&known=2024-07-15",
    "period=2024&known=2025-02-09",
    "period=2024&known=now",
    "period=2024&at=4",
    "period=2024-01&at=5",
    "period=2025&known=now&ledger=445102",
)
WITH_FORMS = (
    "/",
    "/figures",
    "/figures/F16",
    "/figures/F16/rows",
    "/statements",
    "/statements/S16",
)


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the form if nobody touched it."""
    (form,) = re.findall(r'<form class="moment".*?</form>', page, re.DOTALL)
    inputs = re.findall(r"<input [^>]*>", form)
    made = [dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in inputs]
    return {one["name"]: unescape(one.get("value", "")) for one in made}


async def moment_of(client: httpx.AsyncClient, path: str) -> tuple[object, ...]:
    path, _, query = path.partition("?")
    data = await json_of(client, f"{'/index' if path == '/' else path}.json?{query}")
    return tuple(data[name] for name in ("period", "asof", "at", "waiting"))


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_form_that_nobody_changed_asks_for_the_same_moment(
    auditor: httpx.AsyncClient, question: str
) -> None:
    """Pressing 查看 went from the published position to the end of the ledger."""
    for path in WITH_FORMS:
        asked = f"{path}?{question}"
        sent = fields((await auditor.get(asked)).text)
        again = f"{path}?{urlencode(sent)}"
        assert await moment_of(auditor, again) == await moment_of(auditor, asked), path


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_link_keeps_the_moment(auditor: httpx.AsyncClient, question: str) -> None:
    for path in WITH_FORMS:
        asked = f"{path}?{question}"
        page = (await auditor.get(asked)).text
        page = re.sub(r'<p class="presets">.*?</p>', "", page, flags=re.DOTALL)
        wanted = await moment_of(auditor, asked)
        links = {
            unescape(link) for link in re.findall(r'href="(/(?:figures|statements)[^".]*)"', page)
        }
        assert links, path
        for link in sorted(links)[:4]:
            assert await moment_of(auditor, link) == wanted, (asked, link)


@pytest.mark.parametrize(
    "path", ["/entries/1", "/streams/case/DB-1", "/parked", "/quarantine", "/reports"]
)
async def test_pages_without_a_moment_hand_the_question_on(
    auditor: httpx.AsyncClient, path: str
) -> None:
    question = "?period=2024&asof=2024-06-30&at=8"
    page = (await auditor.get(path + question)).text
    for link in re.findall(r'href="(/[^"]*)"', page):
        where, _, query = unescape(link).partition("?")
        if not where.startswith(("/static", "/reports.css", "/feed.atom")):
            assert f"?{query}".startswith(question), link


async def test_the_report_of_one_year_is_not_asked_for_a_day_of_another(
    auditor: httpx.AsyncClient,
) -> None:
    page = (await auditor.get("/reports?period=2023&asof=2023-06-30&at=8")).text
    assert 'href="/reports/2024?period=2024&amp;at=8"' in page


@pytest.mark.parametrize(
    ("question", "changed", "exact"),
    [
        ("period=2024", {"known": "2024-01-20"}, 150_000),
        ("period=2024", {"at": "4"}, 50_000),
        ("period=2024&known=2024-01-20", {"at": "4"}, 50_000),
        ("period=2024&at=4", {"known": "2024-01-20"}, 150_000),
        ("period=2024&known=now", {"known": ""}, AS_PUBLISHED_FEN),
        ("period=2024", {"asof": "2024-01-31"}, 150_000),
    ],
)
async def test_one_changed_field_changes_what_it_says_and_nothing_else(
    auditor: httpx.AsyncClient, question: str, changed: dict[str, str], exact: int
) -> None:
    page = (await auditor.get(f"/figures/F16?{question}")).text
    sent = fields(page)
    assert sent.keys() >= changed.keys()
    figure = await json_of(auditor, f"/figures/F16.json?{urlencode(sent | changed)}")
    assert figure["exact"] == exact
    if "asof" in changed:
        published = await json_of(auditor, "/figures/F16.json")
        assert figure["at"] == published["at"]


async def test_a_program_that_gives_both_times_is_refused(auditor: httpx.AsyncClient) -> None:
    question = "/figures/F16?period=2024&known=2024-01-20&at=4"
    assert await code_of(auditor, question) == (400, "unanswerable")


async def test_a_year_half_over_is_not_compared_with_what_was_printed_at_its_end(
    auditor: httpx.AsyncClient,
) -> None:
    """A page of 30 June said ✗ 不同, of a number that the report gives for 31 December."""
    half = await json_of(auditor, "/figures/F16.json?period=2024&asof=2024-06-30")
    assert half["printed"] is None
    assert "✗ 不同" not in (await auditor.get("/figures/F16?asof=2024-06-30")).text


@pytest.mark.parametrize(
    ("question", "states", "over"),
    [
        ("asof=2025-01-16", {"due": 1}, None),
        ("asof=2025-01-17", {"done": 1}, None),
        ("asof=2025-03-31&known=2025-01-16", {"due": 1}, None),
        ("asof=2025-04-01&known=2025-01-16", {"late": 1}, 1),
        ("asof=2024-12-30", {}, None),
    ],
)
async def test_the_annual_report_is_due_three_months_after_the_year(
    auditor: httpx.AsyncClient, question: str, states: dict[str, int], over: int | None
) -> None:
    """Of 2024, published on 17 January 2025; one that nobody publishes is late all the same."""
    found = await json_of(auditor, f"/desk/rule-of-law-report.json?{question}")
    assert found["states"] == states
    assert [each["over"] for each in found["duties"]] == [over] * len(states)
    assert [each["id"] for each in found["duties"]] == ["annual 2024"] * len(states)
