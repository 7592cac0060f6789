"""Adoptions: what counts as one 宗, and what is recorded with a breach.

Days by hand: 60 after 2024-03-01 end on 04-30; 30 after 2024-03-01 end on 03-31.
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.adoption import (
    Adopter,
    AdoptionApplied,
    AdoptionDissolved,
    AdoptionRefused,
    AdoptionRegistered,
    AdoptionRevoked,
    AdoptionTakenOver,
    AdoptionWithdrawn,
    AssessmentCompleted,
    Child,
    ChildKind,
    ParentsSearchAnnounced,
)
from domain.event import Event, flags_of
from domain.identifiers import resident_id_check
from projections.adoption import Adoption, adoptions
from tests.support.bureau import SAMPLE
from tests.support.enforcement import on
from tests.support.ledger import Bench
from tests.support.money import PUBLISHED
from tests.support.rulebook import given


def an_id(born: str, serial: int) -> str:
    body = f"445199{born}{serial:03d}"
    return body + resident_id_check(body)


def an_adopter(born: str = "19800101", serial: int = 11) -> Adopter:
    return Adopter(
        id_kind="resident-id",
        id_number=an_id(born, serial),
        name="示例甲",
        residence_division="445102",
    )


def a_child(born: str = "20200101", serial: int = 21) -> Child:
    """An odd serial is a boy's, as those of adopters are men's."""
    return Child(id_kind="resident-id", id_number=an_id(born, serial), name="示例丙")


def applied(
    application: str = "SY-1",
    kind: ChildKind = "kin",
    adopter: Adopter | None = None,
    child: Child | None = None,
    children: int = 0,
) -> AdoptionApplied:
    return AdoptionApplied(
        application=application,
        child_kind=kind,
        adopters=(adopter or an_adopter(),),
        child=child or a_child(),
        children_before=children,
        applied_on=on("03-01"),
    )


def assessed(
    application: str = "SY-1",
    assessors: tuple[str, ...] = ("JB-07", "JB-08"),
    *,
    suitable: bool = True,
) -> AssessmentCompleted:
    return AssessmentCompleted(
        application=application, completed_on=on("03-11"), assessors=assessors, suitable=suitable
    )


def registered(
    application: str = "SY-1", day: str = "03-20", *, child_consented: bool | None = None
) -> AdoptionRegistered:
    return AdoptionRegistered(
        application=application,
        certificate_number="示例收〔2024〕1号",
        child_consented=child_consented,
        registered_on=on(day),
        registrars=("HY-01",),
    )


def searched(application: str = "SY-1", day: date | None = None) -> ParentsSearchAnnounced:
    return ParentsSearchAnnounced(application=application, announced_on=day or on("03-01"))


def taken_over(application: str) -> AdoptionTakenOver:
    return AdoptionTakenOver(
        application=application,
        child_kind="parents-unable",
        adopters=(an_adopter(),),
        child=a_child(),
        children_before=0,
        applied_on=date(2009, 3, 20),
        registered_on=date(2009, 4, 14),
        taken_over_on=date(2024, 1, 1),
    )


def dissolved(application: str, day: str) -> AdoptionDissolved:
    return AdoptionDissolved(
        application=application, certificate_number="示例收〔2024〕1号", dissolved_on=on(day)
    )


# Counting


async def test_a_registration_counts_an_application_does_not(bench: Bench) -> None:
    """Four applications; one registered, one refused, one withdrawn, one open."""
    await bench.tell(
        *(applied(f"SY-{n}") for n in range(1, 5)),
        assessed("SY-1"),
        registered("SY-1"),
        AdoptionRefused(application="SY-2", refused_on=on("03-25"), reason="评估不合格"),
        AdoptionWithdrawn(application="SY-3", withdrawn_on=on("03-12")),
    )

    assert (await bench.figure("F47")).value == 1
    assert (await bench.figure("F47", asof=date(2024, 3, 19))).value == 0
    assert (await bench.figure("F47", year=2025)).value == 0
    assert len(await bench.rows("adoption")) == 4  # the reading not taken


async def test_dissolved_or_revoked_later_it_still_counts_in_its_year(bench: Bench) -> None:
    """The reading not taken would give 0. One dissolved from years ago counts in neither year."""
    await bench.tell(
        *(taken_over("SY-0"), applied("SY-1"), registered("SY-1"), applied("SY-2")),
        *(registered("SY-2"), dissolved("SY-0", "08-15"), dissolved("SY-1", "09-02")),
        AdoptionRevoked(application="SY-2", revoked_on=on("09-03"), reason="弄虚作假"),
    )

    assert (await bench.figure("F47")).value == 2
    assert (await bench.figure("F47", year=2009)).value == 1


async def test_a_number_used_again_is_another_application_and_one_registration_counts_once(
    bench: Bench,
) -> None:
    again = applied().model_copy(update={"applied_on": on("05-06")})
    refused = AdoptionRefused(application="SY-1", refused_on=on("03-25"), reason="评估不合格")
    await bench.tell(applied(), refused, again, assessed(), registered(day="05-20"))

    assert (await bench.figure("F47")).value == 1
    rows = await bench.rows("adoption", ("applied_on", "registered_on", "ended_how"))
    assert [tuple(row.values()) for row in rows] == [
        (on("03-01"), None, "refused"),
        (on("05-06"), on("05-20"), None),
    ]


async def test_registered_before_the_report_but_told_after_it(bench: Bench) -> None:
    await bench.tell(applied(), assessed())
    await bench.tell(registered(), received=date(2025, 2, 3))

    assert (await bench.figure("F47")).value == 1
    assert (await bench.figure("F47", known=PUBLISHED)).value == 0


# What is read of it


@pytest.mark.parametrize(
    ("fact", "ended_on", "how"),
    [
        (dissolved("SY-1", "09-02"), "09-02", "dissolved"),
        (
            AdoptionRevoked(application="SY-1", revoked_on=on("09-03"), reason="弄虚作假"),
            "09-03",
            "revoked",
        ),
        (
            AdoptionRefused(application="SY-1", refused_on=on("03-25"), reason="评估不合格"),
            "03-25",
            "refused",
        ),
        (AdoptionWithdrawn(application="SY-1", withdrawn_on=on("03-12")), "03-12", "withdrawn"),
    ],
)
def test_the_end_of_an_adoption_says_how_and_leaves_the_day_it_began(
    fact: Event, ended_on: str, how: str
) -> None:
    book = given(applied(), registered(), fact)

    assert book.rows(adoptions) == [
        Adoption("SY-1", "kin", on("03-01"), on("03-20"), on(ended_on), how)
    ]


def test_an_adoption_from_the_archive_keeps_its_days() -> None:
    book = given(taken_over("SY-0"))

    assert book.rows(adoptions) == [
        Adoption("SY-0", "parents-unable", date(2009, 3, 20), date(2009, 4, 14), archived=True)
    ]


def test_a_registration_waits_for_its_application() -> None:
    assert given().waits_for(registered()) == {"adoption/SY-1"}
    assert given(applied()).waits_for(registered()) == set()


def test_a_second_registration_is_a_breach_and_the_first_one_stands() -> None:
    book = given(applied(), assessed(), registered(), registered(day="03-22"))

    assert book.breaches == [[], [], [], ["registered-twice"]]
    assert [row.registered_on for row in book.rows(adoptions)] == [on("03-20")]


def test_what_was_registered_before_the_ledger_is_not_registered_again() -> None:
    assert given(taken_over("SY-0"), assessed("SY-0")).when(registered("SY-0")) == [
        "registered-twice",
        "review-too-long",
    ]


def test_neither_child_nor_adopter_is_named_in_the_open() -> None:
    """Not even in what lies behind the figure."""
    text = given().open_text(applied())

    for secret in ("示例甲", "示例丙", "2020-01-01", an_adopter().id_number, a_child().id_number):
        assert str(secret) not in text
    assert not {"name", "person_ref", "child", "adopters"} & set(Adoption._fields)


# What the rules ask for


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("19940301", []),
        ("19940320", []),
        ("19940321", ["adopter-under-age"]),
        ("19990101", ["adopter-under-age"]),
    ],
)
def test_an_adopter_is_thirty_from_the_birthday_itself(born: str, expected: list[str]) -> None:
    """R-AD-01, on the day of the registration, 20 March 2024; applied for on 1 March."""
    assert breaches(applied(adopter=an_adopter(born))) == expected


def test_a_step_parent_may_be_younger() -> None:
    """民法典 art. 1103 frees step-parents from what art. 1098 asks."""
    assert breaches(applied(kind="step-child", adopter=an_adopter("19970301"))) == []


def test_a_child_consents_from_the_eighth_birthday() -> None:
    """On the day of the application, 1 March 2024; then the registration says so (民法典 1104)."""
    assert of_child("20160301") == {"consent_needed": True}
    assert of_child("20160302") == {"consent_needed": False, "consent_needed_from": "2024-03-02"}

    asked = given(applied(child=a_child("20160301")), assessed())
    assert asked.when(registered()) == ["child-did-not-consent"]
    assert asked.when(registered(child_consented=False)) == ["child-did-not-consent"]
    assert asked.when(registered(child_consented=True)) == []
    soon = given(applied(child=a_child("20160320")), assessed())
    assert soon.when(registered()) == ["child-did-not-consent"]
    later = given(applied(child=a_child("20160321")), assessed())
    assert later.when(registered()) == []


def breaches(application: AdoptionApplied, day: str = "03-20") -> list[str]:
    """Those of its registration, assessed and with consent; the conditions are of that day."""
    book = given(application, assessed(), searched())
    return [
        code
        for code in book.when(registered(day=day, child_consented=True))
        if code != "search-too-short"
    ]


def of_child(born: str) -> dict[str, object]:
    child = a_child(born)
    return flags_of(child, applied(child=child), "445102", SAMPLE)


@pytest.mark.parametrize(
    ("born", "expected"),
    [("20060321", []), ("20060320", ["child-grown-up"]), ("20060101", ["child-grown-up"])],
)
def test_a_child_is_adopted_before_the_eighteenth_birthday(born: str, expected: list[str]) -> None:
    """民法典 1093, on the day of the registration, 20 March 2024."""
    assert breaches(applied(child=a_child(born))) == expected


@pytest.mark.parametrize(
    ("adopter", "kind", "expected"),
    [
        ("19800510", "parents-unable", []),
        ("19800511", "parents-unable", ["too-near-in-age"]),
        ("19800511", "foundling", ["too-near-in-age"]),
        ("19800511", "kin", []),
        ("19900511", "step-child", []),
    ],
)
def test_who_adopts_alone_a_child_of_the_other_sex_is_forty_years_older(
    adopter: str, kind: ChildKind, expected: list[str]
) -> None:
    """民法典 1102, between a man and a girl of 10 May 2020; kin and step-parents are free of it."""
    girl = a_child("20200510", 22)

    assert breaches(applied(kind=kind, adopter=an_adopter(adopter), child=girl)) == expected


def test_the_forty_years_are_not_asked_of_the_same_sex_nor_of_a_couple() -> None:
    boy, girl = a_child("20200510", 21), a_child("20200510", 22)
    man, woman = an_adopter("19850101"), an_adopter("19850101", 12)

    assert breaches(applied(kind="parents-unable", adopter=man, child=boy)) == []
    couple = applied(kind="parents-unable", child=girl).model_copy(
        update={"adopters": (man, woman)}
    )
    assert breaches(couple) == []
    alone = applied(kind="parents-unable", adopter=woman, child=boy)
    assert breaches(alone) == ["too-near-in-age"]


@pytest.mark.parametrize(
    ("kind", "children", "expected"),
    [
        ("kin", 1, []),
        ("kin", 2, ["too-many-children"]),
        ("parents-unable", 2, ["too-many-children"]),
        ("orphan", 2, []),
        ("foundling", 2, []),
        ("step-child", 2, []),
    ],
)
def test_who_has_more_than_one_child_adopts_only_those_nobody_cares_for(
    kind: ChildKind, children: int, expected: list[str]
) -> None:
    """民法典 1098(1) and 1100(2); 1103 frees step-parents."""
    assert breaches(applied(kind=kind, children=children)) == expected


def test_nobody_adopts_oneself_and_no_adopter_is_named_twice() -> None:
    person = an_adopter()
    itself = Child(id_kind="resident-id", id_number=an_id("19800101", 11), name="示例甲")

    found = given().when(applied(kind="step-child", adopter=person, child=itself))
    assert found == ["person-named-twice"]
    twice = applied().model_copy(update={"adopters": (person, person)})
    assert given().when(twice) == ["person-named-twice"]


def test_assessment_is_by_two_people() -> None:
    """R-AD-08; the same officer twice is refused."""
    assert given(applied()).when(assessed(assessors=("JB-07", "JB-08"))) == []
    assert given(applied()).when(assessed(assessors=("JB-07",))) == ["too-few-assessors"]


def test_only_a_step_child_needs_no_assessment() -> None:
    """R-AD-08."""
    assert given(applied(), assessed()).when(registered()) == []
    assert given(applied()).when(registered()) == ["not-assessed"]
    assert given(applied(), assessed(suitable=False)).when(registered()) == ["not-assessed"]
    assert given(applied(kind="step-child")).when(registered()) == []


def test_a_foundlings_parents_are_searched_for_sixty_days() -> None:
    """R-AD-06: announced 1 March, so not before 1 May; without an announcement never."""
    book = given(applied(kind="foundling"), assessed())
    assert book.when(registered(day="03-31")) == ["search-too-short"]
    assert book.when(registered(day="05-06")) == ["search-too-short", "review-too-long"]

    book.tell(searched())
    assert book.when(registered(day="04-30")) == ["search-too-short"]
    assert book.when(registered(day="05-01")) == []


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        ("kin", "03-31", []),
        ("kin", "04-01", ["review-too-long"]),
        ("foundling", "05-30", []),
        ("foundling", "05-31", ["review-too-long"]),
    ],
)
def test_review_takes_thirty_days_and_the_search_does_not_count(
    kind: ChildKind, day: str, expected: list[str]
) -> None:
    """R-AD-06: applied 1 March; the 30th day is 31 March, with a search of 60 days 30 May."""
    search = [searched()] if kind == "foundling" else []

    assert given(applied(kind=kind), *search, assessed()).when(registered(day=day)) == expected


def test_a_search_done_before_the_application_prolongs_no_review() -> None:
    """登记办法 art. 8: only the days of the announcement are left out, here none of them."""
    early = searched(day=date(2022, 1, 10))
    book = given(applied(kind="foundling"), early, assessed())

    assert book.when(registered(day="03-31")) == []
    assert book.when(registered(day="05-25")) == ["review-too-long"]


def test_of_a_search_only_the_days_after_the_application_are_left_out() -> None:
    """Announced 1 February: it ends 1 April, 31 days after the application; 30 more are review."""
    book = given(applied(kind="foundling"), searched(day=on("02-01")), assessed())

    assert book.when(registered(day="05-01")) == []
    assert book.when(registered(day="05-02")) == ["review-too-long"]


def test_a_child_that_was_adopted_before_the_ledger_is_not_its_adopter_either() -> None:
    one = an_adopter()
    twice = taken_over("SY-1").model_copy(update={"adopters": (one, one)})
    assert given().when(twice) == ["person-named-twice"]
    assert given().when(taken_over("SY-1")) == []
