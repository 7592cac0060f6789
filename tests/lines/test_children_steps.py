"""The procedure of a child's case, which has no notice."""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.payouts import PaymentSettled
from domain.event import Event
from projections.cases.steps import steps
from tests.support.money import a_child, a_payment
from tests.support.procedure import (
    a_young_child,
    child_applied,
    child_confirmed,
    child_refused,
    child_reviewed,
    parents_verified,
    posted,
    studies_on,
    subsidy_posted,
)
from tests.support.rulebook import given


def test_each_step_of_a_childs_case_is_a_row() -> None:
    book = given(
        child_applied("GE-1", "2024-03-01"),
        parents_verified("GE-1", "2024-03-04"),
        child_confirmed("GE-1", "2024-03-15"),
        child_reviewed("GE-1", "2024-09-02"),
        studies_on("GE-1", "2024-09-03", "2028-06"),
    )
    rows = book.rows(steps)

    assert [row.step for row in rows] == ["applied", "checked", "granted", "reviewed", "extended"]
    assert rows[-1].until == date(2028, 6, 30)


def test_a_refusal_is_a_step() -> None:
    book = given(child_applied("GE-1", "2024-03-01"), child_refused("GE-1", "2024-03-15"))

    assert [row.step for row in book.rows(steps)] == ["applied", "refused"]


def paid(month: str) -> PaymentSettled:
    return a_payment("GE-1", 148_400, month, programme="orphan")


def test_a_decision_follows_the_look_at_the_parents() -> None:
    applied = child_applied("GE-1", "2024-03-01")
    decision = child_confirmed("GE-1", "2024-03-15")

    assert given(applied).when(decision) == ["not-checked"]
    assert given(applied, parents_verified("GE-1", "2024-03-04")).when(decision) == []


def test_who_approves_has_not_handled_the_case() -> None:
    told = child_applied("GE-1", "2024-03-01"), parents_verified("GE-1", "2024-03-04")

    assert given(*told).when(child_confirmed("GE-1", "2024-03-15", approver="JB-02")) == [
        "approver-handled"
    ]


@pytest.mark.parametrize(("born", "expected"), [("20060315", ["child-of-age"]), ("20060316", [])])
def test_support_of_an_adult_does_not_begin(born: str, expected: list[str]) -> None:
    """Confirmed on 15 March 2024, the birthday."""
    child = a_young_child(born)
    told = child_applied("GE-1", "2024-03-01", child), parents_verified("GE-1", "2024-03-04")

    assert given(*told).when(child_confirmed("GE-1", "2024-03-15", child)) == expected


@pytest.mark.parametrize(
    ("month", "until", "expected"),
    [
        ("2024-05", None, []),
        ("2024-06", None, ["paid-though-of-age"]),
        ("2024-08", "2024-08", []),
        ("2024-09", "2024-08", ["paid-though-of-age"]),
    ],
)
def test_an_adult_is_paid_while_studying_only(
    month: str, until: str | None, expected: list[str]
) -> None:
    """R-CH-03, R-CH-04: 18 on 31 May 2024."""
    child = a_young_child("20060531")
    told: list[Event] = [
        child_applied("GE-1", "2024-01-02", child),
        parents_verified("GE-1", "2024-01-08"),
        child_confirmed("GE-1", "2024-01-15", child),
    ]
    if until is not None:
        told.append(studies_on("GE-1", "2024-05-20", until))

    assert given(*told).when(paid(month)) == expected


def test_nothing_is_posted_of_a_child() -> None:
    """Before the decision and after it, whichever notice."""
    told = child_applied("GE-1", "2024-03-01")

    assert given(told).when(posted("GE-1", "2024-03-07", "2024-03-17")) == ["child-noticed"]
    assert given(a_child("GE-1")).when(posted("GE-1", "2024-03-07", "2024-03-17")) == [
        "child-noticed"
    ]
    assert given(told).when(subsidy_posted("GE-1", "2024-03-07", "2024-03-17")) == ["child-noticed"]
