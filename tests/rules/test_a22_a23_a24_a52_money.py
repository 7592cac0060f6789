"""Money that was sent back, that was not due, and the lists by which it goes out."""

from __future__ import annotations

from datetime import date

import pytest

from rules import (
    a22_not_repaid,
    a23_not_recovered,
    a24_released_is_not_settled,
    a52_approved_is_not_settled,
)
from rules.rule import Rule
from tests.support.findings import findings, seen
from tests.support.ledger import Bench
from tests.support.money import a_household, a_payment, a_return
from tests.support.payroll import (
    a_list,
    came_back,
    found_overpaid,
    lists,
    ordered_back,
    waived,
)
from tests.support.rulebook import revoked

MONTH = 50_000
CASE = a_household("DB-1", fen=MONTH)
PAID = a_payment("DB-1", MONTH, "2024-03")
BACK = a_return("DB-1", "payouts/e-1", MONTH, "2024-03", on="2024-03-15")
RETURNED, OVERPAID, RELEASED, APPROVED = (
    module.RULE
    for module in (
        a22_not_repaid,
        a23_not_recovered,
        a24_released_is_not_settled,
        a52_approved_is_not_settled,
    )
)


async def days(bench: Bench, rule: Rule) -> list[tuple[date, date | None]]:
    return [(each.since, each.until) for each in await seen(bench, rule)]


# What was sent back is paid again within 60 days.


async def test_what_came_back_is_paid_again_in_time(bench: Bench) -> None:
    """Sent back on 15 March: until 14 May."""
    await bench.tell(CASE, PAID, BACK)
    assert await days(bench, RETURNED) == [(date(2024, 5, 15), None)]

    again = a_payment("DB-1", MONTH, "2024-03", on="2024-05-15", repays="payouts/e-1")
    await bench.tell(again)
    assert await days(bench, RETURNED) == []


async def test_what_is_paid_again_late_was_late(bench: Bench) -> None:
    again = a_payment("DB-1", MONTH, "2024-03", on="2024-05-20", repays="payouts/e-1")
    await bench.tell(CASE, PAID, BACK, again)

    assert await days(bench, RETURNED) == [(date(2024, 5, 15), date(2024, 5, 20))]


async def test_a_month_may_be_paid_again_without_naming_the_return(bench: Bench) -> None:
    await bench.tell(CASE, PAID, BACK, a_payment("DB-1", MONTH, "2024-03", on="2024-04-08"))

    assert await days(bench, RETURNED) == []


async def test_what_was_not_due_need_not_be_paid_again(bench: Bench) -> None:
    await bench.tell(a_household("DB-1", fen=MONTH, last="2024-02"), PAID, BACK)

    assert await days(bench, RETURNED) == []


# What was not due is ordered back within 30 days, or waived.


@pytest.mark.parametrize(("fen", "wrong"), [(5_000, 0), (4_999, 1)])
async def test_all_that_was_not_due_is_ordered_back(bench: Bench, fen: int, wrong: int) -> None:
    """Found on 10 May: until 9 June."""
    over = found_overpaid("DB-1", 5_000, "2024-05-10", "2024-04")
    order = ordered_back("DB-1", fen, "2024-05-20", "2024-06-20")
    await bench.tell(CASE, over, order, came_back("DB-1", fen, "2024-06-20"))

    assert [first for first, _ in await days(bench, OVERPAID)][:1] == wrong * [date(2024, 6, 10)]


@pytest.mark.parametrize(("fen", "wrong"), [(5_000, 0), (4_999, 1)])
async def test_what_is_not_pursued_is_waived_in_full(bench: Bench, fen: int, wrong: int) -> None:
    over = found_overpaid("DB-1", 5_000, "2024-05-10", "2024-04")
    await bench.tell(CASE, over, waived("DB-1", fen, "2024-05-20"))

    assert [first for first, _ in await days(bench, OVERPAID)][:1] == wrong * [date(2024, 6, 10)]


async def test_money_is_back_on_the_day_it_was_due(bench: Bench) -> None:
    over = found_overpaid("DB-1", 5_000, "2024-05-10", "2024-04")
    order = ordered_back("DB-1", 5_000, "2024-05-20", "2024-06-20")
    await bench.tell(CASE, over, order, came_back("DB-1", 3_000, "2024-06-20"))
    assert await days(bench, OVERPAID) == [(date(2024, 6, 21), None)]

    await bench.tell(came_back("DB-1", 2_000, "2024-07-01"))
    assert await days(bench, OVERPAID) == [(date(2024, 6, 21), date(2024, 7, 1))]


# A list is what reaches accounts.


@pytest.mark.parametrize("fen", [MONTH, MONTH + 1, MONTH - 1])
async def test_what_was_approved_reaches_accounts(bench: Bench, fen: int) -> None:
    """Too little is found 15 days after the approval of 2 March, too much on the day of payment."""
    paid = PAID.model_copy(update={"batch": "DB-2024-03"})
    await bench.tell(CASE, *a_list("DB-2024-03", "2024-03", fen), paid)

    since = {MONTH: [], MONTH + 1: [date(2024, 3, 18)], MONTH - 1: [date(2024, 3, 8)]}[fen]
    assert [first for first, _ in await days(bench, APPROVED)] == since
    assert [first for first, _ in await days(bench, RELEASED)] == 2 * since


async def test_a_line_that_is_missing_shows_with_the_next_list(bench: Bench) -> None:
    paid = PAID.model_copy(update={"batch": "DB-2024-03"})
    await bench.tell(CASE, *a_list("DB-2024-03", "2024-03", MONTH, 2), paid)
    assert await days(bench, APPROVED) == []

    await bench.tell(*lists("2024-04"))
    found = [one for subject, one in await findings(bench, APPROVED) if "DB-" in subject]
    assert [(each.valid_from, each.amount_fen) for each in found] == [(date(2024, 4, 2), 0)]


async def test_a_payment_that_was_revoked_is_missing_on_its_list(bench: Bench) -> None:
    """The list had been paid in full; then one line had never arrived."""
    paid = PAID.model_copy(update={"batch": "DB-2024-03"})
    await bench.tell(CASE, *a_list("DB-2024-03", "2024-03", MONTH), paid)
    assert await days(bench, APPROVED) == []

    await bench.tell(revoked(paid), received=date(2024, 6, 3))
    assert await days(bench, APPROVED) == [(date(2024, 3, 18), None)]
