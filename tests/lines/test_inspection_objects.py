"""Inspections of what is neither a social organisation nor a keeping body: homes, cemeteries."""

from __future__ import annotations

from typing import Any

from domain.inspection import (
    DrawnObjectExempted,
    InspectionNotified,
    ObjectRegistered,
    ObjectRemoved,
    RandomDrawPerformed,
)
from projections.inspection.draws import InspectedObject, inspected_objects
from reports.catalogue import slice_of
from reports.table import Asked, tabulate
from tests.support.bureau import SAMPLE
from tests.support.enforcement import RECORD, a_body, an_inspection, counts, on
from tests.support.ledger import Bench
from tests.support.rulebook import given, revoked

HOME = "inspected-object/YL-01"
REGISTERED = ObjectRegistered(
    object_code="YL-01",
    kind="elderly-home",
    name="示例养老院",
    township="445102100",
    registered_on=on("01-02"),
)
REMOVED = ObjectRemoved(object_code="YL-01", reason="停业", removed_on=on("09-30"))


async def test_a_home_is_inspected_once_it_is_registered(bench: Bench) -> None:
    """It was parked for ever: nothing could begin the stream that it waited for."""
    visit = an_inspection("JC-1", object=HOME)
    assert given().waits_for(visit) == {HOME}
    assert given(REGISTERED).when(visit) == []

    await bench.tell(visit)
    assert await counts(bench) == [0, 0, 0]
    await bench.tell(REGISTERED)
    assert await counts(bench) == [1, 0, 1]
    assert await bench.behind("F29") == ["JC-1 示例养老院"]


async def test_what_no_register_can_hold_is_inspected_all_the_same_and_said(bench: Bench) -> None:
    visit = an_inspection("JC-1", object="elderly-home/YL-01")
    assert given().waits_for(visit) == set()
    assert given().when(visit) == ["object-not-registered"]

    await bench.tell(visit)
    assert await counts(bench) == [1, 0, 1]


def test_draws_notices_and_exemptions_wait_for_what_can_be_registered() -> None:
    other = "elderly-home/YL-09"
    draw = RandomDrawPerformed(
        draw_number="SSJ-1",
        drawn_on=on("05-15"),
        population=2,
        list_digest=RECORD,
        algorithm="示例",
        seed="1",
        drawn_objects=(HOME, other),
        drawn_officers=("ZF-03", "ZF-04"),
    )
    notice = InspectionNotified(
        inspection_number="JC-1", object=other, planned_on=on("06-05"), notified_on=on("06-03")
    )
    exempted = DrawnObjectExempted(
        draw_number="SSJ-1",
        object=HOME,
        cause="certificate-revoked",
        approved_by="SP-01",
        exempted_on=on("05-30"),
    )

    assert given().waits_for(draw) == {HOME}
    assert given().waits_for(notice) == set()
    assert given(REGISTERED).waits_for(exempted) == set()


def test_the_list_of_what_is_inspected_keeps_when_each_was_on_it() -> None:
    def row(**more: object) -> list[InspectedObject]:
        of = InspectedObject(HOME, "elderly-home", "示例养老院", "445102100", on("01-02"))
        return [of._replace(**more)]  # type: ignore[arg-type]  # columns by name

    assert given(REGISTERED).rows(inspected_objects) == row()
    assert given(REGISTERED, REMOVED).rows(inspected_objects) == row(removed_on=on("09-30"))
    taken_back = given(REGISTERED, REMOVED, revoked(REMOVED))
    assert taken_back.rows(inspected_objects) == row()
    later = REMOVED.model_copy(update={"removed_on": on("11-30")})
    assert given(REGISTERED, REMOVED, later).rows(inspected_objects) == row(removed_on=on("09-30"))
    before = REMOVED.model_copy(update={"removed_on": on("2023-12-29")})
    (never,) = given(REGISTERED, before).rows(inspected_objects)
    assert never.removed_on == on("2023-12-29")


async def test_inspections_are_cut_by_what_was_inspected_as_it_was_registered_then(
    bench: Bench,
) -> None:
    """What is registered anew after D moves no cell at D."""
    anew = REGISTERED.model_copy(update={"kind": "cemetery", "registered_on": on("2025-01-06")})
    await bench.tell(REGISTERED, a_body(), an_inspection("JC-1", object=HOME))
    await bench.tell(an_inspection("JC-2"), anew)

    async def cells(**when: Any) -> dict[tuple[str | None, ...], object]:
        asked = Asked(slice_of(SAMPLE, "行政检查宗数", {}), ("对象",))
        (table,) = await tabulate(bench.connection, await bench.moment(**when), [asked])
        return {cell.codes: cell.exact for cell in table.cells}

    assert await cells() == {("elderly-home",): 1, ("organisation",): 1}
    cut = slice_of(SAMPLE, "行政检查宗数", {"对象": ["养老机构"]})
    assert cut.cut == {"对象": ("elderly-home",)}
