"""Pages and JSON of a ledger in which a read model has halted; what does not read it is as ever."""

from __future__ import annotations

import asyncpg

from projections.assistance import payments
from projections.read_model import SCHEMA
from tests.projections.test_halts import leaves_out
from tests.support.ledger import Bench
from tests.support.money import a_household, a_payment
from tests.support.pages import client_of, json_of
from tests.support.poison import poisoned
from tests.support.published import AS_PUBLISHED_FEN, FIRST, PUBLISHED_AT, published_feed
from tests.support.releasing import release_report

CASE = a_household("DB-9")
PAYMENT = a_payment("DB-9", 50_000, "2024-01")
TOLD = "汇总表 payment 停在第"
LEFT_OUT = "汇总表 payment 已决定略去第"


async def halted_at(connection: asyncpg.Connection) -> int:
    """A published report, and payments since, the first of which cannot be folded."""
    bench = await Bench.open(connection)
    await bench.take(*published_feed().lines())
    await release_report(bench, FIRST, PUBLISHED_AT)
    ledger = await bench.connection.fetchval("SELECT position FROM ledger.ledger")
    position = int(ledger) + 2
    with poisoned(payments, position):
        await bench.tell(CASE, PAYMENT, a_payment("DB-9", 50_000, "2024-02"))
    return position


async def test_what_reads_it_ends_there_and_says_so(
    connection: asyncpg.Connection, database_url: str
) -> None:
    position = await halted_at(connection)
    async with client_of(database_url, auditor=True) as auditor:
        paid = await json_of(auditor, "/figures/F16.json?period=2024&known=now")
        assert paid["at"] == position - 1
        assert paid["halted"] == [{"read_model": "payment", "position": position}]
        held = await json_of(auditor, "/figures/F14.json?period=2024&known=now")
        assert (held["at"], held["halted"]) == (position + 1, [])
        due = await json_of(auditor, "/statements/S16.json?period=2024&known=now")
        assert due["halted"] == paid["halted"]
        for path in ("/figures/F16", "/figures", "/reports/2024", "/statements/S16"):
            page = await auditor.get(path, params={"period": "2024", "known": "now"})
            assert f"{TOLD} {position} 条记录之前" in page.text, path
        page = await auditor.get("/figures/F14", params={"period": "2024", "known": "now"})
        assert TOLD not in page.text
        ledgers = (await auditor.get("/readyz")).json()["ledgers"]
        assert (ledgers[0]["behind"], ledgers[0]["halted"]) == (0, ["payment"])


async def test_what_was_published_before_is_as_published(
    connection: asyncpg.Connection, database_url: str
) -> None:
    await halted_at(connection)
    async with client_of(database_url) as public:
        paid = await json_of(public, "/figures/F16.json")
        assert (paid["exact"], paid["halted"]) == (AS_PUBLISHED_FEN, [])
        report = await public.get("/reports/2024")
        assert report.status_code == 200
        assert TOLD not in report.text


async def test_once_it_is_decided_the_same_pages_say_what_is_left_out(
    connection: asyncpg.Connection, database_url: str
) -> None:
    async with client_of(database_url, auditor=True) as auditor:
        position = await halted_at(connection)
        question = "?period=2024&known=now"
        before = await json_of(auditor, f"/figures/F16.json{question}")
        with poisoned(payments, position):
            await leaves_out(connection, payments, position)
        after = await json_of(auditor, f"/figures/F16.json{question}")
        assert after["exact"] == before["exact"] + 50_000
        assert (after["at"], after["halted"]) == (position + 1, [])
        assert after["left_out"] == [{"read_model": "payment", "position": position}]
        page = await auditor.get(f"/figures/F16{question}")
        assert f"{LEFT_OUT} {position} 条记录" in page.text


async def test_what_was_released_is_shown_whatever_else_is_behind(
    connection: asyncpg.Connection, database_url: str
) -> None:
    """Its values are kept, not worked out; to auditors no difference is told that is none."""
    await halted_at(connection)
    await connection.execute(
        f"UPDATE {SCHEMA}.checkpoint SET position = 3 WHERE read_model = 'case_entitlement'"
    )
    async with client_of(database_url) as public:
        told = await json_of(public, "/figures/F14.json")
    assert (told["exact"], told["at"]) == (3, FIRST)
    async with client_of(database_url, auditor=True) as auditor:
        assert (await json_of(auditor, "/figures/F14.json"))["worked_out_again"]["same"] is True
