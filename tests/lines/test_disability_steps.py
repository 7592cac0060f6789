"""The procedure of a subsidy for a disabled person."""

from __future__ import annotations

from projections.cases.steps import steps
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
