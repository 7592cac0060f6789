"""What names a payment: a return, a repayment, a recovery, held against what is left of it.

All amounts are of 低保 cases of 500.00 元 a month; expected values are worked out by hand.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.assistance.payouts import (
    OverpaymentFound,
    OverpaymentWrittenOff,
    PaymentReturned,
    RecoveryReceived,
)
from domain.event import Event
from domain.references import marked
from ledger.intake import Record
from projections.assistance import paid_months
from tests.support.ledger import Bench, Correction, event
from tests.support.money import (
    a_household,
    a_payment,
    a_return,
    a_subsidy,
    arrears,
)
from tests.support.rulebook import changed, given, recovered, revoked

MONTH = 50_000
CASE, OTHER = a_household("DB-1", fen=MONTH), a_household("DB-2", fen=MONTH)
PAID = a_payment("DB-1", MONTH, "2024-03")
"""Told second, after the case: the event payouts/e-1."""
BACK = a_return("DB-1", "payouts/e-1", MONTH, "2024-03", on="2024-03-15")


def back(fen: int = MONTH, *months: str, of: str = "payouts/e-1", on: str = "2024-03-18") -> Event:
    return a_return("DB-1", of, fen, *(months or ("2024-03",)), on=on)


def again(fen: int = MONTH, of: str = "payouts/e-1", on: str = "2024-04-02") -> Event:
    """The month paid again after its return."""
    return a_payment("DB-1", fen, "2024-03", on=on, repays=of)


def came_back(fen: int = MONTH) -> RecoveryReceived:
    return RecoveryReceived(
        case_number="DB-1", programme="dibao", amount_fen=fen, received_on=date(2024, 9, 1)
    )


async def f16(bench: Bench, **when: Any) -> object:
    return (await bench.figure("F16", **when)).exact


# Returns.


def test_a_return_of_what_was_paid_is_in_order() -> None:
    assert given(CASE, PAID).when(BACK) == []


def test_a_return_names_a_line_of_arrears_too() -> None:
    more = arrears("DB-1", 3_000, "2024-03", on="2024-04-10")
    assert given(CASE, more).when(back(3_000, on="2024-04-12")) == []


def test_a_payment_is_returned_once() -> None:
    assert given(CASE, PAID, BACK).when(back()) == ["payment-already-returned"]


def test_returns_in_parts_come_to_no_more_than_was_paid() -> None:
    """300.00 of 500.00 are back: 200.00 are left, not 200.01."""
    book = given(CASE, PAID, back(30_000))
    assert book.when(back(20_000)) == []
    assert book.when(back(20_001)) == ["more-than-left"]


def test_no_more_than_was_paid_comes_back() -> None:
    assert given(CASE, PAID).when(back(MONTH + 1)) == ["more-than-left"]


def test_a_return_is_of_months_that_were_paid() -> None:
    two = a_payment("DB-1", 2 * MONTH, "2024-02", "2024-03")
    assert given(CASE, two).when(back(MONTH, "2024-02")) == []
    assert given(CASE, two).when(back(MONTH, "2024-04")) == ["payment-months-differ"]


def test_a_return_is_of_the_programme_and_item_that_were_paid() -> None:
    care = PaymentReturned.model_validate(BACK.model_dump() | {"item": "care"})
    assert given(CASE, PAID).when(care) == ["payment-differs"]
    other = BACK.model_copy(update={"programme": "tekun"})
    assert given(CASE, PAID).when(other) == ["payment-differs"]


def test_no_money_comes_back_before_it_went_out() -> None:
    """Settled on 8 March."""
    assert given(CASE, PAID).when(back(on="2024-03-08")) == []
    assert given(CASE, PAID).when(back(on="2024-03-07")) == ["payment-not-before"]


def test_a_return_is_of_a_payment_of_the_same_case() -> None:
    foreign = a_return("DB-2", "payouts/e-1", MONTH, "2024-03", on="2024-03-15")
    assert given(CASE, PAID, OTHER).when(foreign) == ["payment-not-standing", "named-elsewhere"]


def test_nothing_comes_back_of_a_payment_that_was_revoked() -> None:
    assert given(CASE, PAID, revoked(PAID)).when(BACK) == ["payment-not-standing"]


def test_a_return_is_held_against_the_payment_as_it_stands() -> None:
    """Put right to 400.00, to 450.00, and that taken back: 400.00 can come back."""
    less = changed(PAID, by=a_payment("DB-1", 40_000, "2024-03"))
    more = changed(less, by=a_payment("DB-1", 45_000, "2024-03"))
    book = given(CASE, PAID, less, more)
    assert book.when(back(45_000)) == []
    book.tell(revoked(more))
    assert book.when(back(45_000)) == ["more-than-left"]
    assert book.when(back(40_000)) == []


@pytest.mark.parametrize("name", ["payouts/e-1", "payouts/e-2", "payouts/e-3"])
def test_a_payment_goes_by_the_name_of_each_of_its_versions(name: str) -> None:
    less = changed(PAID, by=a_payment("DB-1", 40_000, "2024-03"))
    least = changed(less, by=a_payment("DB-1", 30_000, "2024-03"))
    book = given(CASE, PAID, less, least)
    assert book.when(back(30_000, of=name)) == []
    book.tell(back(30_000, of="payouts/e-2"))
    assert book.when(back(30_000, of=name)) == ["payment-already-returned"]


def test_a_return_that_is_taken_back_leaves_the_payment() -> None:
    assert given(CASE, PAID, BACK, revoked(BACK)).when(back()) == []


def test_a_return_put_right_is_judged_as_if_it_had_not_been_told() -> None:
    assert given(CASE, PAID, BACK).when(changed(BACK, by=back())) == []


# The months of what was sent back.


def test_a_month_sent_back_twice_is_paid_once_it_is_paid_again() -> None:
    """The second return makes the month no more unpaid than the first."""
    book = given(CASE, PAID, BACK, back(), again())
    assert book.when(a_payment("DB-1", MONTH, "2024-03", on="2024-05-08")) == ["month-already-paid"]


def test_only_the_months_of_a_return_are_unpaid_again() -> None:
    two = a_payment("DB-1", 2 * MONTH, "2024-02", "2024-03")
    book = given(CASE, two, back(MONTH, "2024-02"))
    assert book.when(a_payment("DB-1", MONTH, "2024-02", on="2024-04-08")) == []
    assert book.when(a_payment("DB-1", MONTH, "2024-03", on="2024-04-08")) == ["month-already-paid"]


def test_what_another_case_sent_back_leaves_the_month_paid() -> None:
    foreign = a_return("DB-2", "payouts/e-1", MONTH, "2024-03", on="2024-03-15")
    book = given(CASE, PAID, OTHER, foreign)
    assert book.when(a_payment("DB-1", MONTH, "2024-03", on="2024-04-08")) == ["month-already-paid"]


# Repayments.


def test_what_came_back_is_paid_again() -> None:
    assert given(CASE, PAID, BACK).when(again()) == []


def test_only_what_came_back_is_paid_again() -> None:
    assert given(CASE, PAID).when(again()) == ["payment-not-returned", "month-already-paid"]


def test_what_came_back_is_paid_again_once() -> None:
    book = given(CASE, PAID, BACK, again())
    assert book.when(again()) == ["payment-already-repaid", "month-already-paid"]


def test_what_came_back_again_may_be_paid_a_third_time() -> None:
    book = given(CASE, PAID, BACK, again(), back(of="payouts/e-3", on="2024-04-06"))
    assert book.when(again(on="2024-05-08")) == []
    assert book.when(again(of="payouts/e-3", on="2024-05-08")) == []


def test_a_repayment_is_no_more_than_what_came_back() -> None:
    """200.00 of 500.00 came back."""
    book = given(CASE, PAID, back(20_000))
    assert book.when(again(20_000)) == ["amount-differs"]
    assert book.when(again(20_001)) == ["more-than-left", "amount-differs"]


# Recoveries.


def test_no_more_is_recovered_of_a_payment_than_it_was() -> None:
    book = given(CASE, PAID, recovered(PAID, by=came_back(30_000)))
    assert book.when(recovered(PAID, by=came_back(20_000))) == []
    assert book.when(recovered(PAID, by=came_back(20_001))) == ["more-than-left"]


def test_what_the_bank_sent_back_cannot_be_recovered_too() -> None:
    assert given(CASE, PAID, BACK).when(recovered(PAID, by=came_back())) == ["more-than-left"]


def test_a_recovery_put_right_still_is_of_its_payment() -> None:
    first = recovered(PAID, by=came_back(30_000))
    right = changed(first, by=came_back(50_000))
    assert given(CASE, PAID, first).when(right) == []
    assert given(CASE, PAID, first, right).when(recovered(PAID, by=came_back(1))) == [
        "more-than-left"
    ]


def test_a_recovery_is_of_the_programme_that_was_paid() -> None:
    other = came_back().model_copy(update={"programme": "tekun"})
    assert given(CASE, PAID).when(recovered(PAID, by=other)) == ["payment-differs"]


# What a reference may name.


def test_which_fields_name_events_is_said_once() -> None:
    assert [name for name, _ in marked(PaymentReturned)] == ["payment"]
    assert BACK.refers_events() == ("payouts/e-1",)
    assert PAID.refers_events() == ()
    assert again().refers_events() == ("payouts/e-1",)


@pytest.mark.parametrize("told", ["before", "after"])
async def test_a_return_of_something_that_is_no_payment_is_refused(bench: Bench, told: str) -> None:
    """Also where it waits for what it names: in whichever order they come."""
    case = event("social-assistance", "c-1", CASE)
    other = event("disability", "s-1", a_subsidy("NS-1"))
    names = event("payouts", "r-1", back(of="disability/s-1"))
    lines = [case, other, names] if told == "after" else [case, names, other]
    tally = await bench.take(*lines)

    assert (tally.accepted, tally.quarantined) == (2, 1)
    (row,) = await bench.connection.fetch("SELECT reason, pointer FROM ledger.quarantine")
    assert tuple(row) == ("wrong_reference", "/data/payment")


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        (event("payouts", "r-1", back(of="payouts/r-1")), "/data/payment"),
        (event("payouts", "r-1", PAID, corrects="payouts/r-1", kind="changed"), "/corrects"),
    ],
)
async def test_what_names_itself_waits_for_nothing(bench: Bench, line: bytes, pointer: str) -> None:
    """It would wait for ever; also before anything of its case is known."""
    tally = await bench.take(line)

    assert (tally.parked, tally.quarantined) == (0, 1)
    (row,) = await bench.connection.fetch("SELECT reason, pointer FROM ledger.quarantine")
    assert tuple(row) == ("wrong_reference", pointer)


async def test_a_recovery_of_something_that_is_no_payment_is_refused(bench: Bench) -> None:
    of = "social-assistance/c-1"
    tally = await bench.take(
        event("social-assistance", "c-1", CASE),
        event("payouts", "v-1", came_back(), corrects=of, kind="recovered"),
    )

    assert (tally.accepted, tally.quarantined) == (1, 1)


# Money as figures count it.


async def test_payment_returned_twice_counts_once(bench: Bench) -> None:
    await bench.tell(CASE, PAID, BACK, back())

    assert await f16(bench) == 0
    assert await bench.behind("F16") == ["DB-1 到账", "DB-1 退票"]


async def test_returns_count_up_to_what_was_paid(bench: Bench) -> None:
    """500.00 paid, 300.00 and 300.00 sent back: in March 200.00, from April on nothing."""
    await bench.tell(CASE, PAID, back(30_000), back(30_000, on="2024-04-01"))

    assert await f16(bench, asof=date(2024, 3, 31)) == 20_000
    assert await f16(bench) == 0


async def test_return_of_something_else_counts_for_nothing(bench: Bench) -> None:
    foreign = a_return("DB-2", "payouts/e-1", MONTH, "2024-03", on="2024-03-15")
    await bench.tell(CASE, PAID, OTHER, foreign)

    assert await f16(bench) == MONTH
    await bench.tell(back(90_000, "2024-02"))
    assert await f16(bench) == 0


async def test_a_return_told_for_an_earlier_day_counts_from_its_payment_on(bench: Bench) -> None:
    """Sent back on 30 December, paid on 3 January: in 2024 nothing went out, so none came back."""
    late = a_payment("DB-1", MONTH, "2024-12", on="2025-01-03")
    await bench.tell(CASE, late, back(MONTH, "2024-12", on="2024-12-30"))

    assert await f16(bench) == 0
    assert await f16(bench, year=2025) == 0
    assert await f16(bench, year=2025, asof=date(2025, 1, 2)) == 0


async def test_of_a_payment_that_was_revoked_no_return_counts(bench: Bench) -> None:
    await bench.tell(CASE, PAID, BACK, a_payment("DB-1", MONTH, "2024-04"), revoked(PAID))

    assert await f16(bench) == MONTH


async def test_a_return_by_the_name_of_a_correction_counts(bench: Bench) -> None:
    less = changed(PAID, by=a_payment("DB-1", 40_000, "2024-03"))
    least = changed(less, by=a_payment("DB-1", 30_000, "2024-03"))
    await bench.tell(CASE, PAID, less, least, back(30_000, of="payouts/e-2"))

    assert await f16(bench) == 0


# As they arrived once.


async def test_month_twice_in_one_line_is_refused(bench: Bench) -> None:
    """500.00 are due for March; a line of 1,000.00 for March and March pays it twice."""
    line = event("payouts", "p-1", PAID, data={"months": ["2024-03", "2024-03"]})
    tally = await bench.take(event("social-assistance", "c-1", CASE), line)

    assert (tally.accepted, tally.quarantined) == (1, 1)
    (row,) = await bench.connection.fetch("SELECT reason, pointer FROM ledger.quarantine")
    assert tuple(row) == ("malformed_value", "/data/months")
    assert await f16(bench) == 0


def test_a_line_for_two_months_is_a_line_for_each() -> None:
    two = a_payment("DB-1", 2 * MONTH, "2024-02", "2024-03")
    assert [row.part_fen for row in given(CASE, two).rows(paid_months)] == [MONTH, MONTH]


async def test_what_was_recorded_with_a_month_twice_is_still_read(bench: Bench) -> None:
    """Before months were a set, such lines were taken."""
    await bench.tell(CASE, PAID)
    await bench.connection.execute("ALTER TABLE ledger.entry DISABLE TRIGGER USER")
    await bench.connection.execute(
        "UPDATE ledger.entry SET open = convert_to(replace(convert_from(open, 'UTF8'),"
        " '[\"2024-03\"]', '[\"2024-03\",\"2024-03\"]'), 'UTF8') WHERE position = 2"
    )
    fresh = await Bench.join(bench.connection)
    taken = await fresh.intake.take(
        bench.connection, [Record(event("payouts", "p-2", PAID), "test:1")]
    )

    assert taken.tally.accepted == 1
    (row,) = await bench.connection.fetch("SELECT breaches FROM ledger.entry WHERE position = 3")
    assert row[0] == ["month-already-paid"]


def test_corrections_are_told_by_their_names() -> None:
    """A return that was put right names the payment as put right."""
    other = a_payment("DB-1", MONTH, "2024-04")
    wrong = back(MONTH, of="payouts/e-2", on="2024-04-10")
    book = given(CASE, PAID, other, wrong)
    assert book.breaches[-1] == ["payment-months-differ"]
    assert book.when(Correction(BACK, "changed", wrong)) == []


def found_too_much(fen: int) -> OverpaymentFound:
    return OverpaymentFound(
        case_number="DB-1",
        programme="dibao",
        months=("2024-03",),
        amount_fen=fen,
        found_on=date(2024, 5, 10),
        reason="示例",
    )


def waived(fen: int) -> OverpaymentWrittenOff:
    return OverpaymentWrittenOff(
        case_number="DB-1",
        programme="dibao",
        amount_fen=fen,
        approved_on=date(2024, 6, 1),
        approved_by="EX-9",
        reason="示例",
    )


def test_a_recovery_that_names_no_payment_is_of_money_that_was_paid() -> None:
    assert given(CASE).when(came_back(1)) == ["more-than-paid"]
    assert given(CASE, PAID).when(came_back(MONTH)) == []
    assert given(CASE, PAID).when(came_back(MONTH + 1)) == ["more-than-paid"]


def test_recoveries_that_name_no_payment_come_to_no_more_than_was_paid() -> None:
    """300.00 of 500.00 were recovered: 200.00 are left, not 200.01."""
    book = given(CASE, PAID, came_back(30_000))
    assert book.when(came_back(20_000)) == []
    assert book.when(came_back(20_001)) == ["more-than-paid"]


def test_what_the_bank_sent_back_was_not_paid() -> None:
    assert given(CASE, PAID, BACK).when(came_back(1)) == ["more-than-paid"]


def test_what_was_paid_before_the_ledger_comes_back_as_far_as_it_was_found() -> None:
    book = given(CASE, found_too_much(30_000))
    assert book.when(came_back(30_000)) == []
    assert book.when(came_back(30_001)) == ["more-than-paid"]


def test_no_more_is_waived_than_was_found_and_did_not_come_back() -> None:
    """100.00 were found, 40.00 came back: 60.00 are left, not 60.01."""
    book = given(CASE, PAID, found_too_much(10_000), came_back(4_000))
    assert book.when(waived(6_000)) == []
    assert book.when(waived(6_001)) == ["more-than-found"]
    assert given(CASE, PAID).when(waived(1)) == ["more-than-found"]


def test_what_was_recovered_without_a_name_cannot_be_sent_back_too() -> None:
    """500.00 were paid and 200.00 recovered: the bank may send back 300.00, not 300.01."""
    book = given(CASE, PAID, came_back(20_000))
    assert book.when(back(30_000)) == []
    assert book.when(back(30_001)) == ["more-than-paid"]
