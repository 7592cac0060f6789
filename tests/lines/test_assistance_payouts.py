"""Payouts: what counts into 发放金额, when, and what is recorded with a breach.

All amounts are of 低保 cases of 500.00 元 a month; expected values are worked out by hand.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import asyncpg

from domain.assistance.benefits import BenefitTerminated
from domain.assistance.payouts import RecoveryReceived
from reports.catalogue import FIGURES
from reports.evaluate import contributing_rows
from tests.support.ledger import Bench, event
from tests.support.money import (
    PUBLISHED,
    TOWN,
    a_household,
    a_payment,
    a_return,
    a_subsidy,
    arrears,
    breaches,
    sent,
)

MONTH = 50_000
CASE = event("social-assistance", "c-1", a_household("DB-1"))
PAYMENT = event("payouts", "p-1", a_payment("DB-1", MONTH, "2024-01"))


async def f16(bench: Bench, **when: Any) -> object:
    return (await bench.figure("F16", **when)).exact


async def test_a_settled_payment_counts_in_the_year_it_was_settled(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    tally = await bench.take(CASE, PAYMENT)

    assert str(tally) == "accepted 2, duplicate 0, parked 0, quarantined 0"
    assert await f16(bench) == MONTH
    assert await f16(bench, year=2023) == 0
    assert await breaches(connection, "p-1") == []


async def test_the_december_month_paid_in_january_belongs_to_january(
    connection: asyncpg.Connection,
) -> None:
    """By settlement date; counting by entitlement month would give 50,000 and 0."""
    bench = await Bench.open(connection)
    await bench.take(CASE, *sent(a_payment("DB-1", MONTH, "2024-12", on="2025-01-08")))

    assert await f16(bench) == 0
    assert await f16(bench, year=2025) == MONTH
    by_month = await connection.fetchval(
        "SELECT sum(amount_fen) FROM read.payment WHERE months LIKE '2024-%'"
    )
    assert by_month == MONTH


async def test_returned_and_repaid_counts_once(connection: asyncpg.Connection) -> None:
    """退票 on 20 December, repaid on 6 January: the return lowers 2024, repaying raises 2025."""
    bench = await Bench.open(connection)
    await bench.take(
        CASE,
        event("payouts", "p-1", a_payment("DB-1", MONTH, "2024-12")),
        event("payouts", "r-1", a_return("DB-1", "payouts/p-1", MONTH, "2024-12", on="2024-12-20")),
    )
    assert await f16(bench, asof=date(2024, 12, 19)) == MONTH
    assert await f16(bench) == 0

    again = a_payment("DB-1", MONTH, "2024-12", on="2025-01-06", repays="payouts/p-1")
    await bench.take(event("payouts", "p-2", again))

    assert await f16(bench) == 0
    assert await f16(bench, year=2025) == MONTH
    assert "month-already-paid" not in await breaches(connection, "p-2")


async def test_a_return_waits_for_the_payment_it_names(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    back = a_return("DB-1", "payouts/p-1", MONTH, "2024-01", on="2024-01-20")

    assert (await bench.take(CASE, event("payouts", "r-1", back))).parked == 1
    assert await f16(bench) == 0
    await bench.take(PAYMENT)
    assert await f16(bench) == 0
    assert len(await bench.rows("payment")) == 2


async def test_a_reversed_payment_never_was_but_stays_known_before(
    connection: asyncpg.Connection,
) -> None:
    """撤销 known only in 2025: as published the payment counts, as known now it does not."""
    bench = await Bench.open(connection)
    await bench.take(
        CASE,
        PAYMENT,
        event(
            "payouts",
            "p-1x",
            a_payment("DB-1", MONTH, "2024-01"),
            received=date(2025, 3, 3),
            corrects="payouts/p-1",
            kind="revoked",
        ),
    )

    assert await f16(bench) == 0
    assert await f16(bench, known=PUBLISHED) == MONTH


async def test_a_changed_amount_replaces_the_first_one(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        CASE,
        PAYMENT,
        event(
            "payouts",
            "p-1b",
            a_payment("DB-1", MONTH - 700, "2024-01"),
            received=date(2025, 3, 3),
            corrects="payouts/p-1",
            kind="changed",
        ),
    )

    assert await f16(bench) == MONTH - 700
    assert await f16(bench, known=PUBLISHED) == MONTH


async def test_arrears_count_recoveries_and_other_items_do_not(
    connection: asyncpg.Connection,
) -> None:
    """500.00 settled + 30.00 arrears = 530.00; with the other items it would be 1,020.00."""
    bench = await Bench.open(connection)
    recovery = RecoveryReceived(
        case_number="DB-1", programme="dibao", amount_fen=10_000, received_on=date(2024, 9, 1)
    )
    await bench.take(
        CASE,
        PAYMENT,
        *sent(
            arrears("DB-1", 3_000, "2024-01", "2024-02", on="2024-05-08"),
            a_payment("DB-1", 36_000, "2024-01", item="care"),
            a_payment("DB-1", 23_000, "2024-01", item="price-subsidy"),
            recovery,
        ),
    )

    assert await f16(bench) == 53_000
    everything = await connection.fetchval(
        "SELECT sum(CASE kind WHEN 'recovered' THEN -amount_fen ELSE amount_fen END)"
        " FROM read.payment"
    )
    assert everything == 53_000 + 36_000 + 23_000 - 10_000


async def test_a_recovery_that_corrects_a_payment_leaves_the_payment(
    connection: asyncpg.Connection,
) -> None:
    """追回 is an item of its own: what was paid was paid."""
    bench = await Bench.open(connection)
    recovery = RecoveryReceived(
        case_number="DB-1", programme="dibao", amount_fen=MONTH, received_on=date(2024, 9, 1)
    )
    await bench.take(
        CASE,
        PAYMENT,
        event("payouts", "k-1", recovery, corrects="payouts/p-1", kind="recovered"),
    )

    assert await f16(bench) == MONTH


async def test_a_payment_for_an_unknown_case_waits_and_is_taken_when_the_case_arrives(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)

    assert (await bench.take(PAYMENT)).parked == 1
    assert await f16(bench) == 0

    await bench.take(CASE)
    assert await f16(bench) == MONTH


async def test_a_payment_without_township_counts_for_the_township_of_its_case(
    connection: asyncpg.Connection,
) -> None:
    """The least a payment may say: programme, months, amount, date and case."""
    bench = await Bench.open(connection)
    message = json.loads(PAYMENT)
    message["data"] = {
        "programme": "dibao",
        "months": ["2024-01"],
        "amount_fen": MONTH,
        "settled_on": "2024-01-08",
        "case_number": "DB-1",
    }
    await bench.take(CASE, json.dumps(message).encode())

    (row,) = await contributing_rows(connection, await bench.moment(), FIGURES["F16"])
    assert (row["township"], row["contribution"]) == (TOWN, MONTH)


async def test_money_of_one_programme_moves_no_other(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        *sent(
            a_subsidy("DS-1", "living-subsidy"),
            a_payment("DS-1", 21_500, "2024-01", programme="living-subsidy"),
        )
    )

    money = {i: (await bench.figure(i)).exact for i in ("F16", "F18", "F20", "F22", "F24", "F26")}
    assert money == {"F16": 0, "F18": 0, "F20": 0, "F22": 0, "F24": 0, "F26": 21_500}


async def test_what_is_wrong_with_a_payment_is_recorded_with_it(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    ended = BenefitTerminated(
        case_number="DB-1",
        last_month="2024-06",
        reason="died",
        died_on=date(2024, 6, 2),
        decided_on=date(2024, 6, 20),
    )
    tally = await bench.take(
        CASE,
        PAYMENT,
        event("payouts", "second", a_payment("DB-1", MONTH, "2024-01")),
        event("payouts", "less", a_payment("DB-1", MONTH - 1, "2024-02")),
        event("payouts", "ahead", a_payment("DB-1", MONTH, "2024-03", on="2024-02-28")),
        event("payouts", "other", a_payment("DB-1", MONTH, "2024-04", programme="tekun")),
        event("social-assistance", "end", ended),
        event("payouts", "after-death", a_payment("DB-1", 2 * MONTH, "2024-06", "2024-07")),
    )

    assert tally.accepted == 8
    assert await breaches(connection, "second") == ["month-already-paid"]
    assert await breaches(connection, "less") == ["amount-differs"]
    assert await breaches(connection, "ahead") == ["paid-in-advance"]
    assert await breaches(connection, "other") == ["programme-differs"]
    assert await breaches(connection, "after-death") == ["month-not-entitled"]
