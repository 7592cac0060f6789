"""低保 in 户 and 人, 特困 in 人: who is entitled when, and what a decision must fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.assistance.benefits import (
    ApplicationReceived,
    BenefitAdjusted,
    BenefitConfirmed,
    BenefitResumed,
    BenefitSuspended,
    BenefitTerminated,
    CaseTakenOver,
    Member,
    MemberAdded,
    MemberRemoved,
    NoticePosted,
    SupportChanged,
)
from domain.bureau.bureau import Bureau
from domain.bureau.places import Place
from projections.cases.entitlement import cases
from tests.support.bureau import SAMPLE, with_programme, with_rule
from tests.support.ledger import Bench
from tests.support.money import (
    PUBLISHED,
    TOWN,
    VILLAGE,
    a_child,
    a_destitute_person,
    a_household,
    a_payment,
    a_person,
    a_standard,
    a_subsidy,
)
from tests.support.procedure import accepted, checked, closed, opinion, posted, visited
from tests.support.rulebook import Book, changed, given, revoked


async def stocks(bench: Bench, *ids: str, **when: Any) -> list[object]:
    return [(await bench.figure(i, **when)).exact for i in ids]


def a_termination(number: str, last: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number,
        last_month=last,
        reason="income-above-standard",
        decided_on=date.fromisoformat(f"{last}-20"),
    )


async def test_households_and_covered_members_are_two_counts(bench: Bench) -> None:
    """户 2, 人 4; counting every member would give 6, as one member each has no 保障 status."""
    await bench.tell(
        a_household("DB-1", covered=3, uncovered=1), a_household("DB-2", covered=1, uncovered=1)
    )

    assert await stocks(bench, "F14", "F15") == [2, 4]
    assert sum(row["members"] for row in await bench.rows("case_entitlement")) == 6


async def test_a_person_covered_in_two_households_counts_once(bench: Bench) -> None:
    """户 2, 人 3: two and two, one of them in both; also by month, and once the other has ended."""
    both = a_person(881)
    one, other = a_household("DB-1", covered=2), a_household("DB-2", covered=2, last="2024-06")
    double = (Member(person=both, covered=True), one.members[0])
    again = (Member(person=both, covered=True, head=True), other.members[0])
    await bench.tell(
        one.model_copy(update={"members": double}),
        other.model_copy(update={"members": again}),
    )

    assert await stocks(bench, "F14", "F15", asof=date(2024, 6, 30)) == [2, 3]
    assert await stocks(bench, "F14", "F15", asof=date(2024, 7, 31)) == [1, 2]


async def test_a_household_counts_from_its_first_to_its_last_month(bench: Bench) -> None:
    await bench.tell(a_household("DB-1", first="2024-03"), a_termination("DB-1", "2024-09"))

    active = [
        (await bench.figure("F14", asof=date(2024, month, 15))).exact for month in range(1, 13)
    ]
    assert active == [0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]


APPLIED = ApplicationReceived(
    case_number="DB-9",
    programme="dibao",
    township=TOWN,
    village=VILLAGE,
    received_on=date(2024, 4, 2),
    applicant=a_person(),
)
CONFIRMED = BenefitConfirmed(
    case_number="DB-9",
    programme="dibao",
    area="urban",
    township=TOWN,
    village=VILLAGE,
    first_month="2024-06",
    monthly_amount_fen=2 * (87_400 - 30_000) + 8_700,
    per_capita_income_fen=30_000,
    supplement_fen=8_700,
    standard_fen=87_400,
    members=(
        Member(person=a_person(), covered=True, head=True),
        Member(person=a_person(), covered=True),
    ),
    decision_number="湘民〔2024〕9号",
    decided_on=date(2024, 5, 20),
)


STEPS = (
    accepted("DB-9", "2024-04-08"),
    checked("DB-9", "2024-04-10"),
    visited("DB-9", "2024-04-12"),
    opinion("DB-9", "2024-04-15"),
    posted("DB-9", "2024-04-16", "2024-04-24"),
    closed("DB-9", "2024-04-25"),
)


async def test_a_confirmed_household_counts_from_the_month_after_the_decision(
    bench: Bench,
) -> None:
    """R-DB-06."""
    await bench.tell(APPLIED, CONFIRMED)

    assert await stocks(bench, "F14", "F15", asof=date(2024, 5, 31)) == [0, 0]
    assert await stocks(bench, "F14", "F15", asof=date(2024, 6, 1)) == [1, 2]


def test_a_confirmed_household_follows_its_application() -> None:
    assert given().waits_for(CONFIRMED) == {"case/DB-9"}
    assert given(APPLIED, *STEPS).when(CONFIRMED) == []


def test_a_confirmed_household_has_its_decision_from_its_first_month() -> None:
    (row,) = given(APPLIED, CONFIRMED).rows(cases)

    assert (row.area, row.first_month, row.last_month) == ("urban", "2024-06", None)
    assert (row.monthly_amount_fen, row.standard_fen) == (123_500, 87_400)
    assert (row.persons, row.members, row.decided_on) == (2, 2, date(2024, 5, 20))


ADJUSTED = BenefitAdjusted(
    case_number="DB-1",
    from_month="2024-05",
    monthly_amount_fen=50_000,
    per_capita_income_fen=20_000,
    covered_persons=1,
    decided_on=date(2024, 4, 20),
    reason="成员减少",
)


def test_an_adjustment_leaves_what_lies_before_its_month_as_it_was() -> None:
    rows = given(a_household("DB-1", covered=2), ADJUSTED).rows(cases)

    assert [(row.first_month, row.last_month, row.monthly_amount_fen) for row in rows] == [
        ("2023-01", "2024-04", 100_000),
        ("2024-05", None, 50_000),
    ]
    assert [(row.persons, row.area) for row in rows] == [(2, "rural"), (1, "rural")]


async def test_an_adjustment_changes_persons_from_its_month(bench: Bench) -> None:
    await bench.tell(a_household("DB-1", covered=2), ADJUSTED)

    assert await stocks(bench, "F14", "F15", asof=date(2024, 4, 30)) == [1, 2]
    assert await stocks(bench, "F14", "F15", asof=date(2024, 5, 31)) == [1, 1]


def stretches(book: Book) -> list[tuple[str, str | None, int]]:
    """First and last month of each stretch of the cases, and how many live in the household."""
    return [(row.first_month, row.last_month, row.members) for row in book.rows(cases)]


def test_a_new_member_without_status_is_no_covered_person() -> None:
    joined = MemberAdded(
        case_number="DB-1",
        member=Member(person=a_person(), covered=False),
        changed_on=date(2024, 7, 3),
        reason="迁入",
    )
    book = given(a_household("DB-1"), joined)

    assert stretches(book) == [("2023-01", "2024-06", 1), ("2024-07", None, 2)]
    assert [row.persons for row in book.rows(cases)] == [1, 1]


def test_a_member_who_left_is_gone_from_that_month() -> None:
    """Who remains covered is decided by an adjustment of its own."""
    left = MemberRemoved(
        case_number="DB-1", person=a_person(), changed_on=date(2024, 7, 3), reason="迁出"
    )
    book = given(a_household("DB-1", covered=2), left)

    assert stretches(book) == [("2023-01", "2024-06", 2), ("2024-07", None, 1)]
    assert [row.persons for row in book.rows(cases)] == [2, 2]


SUSPENDED = BenefitSuspended(
    case_number="DB-1", from_month="2024-03", decided_on=date(2024, 2, 20), reason="下落不明"
)
RESUMED = BenefitResumed(
    case_number="DB-1", first_month="2024-06", decided_on=date(2024, 5, 20), reason="已核实"
)


async def test_a_suspended_case_is_not_active_until_resumed(bench: Bench) -> None:
    await bench.tell(a_household("DB-1"), SUSPENDED, RESUMED)

    active = [(await bench.figure("F14", asof=date(2024, m, 28))).exact for m in range(1, 8)]
    assert active == [1, 1, 0, 0, 0, 1, 1]


def test_a_resumed_case_goes_on_as_it_stood() -> None:
    assert stretches(given(a_household("DB-1"), SUSPENDED)) == [("2023-01", "2024-02", 1)]
    assert stretches(given(a_household("DB-1"), SUSPENDED, RESUMED)) == [
        ("2023-01", "2024-02", 1),
        ("2024-06", None, 1),
    ]


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2024-02", []),
        ("2024-03", ["month-not-entitled"]),
        ("2024-05", ["month-not-entitled"]),
        ("2024-06", []),
    ],
)
def test_nothing_is_due_while_a_case_is_suspended(month: str, expected: list[str]) -> None:
    book = given(a_household("DB-1", fen=50_000), SUSPENDED, RESUMED)

    assert book.when(a_payment("DB-1", 50_000, month)) == expected


async def test_a_correction_known_only_in_2025_moves_the_figure_now_and_not_as_published(
    bench: Bench,
) -> None:
    """更正: the second member never had 保障 status. 人 2 as published, 1 as known now."""
    wrong = a_household("DB-1", covered=2)
    right = a_household("DB-1", covered=1, uncovered=1)
    await bench.tell(wrong)
    await bench.tell(changed(wrong, by=right), received=date(2025, 2, 10))

    assert await stocks(bench, "F14", "F15") == [1, 1]
    assert await stocks(bench, "F14", "F15", known=PUBLISHED) == [1, 2]


async def test_a_termination_told_late_is_true_before_it_is_known(bench: Bench) -> None:
    await bench.tell(a_household("DB-1"))
    await bench.tell(a_termination("DB-1", "2024-10"), received=date(2025, 2, 1))

    assert await stocks(bench, "F14", known=PUBLISHED) == [1]
    assert await stocks(bench, "F14") == [0]


async def test_a_withdrawn_termination_brings_the_case_back(bench: Bench) -> None:
    ended = a_termination("DB-1", "2024-06")
    await bench.tell(a_household("DB-1"), ended)
    await bench.tell(revoked(ended), received=date(2024, 8, 1))

    assert await stocks(bench, "F14") == [1]
    assert await stocks(bench, "F14", known=PUBLISHED.replace(year=2024, month=7)) == [0]


async def test_a_case_that_ended_before_it_began_was_never_active(bench: Bench) -> None:
    await bench.tell(a_household("DB-1", first="2024-05"), a_termination("DB-1", "2024-04"))

    active = [(await bench.figure("F14", asof=date(2024, m, 28))).exact for m in (4, 5, 6)]
    assert active == [0, 0, 0]


def test_a_case_that_ended_before_it_began_keeps_its_row() -> None:
    book = given(a_household("DB-1", first="2024-05"), a_termination("DB-1", "2024-04"))

    assert stretches(book) == [("2024-05", "2024-04", 1)]


MOVED = SupportChanged(
    case_number="TK-1",
    from_month="2024-04",
    mode="institutional",
    care_level="full-care",
    decided_on=date(2024, 3, 15),
)


async def test_destitute_persons_count_as_persons_in_either_mode(bench: Bench) -> None:
    """Two persons, one moved into an institution; a second case of the same person adds nobody."""
    person = a_person()
    await bench.tell(
        *(a_destitute_person("TK-1"), MOVED),
        a_destitute_person("TK-2", person=person),
        a_destitute_person("TK-3", person=person),
    )

    assert await stocks(bench, "F17") == [2]


def test_a_destitute_person_who_moved_has_a_stretch_for_each_mode() -> None:
    rows = given(a_destitute_person("TK-1"), MOVED).rows(cases)

    assert [(row.mode, row.first_month, row.last_month) for row in rows] == [
        ("home-based", "2023-01", "2024-03"),
        ("institutional", "2024-04", None),
    ]


async def test_care_money_is_not_the_basic_standard(bench: Bench) -> None:
    """特困供养金 1,120.00; with the care allowance it would be 1,480.00."""
    await bench.tell(
        a_destitute_person("TK-1"),
        a_payment("TK-1", 112_000, "2024-01", programme="tekun"),
        a_payment("TK-1", 36_000, "2024-01", programme="tekun", item="care"),
    )

    assert await stocks(bench, "F18") == [112_000]
    assert sum(row["amount_fen"] for row in await bench.rows("payment")) == 148_000


# What a decision must fit


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"monthly_amount_fen": 100_100}, ["granted-amount-differs"]),
        ({"monthly_amount_fen": 100_050}, ["granted-amount-differs"]),
        ({"supplement_fen": 8_000, "monthly_amount_fen": 108_000}, []),
        ({"per_capita_income_fen": 19_970}, []),
        ({"per_capita_income_fen": 19_950}, ["granted-amount-differs"]),
        ({"per_capita_income_fen": 70_000}, ["income-not-below-standard"]),
        ({"first_month": "2022-12"}, ["first-month-too-early"]),
        ({"standard_fen": None, "monthly_amount_fen": 1}, []),
    ],
)
def test_the_amount_is_the_standard_less_income_for_each_covered_member(
    changes: dict[str, object], expected: list[str]
) -> None:
    """(700 − 200) × 2 = 1,000.00 in whole 元 (R-DB-02); decided 2022-12-10, so from 2023-01.

    With an income of 199.70 the sum is 1,000.60: cut to 1,000.00 is accepted, as 1,001.00 would be.
    """
    household = a_household("DB-1", covered=2, uncovered=1).model_copy(update=changes)

    assert given().when(household) == expected


@pytest.mark.parametrize(
    ("fen", "persons", "expected"), [(100_000, 2, []), (50_000, 2, ["granted-amount-differs"])]
)
def test_an_adjusted_amount_is_worked_out_for_each_covered_member(
    fen: int, persons: int, expected: list[str]
) -> None:
    """(700 − 200) × 2 = 1,000.00 (R-DB-02)."""
    adjusted = BenefitAdjusted(
        case_number="DB-1",
        from_month="2024-05",
        monthly_amount_fen=fen,
        per_capita_income_fen=20_000,
        standard_fen=70_000,
        covered_persons=persons,
        decided_on=date(2024, 4, 20),
        reason="成员增加",
    )

    assert given(a_household("DB-1")).when(adjusted) == expected


def test_a_destitute_case_is_of_one_person_and_its_amount_is_the_standard() -> None:
    case = a_destitute_person("TK-1")
    two = (*case.members, Member(person=a_person(), covered=True))
    fits = case.model_copy(update={"standard_fen": 112_000})
    less = case.model_copy(update={"standard_fen": 112_100})

    assert given().when(fits) == []
    assert given().when(less) == ["granted-amount-differs"]
    assert given().when(case.model_copy(update={"members": two})) == ["more-than-one-person"]


# By the programme, as the bureau has it.


def test_a_part_of_a_yuan_is_due_where_the_bureau_pays_it() -> None:
    """(700.00 - 272.90) of one person: 427.10, or in whole 元 427 or 428."""
    exact = a_household("DB-1", income=27_290, fen=42_710)
    whole = a_household("DB-1", income=27_290, fen=42_700)
    to_the_fen = with_rule("assistance.whole-yuan", value=False)

    assert given().when(exact) == ["granted-amount-differs"]
    assert given().when(whole) == []
    assert given(bureau=to_the_fen).when(exact) == []
    assert given(bureau=to_the_fen).when(whole) == ["granted-amount-differs"]


@pytest.mark.parametrize(
    ("ways", "right"),
    [(("up", "down"), {42_700, 42_800}), (("up",), {42_800}), (("half-up",), {42_700})],
)
def test_a_part_of_a_yuan_is_rounded_the_way_of_the_bureau(
    ways: tuple[str, ...], right: set[int]
) -> None:
    """427.10; the amount may be that of any way that the bureau's rule lists."""
    bureau = with_rule("assistance.rounding", ways)

    def fits(fen: int) -> bool:
        return given(bureau=bureau).when(a_household("DB-1", income=27_290, fen=fen)) == []

    assert {fen for fen in (42_700, 42_710, 42_800, 42_900) if fits(fen)} == right


