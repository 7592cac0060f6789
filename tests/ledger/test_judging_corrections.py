"""A correction is judged as if the fact it replaces had never been told."""

from __future__ import annotations

import asyncpg

from tests.support.ledger import Bench, event
from tests.support.money import a_household, a_payment, breaches

CASE = event("social-assistance", "c-1", a_household("DB-1"))
PAYMENT = event("payouts", "p-1", a_payment("DB-1", 50_000, "2024-01"))


async def test_a_payment_put_right_is_no_second_payment(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    right = a_payment("DB-1", 50_000, "2024-02")
    change = event("payouts", "p-2", right, corrects="payouts/p-1", kind="changed")
    await bench.take(CASE, PAYMENT, change)

    assert await breaches(connection, "p-2") == []
    again = event("payouts", "p-3", a_payment("DB-1", 50_000, "2024-01"))
    await bench.take(again)
    assert await breaches(connection, "p-3") == []


async def test_what_is_still_wrong_after_the_correction_is_said(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    wrong = a_payment("DB-1", 10_000, "2024-01")
    change = event("payouts", "p-2", wrong, corrects="payouts/p-1", kind="changed")
    await bench.take(CASE, PAYMENT, change)

    assert await breaches(connection, "p-2") == ["amount-differs"]


async def test_taking_a_fact_back_breaches_nothing(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    back = event(
        "payouts",
        "p-2",
        a_payment("DB-1", 50_000, "2024-01"),
        corrects="payouts/p-1",
        kind="revoked",
    )
    await bench.take(CASE, PAYMENT, back)

    assert await breaches(connection, "p-2") == []
