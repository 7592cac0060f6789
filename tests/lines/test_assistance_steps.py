"""The procedure of a 低保 or 特困 case: each step is a row with its day and who took it."""

from __future__ import annotations

from datetime import date

from projections.cases.steps import steps
from tests.support.money import TOWN
from tests.support.procedure import (
    accepted,
    applied,
    assessed,
    checked,
    closed,
    completion,
    confirmed,
    discussed,
    end_posted,
    objected,
    opinion,
    posted,
    refused,
    reviewed,
    visited,
)
from tests.support.rulebook import given


def test_each_step_of_a_case_is_a_row() -> None:
    book = given(
        applied("TK-1", "2024-03-01", "tekun"),
        completion("TK-1", "2024-03-02"),
        accepted("TK-1", "2024-03-04"),
        checked("TK-1", "2024-03-05"),
        visited("TK-1", "2024-03-06"),
        discussed("TK-1", "2024-03-07"),
        assessed("TK-1", "2024-03-08"),
        opinion("TK-1", "2024-03-11"),
        posted("TK-1", "2024-03-12", "2024-03-21"),
        objected("TK-1", "2024-03-13"),
        closed("TK-1", "2024-03-22"),
        confirmed("TK-1", "2024-03-25", "tekun", approver="JB-09"),
        reviewed("TK-1", "2024-09-02"),
        end_posted("TK-1", "2024-10-08", "2024-10-17"),
    )

    assert [(row.step, row.on_date.isoformat()) for row in book.rows(steps)] == [
        ("applied", "2024-03-01"),
        ("completion", "2024-03-02"),
        ("accepted", "2024-03-04"),
        ("checked", "2024-03-05"),
        ("visited", "2024-03-06"),
        ("discussed", "2024-03-07"),
        ("assessed", "2024-03-08"),
        ("opinion", "2024-03-11"),
        ("notice", "2024-03-12"),
        ("objection", "2024-03-13"),
        ("notice-closed", "2024-03-22"),
        ("granted", "2024-03-25"),
        ("reviewed", "2024-09-02"),
        ("end-notice", "2024-10-08"),
    ]


def test_a_notice_says_how_long_and_a_decision_what_and_by_whom() -> None:
    book = given(
        applied("DB-1", "2024-03-01"),
        posted("DB-1", "2024-03-12", "2024-03-21"),
        confirmed("DB-1", "2024-03-25", approver="JB-09"),
    )
    _, notice, granted = book.rows(steps)

    assert (notice.until, notice.officers) == (date(2024, 3, 21), ["JB-01", "JB-02"])
    assert (granted.programme, granted.township, granted.approver) == ("dibao", TOWN, "JB-09")


def test_a_refusal_is_a_step() -> None:
    book = given(applied("DB-1", "2024-03-01"), refused("DB-1", "2024-03-20"))

    assert [row.step for row in book.rows(steps)] == ["applied", "refused"]
