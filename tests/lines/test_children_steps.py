"""The procedure of a child's case, which has no notice."""

from __future__ import annotations

from datetime import date

from projections.cases.steps import steps
from tests.support.procedure import (
    child_applied,
    child_confirmed,
    child_refused,
    child_reviewed,
    parents_verified,
    studies_on,
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
