"""Naming of roads: what counts as named, and what a complete procedure is.

Calendar days by hand: 15 after 2024-06-03 end on 06-18.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.envelope import read
from domain.event import Event
from domain.placename import (
    AssessmentReported,
    BatchAdopted,
    ExpertReviewHeld,
    NameAnnounced,
    NameApproved,
    NameChanged,
    NameExtentChanged,
    NameFiled,
    NameRetired,
    NameTakenOver,
    NamingProposed,
    OpinionsCollected,
    SignErected,
)
from projections.placename import (
    PlaceValue,
    PlannedName,
    place_names,
    place_values,
    planned_names,
)
from tests.support.bureau import SAMPLE
from tests.support.ledger import Bench, event
from tests.support.money import PUBLISHED
from tests.support.rulebook import given

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


def review(place: str, on: date = date(2024, 4, 8)) -> ExpertReviewHeld:
    return ExpertReviewHeld(place=place, held_on=on, experts=5)


def opinions(place: str, closed: date = date(2024, 4, 23)) -> OpinionsCollected:
    return OpinionsCollected(place=place, opened_on=date(2024, 4, 9), closed_on=closed, opinions=2)


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
        location="东西走向，长 420 米",
        authority="市人民政府",
        approved_on=APPROVED,
    )


def road(place: str, batch: int = 1) -> list[Event]:
    """The whole way of one road."""
    return [
        proposal(place, batch),
        assessment(place),
        review(place),
        opinions(place),
        approval(place, batch=batch),
        filing(place),
        announcement(place),
    ]


async def named(bench: Bench, **when: Any) -> object:
    return (await bench.figure("F46", **when)).value


# Counting


async def test_a_road_of_the_first_batch_counts_from_its_approval(bench: Bench) -> None:
    await bench.tell(proposal("R1"), assessment("R1"))
    assert await named(bench) == 0

    await bench.tell(approval("R1"))
    assert await named(bench) == 1
    assert await named(bench, asof=date(2024, 6, 2)) == 0
    assert await named(bench, year=2025) == 0


async def test_approved_is_counted_and_announced_stands_beside(bench: Bench) -> None:
    """The reading not taken: one of the two was announced in the year."""
    late = announcement("R2", date(2025, 1, 2))
    december = approval("R2", date(2024, 12, 24))
    await bench.tell(*road("R1"), proposal("R2"), assessment("R2"), december, late)

    value = await bench.figure("F46")
    assert (value.value, value.beside) == (2, "其中期内已公告 1 条")


OLD = NameTakenOver(
    place="R9",
    standard_name="旧名路",
    romanised_name="Jiuming Lu",
    approved_on=date(2015, 6, 1),
    taken_over_on=date(2024, 1, 1),
)
RENAMED = NameChanged(
    place="R9",
    standard_name="新名路",
    romanised_name="Xinming Lu",
    authority="市人民政府",
    document_number="示例府函〔2024〕2号",
    approved_on=date(2024, 9, 3),
    reason="与另一道路同音",
)
LONGER = NameExtentChanged(
    place="R9",
    location="向东延长",
    authority="市人民政府",
    document_number="示例府函〔2024〕3号",
    approved_on=date(2024, 9, 4),
)
SIGN = SignErected(place="R9", signs=2, erected_on=date(2024, 10, 8))


async def test_a_second_batch_a_renaming_an_extension_and_a_sign_are_no_naming_of_the_first(
    bench: Bench,
) -> None:
    await bench.tell(*road("R1"), *road("R2", batch=2), OLD, RENAMED, LONGER, SIGN)

    assert await named(bench) == 1


async def test_an_approval_told_late_was_not_known_when_the_report_was_published(
    bench: Bench,
) -> None:
    await bench.tell(proposal("R1"), assessment("R1"))
    await bench.tell(approval("R1"), received=date(2025, 2, 3))

    assert await named(bench) == 1
    assert await named(bench, known=PUBLISHED) == 0


async def test_late_or_approved_twice_a_road_is_counted_once_all_the_same(bench: Bench) -> None:
    day = date(2024, 6, 19)
    await bench.tell(
        *(proposal("R1"), approval("R1"), approval("R1", date(2024, 7, 1))),
        *(filing("R1", day), announcement("R1", day)),
    )

    assert await named(bench) == 1


# The procedure


async def not_complete(bench: Bench) -> list[str]:
    """The planned roads that did not go the whole way."""
    conditions = (await bench.statement("S18")).conditions
    return [what.split()[0] for ok, what, _ in conditions if not ok]


async def test_the_procedure_is_complete_when_every_planned_road_went_the_whole_way(
    bench: Bench,
) -> None:
    """Not for a batch nobody planned, nor while a planned road is missing."""
    await bench.tell(*road("R1"))
    assert not (await bench.statement("S18")).holds

    await bench.tell(plan("R1", "R2"))
    assert not (await bench.statement("S18")).holds

    await bench.tell(*road("R2"))
    assert (await bench.statement("S18")).holds


async def test_a_road_filed_and_announced_a_day_late_is_the_one_that_failed(bench: Bench) -> None:
    on_time, late = date(2024, 6, 18), date(2024, 6, 19)
    await bench.tell(plan("R1", "R2"))
    for place, day in (("R1", on_time), ("R2", late)):
        await bench.tell(*road(place)[:5], filing(place, day), announcement(place, day))

    assert await not_complete(bench) == ["R2"]


async def test_a_road_whose_announcement_is_incomplete_is_the_one_that_failed(
    bench: Bench,
) -> None:
    short = announcement("R2").model_copy(update={"location": None})
    await bench.tell(plan("R1", "R2"), *road("R1"), *road("R2")[:6], short)

    assert await not_complete(bench) == ["R2"]


WHOLE = tuple(road("R2"))
LEFT_OUT: tuple[tuple[Event, Event | None], ...] = (
    *((fact, None) for fact in WHOLE),
    (WHOLE[1], assessment("R2", passed=False)),
    (WHOLE[2], review("R2", date(2024, 2, 29))),
    (WHOLE[2], review("R2", date(2024, 6, 4))),
    (WHOLE[3], opinions("R2", date(2024, 6, 4))),
    (WHOLE[4], approval("R2").model_copy(update={"authority": "示例区人民政府"})),
)
"""A step of the road, and what is told instead of it: it is left out, failed, came before the
proposal or after the approval, or another authority approved than the plan names."""


@pytest.mark.parametrize(("fact", "instead"), LEFT_OUT)
async def test_a_road_that_did_not_go_the_whole_way_is_the_one_that_failed(
    bench: Bench, fact: Event, instead: Event | None
) -> None:
    steps = [instead if step is fact else step for step in WHOLE]
    await bench.tell(plan("R1", "R2"), *road("R1"), *(step for step in steps if step))

    assert await not_complete(bench) == ["R2"]


async def test_a_road_filed_before_its_approval_is_the_one_that_failed(bench: Bench) -> None:
    early = filing("R2", date(2024, 6, 2))
    await bench.tell(plan("R1", "R2"), *road("R1"), *road("R2")[:5], early, announcement("R2"))

    assert await not_complete(bench) == ["R2"]


async def test_a_road_approved_outside_the_plan_of_its_batch(bench: Bench) -> None:
    await bench.tell(plan("R1"), *road("R1"), *road("R2"))

    assert await named(bench) == 2
    faults = [what for ok, what, _ in (await bench.statement("S18")).conditions if not ok]
    assert faults == ["R2 示例路 已批准，不在本批计划内"]


async def test_a_second_proposal_after_a_failed_one_completes_the_road(bench: Bench) -> None:
    await bench.tell(plan("R1"), *FAILED, *road("R1"))

    assert await named(bench) == 1
    assert (await bench.statement("S18")).holds


# What is read of it


FAILED = (proposal("R1"), assessment("R1", passed=False))


def test_a_second_proposal_after_a_failed_one_is_the_same_road() -> None:
    (row,) = given(*FAILED, *road("R1")).rows(place_names)

    assert (row.assessed_on, row.approved_on) == (date(2024, 4, 1), APPROVED)
    assert (row.reviewed_on, row.asked_on) == (date(2024, 4, 8), date(2024, 4, 23))
    assert [row.assessed_on for row in given(*FAILED).rows(place_names)] == [None]


def test_the_first_approval_names_the_road() -> None:
    (row,) = given(*road("R1"), approval("R1", date(2024, 7, 1))).rows(place_names)

    assert (row.approved_on, row.announced_on) == (APPROVED, date(2024, 6, 12))


def test_a_renamed_road_bears_its_old_name_to_the_day_before() -> None:
    first, last = date(2015, 6, 1), date(2024, 9, 3)
    book = given(OLD, RENAMED)

    assert book.rows(place_values) == [
        PlaceValue("R9", "name", "旧名路", first, last),
        PlaceValue("R9", "name", "新名路", last, None),
        PlaceValue("R9", "romanised-name", "Jiuming Lu", first, last),
        PlaceValue("R9", "romanised-name", "Xinming Lu", last, None),
    ]
    assert [(row.changed_on, row.approved_on) for row in book.rows(place_names)] == [(last, None)]


def test_a_longer_road_and_one_with_signs_keeps_its_name() -> None:
    book = given(OLD, RENAMED, LONGER, SIGN)

    (row,) = book.rows(place_names)
    assert (row.changed_on, row.signed_on) == (date(2024, 9, 4), date(2024, 10, 8))
    values = book.rows(place_values)
    assert [row.value for row in values if row.item == "name"] == ["旧名路", "新名路"]
    assert PlaceValue("R9", "location", "向东延长", date(2024, 9, 4), None) in values


async def test_a_question_about_a_past_date_is_answered_with_the_name_of_that_date(
    bench: Bench,
) -> None:
    renamed = RENAMED.model_copy(update={"place": "R1"})
    await bench.tell(plan("R1"), *road("R1"), renamed)

    assert await bench.behind("F46") == ["R1 新名路"]
    assert await bench.behind("F46", asof=date(2024, 9, 2)) == ["R1 示例路"]
    (condition,) = (await bench.statement("S18", asof=date(2024, 9, 2))).conditions
    assert condition[1].startswith("R1 示例路")


async def test_a_place_without_a_name_in_force_goes_by_the_one_it_was_given(bench: Bench) -> None:
    """Retired by then, or proposed only."""
    retired = NameRetired(place="R1", retired_on=date(2024, 11, 1), reason="道路灭失")
    await bench.tell(plan("R1", "R2"), *road("R1"), retired, proposal("R2"))

    assert await bench.behind("F46") == ["R1 示例路"]
    faults = [what for ok, what, _ in (await bench.statement("S18")).conditions if not ok]
    assert [what.partition(" 申请")[0] for what in faults] == ["R2 示例路"]


def test_a_plan_names_its_places_one_by_one() -> None:
    day = date(2024, 2, 20)

    assert given(plan("R1", "R2")).rows(planned_names) == [
        PlannedName(1, "R1", day),
        PlannedName(1, "R2", day),
    ]


# What is recorded with a breach


def test_a_road_is_proposed_before_anything_else() -> None:
    assert given().waits_for(approval("R1")) == {"place-name/R1"}
    assert given(proposal("R1")).waits_for(approval("R1")) == set()


def test_a_road_is_assessed_before_it_is_approved() -> None:
    unassessed = ["approved-without-assessment"]

    assert given(proposal("R1")).when(approval("R1")) == unassessed
    assert given(*FAILED).when(approval("R1")) == unassessed
    assert given(proposal("R1"), assessment("R1")).when(approval("R1")) == []


def test_a_road_is_approved_once() -> None:
    book = given(proposal("R1"), assessment("R1"), approval("R1"))

    assert book.breaches == [[], [], []]
    assert book.when(approval("R1", date(2024, 7, 1))) == ["approved-twice"]


@pytest.mark.parametrize(
    ("day", "filed", "announced"),
    [
        (date(2024, 6, 2), ["not-approved"], ["not-approved"]),
        (APPROVED, [], []),
        (date(2024, 6, 18), [], []),
        (date(2024, 6, 19), ["filed-late"], ["announced-late"]),
    ],
)
def test_a_name_is_filed_and_announced_within_fifteen_days_of_its_approval(
    day: date, filed: list[str], announced: list[str]
) -> None:
    """R-NM-02, R-NM-03."""
    book = given(proposal("R1"), assessment("R1"), approval("R1"))

    assert book.when(filing("R1", day)) == filed
    assert book.when(announcement("R1", day)) == announced


def test_what_was_not_approved_is_neither_filed_nor_announced() -> None:
    book = given(proposal("R1"), assessment("R1"))

    assert book.when(filing("R1")) == ["not-approved"]
    assert book.when(announcement("R1")) == ["not-approved"]


@pytest.mark.parametrize(
    "particular",
    ["standard_name", "romanised_name", "division", "location", "authority", "approved_on"],
)
def test_an_announcement_without_a_particular_is_incomplete(particular: str) -> None:
    """R-NM-04."""
    book = given(*road("R1")[:5])
    short = announcement("R1").model_copy(update={particular: None})

    assert book.when(short) == ["announcement-incomplete"]
    assert book.when(announcement("R1")) == []


def test_a_particular_sent_as_null_is_absent() -> None:
    line = event("placenames", "x", announcement("R1"), data={"location": None})

    assert getattr(read(line, SAMPLE, replay=True).event, "location", "told") is None
