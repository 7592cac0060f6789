"""What becomes of a household: who counts in which month, and which case goes on from which."""

from __future__ import annotations

from datetime import date

import hypothesis
import pytest
from hypothesis import strategies as st

from domain.assistance.benefits import (
    BenefitAdjusted,
    BenefitTerminated,
    Member,
    MemberAdded,
    MemberRemoved,
)
from domain.assistance.households import (
    HeadChanged,
    HouseholdMerged,
    HouseholdMoved,
    HouseholdSplit,
)
from domain.event import Payee
from projections.cases.entitlement import cases
from tests.support.bureau import SAMPLE, with_rule
from tests.support.ledger import Bench
from tests.support.money import a_child, a_household, a_person
from tests.support.rulebook import Book, given, revoked

HEAD, WIFE, SON = (a_person(number) for number in (31, 32, 33))
OTHER_TOWN = next(code for code in SAMPLE.townships if code != "445102100")
HOUSEHOLD = a_household("DB-1").model_copy(
    update={
        "monthly_amount_fen": 100_000,
        "members": (
            Member(person=HEAD, covered=True, head=True),
            Member(person=WIFE, covered=True),
        ),
    }
)


def persons(book: Book) -> list[tuple[str, str | None, int]]:
    """First and last month of each stretch, and the persons with 保障 status."""
    found: list[tuple[str, str | None, int]] = []
    for row in book.rows(cases):
        if found and found[-1][2] == row.persons:
            found[-1] = (found[-1][0], row.last_month, row.persons)
        else:
            found.append((row.first_month, row.last_month, row.persons))
    return found


def joined(on: date, *, covered: bool = True, head: bool = False) -> MemberAdded:
    member = Member(person=SON, covered=covered, head=head)
    return MemberAdded(case_number="DB-1", member=member, changed_on=on, reason="出生")


def left(person: Payee, on: date) -> MemberRemoved:
    return MemberRemoved(case_number="DB-1", person=person, changed_on=on, reason="死亡")


def adjusted(
    month: str, on: date, covered: int, *, income: int = 20_000, until: str | None = None
) -> BenefitAdjusted:
    return BenefitAdjusted(
        case_number="DB-1",
        from_month=month,
        monthly_amount_fen=max(70_000 - income, 10_000) * covered,
        per_capita_income_fen=income,
        standard_fen=70_000,
        covered_persons=covered,
        phase_out_until=until,
        decided_on=on,
        reason="示例",
    )


JULY = date(2024, 7, 3)


def test_a_covered_member_counts_from_the_month_after_and_until_the_month_of_leaving() -> None:
    book = given(HOUSEHOLD, joined(JULY), left(WIFE, date(2024, 9, 9)))
    assert persons(book) == [
        ("2023-01", "2024-07", 2),
        ("2024-08", "2024-09", 3),
        ("2024-10", None, 2),
    ]
    assert persons(given(HOUSEHOLD, joined(JULY, covered=False))) == [("2023-01", None, 2)]
    was_none = joined(JULY)
    assert persons(given(HOUSEHOLD, was_none, revoked(was_none))) == [("2023-01", None, 2)]


def test_what_an_adjustment_told_already_is_not_told_twice() -> None:
    """The decision came first, then the change of the household that it was about."""
    decided = adjusted("2024-08", date(2024, 7, 1), 3)
    expected = [("2023-01", "2024-07", 2), ("2024-08", None, 3)]
    assert persons(given(HOUSEHOLD, decided, joined(JULY))) == expected
    after = adjusted("2024-08", date(2024, 7, 20), 3)
    assert persons(given(HOUSEHOLD, joined(JULY), after)) == expected


@hypothesis.given(told=st.permutations([joined(JULY), left(WIFE, date(2024, 9, 9))]))
@hypothesis.settings(deadline=None)
def test_members_come_and_go_in_whatever_order_it_was_told(
    told: list[MemberAdded | MemberRemoved],
) -> None:
    assert persons(given(HOUSEHOLD, *told)) == [
        ("2023-01", "2024-07", 2),
        ("2024-08", "2024-09", 3),
        ("2024-10", None, 2),
    ]


