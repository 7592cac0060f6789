"""The procedure of a 低保 or 特困 case: what it must have before the decision.

Each step is a row with its day and who took it. The lawful one is posted from 7 March to 17 March.
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.payouts import PayeeChanged, PayrollApproved, PayrollPrepared
from domain.event import Event
from projections.cases.accounts import accounts
from projections.cases.steps import steps
from tests.support.bureau import with_rule
from tests.support.money import TOWN, a_destitute_person, a_person
from tests.support.procedure import (
    accepted,
    applied,
    assessed,
    checked,
    closed,
    completion,
    confirmed,
    deferred,
    discussed,
    end_posted,
    objected,
    opinion,
    posted,
    refused,
    reviewed,
    to_the_decision,
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
        deferred("TK-1", "2024-03-12"),
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
        ("deferred", "2024-03-12"),
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


LAWFUL = to_the_decision("DB-1")


def without(*kinds: str) -> list[Event]:
    """The lawful procedure, some steps left out."""
    return [fact for fact in LAWFUL if not any(kind in fact.TYPE for kind in kinds)]


def test_a_decision_after_the_whole_procedure_is_lawful() -> None:
    assert given(*LAWFUL).breaches == [[]] * len(LAWFUL)
    assert given(*LAWFUL).when(confirmed("DB-1", "2024-03-18", approver="JB-09")) == []


def test_a_household_may_not_be_taken_in_without_any_procedure() -> None:
    """R-DB-10: confirmed one day after it applied."""
    book = given(applied("DB-1", "2024-03-01"))

    assert book.when(confirmed("DB-1", "2024-03-02")) == [
        "not-accepted",
        "not-checked",
        "not-visited",
        "no-opinion",
        "notice-missing",
    ]


@pytest.mark.parametrize(
    ("left_out", "breach"),
    [
        ("accepted", "not-accepted"),
        ("economic-check", "not-checked"),
        ("home-visit", "not-visited"),
        ("opinion", "no-opinion"),
    ],
)
def test_each_step_is_asked_for(left_out: str, breach: str) -> None:
    assert given(*without(left_out)).when(confirmed("DB-1", "2024-03-18")) == [breach]


def test_a_destitute_person_is_assessed_first() -> None:
    """特困: 生活自理能力评估."""
    told = [
        applied("TK-1", "2024-03-01", "tekun"),
        accepted("TK-1", "2024-03-01"),
        checked("TK-1", "2024-03-04"),
        visited("TK-1", "2024-03-05"),
        opinion("TK-1", "2024-03-06"),
        posted("TK-1", "2024-03-07", "2024-03-17"),
    ]
    decision = confirmed("TK-1", "2024-03-18", "tekun")

    assert given(*told).when(decision) == ["not-assessed"]
    assert given(*told, assessed("TK-1", "2024-03-06")).when(decision) == []


def test_a_decision_needs_a_notice() -> None:
    told = without("notice")

    assert given(*told).when(confirmed("DB-1", "2024-03-18")) == ["notice-missing"]


@pytest.mark.parametrize(
    ("on", "expected"), [("2024-03-17", ["notice-not-over"]), ("2024-03-18", [])]
)
def test_a_decision_waits_for_the_end_of_the_notice(on: str, expected: list[str]) -> None:
    assert given(*LAWFUL).when(confirmed("DB-1", on)) == expected


@pytest.mark.parametrize(
    ("on", "expected"), [("2024-03-16", ["notice-closed-early"]), ("2024-03-17", [])]
)
def test_a_notice_stays_up_to_its_last_day(on: str, expected: list[str]) -> None:
    assert given(*without("closed")).when(closed("DB-1", on)) == expected


def test_an_objection_asks_for_a_new_investigation_and_a_new_notice() -> None:
    told = [*without("closed"), objected("DB-1", "2024-03-10")]
    decision = confirmed("DB-1", "2024-04-08")
    visit = visited("DB-1", "2024-03-12")
    notice = posted("DB-1", "2024-03-25", "2024-04-02")

    assert given(*told).when(decision) == ["objection-not-investigated"]
    assert given(*told, visit).when(decision) == ["objection-not-noticed"]
    assert given(*told, notice).when(decision) == ["objection-not-investigated"]
    assert given(*told, notice, visit).when(decision) == []
    assert given(
        *told, posted("DB-1", "2024-03-11", "2024-03-19"), visited("DB-1", "2024-03-20")
    ).when(decision) == ["objection-not-noticed"]


def test_who_approves_has_not_handled_the_case() -> None:
    """不相容岗位."""
    assert given(*LAWFUL).when(confirmed("DB-1", "2024-03-18", approver="JB-01")) == [
        "approver-handled"
    ]


@pytest.mark.parametrize(
    ("days", "more", "expected"),
    [
        (10, [], ["decided-late"]),
        (11, [], []),
        (10, [deferred("DB-1", "2024-03-08")], []),
        (5, [deferred("DB-1", "2024-03-08")], []),
    ],
)
def test_a_difficult_case_has_the_longer_time(
    days: int, more: list[Event], expected: list[str]
) -> None:
    """R-DB-04: decided on 18 March, the 11th working day after 1 March; 45 where it is longer."""
    bureau = with_rule("assistance.decide-working-days", days)

    assert given(*LAWFUL, *more, bureau=bureau).when(confirmed("DB-1", "2024-03-18")) == expected


def test_a_refusal_is_due_in_the_same_time() -> None:
    bureau = with_rule("assistance.decide-working-days", 10)

    assert given(*LAWFUL, bureau=bureau).when(refused("DB-1", "2024-03-15")) == []
    assert given(*LAWFUL, bureau=bureau).when(refused("DB-1", "2024-03-18")) == ["decided-late"]


def test_a_new_application_has_all_steps_before_it() -> None:
    told = [*LAWFUL, refused("DB-1", "2024-03-18"), applied("DB-1", "2024-06-03")]

    assert "not-visited" in given(*told).when(confirmed("DB-1", "2024-06-20"))


@pytest.mark.parametrize(("officer", "expected"), [("JB-01", ["approver-prepared"]), ("SP-1", [])])
def test_who_draws_up_the_payroll_does_not_approve_it(officer: str, expected: list[str]) -> None:
    batch = {
        "batch": "FF-1",
        "programme": "dibao",
        "month": "2024-03",
        "amount_fen": 50_000,
        "lines": 1,
        "done_on": date(2024, 3, 4),
    }
    approval = {**batch, "prepared_by": "JB-01", "approved_by": officer}

    book = given(PayrollPrepared.model_validate(batch))
    assert book.when(PayrollApproved.model_validate(approval)) == expected


def test_another_account_is_named_with_whose_it_is() -> None:
    person = a_person(841)
    change = PayeeChanged(
        case_number="TK-1",
        payee=a_person(842).model_copy(update={"account": "622202000000012345"}),
        relation="guardian",
        changed_on=date(2024, 5, 6),
        reason="监护人代领",
    )
    book = given(a_destitute_person("TK-1", person=person), change)

    assert [row.role for row in book.rows(accounts)] == ["supported", "guardian"]
    assert [row.account_ref is None for row in book.rows(accounts)] == [True, False]
