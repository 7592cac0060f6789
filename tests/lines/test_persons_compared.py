"""What other streams tell of the same persons: warnings, as things were known then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.assistance.benefits import CaseTakenOver, MemberAdded, MemberRemoved
from domain.event import Event, Person, in_clear
from domain.funeral import CremationRecorded
from domain.marriage.divorces import DivorceApplied, DivorceRegistered
from domain.marriage.marriages import RegistrationRevoked
from domain.marriage.parties import Party
from tests.support.ledger import Bench, event
from tests.support.marriage import a_marriage, a_party, number
from tests.support.money import a_destitute_person, a_holder, a_household, a_person, a_subsidy
from tests.support.rulebook import given, revoked

MAN, OTHER_MAN = a_party("19900607", 21), a_party("19900607", 23)
WOMAN, OTHER_WOMAN = a_party("19900607", 22), a_party("19900607", 24)


def married(serial: int, man: Party, woman: Party, day: str = "03-05") -> Event:
    return a_marriage(serial, day, parties=(man, woman))


def divorced(*couple: Party, day: str = "05-20") -> tuple[Event, Event]:
    applied = DivorceApplied(receipt="LS-1", parties=couple, applied_on=date(2024, 4, 1))
    registered = DivorceRegistered.model_validate(
        {
            "receipt": "LS-1",
            "certificate_number": number("L", 1),
            "parties": couple,
            "registered_on": date.fromisoformat(f"2024-{day}"),
            "registrars": ("HY-01",),
        }
    )
    return applied, registered


def cremated(person: Person, died: str) -> CremationRecorded:
    named = {name: in_clear(getattr(person, name)) for name in ("id_kind", "id_number", "name")}
    died_on = date.fromisoformat(died)
    return CremationRecorded(
        record=f"HH-{died}",
        deceased=Person.model_validate(named),
        died_on=died_on,
        cremated_on=died_on,
    )


# Marriages


def test_who_is_married_marries_nobody_else() -> None:
    """民法典 1042, 1051: whichever of the two is, and on the day of the wedding itself."""
    book = given(married(1, MAN, WOMAN))

    assert book.when(married(2, OTHER_MAN, WOMAN, "03-06")) == ["already-married"]
    assert book.when(married(2, MAN, OTHER_WOMAN, "03-06")) == ["already-married"]
    assert book.when(married(2, OTHER_MAN, OTHER_WOMAN, "03-06")) == []


def test_who_divorced_may_marry_again() -> None:
    first = married(1, MAN, WOMAN)
    book = given(first, *divorced(MAN, WOMAN))

    assert book.when(married(2, OTHER_MAN, WOMAN, "05-20")) == []
    assert book.when(married(2, OTHER_MAN, WOMAN, "05-17")) == ["already-married"]


def test_a_divorce_of_others_ends_no_marriage() -> None:
    book = given(married(1, MAN, WOMAN), *divorced(MAN, OTHER_WOMAN))
    assert book.when(married(2, OTHER_MAN, WOMAN, "06-03")) == ["already-married"]


def test_a_marriage_that_never_was_or_is_void_binds_nobody() -> None:
    first = married(1, MAN, WOMAN)
    void = RegistrationRevoked(
        certificate_number=number("J", 1),
        revoked_on=date(2024, 3, 20),
        document_number="湘民〔2024〕1号",
        reason="冒名顶替",
    )
    assert given(first, revoked(first)).when(married(2, OTHER_MAN, WOMAN, "06-03")) == []
    assert given(first, void).when(married(2, OTHER_MAN, WOMAN, "06-03")) == []


def test_a_widow_may_marry_again() -> None:
    book = given(married(1, MAN, WOMAN), cremated(MAN, "2024-05-01"))

    assert book.when(married(2, OTHER_MAN, WOMAN, "05-06")) == []
    assert book.when(married(2, OTHER_MAN, WOMAN, "04-30")) == ["already-married"]


def test_the_dead_marry_nobody() -> None:
    """民法典 13, 1049. On the day of the death itself nobody can say."""
    book = given(cremated(MAN, "2024-05-06"))

    assert book.when(married(1, MAN, WOMAN, "05-07")) == ["party-dead"]
    assert book.when(married(1, MAN, WOMAN, "05-06")) == []
    assert book.when(married(1, OTHER_MAN, WOMAN, "05-07")) == []


def test_nobody_is_cremated_twice() -> None:
    first = cremated(MAN, "2024-05-01")
    again = cremated(MAN, "2024-05-02")

    assert given(first).when(again) == ["cremated-before"]
    assert given(first, revoked(first)).when(again) == []
    assert given(first).when(cremated(WOMAN, "2024-05-02")) == []


# Cases


def of(case: CaseTakenOver, person: Person, **more: Any) -> CaseTakenOver:
    """A case whose first member is this person."""
    member = case.members[0].model_copy(update={"person": person})
    return case.model_copy(update={"members": (member, *case.members[1:]), **more})


def test_nobody_is_covered_in_two_households() -> None:
    person = a_person()
    first = of(a_household("DB-1", last="2024-05"), person)
    book = given(first)

    assert book.when(of(a_household("DB-2", first="2024-05"), person)) == ["covered-in-two-cases"]
    assert book.when(of(a_household("DB-2", first="2024-06"), person)) == []
    assert book.when(a_household("DB-2", first="2024-05")) == []


def test_who_has_no_benefit_in_a_household_may_have_one_elsewhere() -> None:
    person = a_person()
    beside = a_household("DB-1", uncovered=1)
    member = beside.members[1].model_copy(update={"person": person})
    book = given(beside.model_copy(update={"members": (beside.members[0], member)}))

    assert book.when(of(a_household("DB-2"), person)) == []


def test_a_case_that_goes_on_from_another_is_no_second_one() -> None:
    person = a_person()
    book = given(of(a_household("DB-1"), person))

    assert book.when(of(a_household("DB-2"), person, continues="DB-1")) == []


@pytest.mark.parametrize(("left", "expected"), [("04-30", []), ("05-01", ["covered-in-two-cases"])])
def test_who_left_a_household_counts_up_to_that_month(left: str, expected: list[str]) -> None:
    person = a_person()
    book = given(
        of(a_household("DB-1", covered=2), person),
        MemberRemoved(
            case_number="DB-1",
            person=person,
            changed_on=date.fromisoformat(f"2024-{left}"),
            reason="分户",
        ),
    )
    assert book.when(of(a_household("DB-2", first="2024-05"), person)) == expected


def test_who_joins_is_looked_at_too() -> None:
    person = a_person()
    other = of(a_household("DB-1"), person)
    joining = MemberAdded(
        case_number="DB-2",
        member=other.members[0],
        changed_on=date(2024, 3, 5),
        reason="迁入",
    )
    assert given(other, a_household("DB-2")).when(joining) == ["covered-in-two-cases"]


def test_programmes_that_exclude_each_other() -> None:
    """As the bureau's folder says it: 特困 and the subsidies, from either side."""
    holder = a_holder(41)
    destitute = of(a_destitute_person("TK-1"), holder)
    subsidy = a_subsidy("HL-1").model_copy(update={"holder": holder})

    excluded = ["programmes-exclude-each-other"]
    assert set(excluded) <= set(given(destitute).when(subsidy))
    assert set(excluded) <= set(given(subsidy).when(destitute))
    assert not set(excluded) & set(given(a_destitute_person("TK-1")).when(subsidy))


