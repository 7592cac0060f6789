"""Inspections and penalties: what counts as one 宗, and when the procedure was kept.

Working days by hand: 20 after 2024-04-30 end on 05-30; 7 after 2024-09-27 end on 10-12.
"""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from typing import Any

import asyncpg

from domain.aggregate import Entry
from domain.event import Event
from domain.funeral import KeepingBodyClosed, KeepingBodyTakenOver
from domain.inspection import (
    DrawnObjectExempted,
    EnforcementInformationPublished,
    InspectionNotified,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
    RectificationOrdered,
    RectificationVerified,
)
from domain.organisations.events import Deregistered
from domain.penalties.events import (
    CaseFiled,
    LegalReviewPassed,
    PenaltyPublished,
    PenaltyRevoked,
    PenaltyServed,
    PriorNoticeServed,
)
from projections.inspection.inspections import inspections
from sample.bodies import make_body
from sample.feed import SHANGHAI, dice
from tests.support.enforcement import (
    ASSOCIATION,
    PRIVATE,
    RECORD,
    SECOND,
    a_body,
    a_decision,
    a_licence,
    a_result,
    afresh,
    an_inspection,
    an_officer,
    evidence,
    on,
    told,
)
from tests.support.ledger import Bench

BODY = f"organisation/{ASSOCIATION}"


async def given(connection: asyncpg.Connection, *facts: Event) -> Bench:
    bench = await afresh(connection)
    await bench.take(*told(a_body(), *facts))
    return bench


async def counts(bench: Bench, **when: Any) -> list[object]:
    """检查, 处罚, 执法."""
    return [(await bench.figure(figure, **when)).value for figure in ("F29", "F30", "F28")]


async def breaches(connection: asyncpg.Connection, event_id: str) -> list[str]:
    found = await connection.fetchval(
        "SELECT breaches FROM ledger.entry WHERE event_id = $1", event_id
    )
    return list(found or [])


# Counting


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


async def test_an_inspection_that_ended_in_a_penalty_is_counted_there_only(
    connection: asyncpg.Connection,
) -> None:
    filed = CaseFiled(
        case_number="CF-1",
        subject=BODY,
        inspection_number="JC-1",
        handlers=("ZF-03", "ZF-04"),
        approved_by="ZF-01",
        filed_on=on("07-02"),
    )
    bench = await given(connection, an_inspection("JC-1"), an_inspection("JC-2"), filed)
    assert await counts(bench) == [2, 0, 2]  # filed is not yet decided

    await bench.take(*told(evidence("CF-1"), a_decision("CF-1"), prefix="later"))
    assert await counts(bench) == [1, 1, 2]


async def test_one_decision_with_three_kinds_is_one_penalty_even_when_revoked_later(
    connection: asyncpg.Connection,
) -> None:
    kinds = ("warning", "illegal-gains-confiscated", "registration-revoked")
    bench = await given(
        connection,
        a_decision("CF-1", kinds=kinds),
        PenaltyRevoked(
            case_number="CF-1", how="revoked", authority="示例机关", revoked_on=on("12-02")
        ),
    )

    assert await counts(bench) == [0, 1, 1]
    (case,) = await bench.rows("penalty_case")
    assert len(case["kinds"]) == 3  # the reading not taken


async def test_enforcement_is_on_the_platform_when_the_platform_published_it(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, an_inspection("JC-1"), a_decision("CF-1"))
    await bench.take(*told(an_inspection("JC-2"), source="bureau-enforcement"))

    assert await counts(bench) == [2, 1, 3]
    assert (await bench.figure("F31")).value == 2


async def test_one_officer_no_licence_shown_no_record_is_recorded_with_breaches(
    connection: asyncpg.Connection,
) -> None:
    await given(
        connection,
        an_inspection("JC-1", officers=("ZF-03",), licences_shown=False, text_record=None),
        a_decision("CF-1", kinds=("registration-revoked",), approved_by="ZF-03"),
    )

    assert await breaches(connection, "e-1") == [
        "fewer-than-two-officers",
        "licences-not-shown",
        "record-incomplete",
    ]
    assert await breaches(connection, "e-2") == [
        "not-filed",
        "no-evidence",
        "no-prior-notice",
        "no-legal-review",
        "approver-is-handler",
    ]


async def test_an_inspection_of_an_unknown_body_waits(connection: asyncpg.Connection) -> None:
    bench = await Bench.open(connection)

    assert (await bench.take(*told(an_inspection("JC-1")))).parked == 1
    await bench.take(*told(a_body()))
    assert await counts(bench) == [1, 0, 1]


STEPS = (
    InspectionNotified(
        inspection_number="JC-1", object=BODY, planned_on=on("06-05"), notified_on=on("06-03")
    ),
    an_inspection("JC-1", outcome="rectification"),
    RectificationOrdered(
        inspection_number="JC-1", problems="示例", due_on=on("07-05"), ordered_on=on("06-05")
    ),
    RectificationVerified(
        inspection_number="JC-1",
        outcome="passed",
        officers=("ZF-03", "ZF-04"),
        verified_on=on("07-01"),
    ),
    a_result("JC-1", "06-14"),
)


