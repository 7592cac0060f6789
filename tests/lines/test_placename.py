"""Naming of roads: what counts as named, and what a complete procedure is.

Calendar days by hand: 15 after 2024-06-03 end on 06-18.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import asyncpg

from domain.event import Event
from domain.placename import (
    AssessmentReported,
    BatchAdopted,
    NameAnnounced,
    NameApproved,
    NameChanged,
    NameExtentChanged,
    NameFiled,
    NameTakenOver,
    NamingProposed,
    SignErected,
)
from tests.support.enforcement import afresh, told
from tests.support.ledger import Bench, event
from tests.support.money import PUBLISHED, breaches

APPROVED = date(2024, 6, 3)


def plan(*places: str, batch: int = 1) -> BatchAdopted:
    return BatchAdopted(
        plan=f"2024-{batch}", batch=batch, places=places, adopted_on=date(2024, 2, 20)
    )


def proposal(place: str, batch: int = 1) -> NamingProposed:
    return NamingProposed(
        place=place,
        batch=batch,
        proposed_name="示例路",
        reason="新建道路",
        location="示例片区内",
        township="445102100",
        proposed_on=date(2024, 3, 1),
    )


def assessment(place: str, *, passed: bool = True) -> AssessmentReported:
    return AssessmentReported(place=place, reported_on=date(2024, 4, 1), passed=passed)


def approval(place: str, on: date = APPROVED, batch: int = 1) -> NameApproved:
    return NameApproved(
        place=place,
        batch=batch,
        standard_name="示例路",
        romanised_name="Shili Lu",
        township="445102100",
        authority="市人民政府",
        document_number="示例府函〔2024〕1号",
        approved_on=on,
    )


def filing(place: str, on: date = date(2024, 6, 10)) -> NameFiled:
    return NameFiled(place=place, filed_with="省人民政府", filed_on=on)


def announcement(place: str, on: date = date(2024, 6, 12)) -> NameAnnounced:
    return NameAnnounced(
        place=place,
        announced_on=on,
        standard_name="示例路",
        romanised_name="Shili Lu",
        division="445102",
        location="东西走向,长 420 米",
        authority="市人民政府",
        approved_on=APPROVED,
    )


def road(place: str, batch: int = 1) -> list[Event]:
    """The whole way of one road."""
    return [
        proposal(place, batch),
        assessment(place),
        approval(place, batch=batch),
        filing(place),
        announcement(place),
    ]


async def given(connection: asyncpg.Connection, *facts: Event) -> Bench:
    bench = await afresh(connection)
    await bench.take(*told(*facts, source="placenames"))
    return bench


async def named(bench: Bench, **when: Any) -> object:
    return (await bench.figure("F46", **when)).value


# Counting


async def test_a_road_of_the_first_batch_counts_from_its_approval(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, proposal("R1"), assessment("R1"))
    assert await named(bench) == 0

    await bench.take(*told(approval("R1"), source="placenames", prefix="later"))
    assert await named(bench) == 1
    assert await named(bench, asof=date(2024, 6, 2)) == 0
    assert await named(bench, year=2025) == 0


async def test_approved_is_counted_and_announced_stands_beside(
    connection: asyncpg.Connection,
) -> None:
    """The reading not taken: one of the two was announced in the year."""
    late = announcement("R2", date(2025, 1, 2))
    december = approval("R2", date(2024, 12, 24))
    bench = await given(connection, *road("R1"), proposal("R2"), assessment("R2"), december, late)

    value = await bench.figure("F46")
    assert (value.value, value.beside) == (2, "其中期内已公告 1 条")


async def test_a_second_batch_a_renaming_an_extension_and_a_sign_are_no_naming_of_the_first(
    connection: asyncpg.Connection,
) -> None:
    old = NameTakenOver(
        place="R9",
        standard_name="旧名路",
        romanised_name="Jiuming Lu",
        approved_on=date(2015, 6, 1),
        taken_over_on=date(2024, 1, 1),
    )
    renamed = NameChanged(
        place="R9",
        standard_name="新名路",
        romanised_name="Xinming Lu",
        authority="市人民政府",
        document_number="示例府函〔2024〕2号",
        approved_on=date(2024, 9, 3),
        reason="与另一道路同音",
    )
    longer = NameExtentChanged(
        place="R9",
        location="向东延长",
        authority="市人民政府",
        document_number="示例府函〔2024〕3号",
        approved_on=date(2024, 9, 3),
    )
    sign = SignErected(place="R9", signs=2, erected_on=date(2024, 10, 8))
    bench = await given(connection, *road("R1"), *road("R2", batch=2), old, renamed, longer, sign)

    assert await named(bench) == 1
    rows = {row["place"]: row for row in await bench.rows("place_name")}
    assert rows["R9"]["name"] == "新名路"
    assert rows["R9"]["changed_on"] == date(2024, 9, 3)


async def test_an_approval_told_late_was_not_known_when_the_report_was_published(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, proposal("R1"), assessment("R1"))
    await bench.take(event("placenames", "late", approval("R1"), received=date(2025, 2, 3)))

    assert await named(bench) == 1
    assert await named(bench, known=PUBLISHED) == 0


async def test_an_approval_of_a_place_nobody_proposed_waits(
    connection: asyncpg.Connection,
) -> None:
    bench = await afresh(connection)
    assert (await bench.take(*told(approval("R1"), source="placenames"))).parked == 1
    assert await named(bench) == 0

    await bench.take(*told(proposal("R1"), source="placenames", prefix="later"))
    assert await named(bench) == 1


# The procedure


async def test_filed_and_announced_on_the_fifteenth_day_is_in_time(
    connection: asyncpg.Connection,
) -> None:
    day = date(2024, 6, 18)
    bench = await given(
        connection,
        plan("R1"),
        proposal("R1"),
        assessment("R1"),
        approval("R1"),
        filing("R1", day),
        announcement("R1", day),
    )

    assert await breaches(connection, "e-4") == []
    assert await breaches(connection, "e-5") == []
    assert (await bench.statement("S18")).holds


async def test_on_the_sixteenth_day_both_are_late(connection: asyncpg.Connection) -> None:
    day = date(2024, 6, 19)
    bench = await given(
        connection,
        plan("R1", "R2"),
        *road("R2"),
        proposal("R1"),
        assessment("R1"),
        approval("R1"),
        filing("R1", day),
        announcement("R1", day),
    )

    assert await breaches(connection, "e-9") == ["filed-late"]
    assert await breaches(connection, "e-10") == ["announced-late"]
    assert await named(bench) == 2  # counted all the same
    statement = await bench.statement("S18")
    assert [what.split()[0] for ok, what, _ in statement.conditions if not ok] == ["R1"]


async def test_an_announcement_without_a_particular_is_incomplete(
    connection: asyncpg.Connection,
) -> None:
    """One road for each particular of R-NM-04; one that is sent as null is absent too."""
    absent = {
        "R1": "standard_name",
        "R2": "romanised_name",
        "R3": "division",
        "R4": "location",
        "R5": "authority",
        "R6": "approved_on",
    }
    steps = [step for place in (*absent, "R7", "R8") for step in road(place)[:-1]]
    bench = await given(connection, plan(*absent, "R7", "R8"), *steps)
    for place, particular in absent.items():
        short = announcement(place).model_copy(update={particular: None})
        await bench.take(event("placenames", f"announced-{place}", short))
    null = event("placenames", "announced-R7", announcement("R7"), data={"location": None})
    await bench.take(null, event("placenames", "announced-R8", announcement("R8")))

    for place in (*absent, "R7"):
        assert await breaches(connection, f"announced-{place}") == ["announcement-incomplete"]
    assert await breaches(connection, "announced-R8") == []
    statement = await bench.statement("S18")
    complete = [what.split()[0] for ok, what, _ in statement.conditions if ok]
    assert complete == ["R8"]


async def test_approved_without_assessment_or_after_a_failed_one(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, plan("R1"), proposal("R1"), approval("R1"))
    assert await breaches(connection, "e-2") == ["approved-without-assessment"]
    assert await named(bench) == 1
    assert not (await bench.statement("S18")).holds

    await given(connection, proposal("R1"), assessment("R1", passed=False), approval("R1"))
    assert await breaches(connection, "e-2") == ["approved-without-assessment"]


async def test_approved_twice_is_one_road_and_a_breach(connection: asyncpg.Connection) -> None:
    bench = await given(
        connection,
        proposal("R1"),
        assessment("R1"),
        approval("R1"),
        approval("R1", date(2024, 7, 1)),
    )

    assert await breaches(connection, "e-3") == ["approved-twice"]
    assert await named(bench) == 1


async def test_filed_or_announced_before_the_approval(connection: asyncpg.Connection) -> None:
    day = date(2024, 6, 2)
    await given(connection, proposal("R1"), filing("R1", day), announcement("R1", day))
    assert await breaches(connection, "e-1") == ["not-approved"]
    assert await breaches(connection, "e-2") == ["not-approved"]

    bench = await given(
        connection, plan("R1"), *road("R1")[:3], filing("R1", day), announcement("R1")
    )
    assert await breaches(connection, "e-4") == ["not-approved"]
    assert not (await bench.statement("S18")).holds


async def test_the_procedure_is_complete_when_every_planned_road_went_the_whole_way(
    connection: asyncpg.Connection,
) -> None:
    """Not for a batch nobody planned, nor while a planned road is missing."""
    bench = await given(connection, *road("R1"))
    assert not (await bench.statement("S18")).holds

    bench = await given(connection, plan("R1", "R2"), *road("R1"))
    assert not (await bench.statement("S18")).holds

    await bench.take(*told(*road("R2"), source="placenames", prefix="second"))
    assert (await bench.statement("S18")).holds


async def test_a_road_approved_outside_the_plan_of_its_batch(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, plan("R1"), *road("R1"), *road("R2"))

    assert await named(bench) == 2
    faults = [what for ok, what, _ in (await bench.statement("S18")).conditions if not ok]
    assert faults == ["R2 示例路 已批准，不在本批计划内"]


async def test_a_second_proposal_after_a_failed_one_is_the_same_road(
    connection: asyncpg.Connection,
) -> None:
    failed = assessment("R1", passed=False)
    bench = await given(connection, plan("R1"), proposal("R1"), failed, *road("R1"))

    assert await named(bench) == 1
    assert (await bench.statement("S18")).holds
    assert len(await bench.rows("place_name")) == 1
