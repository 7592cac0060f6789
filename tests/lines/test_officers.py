"""Officers, licences, posts and legal advisers: who may enforce on a day, and how many that is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.event import Event, Person
from domain.officers import (
    AdviserEngaged,
    AdviserEngagementEnded,
    DepartmentAbolished,
    DepartmentEstablished,
    ExamPassed,
    LegalServiceRecorded,
    LicenceIssued,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
    OfficerJoined,
    OfficerLeft,
    OfficerReturned,
    OfficerSeconded,
    OfficerTransferred,
    PostLicenceReleased,
    PostLicenceRequired,
)
from projections.officers import (
    Department,
    LegalService,
    LicencePost,
    adviser_lawyers,
    departments,
    exam_passes,
    legal_services,
    licence_posts,
    licences,
    officer_posts,
)
from tests.support.enforcement import OTHER, PERSON, a_licence, an_officer, on
from tests.support.ledger import Bench
from tests.support.rulebook import given


def required(post: str) -> PostLicenceRequired:
    return PostLicenceRequired(post=post, title="执法岗位", from_on=on("2020-01-01"))


async def value(bench: Bench, figure: str, day: str = "12-31") -> object:
    return (await bench.figure(figure, asof=on(day))).value


async def test_a_licence_counts_on_its_last_day_and_not_after(bench: Bench) -> None:
    await bench.tell(an_officer("ZF-08"), a_licence("ZF-08", until="2024-06-30"))

    assert await value(bench, "F38", "06-30") == 1
    assert await value(bench, "F38", "07-01") == 0


async def test_a_holder_counts_while_in_post_and_once_whatever_the_number_of_licences(
    bench: Bench,
) -> None:
    await bench.tell(
        an_officer("ZF-03"),
        a_licence("ZF-03"),
        a_licence("ZF-03", serial="2"),
        an_officer("ZF-05"),
        a_licence("ZF-05"),
        OfficerLeft(officer="ZF-05", reason="retired", left_on=on("03-01")),
        an_officer("ZF-09"),
        a_licence("ZF-09"),
        OfficerSeconded(officer="ZF-09", to="示例单位", seconded_on=on("09-01")),
        OfficerReturned(officer="ZF-09", post="P-9", department="ET", returned_on=on("11-01")),
    )

    assert [await value(bench, "F38", d) for d in ("02-29", "08-31", "10-31", "12-31")] == [
        3,
        2,
        1,
        2,
    ]
    # The reading not taken: licences in force.
    assert len(await bench.rows("licence")) == 4


LICENCE = "示例证ZF-03-1"
SUSPENDED = LicenceSuspended(
    officer="ZF-03", licence_number=LICENCE, reason="示例", suspended_on=on("03-01")
)
RESUMED = LicenceResumed(
    officer="ZF-03",
    licence_number=LICENCE,
    valid_until=on("2026-05-31"),
    resumed_on=on("05-01"),
)
REVOKED = LicenceRevoked(
    officer="ZF-03", licence_number=LICENCE, reason="示例", revoked_on=on("10-01")
)


async def test_a_suspended_or_revoked_licence_does_not_count(bench: Bench) -> None:
    await bench.tell(an_officer("ZF-03"), a_licence("ZF-03"), SUSPENDED, RESUMED, REVOKED)

    days = ("02-29", "03-01", "04-30", "05-01", "09-30", "10-01")
    assert [await value(bench, "F38", day) for day in days] == [1, 0, 0, 1, 1, 0]


def test_a_licence_is_valid_in_stretches() -> None:
    """Up to the day before it was suspended or revoked; another licence goes on."""
    book = given(an_officer("ZF-03"), a_licence("ZF-03"), a_licence("ZF-03", serial="2"))
    for fact in (SUSPENDED, RESUMED, REVOKED):
        book.tell(fact)

    rows = [(row.licence_number, row.valid_from, row.valid_to) for row in book.rows(licences)]
    assert sorted(rows) == [
        (LICENCE, on("2021-06-01"), on("03-01")),
        (LICENCE, on("05-01"), on("10-01")),
        ("示例证ZF-03-2", on("2021-06-01"), on("2026-06-01")),
    ]


async def test_the_share_is_of_posts_that_require_a_licence_half_up_to_whole_percent(
    bench: Bench,
) -> None:
    """5 of 8 = 62.5 % prints as 63; one post less: 5 of 7 = 71.43 %."""
    codes = [f"ZF-0{n}" for n in range(1, 6)]
    await bench.tell(
        *(an_officer(code, post=f"P-{n}") for n, code in enumerate(codes)),
        *(a_licence(code) for code in codes),
        *(required(f"P-{n}") for n in range(8)),
        PostLicenceReleased(post="P-7", reason="示例", released_on=on("07-01")),
    )

    before = await bench.figure("F39", asof=on("06-30"))
    assert (before.value, before.exact, before.beside) == (63, Decimal("62.5"), "5 / 8")
    assert (await bench.figure("F39")).value == 71
    assert (await bench.figure("F39")).beside == "5 / 7"


async def test_who_holds_a_licence_that_the_post_needs_not_is_not_in_the_share(
    bench: Bench,
) -> None:
    """3 holders for 2 posts were 150 %: one is a leader, whose post requires none."""
    await bench.tell(
        *(an_officer(f"ZF-0{n}", post=f"P-{n}", leader=n == 3) for n in (1, 2, 3)),
        *(a_licence(f"ZF-0{n}") for n in (1, 2, 3)),
        required("P-1"),
        required("P-2"),
    )

    assert (await bench.figure("F38")).value == 3
    assert (await bench.figure("F39")).value == 100
    assert (await bench.figure("F39")).beside == "2 / 2"


async def test_without_a_post_that_requires_a_licence_there_is_no_share(bench: Bench) -> None:
    await bench.tell(an_officer("ZF-03"), a_licence("ZF-03"))

    assert (await bench.figure("F39")).value is None


async def test_leaders_are_taken_off_before_holders_are_spread_over_departments(
    bench: Bench,
) -> None:
    facts: list[Any] = [
        DepartmentEstablished(department=code, title="示例股", established_on=on("2020-01-01"))
        for code in ("ZZ", "SW", "QH")
    ]
    for code in ("ZF-01", "ZF-03", "ZF-04"):
        facts += [an_officer(code, leader=code == "ZF-01"), a_licence(code)]
    moved = OfficerTransferred(
        officer="ZF-01", post="P-X", department="SW", transferred_on=on("10-01")
    )
    await bench.tell(*facts, moved)

    assert [await value(bench, f, "09-30") for f in ("F38", "F59", "F60")] == [3, 3, 1]
    assert await value(bench, "F61", "09-30") == Decimal("0.67")
    # No longer a leader: all three sit in departments. In September 3 / 3 is the reading not taken.
    assert [await value(bench, f) for f in ("F60", "F61")] == [0, Decimal("1.00")]


def passed(officer: str, exam: str, day: str) -> ExamPassed:
    return ExamPassed(officer=officer, exam=exam, passed_on=on(day))


def issued(officer: str, **more: Any) -> LicenceIssued:
    return LicenceIssued.model_validate(
        {
            "officer": officer,
            "licence_number": f"示例证{officer}",
            "scope": "民政行政执法",
            "valid_from": on("03-18"),
            "valid_until": on("2029-03-17"),
            "issued_on": on("03-18"),
            **more,
        }
    )


async def test_an_exam_counts_when_passed_and_may_precede_the_licence(bench: Bench) -> None:
    await bench.tell(
        *(an_officer("ZF-07"), passed("ZF-07", "2024-2", "11-16")),
        *(an_officer("ZF-06"), passed("ZF-06", "2023-2", "2023-11-18"), issued("ZF-06")),
    )

    assert (await value(bench, "F37"), await value(bench, "F38")) == (1, 1)


def engaged(code: str, lawyers: tuple[Person, ...], since: str, until: str) -> AdviserEngaged:
    return AdviserEngaged(
        engagement=code,
        firm=f"示例{code}律师事务所",
        firm_code=code,
        lawyers=lawyers,
        from_on=on(since),
        until_on=on(until),
    )


async def test_lawyers_of_a_firm_whose_engagement_ended_do_not_count(bench: Bench) -> None:
    third = PERSON.model_copy(update={"id_kind": "other", "id_number": "99999202300000001"})
    served = LegalServiceRecorded(
        engagement="B", service="consultation", subject="示例", served_on=on("08-15")
    )
    await bench.tell(
        engaged("A", (third,), "2023-01-01", "2025-12-31"),
        AdviserEngagementEnded(engagement="A", reason="示例", ended_on=on("07-01")),
        engaged("B", (PERSON, OTHER), "07-01", "2025-06-30"),
        served,
    )

    assert (await value(bench, "F27", "06-30"), await value(bench, "F27")) == (1, 2)
    assert (await bench.statement("S03")).holds
    assert not (await bench.statement("S03", asof=on("08-14"))).holds  # no service yet
    assert len(await bench.rows("adviser_lawyer")) == 3  # the reading not taken: ever engaged


# Departments and posts


def test_a_department_is_there_until_the_day_before_it_was_abolished() -> None:
    since = DepartmentEstablished(department="QH", title="示例股", established_on=on("2020-01-01"))
    gone = DepartmentAbolished(department="QH", abolished_on=on("07-01"))

    assert given(since).rows(departments) == [Department("QH", "示例股", on("2020-01-01"), None)]
    assert given(since, gone).rows(departments) == [
        Department("QH", "示例股", on("2020-01-01"), on("07-01"))
    ]


def test_an_officer_holds_one_post_at_a_time_and_none_while_away() -> None:
    book = given(
        an_officer("ZF-09"),
        OfficerTransferred(
            officer="ZF-09", post="P-X", department="SW", transferred_on=on("02-01")
        ),
        OfficerSeconded(officer="ZF-09", to="示例单位", seconded_on=on("09-01")),
        OfficerReturned(officer="ZF-09", post="P-9", department="ET", returned_on=on("11-01")),
    )

    rows = [(row.post, row.valid_from, row.valid_to) for row in book.rows(officer_posts)]
    assert sorted(rows, key=lambda row: row[1]) == [
        ("P-ZF-09", on("2020-01-01"), on("02-01")),
        ("P-X", on("02-01"), on("09-01")),
        ("P-9", on("11-01"), None),
    ]


# What is read of it


def test_a_post_requires_a_licence_until_the_day_before_it_was_released() -> None:
    released = PostLicenceReleased(post="P-7", reason="示例", released_on=on("07-01"))

    assert given(required("P-7"), released).rows(licence_posts) == [
        LicencePost("P-7", None, "执法岗位", on("2020-01-01"), on("07-01"))
    ]


def test_who_joined_is_in_post_until_the_day_before_leaving() -> None:
    left = OfficerLeft(officer="ZF-06", reason="retired", left_on=on("03-01"))
    book = given(JOINED, EXAM, issued("ZF-06"), left)

    assert [(row.valid_from, row.valid_to) for row in book.rows(officer_posts)] == [
        (on("2023-09-01"), on("03-01"))
    ]
    assert [(row.exam, row.passed_on) for row in book.rows(exam_passes)] == [
        ("2023-2", on("2023-11-18"))
    ]
    assert [(row.valid_from, row.valid_to) for row in book.rows(licences)] == [
        (on("03-18"), on("2029-03-18"))
    ]


def test_each_lawyer_of_a_firm_is_engaged_until_the_day_before_the_end() -> None:
    served = LegalServiceRecorded(
        engagement="A", service="consultation", subject="示例", served_on=on("05-15")
    )
    ended = AdviserEngagementEnded(engagement="A", reason="示例", ended_on=on("07-01"))
    book = given(engaged("A", (PERSON, OTHER), "2023-01-01", "2025-12-31"), served, ended)

    rows = book.rows(adviser_lawyers)
    assert len({row.lawyer for row in rows}) == 2
    assert {(row.valid_from, row.valid_to) for row in rows} == {(on("2023-01-01"), on("07-01"))}
    assert book.rows(legal_services) == [LegalService("A", "consultation", on("05-15"))]


# What is recorded with a breach


JOINED = OfficerJoined(
    officer="ZF-06", person=PERSON, post="P-6", department="ZZ", joined_on=on("2023-09-01")
)
EXAM = passed("ZF-06", "2023-2", "2023-11-18")


def test_an_officer_passes_an_exam_before_the_first_licence() -> None:
    """Whoever holds one, from here or taken over, passed before."""
    assert given(JOINED).when(issued("ZF-06")) == ["no-exam"]
    assert given(JOINED, EXAM).when(issued("ZF-06")) == []
    assert given(an_officer("ZF-03"), a_licence("ZF-03")).when(issued("ZF-03")) == []


@pytest.mark.parametrize(
    "gone",
    [
        OfficerSeconded(officer="ZF-06", to="示例单位", seconded_on=on("02-01")),
        OfficerLeft(officer="ZF-06", reason="moved", left_on=on("02-01")),
    ],
)
def test_a_licence_goes_to_somebody_in_post(gone: Event) -> None:
    back = OfficerReturned(officer="ZF-06", post="P-6", department="ZZ", returned_on=on("03-01"))

    assert given(JOINED, EXAM, gone).when(issued("ZF-06")) == ["not-in-post"]
    assert given(JOINED, EXAM, gone, back).when(issued("ZF-06")) == []


def test_a_licence_does_not_end_before_it_begins() -> None:
    """One for a single day is none that ends before."""
    book = given(JOINED, EXAM)

    assert book.when(issued("ZF-06", valid_until=on("03-17"))) == ["validity-reversed"]
    assert book.when(issued("ZF-06", valid_until=on("03-18"))) == []


def test_an_exam_is_passed_once() -> None:
    book = given(JOINED, EXAM)

    assert book.when(EXAM) == ["exam-already-passed"]
    assert book.when(passed("ZF-06", "2024-2", "11-16")) == []
