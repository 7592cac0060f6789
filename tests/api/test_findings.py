"""Findings in the auditor's view: by rule, one by one, and on the pages of what they are about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import httpx
import pytest

from domain.rectification import FindingUpheld
from rules import working
from tests.support.ledger import LEDGER, Bench, Correction, event
from tests.support.marriage import a_marriage, a_party
from tests.support.money import a_household, a_payment
from tests.support.pages import client_of

CASE = a_household("DB-1", last="2024-03")
MAY = a_payment("DB-1", 50_000, "2024-05", on="2024-05-10")
JUNE = a_payment("DB-1", 50_000, "2024-06", on="2024-06-10")
JSON = {"accept": "application/json"}


@pytest.fixture
async def bench(connection: asyncpg.Connection) -> Bench:
    """Two months paid that were not due."""
    made = await Bench.open(connection)
    await made.tell(CASE, MAY, JUNE)
    await working.follow(connection, LEDGER)
    return made


@pytest.fixture
async def auditor(bench: Bench, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    assert bench.connection
    async with client_of(database_url, auditor=True) as made:
        yield made


async def said(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    response = await client.get(path, headers=JSON)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def ids(client: httpx.AsyncClient, path: str) -> list[str]:
    return [each["id"] for each in (await said(client, path))["findings"]]


async def test_each_rule_says_how_it_came_out(auditor: httpx.AsyncClient) -> None:
    found = await said(auditor, "/findings")

    (rule,) = [each for each in found["rules"] if each["rule"] == "A53"]
    assert (rule["checked"], rule["hits"], rule["undecidable"]) == (1, 2, 0)
    assert found["states"]["疑点待核实"] >= 2
    assert {"2024-05", "2024-06"} <= {each["month"] for each in found["totals"]}


async def test_a_rule_has_a_page_with_its_law_and_what_it_finds(
    auditor: httpx.AsyncClient,
) -> None:
    found = await said(auditor, "/findings/rules/A53")

    assert found["basis"].startswith("《社会救助暂行办法》第")
    assert [each["what"] for each in found["findings"]] == [
        "所发月份：2024-05",
        "所发月份：2024-06",
    ]
    assert len(await ids(auditor, "/findings/rules/A53?asof=2024-05-31")) == 1
    assert await ids(auditor, "/findings/rules/A53?at=1") == []


async def test_a_finding_says_what_people_found(bench: Bench, auditor: httpx.AsyncClient) -> None:
    name = (await ids(auditor, "/findings/rules/A53"))[0]
    upheld = FindingUpheld(
        finding=name,
        decided_by="HC-01",
        decided_on=date(2024, 6, 20),
        reason="死亡后仍发放",
        unit="社会救助股",
        due_on=date(2024, 7, 20),
    )
    await bench.take(event("audit", "u-1", upheld))

    found = await said(auditor, f"/findings/{name}?at=4&asof=2024-06-30")
    assert found["answer"]["called"] == "属实待整改"
    page = await auditor.get(f"/findings/{name}?at=4&asof=2024-06-30")
    for text in ("属实待整改", "社会救助股", "死亡后仍发放", "2024-07-20", "/streams/case/DB-1"):
        assert text in page.text, text


async def test_what_was_put_right_is_told_as_it_was_known(
    bench: Bench, auditor: httpx.AsyncClient
) -> None:
    name = (await ids(auditor, "/findings/rules/A53"))[0]
    await bench.tell(Correction(a_household("DB-1"), "changed", CASE), received=date(2024, 8, 1))
    await working.follow(bench.connection, LEDGER)

    found = await said(auditor, f"/findings/{name}?at=4")
    assert found["standing"] == []
    assert [(each["known_from"], each["known_to"]) for each in found["known"]] == [(2, 4)]


async def test_the_pages_of_an_entry_and_its_stream_name_the_finding(
    auditor: httpx.AsyncClient,
) -> None:
    first, second = await ids(auditor, "/findings/rules/A53")

    assert first in await ids(auditor, "/entries/2")
    assert second not in await ids(auditor, "/entries/2")
    assert {first, second} <= set(await ids(auditor, "/streams/case/DB-1"))
    page = await auditor.get("/streams/case/DB-1")
    assert "所发月份不在保障期内" in page.text


async def test_what_there_is_not_is_not_found(auditor: httpx.AsyncClient) -> None:
    for path in ("/findings/A53-000000000000", "/findings/rules/A00", "/findings/x"):
        assert (await auditor.get(path, headers=JSON)).status_code == 404, path


async def test_the_public_sees_no_finding(bench: Bench, database_url: str) -> None:
    assert bench.connection
    async with client_of(database_url) as public:
        for path in ("/findings", "/findings/rules/A53"):
            assert (await public.get(path, headers=JSON)).status_code in (403, 404), path


async def test_a_subject_links_to_its_stream_where_it_is_one(
    bench: Bench, auditor: httpx.AsyncClient
) -> None:
    """What is looked at by the hundred of a series (A39) is no stream, though it has a slash."""
    others = a_party("19910101", 4), a_party("19890101", 3)
    await bench.tell(a_marriage(1), a_marriage(3, parties=others))
    await working.follow(bench.connection, LEDGER)
    (hundred,) = await ids(auditor, "/findings/rules/A39")
    case, _ = await ids(auditor, "/findings/rules/A53")

    assert (await said(auditor, f"/findings/{hundred}"))["stream"] is None
    assert "/streams/J445102" not in (await auditor.get(f"/findings/{hundred}")).text
    assert (await said(auditor, f"/findings/{case}"))["stream"] == "case/DB-1"