def without_money(number: str) -> CaseTakenOver:
    """低保边缘: a status of two persons."""
    return a_household(number, covered=2).model_copy(
        update={"programme": "dibao-borderline", "monthly_amount_fen": None}
    )


async def test_a_status_without_money_counts_and_nothing_is_due(bench: Bench) -> None:
    """Its household is in no figure of 低保, and no month of it is short of money."""
    paid = [a_payment("DB-1", 50_000, f"2024-{month:02}") for month in range(1, 13)]
    await bench.tell(
        a_standard("dibao", 700, "rural"), without_money("BY-1"), a_household("DB-1"), *paid
    )

    assert await stocks(bench, "F14", "F15", "F13") == [1, 1, True]
    (status, _) = await bench.rows("case_entitlement")
    assert (status["programme"], status["persons"]) == ("dibao-borderline", 2)


def test_a_status_without_money_has_no_amount_and_any_other_case_has_one() -> None:
    with_amount = without_money("BY-1").model_copy(update={"monthly_amount_fen": 50_000})
    no_amount = a_household("DB-1").model_copy(update={"monthly_amount_fen": None})

    assert given().when(without_money("BY-1")) == []
    assert given().when(with_amount) == ["granted-amount-differs"]
    assert given().when(no_amount) == ["granted-amount-differs"]


