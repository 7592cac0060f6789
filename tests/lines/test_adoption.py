"""Adoptions: what counts as one 宗, and what is recorded with a breach.

Days by hand: 60 after 2024-03-01 end on 04-30; 30 after 2024-03-01 end on 03-31.
"""

from __future__ import annotations

from datetime import date

import asyncpg

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
from tests.support.enforcement import afresh, on, told
from tests.support.ledger import Bench, event
from tests.support.money import PUBLISHED, breaches


def an_id(born: str, serial: int) -> str:
    body = f"445199{born}{serial:03d}"
    return body + resident_id_check(body)


def an_adopter(born: str = "19800101") -> Adopter:
    return Adopter(
        id_kind="resident-id",
        id_number=an_id(born, 11),
        name="示例甲",
        residence_division="445102",
    )


def a_child(born: str = "20200101") -> Child:
    return Child(id_kind="resident-id", id_number=an_id(born, 21), name="示例丙")


def applied(
    application: str = "SY-1", kind: ChildKind = "kin", adopter: Adopter | None = None
) -> AdoptionApplied:
    return AdoptionApplied(
        application=application,
        child_kind=kind,
        adopters=(adopter or an_adopter(),),
        child=a_child(),
        children_before=0,
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


def registered(application: str = "SY-1", day: str = "03-20") -> AdoptionRegistered:
    return AdoptionRegistered(
        application=application,
        certificate_number="示例收〔2024〕1号",
        registered_on=on(day),
        registrars=("HY-01",),
    )


def searched(application: str = "SY-1") -> ParentsSearchAnnounced:
    return ParentsSearchAnnounced(application=application, announced_on=on("03-01"))


async def given(connection: asyncpg.Connection, *facts: Event) -> Bench:
    bench = await afresh(connection)
    await bench.take(*told(*facts, source="adoption"))
    return bench


# Counting


async def test_a_registration_counts_an_application_does_not(
    connection: asyncpg.Connection,
) -> None:
    """Four applications; one registered, one refused, one withdrawn, one open."""
    bench = await given(
        connection,
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


async def test_dissolved_or_revoked_later_it_still_counts_in_its_year(
    connection: asyncpg.Connection,
) -> None:
    """The reading not taken would give 0. One dissolved from years ago counts in neither year."""
    old = AdoptionTakenOver(
        application="SY-0",
        child_kind="parents-unable",
        adopters=(an_adopter(),),
        child=a_child(),
        children_before=0,
        applied_on=date(2009, 3, 20),
        registered_on=date(2009, 4, 14),
        taken_over_on=date(2024, 1, 1),
    )
    bench = await given(
        connection,
        *(old, applied("SY-1"), registered("SY-1"), applied("SY-2"), registered("SY-2")),
        AdoptionDissolved(
            application="SY-0", certificate_number="示例收〔2009〕1号", dissolved_on=on("08-15")
        ),
        AdoptionDissolved(
            application="SY-1", certificate_number="示例收〔2024〕1号", dissolved_on=on("09-02")
        ),
        AdoptionRevoked(application="SY-2", revoked_on=on("09-03"), reason="弄虚作假"),
    )

    assert (await bench.figure("F47")).value == 2
    assert (await bench.figure("F47", year=2009)).value == 1
    rows = {row["application"]: row["ended_how"] for row in await bench.rows("adoption")}
    assert rows == {"SY-0": "dissolved", "SY-1": "dissolved", "SY-2": "revoked"}


async def test_registered_before_the_report_but_told_after_it(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, applied(), assessed())
    await bench.take(event("adoption", "late", registered(), received=date(2025, 2, 3)))

    assert (await bench.figure("F47")).value == 1
    assert (await bench.figure("F47", known=PUBLISHED)).value == 0


async def test_a_registration_waits_for_its_application(connection: asyncpg.Connection) -> None:
    bench = await given(connection, registered())
    assert (await bench.figure("F47")).value == 0

    await bench.take(*told(applied(), assessed(), source="adoption", prefix="later"))
    assert (await bench.figure("F47")).value == 1


async def test_a_second_registration_is_a_breach_and_the_first_one_stands(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, applied(), assessed(), registered(), registered(day="03-22"))

    assert await breaches(connection, "e-3") == ["registered-twice"]
    assert (await bench.figure("F47")).value == 1
    (row,) = await bench.rows("adoption")
    assert row["registered_on"] == on("03-20")


async def test_neither_child_nor_adopter_is_named_in_the_open(
    connection: asyncpg.Connection,
) -> None:
    """Not even in what lies behind the figure."""
    bench = await given(connection, applied(), assessed(), registered())

    for (text,) in await connection.fetch("SELECT convert_from(open, 'UTF8') FROM ledger.entry"):
        assert "示例甲" not in text
        assert "示例丙" not in text
        assert "2020-01-01" not in text
    assert "name" not in (await bench.rows("adoption"))[0]


# What the rules ask for


async def test_an_adopter_is_thirty_from_the_birthday_itself(
    connection: asyncpg.Connection,
) -> None:
    """R-AD-01, on the day of the application, 1 March 2024."""
    just, young = an_adopter("19940301"), an_adopter("19940302")
    await given(connection, applied("SY-1", adopter=just), applied("SY-2", adopter=young))

    assert await breaches(connection, "e-0") == []
    assert await breaches(connection, "e-1") == ["adopter-under-age"]


def test_a_child_consents_from_the_eighth_birthday() -> None:
    assert flags_of(a_child("20160301"), on("03-01"), "445102") == {"consent_needed": True}
    assert flags_of(a_child("20160302"), on("03-01"), "445102") == {"consent_needed": False}


async def test_assessment_is_by_two_and_only_a_step_child_needs_none(
    connection: asyncpg.Connection,
) -> None:
    """R-AD-08; the same officer twice is one."""
    await given(
        connection,
        applied("SY-1"),
        assessed("SY-1", ("JB-07", "JB-07")),
        applied("SY-2"),
        registered("SY-2"),
        applied("SY-3", "step-child"),
        registered("SY-3"),
        applied("SY-4"),
        assessed("SY-4", suitable=False),
        registered("SY-4"),
    )

    assert await breaches(connection, "e-1") == ["too-few-assessors"]
    assert await breaches(connection, "e-3") == ["not-assessed"]
    assert await breaches(connection, "e-5") == []
    assert await breaches(connection, "e-8") == ["not-assessed"]


async def test_a_foundlings_parents_are_searched_for_sixty_days(
    connection: asyncpg.Connection,
) -> None:
    """R-AD-06: announced 1 March, so not before 1 May; without an announcement never."""
    days = {"SY-1": "04-30", "SY-2": "05-01"}
    facts: list[Event] = []
    for application, day in days.items():
        facts += [
            applied(application, "foundling"),
            searched(application),
            assessed(application),
            registered(application, day),
        ]
    none = [applied("SY-3", "foundling"), assessed("SY-3"), registered("SY-3", "05-06")]
    await given(connection, *facts, *none)

    assert await breaches(connection, "e-3") == ["search-too-short"]
    assert await breaches(connection, "e-7") == []
    assert await breaches(connection, "e-10") == ["search-too-short"]


async def test_review_takes_thirty_days_and_the_search_does_not_count(
    connection: asyncpg.Connection,
) -> None:
    """R-AD-06: applied 1 March; the 30th day is 31 March, with a search of 60 days 30 May."""
    await given(
        connection,
        *(applied("SY-1"), assessed("SY-1"), registered("SY-1", "03-31")),
        *(applied("SY-2"), assessed("SY-2"), registered("SY-2", "04-01")),
        *(applied("SY-3", "foundling"), searched("SY-3"), assessed("SY-3")),
        registered("SY-3", "05-30"),
        *(applied("SY-4", "foundling"), searched("SY-4"), assessed("SY-4")),
        registered("SY-4", "05-31"),
    )

    assert await breaches(connection, "e-2") == []
    assert await breaches(connection, "e-5") == ["review-too-long"]
    assert await breaches(connection, "e-9") == []
    assert await breaches(connection, "e-13") == ["review-too-long"]
