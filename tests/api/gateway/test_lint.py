"""Lint: what the ledger would do with events now, which figures would move, and nothing kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
import pytest

from api.gateway import lint as lint_page
from domain import carriage
from infra.settings import Settings
from ledger import linting, store
from ledger.intake import Intake
from ledger.linting import read
from ledger.records import Record
from ledger.seal import Sealer
from ledger.store import Ledger
from projections import projector
from rules import working
from tests.support.bureau import SAMPLE
from tests.support.gateway import BATCH, LINES, ONE, listed, outcomes
from tests.support.kafka import until
from tests.support.ledger import LEDGER, event
from tests.support.money import a_household, a_payment
from upkeep.linting import lint

FORM = {"content-type": "application/x-www-form-urlencoded"}
_numbers = count(1)


def a_case(name: str) -> bytes:
    return event("social-assistance", f"c-{name}", a_household(name), receivedat=None)


def a_line(name: str, **changes: Any) -> bytes:
    fact = a_payment(name, 50_000, "2024-03")
    return event("payouts", f"p-{name}-{next(_numbers)}", fact, receivedat=None, **changes)


async def dump(connection: asyncpg.Connection) -> dict[str, list[Any]]:
    """Everything that a ledger and its read models hold."""
    tables = await connection.fetch(
        "SELECT schemaname || '.' || tablename FROM pg_tables"
        " WHERE schemaname = 'ledger' OR schemaname ~ '^read' ORDER BY 1"
    )
    found: dict[str, list[Any]] = {}
    for (table,) in tables:
        rows = await connection.fetch(f"SELECT t::text FROM {table} AS t ORDER BY 1")
        found[table] = [row[0] for row in rows]
    return found


async def followed(connection: asyncpg.Connection) -> None:
    """Wait until the read models hold all of the ledger."""

    async def there() -> bool:
        head = await connection.fetchval("SELECT position FROM ledger.ledger")
        folded = await projector.folded_to(connection, LEDGER)
        return int(head) == folded and not await working.behind(connection, LEDGER)

    await until(there)


async def test_it_says_what_would_become_of_them_and_keeps_nothing(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """Each is judged after those before it; afterwards, the same happens to what is sent."""
    known = a_case("known")
    assert (await client.post("/events", content=known, headers=ONE)).status_code == 200
    await followed(ledger)
    wrong = a_line("A").replace(b'"amount_fen":50000', b'"amount_fen":-1')
    batch = listed(a_line("none"), a_case("A"), wrong, a_line("A"), known, a_line("known"))
    before = await dump(ledger)
    told = await client.post("/lint", content=batch, headers=BATCH)
    assert told.status_code == 200, told.text
    expected = ["parked", "accepted", "quarantined", "accepted", "duplicate", "accepted"]
    assert outcomes(told) == expected
    assert await dump(ledger) == before
    assert told.json()["kept"] is False
    faults = told.json()["events"][2]["faults"]
    assert [each["pointer"] for each in faults] == ["/data/amount_fen"]
    moves = {each["id"]: (each["before"], each["after"]) for each in told.json()["figures"]}
    taken = await client.post("/events", content=batch, headers=BATCH)
    assert outcomes(taken) == expected
    assert [each.get("position") for each in taken.json()["events"]] == [
        each.get("position") for each in told.json()["events"]
    ]
    # 500 元 to each of two households: the figure of what was paid moves by 0.1 万元.
    assert moves["F16"] == (0.0, 0.1)
    await followed(ledger)
    again = await client.post("/lint", content=listed(a_line("A")), headers=BATCH)
    moves = {each["id"]: (each["before"], each["after"]) for each in again.json()["figures"]}
    assert moves["F16"] == (0.1, 0.15)


async def test_an_intake_waits_for_no_lint(ledger: asyncpg.Connection, live_url: str) -> None:
    """It judges one snapshot and locks nothing that an intake, or its cache, rests on."""
    found = await store.find_ledger(ledger, LEDGER)
    assert found is not None
    intake = Intake(found, Settings().secret)
    await intake.take(ledger, [Record(a_case("W-1"), "test:1")])
    async with asyncio.timeout(20):
        other = await asyncpg.connect(live_url)
        try:
            async with other.transaction(isolation="repeatable_read"):
                records = [Record(a_case("W-2"), "lint:1")]
                judged = await linting.judge(other, LEDGER, Settings().secret, records)
                assert [item.outcome.kind for item in judged.items] == ["accepted"]
                taken = await intake.take(ledger, [Record(a_case("W-3"), "test:2")])
                assert taken.tally.accepted == 1
            linted = await lint(other, Settings(), LEDGER, [a_case("W-2")])
            assert linted.judged.rows[0][0] == taken.items[0].outcome.position + 1  # type: ignore[union-attr]
        finally:
            await other.close()


async def test_as_whom_events_are_judged(client: httpx.AsyncClient) -> None:
    """In every content mode; without a key, as whoever each of them names."""
    raw = a_case("mode")
    message = json.loads(raw)
    attributes = set(message) - {"data", "datacontenttype", "receivedat"}
    binary = {f"ce-{name}": str(message[name]) for name in attributes}
    binary["content-type"] = "application/json"
    for content, headers in (
        (raw, ONE),
        (raw, LINES),
        (json.dumps(message["data"]).encode(), binary),
    ):
        told = await client.post("/lint", content=content, headers=headers)
        assert outcomes(told) == ["accepted"], told.text
    wrong = raw.replace(b'"social-assistance"', b'"payouts"')
    told = await client.post("/lint", content=wrong, headers=ONE)
    assert told.json()["events"][0]["faults"][0]["code"] == "unauthorised"
    many = listed(*[b"{}"] * 1_001)
    told = await client.post("/lint", content=many, headers=BATCH)
    assert (told.status_code, told.json()["code"]) == (413, "too-many-events")


async def test_a_page_to_paste_events_into(
    client: httpx.AsyncClient, ledger: asyncpg.Connection
) -> None:
    """One event in any layout, a list, or one a line; a script in one is shown, not run."""
    empty = await client.get("/lint", headers={"accept": "text/html"})
    assert empty.status_code == 200
    assert '<form method="post" action="/lint">' in empty.text
    assert "<script" not in empty.text
    before = await dump(ledger)
    raw = a_case("page").decode()
    pretty = json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    for text, shown in (
        (raw, 1),
        (pretty, 1),
        (f"[{raw},{raw}]", 2),
        (f"{raw}\n\n{raw}\n", 2),
    ):
        page = await client.post("/lint", content=urlencode({"events": text}), headers=FORM)
        assert page.status_code == 200
        assert page.text.count("<h3>") == shown
        assert "将记入" in page.text
    wrong = raw.replace('"case_number"', '"case"')
    page = await client.post("/lint", content=urlencode({"events": wrong}), headers=FORM)
    assert "缺少必填字段" in page.text.partition("<details>")[0]
    assert "\\u" not in page.text
    odd = urlencode({"events": '{"id": "<script>alert(1)</script>"}'})
    page = await client.post("/lint", content=odd, headers=FORM)
    assert "<script" not in page.text
    assert "未通过校验" in page.text
    assert (await client.get("/static/site.css")).status_code == 200
    assert await dump(ledger) == before


async def test_what_is_pasted_is_bounded(client: httpx.AsyncClient) -> None:
    many = urlencode({"events": f"[{','.join(['{}'] * (carriage.MOST_EVENTS + 1))}]"})
    page = await client.post("/lint", content=many, headers=FORM)
    assert (page.status_code, "at most 1000 events" in page.text) == (413, True)
    page = await client.post("/lint", content="a=1&" * 1_000, headers=FORM)
    assert (page.status_code, "form" in page.text) == (400, True)


async def test_forms_that_come_slowly_keep_nobody_out(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key is shown before a form is here: so few are waited for, and not long."""
    monkeypatch.setattr(lint_page, "FORM_SECONDS", 1.0)
    gone = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"events="
        await gone.wait()

    forms = [
        asyncio.create_task(client.post("/lint", content=slow(), headers=FORM))
        for _ in range(lint_page.MOST_FORMS + 1)
    ]
    await asyncio.sleep(0.1)
    turned_away = [each.result().status_code for each in forms if each.done()]
    assert turned_away == [503]
    told = await client.post("/lint", content=a_case("beside"), headers=ONE)
    assert outcomes(told) == ["accepted"]
    assert sorted([(await each).status_code for each in forms]) == [408] * lint_page.MOST_FORMS + [
        503
    ]
    page = await client.post("/lint", content=urlencode({"events": "{}"}), headers=FORM)
    assert page.status_code == 200


def test_the_contract_alone_is_looked_at_in_well_under_a_millisecond() -> None:
    """Half of a thousand events, looked at one by one, without a database."""
    ledger, sealer = (
        Ledger(LEDGER, "live", sample=True, position=0, last_recorded_at=None),
        Sealer(b"x", LEDGER),
    )
    records = [Record(a_line(str(number)), f"lint:{number}") for number in range(200)]
    times: list[float] = []
    for record in records * 5:
        began = datetime.now(UTC)
        (item,) = read([record], ledger, SAMPLE, sealer)
        times.append((datetime.now(UTC) - began).total_seconds())
        assert item.faults == ()
    assert sorted(times)[len(times) // 2] < 0.001


async def test_figures_are_not_worked_out_of_many(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upkeep.linting.MOST_FOLDED", 0)
    told = await client.post("/lint", content=a_case("many"), headers=ONE)
    assert (outcomes(told), told.json()["figures"]) == (["accepted"], None)
    assert told.json()["why"]