def test_nothing_is_granted_to_the_dead() -> None:
    person = a_person()
    case = of(a_household("DB-1"), person)
    before = given(cremated(person, "2022-12-09"))
    after = given(cremated(person, "2022-12-10"))

    assert before.when(case) == ["granted-after-death"]
    assert after.when(case) == []


# However batches are cut


def the_lines() -> list[bytes]:
    """Two households and a marriage twice, their persons in another order each time."""
    person, holder = a_person(31), a_holder(32)
    facts: list[tuple[str, Event]] = [
        ("social-assistance", of(a_household("DB-1"), person)),
        ("marriage", married(1, MAN, WOMAN)),
        ("social-assistance", of(a_household("DB-2"), person)),
        ("marriage", married(2, OTHER_MAN, WOMAN, "03-06")),
        ("social-assistance", of(a_destitute_person("TK-1"), holder)),
        ("funeral", cremated(OTHER_MAN, "2024-03-10")),
        ("marriage", married(3, OTHER_MAN, OTHER_WOMAN, "03-11")),
        ("marriage", married(4, MAN, OTHER_WOMAN, "03-12")),
    ]
    return [event(source, f"e-{n}", fact) for n, (source, fact) in enumerate(facts)]


@pytest.mark.parametrize("batch", [1, 2, 3, 8])
async def test_warnings_are_the_same_however_batches_are_cut(bench: Bench, batch: int) -> None:
    await bench.take(*the_lines(), batch=batch)

    rows = await bench.connection.fetch(
        "SELECT event_id, breaches FROM ledger.entry WHERE breaches IS NOT NULL ORDER BY position"
    )
    assert [(row[0], row[1]) for row in rows] == [
        ("e-2", ["covered-in-two-cases"]),
        ("e-3", ["already-married"]),
        ("e-6", ["already-married", "party-dead"]),
        ("e-7", ["already-married"]),
    ]
