"""Which fact a correction leads back to: found without its stream, however the table was filled."""

from __future__ import annotations

import re

import asyncpg
import pytest

from domain.assistance.payouts import PaymentSettled
from domain.catalogue import aggregate_of
from ledger import history, migration, restoring, unpublished
from projections.catalogue import READ_MODELS
from tests.support.engine import take
from tests.support.ledger import LEDGER, Bench, event
from tests.support.money import a_household, a_payment

OFFICE, BANK = "social-assistance", "payouts"
CASE = event(OFFICE, "c-1", a_household("DB-1"))


def paid(name: str, corrects: str | None = None, kind: str | None = None) -> bytes:
    of = None if corrects is None else f"{BANK}/{corrects}"
    return event(BANK, name, a_payment("DB-1", 50_000, "2024-01"), corrects=of, kind=kind)


LINES = [
    CASE,
    paid("p"),
    paid("q", "p", "changed"),
    paid("other"),
    paid("r", "q", "changed"),
    paid("s", "p", "revoked"),
    paid("t", "s", "revoked"),
    paid("u", "other", "revoked").replace(b'"corrects"', b'"c\\u006frrects"'),
]
ROOTS = {3: 2, 5: 2, 6: 2, 7: 2, 8: 4}


@pytest.mark.parametrize("batch", [1, 3, 100])
async def test_a_thread_is_a_fact_with_all_that_was_said_of_it(
    connection: asyncpg.Connection, batch: int
) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *LINES, batch=batch)
    assert await history.find_roots(connection, LEDGER, range(1, 9)) == ROOTS

    threads = await history.read_threads(connection, LEDGER, [2, 4, 1])
    names = {root: [entry.event_id for entry in thread] for root, thread in threads.items()}
    assert names == {1: ["c-1"], 2: ["p", "q", "r", "s", "t"], 4: ["other", "u"]}
    early = await history.read_threads(connection, LEDGER, [2, 4], 3)
    assert [entry.event_id for entry in early[2]] == ["p", "q"]
    assert list(early) == [2]


async def test_decisions_are_read_without_the_payments_between_them(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    again = event(OFFICE, "c-1b", a_household("DB-1"), corrects=f"{OFFICE}/c-1", kind="changed")
    await take(connection, bench.intake, *LINES, again)
    kind = "assistance.case-taken-over.v1"
    found = await history.read_decisions(connection, LEDGER, ["case/DB-1", "case/none"], [kind])
    assert [entry.event_id for entry in found["case/DB-1"]] == ["c-1", "c-1b"]
    assert found["case/none"] == []
    found = await history.read_decisions(connection, LEDGER, ["case/DB-1"], [kind], 8)
    assert [entry.event_id for entry in found["case/DB-1"]] == ["c-1"]


async def test_an_upgrade_finds_the_same_roots(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *LINES)
    await connection.execute("DELETE FROM ledger.correction")
    (step,) = (step for step in migration.migrations() if step.name == "0004_corrections")
    (fill,) = (statement for statement in step.statements if "INSERT INTO" in statement)
    await connection.execute(fill)
    assert await history.find_roots(connection, LEDGER, range(1, 9)) == ROOTS


@pytest.mark.parametrize("batch", [1, 3, 100])
async def test_a_restore_finds_the_same_roots(connection: asyncpg.Connection, batch: int) -> None:
    bench = await Bench.open(connection)
    await take(connection, bench.intake, *LINES)
    rows = await unpublished.entries(connection, LEDGER, 0, 100, 2**31)
    assert len(rows) == len(LINES)
    for table in ("entry", "sealed_part"):
        await connection.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
    await connection.execute("TRUNCATE ledger.entry, ledger.sealed_part, ledger.correction")
    for start in range(0, len(rows), batch):
        await restoring.write(connection, rows[start : start + batch])
    assert await history.find_roots(connection, LEDGER, range(1, 9)) == ROOTS


async def test_the_index_of_decisions_leaves_out_what_decides_nothing(bench: Bench) -> None:
    """What it leaves out must stay a contribution, or decisions would be sought in every entry."""
    (index,) = await bench.connection.fetchrow(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'entry_decision'"
    )
    left_out = re.findall(r"type <> '([^']+)'", index)

    assert left_out == [PaymentSettled.TYPE]
    assert not any(PaymentSettled.TYPE in model.folding for model in READ_MODELS)
    assert PaymentSettled.TYPE not in aggregate_of("case/DB-1").evolvers
