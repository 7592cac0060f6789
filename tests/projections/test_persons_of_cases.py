"""Who is covered by which case in which months, and who died."""

from __future__ import annotations

from datetime import date

from domain.assistance.benefits import (
    BenefitResumed,
    BenefitTerminated,
    Member,
    MemberAdded,
    MemberRemoved,
)
from domain.assistance.households import HouseholdMoved
from domain.event import Payee
from projections.cases.deaths import Death, deaths
from projections.cases.entitlement import covered_persons
from projections.entitlement import CoveredPerson
from tests.support.money import (
    TOWN,
    a_child,
    a_destitute_person,
    a_household,
    a_person,
    a_subsidy,
)
from tests.support.rulebook import given

ANN = a_person(801)
OTHER_TOWN, OTHER_VILLAGE = "445102111", "445102111001"


def of(rows: list[CoveredPerson]) -> list[tuple[str, str, str | None]]:
    """Place and months of each."""
    return [(row.township, row.first_month, row.last_month) for row in rows]


def joins(person: Payee, on: str, *, covered: bool = True) -> MemberAdded:
    return MemberAdded(
        case_number="DB-1",
        member=Member(person=person, covered=covered),
        changed_on=date.fromisoformat(on),
        reason="出生",
    )


def leaves(person: Payee, on: str, died: str | None = None) -> MemberRemoved:
    return MemberRemoved(
        case_number="DB-1",
        person=person,
        changed_on=date.fromisoformat(on),
        died_on=None if died is None else date.fromisoformat(died),
        reason="变化",
    )


def ends_by_death(number: str, died: str, on: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number=number,
        last_month=died[:7],
        reason="died",
        died_on=date.fromisoformat(died),
        decided_on=date.fromisoformat(on),
    )


def test_each_member_with_status_is_covered_the_others_are_not() -> None:
    book = given(a_household("DB-1", covered=2, uncovered=1, last="2024-06"))

    assert of(book.rows(covered_persons)) == [(TOWN, "2023-01", "2024-06")] * 2


def test_who_joins_and_leaves_is_covered_in_the_months_between() -> None:
    """From the month after joining, up to the month of leaving."""
    book = given(a_household("DB-1"), joins(ANN, "2024-02-10"), leaves(ANN, "2024-05-20"))
    before, ann = sorted(book.rows(covered_persons), key=lambda row: row.first_month)

    assert of([before, ann]) == [(TOWN, "2023-01", None), (TOWN, "2024-03", "2024-05")]
    assert ann.person_ref != before.person_ref


def test_who_joins_without_status_is_not_covered() -> None:
    book = given(a_household("DB-1"), joins(ANN, "2024-02-10", covered=False))

    assert len(book.rows(covered_persons)) == 1


def test_in_another_place_each_is_covered_there() -> None:
    moved = HouseholdMoved(
        case_number="DB-1",
        from_month="2024-03",
        township=OTHER_TOWN,
        village=OTHER_VILLAGE,
        decided_on=date(2024, 2, 20),
    )
    book = given(a_household("DB-1"), moved)

    assert of(book.rows(covered_persons)) == [
        (TOWN, "2023-01", "2024-02"),
        (OTHER_TOWN, "2024-03", None),
    ]


def test_one_person_of_every_other_programme() -> None:
    book = given(
        a_destitute_person("TK-1", person=ANN), a_child("GE-1"), a_subsidy("CJ-1", last="2023-12")
    )
    rows = book.rows(covered_persons)

    assert [(row.programme, row.last_month) for row in rows] == [
        ("tekun", None),
        ("orphan", None),
        ("nursing-subsidy", "2023-12"),
    ]
    assert len({row.person_ref for row in rows}) == 3


def test_a_case_entitled_in_no_month_covers_nobody() -> None:
    assert given(a_household("DB-1", last="2022-12")).rows(covered_persons) == []


def test_a_case_of_one_person_that_ends_by_death_says_whose() -> None:
    book = given(
        a_destitute_person("TK-1", person=ANN), ends_by_death("TK-1", "2024-03-01", "2024-04-08")
    )
    (covered,) = book.rows(covered_persons)

    assert book.rows(deaths) == [Death(covered.person_ref, date(2024, 3, 1), date(2024, 4, 8))]


def test_of_a_household_of_two_nobody_knows_whose_death_ended_it() -> None:
    book = given(a_household("DB-1", covered=2), ends_by_death("DB-1", "2024-03-01", "2024-03-20"))

    assert book.rows(deaths) == []


def test_a_member_who_died_and_the_last_one_left() -> None:
    book = given(
        a_household("DB-1"),
        joins(ANN, "2024-01-10"),
        leaves(ANN, "2024-02-20", died="2024-02-18"),
        ends_by_death("DB-1", "2024-03-01", "2024-03-20"),
    )

    first, last = sorted(death.died_on for death in book.rows(deaths))
    assert (first, last) == (date(2024, 2, 18), date(2024, 3, 1))


def test_a_member_who_left_did_not_die() -> None:
    book = given(a_household("DB-1"), joins(ANN, "2024-01-10"), leaves(ANN, "2024-02-20"))

    assert book.rows(deaths) == []


def test_a_death_that_was_none_stood_until_the_case_went_on() -> None:
    resumed = BenefitResumed(
        case_number="TK-1",
        first_month="2024-04",
        decided_on=date(2024, 5, 6),
        reason="公安数据有误，本人健在",
    )
    told = (
        a_destitute_person("TK-1", person=ANN),
        ends_by_death("TK-1", "2024-03-01", "2024-03-20"),
        resumed,
    )
    (false,) = given(*told).rows(deaths)

    assert (false.died_on, false.none_from) == (date(2024, 3, 1), date(2024, 5, 6))
    again = given(*told, ends_by_death("TK-1", "2024-08-01", "2024-08-09")).rows(deaths)
    assert [(row.died_on, row.none_from) for row in again] == [
        (date(2024, 3, 1), date(2024, 5, 6)),
        (date(2024, 8, 1), None),
    ]
