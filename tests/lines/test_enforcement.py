"""What inspections and penalties show together: counts, platform, full records, publication.

Working days by hand: 20 after 2024-04-30 end on 05-30; 7 after 2024-09-27 end on 10-12.
"""

from __future__ import annotations

import asyncpg

from domain.event import Event
from domain.inspection import (
    EnforcementInformationPublished,
)
from domain.penalties.events import (
    CaseFiled,
    PenaltyPublished,
    PriorNoticeServed,
)
from tests.support.enforcement import (
    BODY,
    STEPS,
    a_decision,
    a_result,
    an_inspection,
    breaches,
    counts,
    evidence,
    given,
    on,
    told,
)


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


# 执法公示


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