def test_another_head_is_whom_the_household_goes_by() -> None:
    changed = HeadChanged(case_number="DB-1", head=WIFE, changed_on=JULY, reason="户主死亡")
    before, after = given(HOUSEHOLD, changed).rows(cases)
    assert (before.last_month, after.first_month) == ("2024-06", "2024-07")
    assert before.person_ref != after.person_ref
    assert persons(given(HOUSEHOLD, changed)) == [("2023-01", None, 2)]
    _, by_son, _ = given(HOUSEHOLD, joined(JULY, head=True)).rows(cases)[:3]
    assert by_son.person_ref not in (before.person_ref, after.person_ref)


SPLIT = HouseholdSplit(
    case_number="DB-1", from_month="2024-08", into="DB-2", leaving=(WIFE,), decided_on=JULY
)
SPLIT_OFF = HOUSEHOLD.model_copy(
    update={
        "case_number": "DB-2",
        "first_month": "2024-08",
        "monthly_amount_fen": 50_000,
        "members": (Member(person=WIFE, covered=True, head=True),),
        "continues": "DB-1",
    }
)
MERGED = HouseholdMerged(
    case_number="DB-1",
    from_month="2024-11",
    merged="DB-2",
    joining=(Member(person=WIFE, covered=True),),
    decided_on=date(2024, 10, 8),
)
GONE = BenefitTerminated(
    case_number="DB-2",
    last_month="2024-10",
    reason="household-merged",
    continued_by="DB-1",
    decided_on=date(2024, 10, 8),
)


async def test_who_leaves_for_a_household_of_their_own_counts_once_in_every_month(
    bench: Bench,
) -> None:
    """Two households from August to October, and two persons all the time."""
    await bench.tell(HOUSEHOLD, SPLIT, SPLIT_OFF, MERGED, GONE)
    counted = [
        [(await bench.figure(name, asof=date(2024, month, 28))).exact for name in ("F14", "F15")]
        for month in (7, 8, 10, 11)
    ]
    assert counted == [[1, 2], [2, 2], [2, 2], [1, 2]]


def test_a_case_says_which_one_it_goes_on_from_and_where_it_came_from() -> None:
    came = SPLIT_OFF.model_copy(update={"case_number": "DB-3", "moved_from": "440305"})
    (row,) = given(came).rows(cases)
    assert (row.continues, row.moved_from) == ("DB-1", "440305")


@pytest.mark.parametrize(
    ("reason", "to", "expected"),
    [
        ("moved-away", "440305", []),
        ("moved-away", None, []),
        ("moved-away", "445102", ["moved-within-division"]),
        ("died", "440305", ["end-reason-differs"]),
    ],
)
def test_who_moved_away_moved_to_another_division(
    reason: str, to: str | None, expected: list[str]
) -> None:
    ended = GONE.model_copy(update={"case_number": "DB-1", "reason": reason, "moved_to": to})
    assert given(HOUSEHOLD).when(ended) == expected


def test_a_household_that_moved_is_that_of_the_other_township_from_the_month_on() -> None:
    moved = HouseholdMoved(
        case_number="DB-1",
        from_month="2024-08",
        township=OTHER_TOWN,
        village=f"{OTHER_TOWN}001",
        area="urban",
        decided_on=JULY,
    )
    before, after = given(HOUSEHOLD, moved).rows(cases)
    assert (before.last_month, before.area) == ("2024-07", "rural")
    assert (after.first_month, after.township, after.area) == ("2024-08", OTHER_TOWN, "urban")
    assert (after.persons, after.monthly_amount_fen) == (2, 100_000)
    of_child = moved.model_copy(update={"case_number": "GE-1"})
    assert given(a_child("GE-1")).when(of_child) == ["programme-differs"]


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2024-10", []),
        ("2024-11", ["phase-out-too-long"]),
        (None, ["income-not-below-standard"]),
    ],
)
def test_for_some_months_a_household_keeps_what_its_income_no_longer_entitles_to(
    until: str | None, expected: list[str]
) -> None:
    """渐退, three months from August on."""
    bureau = with_rule("assistance.phase-out-months", 3)
    told = adjusted("2024-08", JULY, 2, income=75_000, until=until)
    assert given(HOUSEHOLD, bureau=bureau).when(told) == expected
