"""What a penetration tester sends first: each ends where it should, and says why.

Given a ledger with a case and a payment, when one of these comes, then it is refused with its
reason and nothing is stored; or, asked of the pages, answered without any harm.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus

import asyncpg
import httpx
import pytest

from tests.support.engine import altered, take
from tests.support.history import BANK, OFFICE
from tests.support.ledger import Bench, event
from tests.support.markup import read
from tests.support.money import a_household, a_payment
from tests.support.pages import client_of
from tests.support.published import database

CASE = event(OFFICE, "c-1", a_household("DB-1"))
PAYMENT = event(BANK, "p-1", a_payment("DB-1", 50_000, "2024-01"))
ID_NUMBER = "445102199001010016"
"""Nobody's: its check digit is wrong."""


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    made = await Bench.open(connection)
    await take(connection, made.intake, CASE, PAYMENT)
    return made


async def refused(bench: Bench, *lines: bytes) -> list[str]:
    """The reasons for which these were refused; nothing else may have come of them."""
    before = await bench.connection.fetchval("SELECT max(position) FROM ledger.entry")
    await take(bench.connection, bench.intake, *lines)
    assert await bench.connection.fetchval("SELECT max(position) FROM ledger.entry") == before
    rows = await bench.connection.fetch("SELECT reason FROM ledger.quarantine ORDER BY number")
    return [row["reason"] for row in rows]


async def test_an_event_that_its_source_may_not_send_is_refused(bench: Bench) -> None:
    forged = event(OFFICE, "x-1", a_payment("DB-1", 1, "2024-02"))
    assert await refused(bench, forged) == ["unauthorised"]


async def test_the_same_event_a_thousand_times_counts_once(bench: Bench) -> None:
    tally = await take(bench.connection, bench.intake, *[PAYMENT] * 1_000)
    assert str(tally) == "accepted 0, duplicate 1000, parked 0, quarantined 0"


async def test_other_content_under_a_known_id_is_refused(bench: Bench) -> None:
    assert await refused(bench, altered(PAYMENT, {"amount_fen": 1})) == ["id_conflict"]


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (b"-5", "negative_amount"),
        (b"1e400", "number_out_of_range"),
        (b"NaN", "not_a_number"),
        (b'"\xef\xbc\x91\xef\xbc\x90\xef\xbc\x90"', "amount_not_integer"),
        (b"500.005", "amount_not_integer"),
        (b"9007199254740993", "number_out_of_range"),
    ],
)
async def test_an_amount_that_is_none_is_refused(bench: Bench, amount: bytes, reason: str) -> None:
    wrong = altered(PAYMENT, {}, id="p-2").replace(b'"amount_fen":50000', b'"amount_fen":' + amount)
    assert await refused(bench, wrong) == [reason]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (PAYMENT.replace(b'"amount_fen"', b'"amount_fen":1,"amount_fen"'), "duplicate_key"),
        (b"[" * 100_000, "too_deep"),
        (PAYMENT.replace(b'"p-1"', b'"p-\xff"'), "invalid_utf8"),
        (PAYMENT.replace(b'"p-1"', b'"p-\\ud800"'), "forbidden_character"),
        (PAYMENT.replace(b'"p-1"', b'"p-\\u0000"'), "forbidden_character"),
        (PAYMENT.replace(b'"p-1"', b'"p-\\u202e1"'), "malformed_envelope"),
        (altered(CASE, {"case_number": "DB-\u202e2"}, id="c-2"), "malformed_value"),
        (altered(PAYMENT, {"settled_on": "2023-02-29"}, id="p-2"), "no_such_date"),
        (altered(PAYMENT, {"settled_on": "0000-01-01"}, id="p-2"), "no_such_date"),
    ],
)
async def test_text_that_hides_something_is_refused(bench: Bench, raw: bytes, reason: str) -> None:
    assert await refused(bench, raw) == [reason]


async def test_a_wrong_id_number_is_never_repeated_in_what_is_said_of_it(bench: Bench) -> None:
    wrong = json.loads(CASE)
    wrong["id"] = "c-2"
    wrong["data"]["members"][0]["person"]["id_number"] = ID_NUMBER
    assert await refused(bench, json.dumps(wrong).encode()) == ["wrong_check_digit"]
    said = await bench.connection.fetch("SELECT q::text FROM ledger.quarantine AS q")
    said += await bench.connection.fetch("SELECT convert_from(detail, 'UTF8') FROM ledger.journal")
    assert not [row for row in said if ID_NUMBER in row[0]]


# What is asked of the pages.


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    with database(server_url, "bad_questions") as made:
        yield made


@pytest.fixture
async def public(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(url) as made:
        yield made


@pytest.mark.parametrize(
    "path",
    [
        "/figures?asof=0001-01-01",
        "/api/v1/figures?limit=1000000000",
        "/api/v1/villages?sort=name;drop table",
        "/villages?sort=name;drop%20table",
        "/villages?page=99999999999999999999",
        "/figures?period=9999",
        "/figures?ledger=%00",
        "/download?file=../../etc/passwd",
        "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/releases/..%5C..%5Cetc/2024",
        "/reports/%2Fetc%2Fpasswd",
        "/entries/1",
        "/streams/x/y",
        "/sources/payouts/events/p-1",
    ],
)
async def test_what_nobody_may_ask_is_answered_with_4xx(
    public: httpx.AsyncClient, path: str
) -> None:
    answer = await public.get(path)
    assert HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, path
    assert "root:" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("asked", ["' or 1=1--", "%", "_", "\\", "%00", "{{7*7}}", "${7*7}"])
async def test_a_search_is_literal(public: httpx.AsyncClient, asked: str) -> None:
    answer = await public.get("/search.json", params={"q": asked})
    assert answer.status_code in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)
    if answer.status_code == HTTPStatus.OK:
        held = json.dumps(answer.json()["groups"], ensure_ascii=False)
        assert asked in held or answer.json()["count"] == 0


@pytest.mark.parametrize(
    "asked",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>'],
)
async def test_a_hostile_question_is_shown_as_text(public: httpx.AsyncClient, asked: str) -> None:
    answer = await public.get("/search", params={"q": asked})
    assert asked not in answer.text
    page = read(answer.text)
    assert not [e for e in page.all() if any(name.startswith("on") for name in e.attributes)]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("form", ["json", "csv", "md", "xlsx"])
@pytest.mark.parametrize("more", ["include=person", "fields=person", "known=2024-01-01", "at=1"])
async def test_no_form_and_no_parameter_opens_more(
    public: httpx.AsyncClient, form: str, more: str
) -> None:
    answer = await public.get(f"/figures/F16.{form}?{more}")
    assert answer.status_code in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
    ), answer.text[:200]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "POST"])
async def test_methods_that_change_something_are_none_of_the_pages(
    public: httpx.AsyncClient, method: str
) -> None:
    answer = await public.request(method, "/figures")
    if method in ("HEAD", "OPTIONS"):
        assert answer.status_code < HTTPStatus.BAD_REQUEST
        assert answer.content == b""
    else:
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert "GET" in answer.headers["allow"]
