"""Members of a household: nobody joins twice or leaves as a stranger, and one is the head."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import Member, MemberAdded, MemberRemoved
from domain.assistance.households import HeadChanged, HouseholdMerged, HouseholdSplit
from domain.event import Payee
from tests.support.money import a_household, a_person
from tests.support.rulebook import given, revoked

CASE = a_household("DB-1", covered=1, uncovered=1, fen=50_000)
OTHER = CASE.members[1].person
STRANGER = a_person()
ON = date(2024, 5, 10)


def joins(person: Payee) -> MemberAdded:
    member = Member(person=person, covered=True)
    return MemberAdded(case_number="DB-1", member=member, changed_on=ON, reason="示例")


def leaves(person: Payee) -> MemberRemoved:
    return MemberRemoved(case_number="DB-1", person=person, changed_on=ON, reason="示例")


def heads(person: Payee) -> HeadChanged:
    return HeadChanged(case_number="DB-1", head=person, changed_on=ON, reason="示例")


def splits(*leaving: Payee, into: str = "DB-2") -> HouseholdSplit:
    return HouseholdSplit(
        case_number="DB-1", from_month="2024-06", into=into, leaving=leaving, decided_on=ON
    )


def merges(*joining: Payee, merged: str = "DB-2") -> HouseholdMerged:
    members = tuple(Member(person=person, covered=True) for person in joining)
    return HouseholdMerged(
        case_number="DB-1", from_month="2024-06", merged=merged, joining=members, decided_on=ON
    )


def test_nobody_joins_a_household_twice() -> None:
    assert given(CASE).when(joins(STRANGER)) == []
    assert given(CASE).when(joins(OTHER)) == ["member-already"]
    assert given(CASE, joins(STRANGER)).when(joins(STRANGER)) == ["member-already"]
    assert given(CASE, leaves(OTHER)).when(joins(OTHER)) == []


def test_who_joined_by_mistake_may_join() -> None:
    assert given(CASE, joins(STRANGER), revoked(joins(STRANGER))).when(joins(STRANGER)) == []


def test_only_a_member_leaves() -> None:
    assert given(CASE).when(leaves(OTHER)) == []
    assert given(CASE).when(leaves(STRANGER)) == ["not-a-member"]
    assert given(CASE, leaves(OTHER)).when(leaves(OTHER)) == ["not-a-member"]


def test_only_a_member_becomes_the_head() -> None:
    assert given(CASE).when(heads(OTHER)) == []
    assert given(CASE).when(heads(STRANGER)) == ["not-a-member"]


def test_a_household_has_one_head() -> None:
    second = CASE.members[1].model_copy(update={"head": True})
    two = CASE.model_copy(update={"members": (CASE.members[0], second)})
    assert given().when(two) == ["more-than-one-head"]


def test_members_split_off_into_another_case() -> None:
    assert given(CASE).when(splits(OTHER)) == []
    assert given(CASE).when(splits(STRANGER)) == ["not-a-member"]
    assert given(CASE).when(splits(OTHER, into="DB-1")) == ["household-names-itself"]


def test_a_household_merges_with_another() -> None:
    assert given(CASE).when(merges(STRANGER)) == []
    assert given(CASE).when(merges(STRANGER, merged="DB-1")) == ["household-names-itself"]
    assert given(CASE).when(merges(OTHER)) == ["member-already"]