def test_an_adjustment_of_assistance_fixes_no_amount_of_a_subsidy() -> None:
    """A benefit adjusted by mistake took a subsidy off its standard for good."""
    mistaken = ADJUSTED.model_copy(update={"case_number": "D-1", "level": None})
    book = given(a_subsidy("D-1"))

    assert book.when(mistaken) == ["programme-differs"]
    book.tell(mistaken)
    assert {r.monthly_amount_fen for r in book.rows(cases)} == {None}
    assert book.when(a_payment("D-1", 28_100, "2024-07", programme="nursing-subsidy")) == []


def test_a_programme_of_one_person_is_told_by_the_folder_not_by_its_name() -> None:
    for_two = a_household("DB-1", covered=2)
    bureau = with_programme("dibao", one_person=True)

    assert given().when(for_two) == []
    assert given(bureau=bureau).when(for_two) == ["more-than-one-person"]


def test_where_the_decision_says_no_area_it_is_that_of_the_village_or_township() -> None:
    village = Place(VILLAGE, "示例社区", area="urban")
    in_town = replace(SAMPLE, villages={VILLAGE: village})
    child = a_child("ET-1")

    assert [r.area for r in given(child).rows(cases)] == ["rural"]  # 意溪镇
    assert [r.area for r in given(child, bureau=in_town).rows(cases)] == ["urban"]
    assert [r.area for r in given(a_household("DB-1"), bureau=in_town).rows(cases)] == ["rural"]


