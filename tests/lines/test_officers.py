"""Officers, licences, posts and legal advisers: who may enforce on a day, and how many that is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import asyncpg

from domain.event import Event, Person
from domain.officers import (
    AdviserEngaged,
    AdviserEngagementEnded,
    DepartmentEstablished,
    ExamPassed,
    LegalServiceRecorded,
    LicenceIssued,
    LicenceResumed,
    LicenceRevoked,
    LicenceSuspended,
    OfficerLeft,
    OfficerReturned,
    OfficerSeconded,
    OfficerTransferred,
    PostLicenceReleased,
    PostLicenceRequired,
)
from tests.support.enforcement import OTHER, PERSON, a_licence, an_officer, on, told
from tests.support.ledger import Bench


def required(post: str) -> PostLicenceRequired:
    return PostLicenceRequired(post=post, title="执法岗位", from_on=on("2020-01-01"))


async def value(bench: Bench, figure: str, day: str = "12-31") -> object:
    return (await bench.figure(figure, asof=on(day))).value


async def given(connection: asyncpg.Connection, *facts: Event) -> Bench:
    bench = await Bench.open(connection)
    await bench.take(*told(*facts))
    return bench


async def test_a_licence_counts_on_its_last_day_and_not_after(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, an_officer("ZF-08"), a_licence("ZF-08", until="2024-06-30"))

    assert await value(bench, "F38", "06-30") == 1
    assert await value(bench, "F38", "07-01") == 0


async def test_a_holder_counts_while_in_post_and_once_whatever_the_number_of_licences(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(
        connection,
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


async def test_a_suspended_or_revoked_licence_does_not_count(
    connection: asyncpg.Connection,
) -> None:
    licence = "示例证ZF-03-1"
    bench = await given(
        connection,
        an_officer("ZF-03"),
        a_licence("ZF-03"),
        LicenceSuspended(
            officer="ZF-03", licence_number=licence, reason="示例", suspended_on=on("03-01")
        ),
        LicenceResumed(
            officer="ZF-03",
            licence_number=licence,
            valid_until=on("2026-05-31"),
            resumed_on=on("05-01"),
        ),
        LicenceRevoked(
            officer="ZF-03", licence_number=licence, reason="示例", revoked_on=on("10-01")
        ),
    )

    days = ("02-29", "03-01", "04-30", "05-01", "09-30", "10-01")
    assert [await value(bench, "F38", day) for day in days] == [1, 0, 0, 1, 1, 0]


async def test_the_share_is_of_posts_that_require_a_licence_half_up_to_whole_percent(
    connection: asyncpg.Connection,
) -> None:
    """5 of 8 = 62.5 % prints as 63; one post less: 5 of 7 = 71.43 %."""
    codes = [f"ZF-0{n}" for n in range(1, 6)]
    bench = await given(
        connection,
        *(an_officer(code) for code in codes),
        *(a_licence(code) for code in codes),
        *(required(f"P-{n}") for n in range(8)),
        PostLicenceReleased(post="P-7", reason="示例", released_on=on("07-01")),
    )

    before = await bench.figure("F39", asof=on("06-30"))
    assert (before.value, before.exact, before.beside) == (63, Decimal("62.5"), "5 / 8")
    assert (await bench.figure("F39")).value == 71
    assert (await bench.figure("F39")).beside == "5 / 7"


async def test_without_a_post_that_requires_a_licence_there_is_no_share(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, an_officer("ZF-03"), a_licence("ZF-03"))

    assert (await bench.figure("F39")).value is None


async def test_leaders_are_taken_off_before_holders_are_spread_over_departments(
    connection: asyncpg.Connection,
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
    bench = await given(connection, *facts, moved)

    assert [await value(bench, f, "09-30") for f in ("F38", "F59", "F60")] == [3, 3, 1]
    assert await value(bench, "F61", "09-30") == Decimal("0.67")
    # No longer a leader: all three sit in departments. In September 3 / 3 is the reading not taken.
    assert [await value(bench, f) for f in ("F60", "F61")] == [0, Decimal("1.00")]


async def test_an_exam_counts_when_passed_and_may_precede_the_licence(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(
        connection,
        an_officer("ZF-07"),
        ExamPassed(officer="ZF-07", exam="2024-2", passed_on=on("11-16")),
        an_officer("ZF-06"),
        ExamPassed(officer="ZF-06", exam="2023-2", passed_on=on("2023-11-18")),
        LicenceIssued(
            officer="ZF-06",
            licence_number="示例证ZF-06",
            scope="民政行政执法",
            valid_from=on("03-18"),
            valid_until=on("2029-03-17"),
            issued_on=on("03-18"),
        ),
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


async def test_lawyers_of_a_firm_whose_engagement_ended_do_not_count(
    connection: asyncpg.Connection,
) -> None:
    third = PERSON.model_copy(update={"id_kind": "other", "id_number": "99999202300000001"})
    served = LegalServiceRecorded(
        engagement="B", service="consultation", subject="示例", served_on=on("08-15")
    )
    bench = await given(
        connection,
        engaged("A", (third,), "2023-01-01", "2025-12-31"),
        AdviserEngagementEnded(engagement="A", reason="示例", ended_on=on("07-01")),
        engaged("B", (PERSON, OTHER), "07-01", "2025-06-30"),
        served,
    )

    assert (await value(bench, "F27", "06-30"), await value(bench, "F27")) == (1, 2)
    assert (await bench.statement("S03")).holds
    assert not (await bench.statement("S03", asof=on("08-14"))).holds  # no service yet
    assert len(await bench.rows("adviser_lawyer")) == 3  # the reading not taken: ever engaged
