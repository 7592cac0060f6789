"""Inspections: what counts as one 宗; joint ones; random draws."""

from __future__ import annotations

from datetime import datetime
from itertools import permutations

import asyncpg

from domain.aggregate import Entry
from domain.event import Event
from domain.funeral import KeepingBodyClosed, KeepingBodyTakenOver
from domain.inspection import (
    DrawnObjectExempted,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
)
from domain.organisations.events import Deregistered
from projections.inspection.inspections import inspections
from sample.feed import SHANGHAI, dice
from sample.organisations.bodies import make_body
from tests.support.enforcement import (
    BODY,
    PRIVATE,
    RECORD,
    SECOND,
    STEPS,
    a_body,
    a_licence,
    an_inspection,
    an_officer,
    counts,
    given,
    on,
    told,
)
from tests.support.ledger import Bench


async def test_a_full_record_counts_one_a_patrol_or_a_record_with_a_gap_counts_none(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(
        connection,
        an_inspection("JC-1"),
        an_inspection("JC-2", mode="patrol"),
        an_inspection("JC-3", recording=None),
        an_inspection("JC-4", "2025-01-06"),
    )

    assert await counts(bench) == [1, 0, 1]
    assert len(await bench.rows("inspection")) == 4  # the reading not taken: every visit


async def test_an_inspection_of_an_unknown_body_waits(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)

    assert (await bench.take(*told(an_inspection("JC-1")))).parked == 1
    await bench.take(*told(a_body()))
    assert await counts(bench) == [1, 0, 1]


def test_the_steps_of_an_inspection_may_become_known_in_any_order() -> None:
    def row_of(order: tuple[Event, ...]) -> object:
        entries = [
            Entry(
                *("inspection/JC-1", number, datetime(2024, 6, 5, tzinfo=SHANGHAI), number),
                fact.TYPE,
                *("enforcement", f"e-{number}"),
                fact,
            )
            for number, fact in enumerate(order, 1)
        ]
        (row,) = inspections.fold_stream(entries)
        return row

    assert len({str(row_of(order)) for order in permutations(STEPS)}) == 1


# 骨灰安放抽查

KEEPER = KeepingBodyTakenOver(
    body="GH-01",
    name="示例骨灰楼",
    kind="columbarium",
    township="445102100",
    registered_on=on("2020-01-01"),
)
ASH = {"object": "keeping-body/GH-01", "mode": "joint", "joint_with": "区殡葬管理所"}


async def test_joint_ash_inspections_end_each_order_with_an_outcome(
    connection: asyncpg.Connection,
) -> None:
    closed = KeepingBodyClosed(body="GH-01", closed_on=on("06-01"), reason="示例")
    visit = an_inspection("JC-1", outcome="rectification", **ASH)
    alone = visit.model_copy(update={"joint_with": None})
    routine = an_inspection("JC-9", object="keeping-body/GH-01")
    _, _, order, verified, _ = STEPS
    undated = order.model_copy(update={"due_on": None})
    for name, facts, holds in (
        ("kept", (visit, order, verified), True),
        ("not verified", (visit, order), False),
        ("no order", (visit, verified), False),
        ("no due date", (visit, undated, verified), False),
        ("not joint", (alone, order, verified), False),
        ("no longer on the register", (closed, visit, order, verified), False),
        ("no joint inspection", (routine,), False),
    ):
        bench = await given(connection, KEEPER, *facts)

        assert (await bench.statement("S02")).holds is holds, name


async def test_an_order_whose_term_still_runs_needs_no_outcome_yet(
    connection: asyncpg.Connection,
) -> None:
    visit = an_inspection("JC-1", outcome="rectification", **ASH)
    bench = await given(connection, KEEPER, visit, STEPS[2])  # due on 5 July

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


async def test_a_drawn_body_that_ended_before_its_turn_is_exempted_and_not_counted(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, *DRAW_FACTS.values())

    assert (await bench.statement("S19")).holds
    assert (await bench.figure("F36")).value == 1
    drawn = [row for row in await bench.rows("drawn_object") if row["step"] == "drawn"]
    assert len(drawn) == 2  # the reading not taken: bodies drawn


async def test_a_draw_with_a_step_missing_or_wrong_does_not_hold(
    connection: asyncpg.Connection,
) -> None:
    changes: tuple[dict[str, Event | None], ...] = (
        {"snapshot": None},
        {"draw": None},
        {"inspection": None},
        {"exemption": None},
        {"end": None},
        {"licence": None},
        {"other licence": a_licence("ZF-04", until="2024-06-04")},
        {"inspection": an_inspection("JC-1", "05-14", mode="random", draw_number="SSJ-1")},
        {"also": an_inspection("JC-2", mode="random", object=f"organisation/{PRIVATE}")},
        {"snapshot": SNAPSHOT.model_copy(update={"bodies": 4})},
    )
    for change in changes:
        facts = [fact for fact in (DRAW_FACTS | change).values() if fact is not None]
        bench = await given(connection, *facts)

        assert not (await bench.statement("S19")).holds, change


async def test_fewer_than_three_percent_of_the_register_is_too_few(
    connection: asyncpg.Connection,
) -> None:
    """1 of 34 is 2.94 %, of 33 3.03 %."""
    chance = dice("test", 2024)
    more = [a_body(make_body(n, "association", chance).uscc) for n in range(100, 131)]
    facts = DRAW_FACTS | {
        "snapshot": SNAPSHOT.model_copy(update={"bodies": 34}),
        "draw": DRAW.model_copy(update={"population": 34}),
    }
    bench = await given(connection, *more, *facts.values())
    assert [what for ok, what, _ in (await bench.statement("S19")).conditions if not ok] == [
        "SSJ-1 抽查 1 家，占 34 家，下限 3%"
    ]
