"""Payouts: what counts into 发放金额, when, and what is recorded with a breach.

All amounts are of 低保 cases of 500.00 元 a month; expected values are worked out by hand.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from domain.assistance.benefits import BenefitAdjusted, BenefitResumed, BenefitTerminated
from domain.assistance.payouts import RecoveryReceived
from domain.bureau.programmes import Item
from domain.casework import Programme
from projections.assistance import paid_months, payments
from projections.cases.entitlement import cases
from reports.evaluate import contributing_rows
from tests.support.bureau import with_programme
from tests.support.defined import FIGURES
from tests.support.ledger import Bench, event
from tests.support.money import (
    PUBLISHED,
    TOWN,
    a_household,
    a_payment,
    a_return,
    a_subsidy,
    arrears,
)
from tests.support.rulebook import changed, given, recovered, revoked

MONTH = 50_000
CASE = a_household("DB-1", fen=MONTH)
PAYMENT = a_payment("DB-1", MONTH, "2024-01")
RECOVERY = RecoveryReceived(
    case_number="DB-1", programme="dibao", amount_fen=10_000, received_on=date(2024, 9, 1)
)


async def f16(bench: Bench, **when: Any) -> object:
    return (await bench.figure("F16", **when)).exact


async def test_a_settled_payment_counts_in_the_year_it_was_settled(bench: Bench) -> None:
    await bench.tell(CASE, PAYMENT)

    assert await f16(bench) == MONTH
    assert await f16(bench, year=2023) == 0


async def test_the_december_month_paid_in_january_belongs_to_january(bench: Bench) -> None:
    """By settlement date; counting by entitlement month would give 50,000 and 0."""
    await bench.tell(CASE, a_payment("DB-1", MONTH, "2024-12", on="2025-01-08"))

    assert await f16(bench) == 0
    assert await f16(bench, year=2025) == MONTH
    (row,) = await bench.rows("payment")
    assert row["months"] == "2024-12"


async def test_returned_and_repaid_counts_once(bench: Bench) -> None:
    """退票 on 20 December, repaid on 6 January: the return lowers 2024, repaying raises 2025."""
    await bench.tell(CASE, a_payment("DB-1", MONTH, "2024-12"))
    await bench.tell(a_return("DB-1", "payouts/e-1", MONTH, "2024-12", on="2024-12-20"))
    assert await f16(bench, asof=date(2024, 12, 19)) == MONTH
    assert await f16(bench) == 0

    await bench.tell(
        a_payment("DB-1", MONTH, "2024-12", on="2025-01-06", repays="payouts/e-1"),
    )
    assert await f16(bench) == 0
    assert await f16(bench, year=2025) == MONTH


async def test_a_reversed_payment_never_was_but_stays_known_before(bench: Bench) -> None:
    """撤销 known only in 2025: as published the payment counts, as known now it does not."""
    await bench.tell(CASE, PAYMENT)
    await bench.tell(revoked(PAYMENT), received=date(2025, 3, 3))

    assert await f16(bench) == 0
    assert await f16(bench, known=PUBLISHED) == MONTH


async def test_a_changed_amount_replaces_the_first_one(bench: Bench) -> None:
    less = a_payment("DB-1", MONTH - 700, "2024-01")
    await bench.tell(CASE, PAYMENT)
    await bench.tell(changed(PAYMENT, by=less), received=date(2025, 3, 3))

    assert await f16(bench) == MONTH - 700
    assert await f16(bench, known=PUBLISHED) == MONTH


async def test_arrears_count_recoveries_and_other_items_do_not(bench: Bench) -> None:
    """500.00 settled + 30.00 arrears = 530.00; with the other items it would be 1,020.00."""
    await bench.tell(
        *(CASE, PAYMENT, arrears("DB-1", 3_000, "2024-01", "2024-02", on="2024-05-08")),
        a_payment("DB-1", 36_000, "2024-01", item="care"),
        a_payment("DB-1", 23_000, "2024-01", item="price-subsidy"),
        RECOVERY,
    )

    assert await f16(bench) == 53_000
    amounts = [(row["kind"], row["amount_fen"]) for row in await bench.rows("payment")]
    assert amounts == [
        ("settled", 50_000),
        ("arrears", 3_000),
        ("settled", 36_000),
        ("settled", 23_000),
        ("recovered", 10_000),
    ]


async def test_a_recovery_that_corrects_a_payment_leaves_the_payment(bench: Bench) -> None:
    """追回 is an item of its own: what was paid was paid."""
    await bench.tell(CASE, PAYMENT, recovered(PAYMENT, by=RECOVERY))

    assert await f16(bench) == MONTH


async def test_a_payment_for_an_unknown_case_counts_when_the_case_arrives(bench: Bench) -> None:
    await bench.tell(PAYMENT)
    assert await f16(bench) == 0

    await bench.tell(CASE)
    assert await f16(bench) == MONTH


async def test_a_payment_without_township_counts_for_the_township_of_its_case(
    bench: Bench,
) -> None:
    """The least a payment may say: programme, months, amount, date and case."""
    message = json.loads(event("payouts", "p-1", PAYMENT))
    message["data"] = {
        "programme": "dibao",
        "months": ["2024-01"],
        "amount_fen": MONTH,
        "settled_on": "2024-01-08",
        "case_number": "DB-1",
    }
    await bench.tell(CASE)
    await bench.take(json.dumps(message).encode())

    (row,) = await contributing_rows(bench.connection, await bench.moment(), FIGURES["F16"])
    assert (row["township"], row["contribution"]) == (TOWN, MONTH)


async def test_money_of_one_programme_moves_no_other(bench: Bench) -> None:
    await bench.tell(
        a_subsidy("DS-1", "living-subsidy"),
        a_payment("DS-1", 21_500, "2024-01", programme="living-subsidy"),
    )

    money = {i: (await bench.figure(i)).exact for i in ("F16", "F18", "F20", "F22", "F24", "F26")}
    assert money == {"F16": 0, "F18": 0, "F20": 0, "F22": 0, "F24": 0, "F26": 21_500}


# What is read of it


def test_every_movement_of_money_is_a_row_and_a_return_is_negative() -> None:
    late = arrears("DB-1", 3_000, "2024-01", "2024-02", on="2024-05-08")
    back = a_return("DB-1", "payouts/e-1", MONTH, "2024-01", on="2024-01-20")
    rows = given(CASE, PAYMENT, back, late, RECOVERY).rows(payments)

    assert [(row.kind, row.amount_fen, row.paid_on, row.months) for row in rows] == [
        ("settled", 50_000, date(2024, 1, 8), "2024-01"),
        ("returned", -50_000, date(2024, 1, 20), "2024-01"),
        ("arrears", 3_000, date(2024, 5, 8), "2024-01 2024-02"),
        ("recovered", 10_000, date(2024, 9, 1), ""),
    ]


def test_what_basic_money_is_for_stands_by_months() -> None:
    """Of 1,000.01 元 for three months each gets 333.34: a part of a 分 counts as a whole one.

    January 2024 is month 24,288 since the year 0. Care, and money that came back, are for no month.
    """
    book = given(
        CASE,
        a_payment("DB-1", MONTH, "2024-01"),
        a_payment("DB-1", 100_001, "2024-02", "2024-03", "2024-05", on="2024-06-03"),
        a_payment("DB-1", 43_000, "2024-01", item="care"),
        a_return("DB-1", "payouts/e-1", MONTH, "2024-01", on="2024-01-20"),
        a_return("DB-1", "payouts/e-2", 100_001, "2024-02", "2024-03", "2024-05", on="2024-06-20"),
        RECOVERY,
    )

    months = [row.month_number for row in book.rows(payments)]
    assert months == [24_288, None, None, None, None, None]
    paid = date(2024, 6, 3)
    assert book.rows(paid_months) == [(month, 33_334, paid) for month in (24_289, 24_290, 24_292)]


# What a payment waits for


def test_a_payment_waits_for_its_case() -> None:
    assert given().waits_for(PAYMENT) == {"case/DB-1"}
    assert given(CASE).waits_for(PAYMENT) == set()


def test_a_return_waits_for_the_payment_it_names() -> None:
    back = a_return("DB-1", "payouts/e-1", MONTH, "2024-01", on="2024-01-20")

    assert given(CASE).waits_for(back) == {"payouts/e-1"}
    assert given(CASE, PAYMENT).waits_for(back) == set()
    kinds = [row.kind for row in given(CASE, PAYMENT, back).rows(payments)]
    assert kinds == ["settled", "returned"]


# What is recorded with a breach


def test_a_month_is_paid_once() -> None:
    book = given(CASE, PAYMENT)

    assert book.breaches == [[], []]
    assert book.when(PAYMENT) == ["month-already-paid"]
    assert book.when(a_payment("DB-1", MONTH, "2024-02")) == []


def test_a_payment_that_came_back_may_be_repaid() -> None:
    book = given(CASE, PAYMENT, a_return("DB-1", "payouts/e-1", MONTH, "2024-01", on="2024-01-20"))

    assert book.when(a_payment("DB-1", MONTH, "2024-01", on="2024-02-06")) == []


def test_a_payment_is_what_the_case_is_due() -> None:
    book = given(CASE)

    assert book.when(a_payment("DB-1", MONTH, "2024-02")) == []
    assert book.when(a_payment("DB-1", MONTH - 1, "2024-02")) == ["amount-differs"]
    assert book.when(a_payment("DB-1", 2 * MONTH, "2024-01", "2024-02")) == []


def test_a_month_is_not_paid_before_it_begins() -> None:
    book = given(CASE)

    assert book.when(a_payment("DB-1", MONTH, "2024-03", on="2024-02-28")) == ["paid-in-advance"]
    assert book.when(a_payment("DB-1", MONTH, "2024-03", on="2024-03-01")) == []


@pytest.mark.parametrize(
    ("programme", "expected"), [("dibao", []), ("tekun", ["programme-differs"])]
)
def test_a_payment_is_of_the_programme_of_its_case(
    programme: Programme, expected: list[str]
) -> None:
    paid = a_payment("DB-1", MONTH, "2024-04", programme=programme)
    owed = arrears("DB-1", 3_000, "2024-01", on="2024-05-08", programme=programme)

    assert given(CASE).when(paid) == expected
    assert given(CASE).when(owed) == expected


def test_nothing_is_due_after_the_last_month() -> None:
    """Died on 2 June: June is still due, July is not, neither by itself nor beside June."""
    ended = BenefitTerminated(
        case_number="DB-1",
        last_month="2024-06",
        reason="died",
        died_on=date(2024, 6, 2),
        decided_on=date(2024, 6, 20),
    )
    book = given(CASE, ended)

    assert book.when(a_payment("DB-1", MONTH, "2024-06")) == []
    assert book.when(a_payment("DB-1", 2 * MONTH, "2024-06", "2024-07")) == ["month-not-entitled"]
    assert book.when(arrears("DB-1", 3_000, "2024-06", on="2024-08-08")) == []
    assert book.when(arrears("DB-1", 3_000, "2024-07", on="2024-08-08")) == ["month-not-entitled"]


def test_nothing_is_due_before_the_first_month_that_was_granted() -> None:
    """Also where an earlier month is resumed or adjusted: as in who is entitled."""
    granted = a_household("DB-1", first="2024-07", fen=MONTH)
    resumed = BenefitResumed(
        case_number="DB-1", first_month="2024-04", decided_on=date(2024, 4, 2), reason="示例"
    )
    adjusted = BenefitAdjusted(
        case_number="DB-1",
        from_month="2024-04",
        monthly_amount_fen=60_000,
        covered_persons=1,
        decided_on=date(2024, 4, 2),
        reason="示例",
    )
    book = given(granted, resumed, adjusted)

    assert book.when(a_payment("DB-1", MONTH, "2024-05")) == ["month-not-entitled"]
    assert book.when(a_payment("DB-1", 60_000, "2024-07")) == []
    assert [row.first_month for row in book.rows(cases)] == ["2024-07"]


def test_arrears_for_a_late_approval_are_whole_months_not_paid_yet() -> None:
    """Of a raise they are a difference, so the month may have been paid."""
    book = given(CASE, PAYMENT)
    late = arrears("DB-1", MONTH, "2024-01", on="2024-05-08", reason="late-approval")

    assert book.when(late) == ["month-already-paid"]
    assert book.when(arrears("DB-1", 3_000, "2024-01", on="2024-05-08")) == []


def test_only_the_basic_amount_is_held_against_the_case() -> None:
    """What else is paid, for care or against prices, has rules of its own."""
    book = given(CASE, PAYMENT)

    assert book.when(a_payment("DB-1", 23_000, "2024-01", item="price-subsidy")) == []


def test_an_item_that_the_programme_does_not_have_is_a_breach() -> None:
    """照料护理 is an item of the bureau; in this programme it is none."""
    bureau = with_programme("dibao", items=(Item("basic", "基本生活", counted=True),))
    care = a_payment("DB-1", 10_000, "2024-01", item="care")

    assert given(a_household("DB-1")).when(care) == []
    assert given(a_household("DB-1"), bureau=bureau).when(care) == ["item-differs"]
