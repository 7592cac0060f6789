"""What was paid to a case for a month, against what was decided: 500.00 元 a month of 低保."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import BenefitTerminated
from rules.a01_paid_is_not_due import RULE
from tests.support.findings import seen
from tests.support.ledger import Bench
from tests.support.money import a_household, a_payment, a_return, arrears
from tests.support.payroll import came_back, lists
from tests.support.rulebook import changed, revoked

MONTH = 50_000
CASE = a_household("DB-1", first="2024-01", fen=MONTH)
JANUARY = a_payment("DB-1", MONTH, "2024-01")
MARCH = a_payment("DB-1", MONTH, "2024-03")


async def found(bench: Bench) -> list[tuple[str, date, date | None]]:
    return [(each.key, each.since, each.until) for each in await seen(bench, RULE)]


async def test_what_was_paid_as_decided_is_in_order(bench: Bench) -> None:
    await bench.tell(CASE, JANUARY, *lists("2024-01", "2024-02", "2024-03"))

    assert await found(bench) == []


async def test_a_month_is_unpaid_from_the_end_of_the_next_one_on(bench: Bench) -> None:
    """Known once the list of March is approved, on 2 March."""
    await bench.tell(CASE, *lists("2024-01", "2024-02"))
    assert await found(bench) == []

    await bench.tell(*lists("2024-03"))
    assert await found(bench) == [("2024-01 unpaid", date(2024, 3, 2), None)]

    await bench.tell(a_payment("DB-1", MONTH, "2024-01", on="2024-03-20"))
    assert await found(bench) == [("2024-01 unpaid", date(2024, 3, 2), date(2024, 3, 20))]


async def test_what_was_decided_late_is_due_later(bench: Bench) -> None:
    """Decided in March: by the end of April."""
    late = CASE.model_copy(
        update={"decided_on": date(2024, 3, 10), "taken_over_on": date(2024, 1, 1)}
    )
    await bench.tell(late, *lists("2024-01", "2024-02", "2024-03"))

    assert await found(bench) == [("2024-01 unpaid", date(2024, 5, 1), None)]


async def test_a_month_that_was_sent_back_is_unpaid(bench: Bench) -> None:
    back = a_return("DB-1", "payouts/e-1", MONTH, "2024-01", on="2024-01-15")
    await bench.tell(CASE, JANUARY, back, *lists("2024-01", "2024-02", "2024-03"))

    assert await found(bench) == [("2024-01 unpaid", date(2024, 3, 2), None)]


async def test_one_fen_more_or_less_is_another_amount(bench: Bench) -> None:
    more, less = a_payment("DB-1", MONTH + 1, "2024-01"), a_payment("DB-1", MONTH - 1, "2024-02")
    await bench.tell(CASE, more, less, MARCH)

    assert await found(bench) == [
        ("2024-01 more", date(2024, 1, 8), None),
        ("2024-02 less", date(2024, 4, 1), None),
    ]


async def test_arrears_make_up_what_was_missing(bench: Bench) -> None:
    less = a_payment("DB-1", MONTH - 1, "2024-02")
    await bench.tell(CASE, less, arrears("DB-1", 1, "2024-02", on="2024-03-08"))

    assert await found(bench) == []


async def test_what_was_recovered_is_not_too_much(bench: Bench) -> None:
    more = a_payment("DB-1", MONTH + 100, "2024-01")
    await bench.tell(CASE, more, came_back("DB-1", 100, "2024-06-03"))

    assert await found(bench) == [("2024-01 more", date(2024, 1, 8), date(2024, 6, 3))]


async def test_money_after_the_end_was_not_due(bench: Bench) -> None:
    """From the payment on, or from the decision where that came later."""
    end = BenefitTerminated(
        case_number="DB-1", last_month="2024-02", reason="withdrawn", decided_on=date(2024, 2, 20)
    )
    await bench.tell(CASE, end, MARCH)
    assert await found(bench) == [("2024-03 not-due", date(2024, 3, 8), None)]

    late = end.model_copy(update={"decided_on": date(2024, 5, 6)})
    await bench.tell(changed(end, by=late))
    assert await found(bench) == [("2024-03 not-due", date(2024, 5, 6), None)]


async def test_a_payment_that_never_was_is_no_finding(bench: Bench) -> None:
    wrong = a_payment("DB-1", MONTH + 1, "2024-01")
    await bench.tell(CASE, wrong, revoked(wrong))

    assert await found(bench) == []


async def test_a_month_paid_twice_and_money_after_a_death_are_found_by_other_rules(
    bench: Bench,
) -> None:
    died = BenefitTerminated(
        case_number="DB-1",
        last_month="2024-02",
        reason="died",
        died_on=date(2024, 2, 9),
        decided_on=date(2024, 2, 20),
    )
    twice = a_payment("DB-1", MONTH, "2024-01", on="2024-02-01")
    await bench.tell(CASE, JANUARY, twice, died, MARCH)

    assert await found(bench) == []


async def test_arrears_that_pay_a_month_again_are_more_than_is_due(bench: Bench) -> None:
    """Differences of a raise, too, come to no more than the month."""
    more = arrears("DB-1", MONTH, "2024-03", on="2024-04-10")
    await bench.tell(CASE, MARCH)
    await bench.tell(more)

    assert await found(bench) == [("2024-03 more", date(2024, 4, 10), None)]
