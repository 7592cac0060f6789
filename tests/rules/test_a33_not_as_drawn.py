"""Inspected and not drawn, drawn and not inspected, drawn from another list, drawn again."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.inspection import (
    DrawnObjectExempted,
    InspectionConducted,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
)
from domain.organisations.events import Deregistered
from rules.a33_not_as_drawn import RULE
from tests.support.enforcement import (
    ASSOCIATION,
    BODY,
    ENDED,
    PRIVATE,
    RECORD,
    SECOND,
    a_body,
    an_inspection,
    on,
)
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench, Correction

OTHER = f"organisation/{SECOND}"
BODIES = (a_body(), a_body(SECOND), a_body(PRIVATE))
SNAPSHOT = PopulationSnapshotTaken(
    draw_number="SSJ-1",
    baseline_on=on("2023-12-31"),
    bodies=3,
    list_digest=RECORD,
    taken_on=on("05-13"),
)


def drawn(day: str = "05-15", **more: Any) -> RandomDrawPerformed:
    return RandomDrawPerformed.model_validate(
        {
            "draw_number": "SSJ-1",
            "drawn_on": on(day),
            "population": 3,
            "list_digest": RECORD,
            "algorithm": "示例",
            "seed": "1",
            "drawn_objects": (BODY,),
            "drawn_officers": ("ZF-03", "ZF-04"),
            **more,
        }
    )


def visited(number: str, day: str, of: str = BODY, **more: Any) -> InspectionConducted:
    fields = {"object": of, "mode": "random", "draw_number": "SSJ-1"} | more
    return an_inspection(number, day, **fields)


IN_ORDER = (*BODIES, SNAPSHOT, drawn(), visited("JC-1", "05-15"))


def found(key: str, day: str, until: str | None = None) -> Seen:
    return Seen("draw/SSJ-1", key, on(day), on(until) if until else None)


async def test_what_was_drawn_is_inspected_and_nothing_else(bench: Bench) -> None:
    await bench.tell(*IN_ORDER)

    assert await seen(bench, RULE) == []


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([visited("JC-2", "05-20", OTHER)], [found("inspected/JC-2", "05-20")]),
        ([visited("JC-2", "05-20", mode="routine", draw_number=None)], []),
        ([visited("JC-2", "05-20", draw_number=None)],
         [Seen("inspection/JC-2", "no-draw", on("05-20"))]),
        ([visited("JC-2", "05-14")], [found("inspected/JC-2", "05-14")]),
    ],
)  # fmt: skip
async def test_what_is_inspected_as_drawn_was_drawn_by_that_day(
    bench: Bench, visits: list[Event], expected: list[Seen]
) -> None:
    await bench.tell(*IN_ORDER, *visits)

    assert await seen(bench, RULE) == expected


async def test_what_was_drawn_is_inspected_within_the_year(bench: Bench) -> None:
    await bench.tell(*IN_ORDER[:-1])
    assert await seen(bench, RULE) == [found(f"drawn/{BODY}", "2025-01-01")]

    ((_, one),) = await findings(bench, RULE)
    assert one.what == f"社会组织{ASSOCIATION}于2024-05-15抽中，当年未检查，也无免检理由"

    await bench.tell(visited("JC-1", "2025-01-06"))
    assert await seen(bench, RULE) == [found(f"drawn/{BODY}", "2025-01-01", "2025-01-06")]


def exempted(day: str) -> DrawnObjectExempted:
    return DrawnObjectExempted(
        draw_number="SSJ-1",
        object=BODY,
        cause="deregistered",
        approved_by="SP-01",
        exempted_on=on(day),
    )


@pytest.mark.parametrize(
    ("day", "wrong"),
    [
        ("11-20", []),
        ("11-19", [found(f"drawn/{BODY}", "2025-01-01"), found(f"excused/{BODY}", "11-19")]),
    ],
)
async def test_what_has_ended_by_then_is_excused(bench: Bench, day: str, wrong: list[Seen]) -> None:
    """The body was deregistered on 20 November."""
    await bench.tell(*IN_ORDER[:-1], ENDED, exempted(day))

    assert await seen(bench, RULE) == wrong


async def test_the_list_is_the_register_at_its_baseline(bench: Bench) -> None:
    """A body that ended before it was told late: the list was one too long."""
    await bench.tell(*IN_ORDER)
    gone = Deregistered.model_validate(
        ENDED.model_dump() | {"uscc": SECOND, "decided_on": on("2023-12-31")}
    )
    await bench.tell(gone)
    assert await seen(bench, RULE) == [found("list/1", "05-15")]
    ((_, one),) = await findings(bench, RULE)
    assert one.what == "名录库3家，基准日2023-12-31在册2家"

    later = gone.model_copy(update={"decided_on": on("01-01")})
    await bench.tell(Correction(later, "changed", gone))
    assert await seen(bench, RULE) == []


@pytest.mark.parametrize(
    "facts",
    [
        (drawn(),),
        (SNAPSHOT.model_copy(update={"taken_on": on("05-16")}), drawn()),
        (SNAPSHOT, drawn(list_digest="b" * 64)),
        (SNAPSHOT, drawn(population=2)),
    ],
)
async def test_it_is_drawn_from_the_list_that_was_taken_before(
    bench: Bench, facts: tuple[Event, ...]
) -> None:
    await bench.tell(*BODIES, *facts, visited("JC-1", "05-15"))

    assert await seen(bench, RULE) == [found("list/1", "05-15")]


async def test_what_the_list_of_other_objects_was_of_nobody_tells(bench: Bench) -> None:
    home = drawn(drawn_objects=("elderly-home/YL-01",), population=7)
    seven = SNAPSHOT.model_copy(update={"bodies": 7})
    await bench.tell(*BODIES, seven, home, visited("JC-1", "05-20", "elderly-home/YL-01"))

    assert await seen(bench, RULE) == []


async def test_who_draws_again_says_why(bench: Bench) -> None:
    again = drawn("05-17", drawn_objects=(OTHER,))
    await bench.tell(*IN_ORDER, again, visited("JC-2", "05-20", OTHER))
    assert await seen(bench, RULE) == [found("redraw/2", "05-17")]

    told = again.model_copy(update={"redrawn_because": "抽中对象已迁出"})
    await bench.tell(Correction(told, "changed", again))
    assert await seen(bench, RULE) == []


async def test_what_a_disclosed_draw_replaced_need_not_be_inspected(bench: Bench) -> None:
    again = drawn("05-17", drawn_objects=(OTHER,), redrawn_because="抽中对象已迁出")
    await bench.tell(*IN_ORDER[:-1], again, visited("JC-2", "05-20", OTHER))

    assert await seen(bench, RULE) == []