@pytest.mark.parametrize(
    ("bureau", "until", "expected"),
    [
        (SAMPLE, "2024-05-08", []),
        (SAMPLE, "2024-05-07", ["notice-too-short"]),
        (with_rule("assistance.notice-days", 10), "2024-05-08", ["notice-too-short"]),
        (with_rule("assistance.notice-days", 10), "2024-05-11", []),
    ],
)
def test_a_notice_is_up_for_the_days_of_the_bureau(
    bureau: Bureau, until: str, expected: list[str]
) -> None:
    """R-DB-03, posted on 1 May: seven days where the bureau says nothing of its own."""
    notice = NoticePosted(
        case_number="DB-9",
        done_on=date(2024, 5, 1),
        handlers=("JB-1", "JB-2"),
        until=date.fromisoformat(until),
    )
    assert given(APPLIED, bureau=bureau).when(notice) == expected


@pytest.mark.parametrize(
    ("bureau", "expected"),
    [
        (SAMPLE, []),
        (with_rule("assistance.decide-working-days", 29), []),
        (with_rule("assistance.decide-working-days", 28), ["decided-late"]),
    ],
)
def test_a_decision_is_due_in_the_working_days_of_the_bureau(
    bureau: Bureau, expected: list[str]
) -> None:
    """R-DB-04: decided on 20 May, the 29th working day after 8 April."""
    assert given(APPLIED, *STEPS, bureau=bureau).when(CONFIRMED) == expected
