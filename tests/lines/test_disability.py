"""The two subsidies for disabled persons: one case per person per subsidy."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.assistance.payouts import PaymentSettled
from domain.bureau.programmes import Level
from domain.disability import (
    SubsidyAdjusted,
    SubsidyApplied,
    SubsidyApproved,
    SubsidyResumed,
    SubsidyStopped,
)
from projections.cases.entitlement import cases
from tests.support.bureau import with_programme, with_rule
from tests.support.ledger import Bench
from tests.support.money import (
    PUBLISHED,
    TOWN,
    VILLAGE,
    a_holder,
    a_payment,
    a_subsidy,
    arrears,
)
from tests.support.procedure import card_verified, first_reviewed
from tests.support.rulebook import given


async def exact(bench: Bench, figure: str, **when: Any) -> object:
    return (await bench.figure(figure, **when)).exact


async def test_a_person_may_hold_both_subsidies_and_counts_in_each(bench: Bench) -> None:
    """Three holders of nursing, one of living; distinct persons over both would be 3, not 4."""
    both = a_holder()
    await bench.tell(
        a_subsidy("ZD-1", holder=both),
        a_subsidy("ZD-2"),
        a_subsidy("ZD-3"),
        a_subsidy("KN-1", "living-subsidy", holder=both),
    )

    assert (await exact(bench, "F23"), await exact(bench, "F25")) == (3, 1)
    assert len({row["person_ref"] for row in await bench.rows("case_entitlement")}) == 3


async def test_a_second_case_of_the_same_subsidy_is_no_second_holder(bench: Bench) -> None:
    holder = a_holder()
    await bench.tell(a_subsidy("ZD-1", holder=holder), a_subsidy("ZD-2", holder=holder))

    assert await exact(bench, "F23") == 1


APPLIED = SubsidyApplied(
    case_number="ZD-5",
    programme="nursing-subsidy",
    township=TOWN,
    village=VILLAGE,
    received_on=date(2024, 3, 20),
    holder=a_holder(),
    channel="cross-province",
)


STEPS = (first_reviewed("ZD-5", "2024-03-25"), card_verified("ZD-5", "2024-04-01"))


def approved(first: str = "2024-03") -> SubsidyApproved:
    return SubsidyApproved(
        case_number="ZD-5",
        programme="nursing-subsidy",
        township=TOWN,
        village=VILLAGE,
        first_month=first,
        holder=APPLIED.holder,
        decision_number="湘民〔2024〕5号",
        decided_on=date(2024, 5, 6),
        applied_on=date(2024, 3, 20),
    )


def nursing(month: str) -> PaymentSettled:
    return a_payment("ZD-5", 28_100, month, programme="nursing-subsidy")


LATE = arrears(
    "ZD-5",
    56_200,
    "2024-03",
    "2024-04",
    on="2024-05-08",
    programme="nursing-subsidy",
    reason="late-approval",
)


async def test_arrears_since_the_application_count_with_the_payments(bench: Bench) -> None:
    """Two months of arrears and May: 3 × 281.00."""
    await bench.tell(APPLIED, approved(), LATE, nursing("2024-05"))

    assert await exact(bench, "F24") == 84_300


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("2024-02", ["first-month-differs-from-application"]),
        ("2024-03", []),
        ("2024-06", ["first-month-differs-from-application"]),
    ],
)
def test_entitlement_begins_with_the_month_of_application(first: str, expected: list[str]) -> None:
    """R-DS-02: applied on 20 March, approved in May, entitled and paid from March."""
    assert given(APPLIED, *STEPS).when(approved(first)) == expected


def test_an_approved_subsidy_is_a_case_of_one_person_at_the_standard_in_force() -> None:
    (row,) = given(APPLIED, approved()).rows(cases)

    assert (row.programme, row.first_month, row.last_month) == ("nursing-subsidy", "2024-03", None)
    assert (row.persons, row.members, row.monthly_amount_fen) == (1, 1, None)


def test_an_approval_waits_for_its_application() -> None:
    assert given().waits_for(approved()) == {"case/ZD-5"}


def test_a_month_paid_as_arrears_is_not_paid_again() -> None:
    book = given(APPLIED, *STEPS, approved(), LATE)

    assert book.breaches == [[], [], [], [], []]
    assert book.when(nursing("2024-04")) == ["month-already-paid"]
    assert book.when(nursing("2024-05")) == []


STOPPED = SubsidyStopped(
    case_number="ZD-1",
    last_month="2024-02",
    reason="review-missed",
    decided_on=date(2024, 2, 26),
)
RESUMED = SubsidyResumed(
    case_number="ZD-1", first_month="2024-05", decided_on=date(2024, 5, 9), reason="补办复核"
)


async def test_stopped_and_resumed(bench: Bench) -> None:
    await bench.tell(a_subsidy("ZD-1"), STOPPED, RESUMED)

    active = [(await bench.figure("F23", asof=date(2024, m, 28))).exact for m in range(1, 7)]
    assert active == [1, 1, 0, 0, 1, 1]


def test_a_stopped_subsidy_has_a_stretch_before_and_one_after() -> None:
    rows = given(a_subsidy("ZD-1"), STOPPED, RESUMED).rows(cases)

    assert [(row.first_month, row.last_month) for row in rows] == [
        ("2023-01", "2024-02"),
        ("2024-05", None),
    ]


@pytest.mark.parametrize(
    ("month", "expected"),
    [("2024-02", []), ("2024-03", ["month-not-entitled"]), ("2024-05", [])],
)
def test_nothing_is_due_between_the_stop_and_the_resumption(
    month: str, expected: list[str]
) -> None:
    payment = a_payment("ZD-1", 28_100, month, programme="nursing-subsidy")

    assert given(a_subsidy("ZD-1"), STOPPED, RESUMED).when(payment) == expected


async def test_a_death_told_in_2025_is_true_in_2024_only_since_then(bench: Bench) -> None:
    died = SubsidyStopped(
        case_number="KN-1",
        last_month="2024-11",
        reason="died",
        died_on=date(2024, 11, 30),
        decided_on=date(2025, 2, 5),
    )
    await bench.tell(a_subsidy("KN-1", "living-subsidy"), died)

    assert await exact(bench, "F25", known=PUBLISHED) == 1
    assert await exact(bench, "F25") == 0


@pytest.mark.parametrize(
    ("programme", "category", "grade", "expected"),
    [
        ("nursing-subsidy", 4, 1, []),
        ("nursing-subsidy", 4, 2, []),
        ("nursing-subsidy", 4, 3, ["card-grade-differs"]),
        ("nursing-subsidy", 5, 3, []),
        ("nursing-subsidy", 6, 4, []),
        ("living-subsidy", 4, 4, []),
    ],
)
def test_the_card_must_fit_the_subsidy(
    programme: str,
    category: int,
    grade: int,
    expected: list[str],
) -> None:
    """R-DS-06, R-DS-01: grades 1 and 2, in Guangdong 智力 and 精神 also 3 and 4."""
    holder = a_holder(category=category, grade=grade)

    taken_over = a_subsidy("D-1", programme, holder=holder)
    application = APPLIED.model_copy(update={"programme": programme, "holder": holder})
    approval = approved().model_copy(update={"programme": programme, "holder": holder})

    assert given().when(taken_over) == expected
    assert given(application, *STEPS).when(approval) == expected


def test_which_grades_are_entitled_is_the_bureaus_rule() -> None:
    """Elsewhere only grades 1 and 2, of any category."""
    mind_of_grade_3 = a_subsidy("D-1", holder=a_holder(category=5, grade=3))
    strict = with_rule("disability.nursing-grades", ("*/1", "*/2"))

    assert given().when(mind_of_grade_3) == []
    assert given(bureau=strict).when(mind_of_grade_3) == ["card-grade-differs"]


GRADED = with_programme(
    "nursing-subsidy",
    pays="graded",
    standard=None,
    levels=(
        Level("first", "一档", "nursing-subsidy", grades="disability.nursing-grades"),
        Level("second", "二档", "living-subsidy"),
    ),
    grades=None,
)


def adjusted(month: str, **what: Any) -> SubsidyAdjusted:
    on = date.fromisoformat(f"{month}-02")
    fields = {"level": None, "monthly_amount_fen": None, "township": None, "village": None} | what
    return SubsidyAdjusted(
        case_number="D-1", from_month=month, decided_on=on, reason="重新评估", **fields
    )


def test_a_graded_subsidy_follows_the_standard_of_its_level() -> None:
    """Only the first level asks for certain grades of the card."""
    first = a_subsidy("D-1").model_copy(update={"level": "first"})
    mild = first.model_copy(update={"holder": a_holder(grade=4)})
    book = given(first, adjusted("2024-06", level="second"), bureau=GRADED)

    assert book.breaches == [[], []]
    assert [(r.first_month, r.level) for r in book.rows(cases)] == [
        ("2023-01", "first"),
        ("2024-06", "second"),
    ]
    assert given(bureau=GRADED).when(a_subsidy("D-1")) == ["level-differs"]
    assert given(bureau=GRADED).when(mild) == ["card-grade-differs"]
    assert given(bureau=GRADED).when(mild.model_copy(update={"level": "second"})) == []
    assert given(a_subsidy("D-1")).when(adjusted("2024-06", level="aged-80")) == ["level-differs"]


def test_a_holder_who_moves_within_the_district_is_paid_there_from_that_month() -> None:
    """城乡 is that of the new place."""
    moved = adjusted("2024-05", township="445102007", village="445102007001")

    assert [
        (r.first_month, r.township, r.area) for r in given(a_subsidy("D-1"), moved).rows(cases)
    ] == [
        ("2023-01", TOWN, "rural"),
        ("2024-05", "445102007", "urban"),
    ]


def test_the_first_month_is_the_one_that_the_bureau_says() -> None:
    """Elsewhere from the month after the decision, which was in May."""
    later = with_programme("nursing-subsidy", begins="after-decision")

    assert given(APPLIED, *STEPS, bureau=later).when(approved("2024-05")) == [
        "first-month-too-early"
    ]
    assert given(APPLIED, *STEPS, bureau=later).when(approved("2024-06")) == []