def test_the_steps_of_an_inspection_may_become_known_in_any_order() -> None:
    def row_of(order: tuple[Event, ...]) -> object:
        entries = [
            Entry(
                *("inspection/JC-1", number, datetime(2024, 6, 5, tzinfo=SHANGHAI), number),
                fact.TYPE,
                *("enforcement", f"e-{number}"),
                fact.model_dump(mode="json", exclude_none=True),
            )
            for number, fact in enumerate(order, 1)
        ]
        (row,) = inspections.fold_stream(entries)
        return row

    assert len({str(row_of(order)) for order in permutations(STEPS)}) == 1


# 亮证, 全过程记录


async def test_licences_must_be_shown_at_every_visit_patrols_included(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, an_inspection("JC-1"), a_decision("CF-1"), evidence("CF-1"))
    assert (await bench.statement("S04")).holds
    assert (await bench.statement("S05")).holds

    patrol = an_inspection("JC-2", mode="patrol", licences_shown=False, recording=None)
    await bench.take(*told(patrol, prefix="later"))
    assert not (await bench.statement("S04")).holds
    assert (await bench.statement("S05")).holds  # a patrol is no 宗


async def test_an_announced_inspection_that_nobody_recorded_breaks_both(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(connection, an_inspection("JC-2"), STEPS[0], a_result("JC-1", "06-14"))

    assert not (await bench.statement("S04")).holds
    assert not (await bench.statement("S05")).holds
    assert (await bench.statement("S04", asof=on("06-04"))).conditions == ()


async def test_evidence_without_a_recording_breaks_the_full_record(
    connection: asyncpg.Connection,
) -> None:
    bench = await given(
        connection, a_decision("CF-1"), evidence("CF-1"), evidence("CF-1", recording=None)
    )

    assert not (await bench.statement("S05")).holds


# Service, review, publication


def served(day: str, *, receipt: bool = True) -> PenaltyServed:
    return PenaltyServed(
        case_number="CF-1",
        method="in-person",
        receipt_number="示例证〔2024〕1号" if receipt else None,
        receipt=RECORD if receipt else None,
        served_on=on(day),
    )


async def test_a_penalty_is_served_with_receipt_within_seven_working_days(
    connection: asyncpg.Connection,
) -> None:
    for service, holds in (
        (served("10-12"), True),
        (served("10-14"), False),
        (served("10-08", receipt=False), False),
    ):
        bench = await given(connection, a_decision("CF-1"), service)

        assert (await bench.statement("S06")).holds is holds, service


async def test_a_limit_that_still_runs_is_not_broken(connection: asyncpg.Connection) -> None:
    bench = await given(connection, a_decision("CF-1", "12-30"))

    assert (await bench.statement("S06")).holds
    assert not (await bench.statement("S06", asof=on("2025-01-31"))).holds


async def test_a_listed_decision_needs_a_review_before_it_and_a_warning_needs_none(
    connection: asyncpg.Connection,
) -> None:
    def review(day: str) -> LegalReviewPassed:
        return LegalReviewPassed(
            case_number="CF-1",
            reviewer="FS-01",
            legally_qualified=True,
            opinion=RECORD,
            reviewed_on=on(day),
        )

    listed = a_decision("CF-1", listed_ground="complex")
    bench = await given(connection, a_decision("CF-2"), listed, review("09-28"))
    assert not (await bench.statement("S08")).holds

    await bench.take(*told(review("09-20"), prefix="later"))
    statement = await bench.statement("S08")
    assert statement.holds
    assert len(statement.conditions) == 1


def information(number: str, kinds: tuple[str, ...], day: str, stage: str = "before") -> Event:
    return EnforcementInformationPublished.model_validate(
        {
            "item_number": number,
            "stage": stage,
            "kinds": kinds,
            "title": "示例",
            "place": "示例网站",
            "published_on": on(day),
        }
    )


BEFORE = information("GS-1", ("subject", "basis"), "2023-12-01")
PROCEDURE = information("GS-2", ("procedure",), "04-29")
SUPERVISION = information("GS-3", ("supervision",), "12-02", "supervision")


async def test_the_three_stages_of_publication(connection: asyncpg.Connection) -> None:
    on_the_day = information("GS-2", ("procedure",), "04-30")
    in_time = a_result("JC-1", "05-30")
    for name, facts, holds in (
        ("kept", (BEFORE, PROCEDURE, SUPERVISION, in_time), True),
        ("result late", (BEFORE, PROCEDURE, SUPERVISION, a_result("JC-1", "05-31")), False),
        ("no result", (BEFORE, PROCEDURE, SUPERVISION), False),
        ("no supervision", (BEFORE, PROCEDURE, in_time), False),
        ("no procedure", (BEFORE, SUPERVISION, in_time), False),
        ("procedure on the day, not before", (BEFORE, on_the_day, SUPERVISION, in_time), False),
    ):
        bench = await given(connection, an_inspection("JC-1", "04-30"), *facts)

        assert (await bench.statement("S07")).holds is holds, name


async def test_a_penalty_is_published_within_seven_working_days(
    connection: asyncpg.Connection,
) -> None:
    def published(day: str) -> PenaltyPublished:
        return PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on(day))

    bench = await given(
        connection,
        *(BEFORE, PROCEDURE, SUPERVISION),
        PriorNoticeServed(case_number="CF-1", hearing_offered=True, served_on=on("09-01")),
        a_decision("CF-1"),
        published("10-14"),
    )
    assert not (await bench.statement("S07")).holds

    await bench.take(*told(published("10-12"), prefix="later"))
    assert (await bench.statement("S07")).holds


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
        "SSJ-1 抽查 1 家,占 34 家,下限 3%"
    ]
