"""The procedure of a subsidy for a disabled person."""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.payouts import PaymentSettled
from domain.disability import CardCancelled, CardChanged, SubsidyCaseTakenOver, SubsidyHolder
from projections.cases.steps import steps
from tests.support.money import a_holder, a_payment, a_subsidy
from tests.support.procedure import (
    card_verified,
    first_reviewed,
    subsidy_applied,
    subsidy_approved,
    subsidy_closed,
    subsidy_posted,
    subsidy_refused,
    subsidy_reviewed,
)
from tests.support.rulebook import given


def test_each_step_of_a_subsidy_is_a_row() -> None:
    book = given(
        subsidy_applied("CJ-1", "2024-03-01"),
        first_reviewed("CJ-1", "2024-03-05"),
        card_verified("CJ-1", "2024-03-11"),
        subsidy_posted("CJ-1", "2024-03-12", "2024-03-19"),
        subsidy_closed("CJ-1", "2024-03-20"),
        subsidy_approved("CJ-1", "2024-03-21", "2024-03-01"),
        subsidy_reviewed("CJ-1", "2024-12-02"),
    )

    assert [row.step for row in book.rows(steps)] == [
        "applied",
        "opinion",
        "checked",
        "notice",
        "notice-closed",
        "granted",
        "reviewed",
    ]


def test_a_refusal_is_a_step() -> None:
    book = given(subsidy_applied("CJ-1", "2024-03-01"), subsidy_refused("CJ-1", "2024-03-15"))

    assert [row.step for row in book.rows(steps)] == ["applied", "refused"]


def test_a_decision_follows_review_and_card_check() -> None:
    applied, decision = (
        subsidy_applied("CJ-1", "2024-03-01"),
        subsidy_approved("CJ-1", "2024-03-21", "2024-03-01"),
    )

    assert given(applied).when(decision) == ["no-opinion", "not-checked"]
    assert given(applied, first_reviewed("CJ-1", "2024-03-05")).when(decision) == ["not-checked"]
    assert given(applied, card_verified("CJ-1", "2024-03-05")).when(decision) == ["no-opinion"]


def test_who_approves_has_not_handled_the_case() -> None:
    told = (
        subsidy_applied("CJ-1", "2024-03-01"),
        first_reviewed("CJ-1", "2024-03-05"),
        card_verified("CJ-1", "2024-03-11"),
    )
    decision = subsidy_approved("CJ-1", "2024-03-21", "2024-03-01", approver="JB-01")

    assert given(*told).when(decision) == ["approver-handled"]


def paid(month: str) -> PaymentSettled:
    return a_payment("CJ-1", 28_100, month, programme="nursing-subsidy")


def valid_until(day: date) -> SubsidyCaseTakenOver:
    return a_subsidy("CJ-1").model_copy(update={"card_valid_until": day})


def new_card(grade: int, until: date | None = None) -> CardChanged:
    holder: SubsidyHolder = a_holder(category=4, grade=grade)
    return CardChanged(
        case_number="CJ-1", holder=holder, card_valid_until=until, changed_on=date(2024, 3, 12)
    )


@pytest.mark.parametrize(("month", "expected"), [("2024-03", []), ("2024-04", ["card-not-valid"])])
def test_after_the_month_in_which_the_card_ran_out_nothing_is_paid(
    month: str, expected: list[str]
) -> None:
    """R-DS-03; also where it was cancelled in that month."""
    cancelled = CardCancelled(case_number="CJ-1", cancelled_on=date(2024, 3, 1), reason="注销")

    assert given(valid_until(date(2024, 3, 31))).when(paid(month)) == expected
    assert given(valid_until(date(2024, 3, 1))).when(paid(month)) == expected
    assert given(a_subsidy("CJ-1"), cancelled).when(paid(month)) == expected


def test_a_new_card_goes_on_where_the_old_one_ran_out() -> None:
    old = valid_until(date(2024, 3, 31))

    assert given(old, new_card(1)).when(paid("2024-04")) == []
    assert given(old, new_card(1, date(2024, 4, 30))).when(paid("2024-05")) == ["card-not-valid"]


@pytest.mark.parametrize(
    ("grade", "month", "expected"),
    [
        (2, "2024-04", []),
        (3, "2024-03", []),
        (3, "2024-04", ["card-grade-differs"]),
    ],
)
def test_a_new_card_that_does_not_fit_ends_the_subsidy(
    grade: int, month: str, expected: list[str]
) -> None:
    """R-DS-06: from the month after the change."""
    assert given(a_subsidy("CJ-1"), new_card(grade)).when(paid(month)) == expected
