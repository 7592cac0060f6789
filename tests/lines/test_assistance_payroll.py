"""Lists of payments and money that was not due, as read models take them up; the limit of 低保."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import BenefitAdjusted
from projections.assistance import overpayments, payments, payroll_steps
from tests.support.money import a_household, a_payment, arrears
from tests.support.payroll import a_list, came_back, found_overpaid, ordered_back, waived
from tests.support.rulebook import changed, given, recovered, revoked

CASE = a_household("DB-1", fen=50_000)


def test_each_step_of_a_list_is_a_row() -> None:
    book = given(*a_list("DB-2024-03", "2024-03", 50_000))

    rows = book.rows(payroll_steps)
    assert [row.step for row in rows] == [
        "prepared",
        "approved",
        "requested",
        "released",
        "instructed",
    ]
    assert {row[2:] for row in rows} == {("dibao", "2024-03", 50_000, 1, date(2024, 3, 2))}


def test_money_that_was_not_due_is_followed() -> None:
    told = (
        found_overpaid("DB-1", 5_000, "2024-05-10", "2024-04"),
        ordered_back("DB-1", 4_000, "2024-05-20", "2024-06-20"),
        waived("DB-1", 1_000, "2024-05-21"),
    )
    book = given(CASE, *told)
    assert [(row.kind, row.amount_fen, row.due_on) for row in book.rows(overpayments)] == [
        ("found", 5_000, None),
        ("ordered", 4_000, date(2024, 6, 20)),
        ("waived", 1_000, None),
    ]
    assert given(CASE, *told, revoked(told[0])).rows(overpayments)[0].kind == "ordered"


def test_a_row_of_money_says_which_fact_it_is_of_and_what_it_names() -> None:
    """Its fact is where it was told first, whatever corrects it."""
    paid = a_payment("DB-1", 50_000, "2024-03")
    back = came_back("DB-1", 700, "2024-06-03")
    right = changed(paid, by=a_payment("DB-1", 51_000, "2024-03"))
    more = changed(back, by=came_back("DB-1", 800, "2024-06-03"))
    book = given(CASE, paid, recovered(paid, by=back), right, more)

    rows = [(row.kind, row.fact, row.names, row.amount_fen) for row in book.rows(payments)]
    assert rows == [("settled", 2, None, 51_000), ("recovered", 3, "payouts/e-1", 800)]


def test_a_difference_does_not_pay_its_months() -> None:
    more = arrears("DB-1", 900, "2024-03", on="2024-06-03")
    late = arrears("DB-1", 50_000, "2024-04", on="2024-06-03", reason="late-approval")
    rows = given(CASE, a_payment("DB-1", 50_000, "2024-03"), more, late).rows(payments)
    assert [row.whole for row in rows] == [True, False, True]


# 低保 is no more than the standard for each person covered, and the supplement.


def test_a_decision_gives_no_more_than_the_standard_for_each_person() -> None:
    """700.00 a person: 1,400.00 for two without an income, not 1,400.01."""
    most = a_household("DB-1", covered=2, income=0, fen=140_000)
    assert given().when(most) == []
    more = a_household("DB-1", covered=2, income=0, fen=140_001)
    assert given().when(more) == ["granted-amount-differs", "above-standard"]


def test_a_payment_is_no_more_than_the_standard_for_each_person() -> None:
    """500.00 are due of 700.00: 700.00 is another amount, 700.01 above the standard, too."""
    book = given(CASE)
    assert book.when(a_payment("DB-1", 70_000, "2024-03")) == ["amount-differs"]
    assert book.when(a_payment("DB-1", 70_001, "2024-03")) == ["amount-differs", "above-standard"]


def test_an_adjustment_sets_another_limit() -> None:
    more = BenefitAdjusted(
        case_number="DB-1",
        from_month="2024-03",
        monthly_amount_fen=60_000,
        per_capita_income_fen=20_000,
        standard_fen=80_000,
        covered_persons=1,
        decided_on=date(2024, 2, 10),
        reason="提标",
    )
    book = given(CASE, more)
    assert book.when(a_payment("DB-1", 80_000, "2024-03")) == ["amount-differs"]
    assert "above-standard" in book.when(a_payment("DB-1", 80_000, "2024-02"))
