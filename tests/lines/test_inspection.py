"""Inspections: what counts as one 宗; joint ones; random draws."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations

import pytest

from domain.aggregate import Entry
from domain.event import Event
from domain.funeral import KeepingBodyClosed, KeepingBodyTakenOver
from domain.inspection import (
    CaseTransferred,
    DrawnObjectExempted,
    InspectionCancelled,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
)
from domain.organisations.events import Deregistered
from projections.inspection.acts import enforcement_acts
from projections.inspection.draws import Draw, DrawnObject, drawn_objects, draws
from projections.inspection.inspections import inspections
from sample.feed import SHANGHAI, dice
from sample.office import default
from sample.organisations.bodies import make_body
from tests.support.bureau import SAMPLE
from tests.support.enforcement import (
    BODY,
    PRIVATE,
    RECORD,
    SECOND,
    STEPS,
    a_body,
    a_decision,
    a_licence,
    a_result,
    an_inspection,
    an_officer,
    counts,
    evidence,
    on,
)
from tests.support.ledger import Bench
from tests.support.rulebook import given

NOTICE, ORDER, VERIFIED = STEPS[0], STEPS[2], STEPS[3]


async def test_a_full_record_counts_one_a_patrol_or_a_record_with_a_gap_counts_none(
    bench: Bench,
) -> None:
    await bench.tell(
        a_body(),
        an_inspection("JC-1"),
        an_inspection("JC-2", mode="patrol"),
        an_inspection("JC-3", recording=None),
        an_inspection("JC-4", "2025-01-06"),
    )

    assert await counts(bench) == [1, 0, 1]
    assert len(await bench.rows("inspection")) == 4  # the reading not taken: every visit


def test_an_inspection_of_an_unknown_body_waits() -> None:
    assert given().waits_for(an_inspection("JC-1")) == {BODY}
    assert given(a_body()).waits_for(an_inspection("JC-1")) == set()


def test_the_steps_of_an_inspection_may_become_known_in_any_order() -> None:
    def row_of(order: tuple[Event, ...]) -> object:
        entries = [
            Entry(
                *("inspection/JC-1", number, datetime(2024, 6, 5, tzinfo=SHANGHAI), number),
                fact.TYPE,
                *("enforcement", f"e-{number}"),
                fact,
                SAMPLE,
            )
            for number, fact in enumerate(order, 1)
        ]
        (row,) = inspections.fold_stream(entries)
        return row

    assert len({str(row_of(order)) for order in permutations(STEPS)}) == 1


async def test_an_announced_inspection_that_nobody_recorded_was_neither_shown_nor_recorded(
    bench: Bench,
) -> None:
    await bench.tell(a_body(), an_inspection("JC-2"), NOTICE, a_result("JC-1", "06-14"))

    assert not (await bench.statement("S04")).holds
    assert not (await bench.statement("S05")).holds
    assert (await bench.statement("S04", asof=on("06-04"))).conditions == ()


# What is read of it


def test_a_cancelled_inspection_was_never_conducted() -> None:
    cancelled = InspectionCancelled(
        inspection_number="JC-1", reason="示例", cancelled_on=on("06-04")
    )
    (row,) = given(a_body(), NOTICE, cancelled).rows(inspections)

    assert (row.planned_on, row.cancelled_on, row.inspected_on) == (on("06-05"), on("06-04"), None)


def test_an_inspection_says_which_penalty_case_it_led_to() -> None:
    led = CaseTransferred(inspection_number="JC-1", penalty_case="CF-1", transferred_on=on("06-20"))
    rows = given(a_body(), an_inspection("JC-1", outcome="transferred"), led).rows(inspections)

    assert [(row.outcome, row.penalty_case) for row in rows] == [("transferred", "CF-1")]


def test_the_first_publication_of_a_result_is_the_one_that_must_be_in_time() -> None:
    """20 working days after 5 June 2024 end on 4 July: 10 June was a day off."""
    again = (a_result("JC-1", "06-20"), a_result("JC-1", "06-14"))
    (row,) = given(a_body(), an_inspection("JC-1"), *again).rows(inspections)

    assert (row.result_due_on, row.result_published_on) == (on("07-04"), on("06-14"))


# What is recorded with a breach


@pytest.mark.parametrize(
    ("officers", "expected"),
    [
        (("ZF-03", "ZF-04"), []),
        (("ZF-03",), ["fewer-than-two-officers"]),
    ],
)
def test_two_officers_inspect(officers: tuple[str, ...], expected: list[str]) -> None:
    """R-IN-02."""
    assert given(a_body()).when(an_inspection("JC-1", officers=officers)) == expected


def test_officers_show_their_licences() -> None:
    """R-IN-02, at a patrol too."""
    hidden = an_inspection("JC-1", licences_shown=False)
    patrol = an_inspection("JC-1", licences_shown=False, mode="patrol")

    assert given(a_body()).when(hidden) == ["licences-not-shown"]
    assert given(a_body()).when(patrol) == ["licences-not-shown"]


@pytest.mark.parametrize("record", ["text_record", "recording"])
def test_an_inspection_is_recorded_in_text_and_sound_unless_it_is_a_patrol(record: str) -> None:
    """R-IN-02."""
    gap = an_inspection("JC-1").model_copy(update={record: None})
    patrol = gap.model_copy(update={"mode": "patrol"})

    assert given(a_body()).when(gap) == ["record-incomplete"]
    assert given(a_body()).when(patrol) == []


def test_a_random_inspection_names_its_draw() -> None:
    drawn = an_inspection("JC-1", mode="random", draw_number="SSJ-1")

    assert given(a_body()).when(an_inspection("JC-1", mode="random")) == ["no-draw"]
    assert given(a_body()).when(drawn) == []


def test_an_inspection_is_conducted_once() -> None:
    book = given(a_body(), an_inspection("JC-1"))

    assert book.when(an_inspection("JC-1", "06-06")) == ["already-conducted"]
    assert book.when(an_inspection("JC-2", "06-06")) == []


def test_an_order_to_rectify_has_a_due_date() -> None:
    book = given(a_body(), an_inspection("JC-1", outcome="rectification"))

    assert book.when(ORDER.model_copy(update={"due_on": None})) == ["no-due-date"]
    assert book.when(ORDER) == []


def test_only_what_was_ordered_is_verified() -> None:
    book = given(a_body(), an_inspection("JC-1", outcome="rectification"))
    assert book.when(VERIFIED) == ["no-order"]

    book.tell(ORDER)
    assert book.when(VERIFIED) == []


# 骨灰安放抽查

KEEPER = KeepingBodyTakenOver(
    body="GH-01",
    name="示例骨灰楼",
    kind="columbarium",
    township="445102100",
    registered_on=on("2020-01-01"),
)
ASH = {"object": "keeping-body/GH-01", "mode": "joint", "joint_with": "区殡葬管理所"}


VISIT = an_inspection("JC-1", outcome="rectification", **ASH)
ALONE = VISIT.model_copy(update={"joint_with": None})
ROUTINE = an_inspection("JC-9", object="keeping-body/GH-01")
UNDATED = ORDER.model_copy(update={"due_on": None})
CLOSED = KeepingBodyClosed(body="GH-01", closed_on=on("06-01"), reason="示例")


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        pytest.param((VISIT, ORDER, VERIFIED), True, id="kept"),
        pytest.param((VISIT, ORDER), False, id="not verified"),
        pytest.param((VISIT, VERIFIED), False, id="no order"),
        pytest.param((VISIT, UNDATED, VERIFIED), False, id="no due date"),
        pytest.param((ALONE, ORDER, VERIFIED), False, id="not joint"),
        pytest.param((CLOSED, VISIT, ORDER, VERIFIED), False, id="no longer on the register"),
        pytest.param((ROUTINE,), False, id="no joint inspection"),
    ],
)
async def test_joint_ash_inspections_end_each_order_with_an_outcome(
    bench: Bench, facts: tuple[Event, ...], *, holds: bool
) -> None:
    await bench.tell(KEEPER, *facts)

    assert (await bench.statement("S02")).holds is holds


async def test_an_order_whose_term_still_runs_needs_no_outcome_yet(bench: Bench) -> None:
    await bench.tell(KEEPER, VISIT, ORDER)  # due on 5 July

    assert (await bench.statement("S02", asof=on("06-30"))).holds
    assert not (await bench.statement("S02", asof=on("07-05"))).holds


# 双随机

DRAW = RandomDrawPerformed(
    draw_number="SSJ-1",
    drawn_on=on("05-15"),
    population=3,
    list_digest=RECORD,
    algorithm="示例",
    seed="seed-1",
    drawn_objects=(BODY, f"organisation/{SECOND}"),
    drawn_officers=("ZF-03", "ZF-04"),
)
SNAPSHOT = PopulationSnapshotTaken(
    draw_number="SSJ-1",
    baseline_on=on("2023-12-31"),
    bodies=3,
    list_digest=RECORD,
    taken_on=on("05-13"),
)
EXEMPTED = DrawnObjectExempted(
    draw_number="SSJ-1",
    object=f"organisation/{SECOND}",
    cause="deregistered",
    approved_by="SP-01",
    exempted_on=on("05-30"),
)
ENDED = Deregistered(
    uscc=SECOND,
    reason="自行解散",
    certificate_collected=True,
    seal_collected=True,
    decision_number="示例〔2024〕2号",
    decided_on=on("05-28"),
)
DRAWN = an_inspection("JC-1", mode="random", draw_number="SSJ-1")
DRAW_FACTS: dict[str, Event] = {
    "first": a_body(),
    "second": a_body(SECOND),
    "third": a_body(PRIVATE),
    "officer": an_officer("ZF-03"),
    "other officer": an_officer("ZF-04"),
    "licence": a_licence("ZF-03"),
    "other licence": a_licence("ZF-04"),
    "snapshot": SNAPSHOT,
    "draw": DRAW,
    "end": ENDED,
    "exemption": EXEMPTED,
    "inspection": DRAWN,
}


def test_a_draw_has_a_row_for_its_snapshot_one_for_itself_and_one_for_each_body() -> None:
    other = f"organisation/{SECOND}"
    book = given(a_body(), a_body(SECOND), SNAPSHOT, DRAW, EXEMPTED)

    assert book.rows(draws) == [
        Draw(
            "SSJ-1",
            "snapshot",
            on("05-13"),
            on("2023-12-31"),
            3,
            RECORD,
            0,
            [],
            redraw_disclosed=False,
        ),
        Draw(
            *("SSJ-1", "draw", on("05-15"), None, 3, RECORD, 2, ["ZF-03", "ZF-04"]),
            redraw_disclosed=False,
        ),
    ]
    assert book.rows(drawn_objects) == [
        DrawnObject("SSJ-1", BODY, "drawn", on("05-15"), None),
        DrawnObject("SSJ-1", other, "drawn", on("05-15"), None),
        DrawnObject("SSJ-1", other, "exempted", on("05-30"), "deregistered"),
    ]


def test_what_came_of_an_order_stands_with_the_inspection() -> None:
    visit = an_inspection("JC-1", outcome="rectification")
    (row,) = given(a_body(), visit, ORDER, VERIFIED).rows(inspections)

    assert (row.rectification_ordered_on, row.rectification_due_on) == (on("06-05"), on("07-05"))
    assert (row.rectification_verified_on, row.rectification_outcome) == (on("07-01"), "passed")


async def test_a_drawn_body_that_ended_before_its_turn_is_exempted_and_not_counted(
    bench: Bench,
) -> None:
    await bench.tell(*DRAW_FACTS.values())

    assert (await bench.statement("S19")).holds
    assert (await bench.figure("F36")).value == 1
    drawn = [row for row in await bench.rows("drawn_object") if row["step"] == "drawn"]
    assert len(drawn) == 2  # the reading not taken: bodies drawn


EARLY = an_inspection("JC-1", "05-14", mode="random", draw_number="SSJ-1")
ALSO = an_inspection("JC-2", mode="random", object=f"organisation/{PRIVATE}")


@pytest.mark.parametrize(
    "change",
    [
        {"snapshot": None},
        {"draw": None},
        {"inspection": None},
        {"exemption": None},
        {"end": None},
        {"licence": None},
        {"other licence": a_licence("ZF-04", until="2024-06-04")},
        {"inspection": EARLY},
        {"also": ALSO},
        {"snapshot": SNAPSHOT.model_copy(update={"bodies": 4})},
    ],
)
async def test_a_draw_with_a_step_missing_or_wrong_does_not_hold(
    bench: Bench, change: dict[str, Event | None]
) -> None:
    await bench.tell(*(fact for fact in (DRAW_FACTS | change).values() if fact is not None))

    assert not (await bench.statement("S19")).holds


async def test_fewer_than_three_percent_of_the_register_is_too_few(bench: Bench) -> None:
    """1 of 34 is 2.94 %, of 33 3.03 %."""
    chance = dice("test", 2024)
    more = [a_body(make_body(default(), n, "association", chance).uscc) for n in range(100, 131)]
    facts = DRAW_FACTS | {
        "snapshot": SNAPSHOT.model_copy(update={"bodies": 34}),
        "draw": DRAW.model_copy(update={"population": 34}),
    }
    await bench.tell(*more, *facts.values())

    assert [what for ok, what, _ in (await bench.statement("S19")).conditions if not ok] == [
        "2024年抽查 1 家，占 34 家，下限 3%"
    ]
    in_june = await bench.statement("S19", asof=on("06-30"))
    assert [what for ok, what, _ in in_june.conditions if not ok] == []  # the year is not over


async def test_the_draws_of_a_year_make_up_its_share_together(bench: Bench) -> None:
    """Two of 67 are 2.99 %, three 4.48 %; neither draw by itself is enough."""
    chance = dice("test", 2024)
    codes = [make_body(default(), n, "association", chance).uscc for n in range(100, 164)]
    snapshot = SNAPSHOT.model_copy(update={"bodies": 67})
    draw = DRAW.model_copy(update={"population": 67})
    facts = DRAW_FACTS | {"snapshot": snapshot, "draw": draw}
    again = {"draw_number": "SSJ-2"}
    more = {"drawn_objects": tuple(f"organisation/{code}" for code in codes[:2])}
    later = [
        an_inspection(f"JC-{9 + n}", "11-05", object=drawn, mode="random", draw_number="SSJ-2")
        for n, drawn in enumerate(more["drawn_objects"])
    ]
    await bench.tell(*map(a_body, codes), *facts.values())
    assert not (await bench.statement("S19")).holds

    await bench.tell(
        snapshot.model_copy(update=again | {"taken_on": on("10-10")}),
        draw.model_copy(update=again | more | {"drawn_on": on("10-11")}),
        *later,
    )
    assert (await bench.statement("S19")).holds


def test_a_result_says_to_rectify_only_what_was_ordered() -> None:
    visit = an_inspection("JC-1", outcome="rectification")

    assert given(a_body(), visit).when(a_result("JC-1", "06-14")) == ["result-without-order"]
    assert given(a_body(), visit, ORDER).when(a_result("JC-1", "06-14")) == []
    plain = an_inspection("JC-1")
    assert given(a_body(), plain).when(a_result("JC-1", "06-14")) == []


def test_two_officers_look_whether_it_was_put_right() -> None:
    alone = VERIFIED.model_copy(update={"officers": ("ZF-03",)})

    assert given(a_body(), *STEPS[:3]).when(alone) == ["fewer-than-two-officers"]
    assert given(a_body(), *STEPS[:3]).when(VERIFIED) == []


def test_who_took_part_in_what_has_a_row_for_each_act() -> None:
    rows = given(a_body(), *STEPS, a_decision("CF-1"), evidence("CF-1")).rows(enforcement_acts)

    assert {(row.kind, row.number, row.on_date) for row in rows} == {
        ("inspection", "JC-1", on("06-05")),
        ("verification", "JC-1", on("07-01")),
        ("evidence", "CF-1", on("08-01")),
        ("decision", "CF-1", on("09-27")),
    }
    assert [row.officers for row in rows] == [["ZF-03", "ZF-04"]] * 4
