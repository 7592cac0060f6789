"""What inspections and penalties show together: counts, platform, full records, publication.

Working days by hand: 20 after 2024-04-30 end on 05-30; 7 after 2024-09-27 end on 10-12.
"""

from __future__ import annotations

import pytest

from domain.event import Event
from domain.inspection import EnforcementInformationPublished, EnforcementInformationWithdrawn
from domain.penalties.events import CaseFiled, PenaltyPublished, PriorNoticeServed
from projections.inspection.draws import EnforcementInformation, enforcement_information
from tests.support.enforcement import (
    BODY,
    a_body,
    a_decision,
    a_result,
    an_inspection,
    counts,
    evidence,
    on,
)
from tests.support.ledger import Bench, event
from tests.support.rulebook import given


async def test_an_inspection_that_ended_in_a_penalty_is_counted_there_only(bench: Bench) -> None:
    filed = CaseFiled(
        case_number="CF-1",
        subject=BODY,
        inspection_number="JC-1",
        handlers=("ZF-03", "ZF-04"),
        approved_by="ZF-01",
        filed_on=on("07-02"),
    )
    await bench.tell(a_body(), an_inspection("JC-1"), an_inspection("JC-2"), filed)
    assert await counts(bench) == [2, 0, 2]  # filed is not yet decided

    await bench.tell(evidence("CF-1"), a_decision("CF-1"))
    assert await counts(bench) == [1, 1, 2]


async def test_enforcement_is_on_the_platform_when_the_platform_published_it(bench: Bench) -> None:
    await bench.tell(a_body(), an_inspection("JC-1"), a_decision("CF-1"))
    await bench.take(event("bureau-enforcement", "e-1", an_inspection("JC-2")))

    assert await counts(bench) == [2, 1, 3]
    assert (await bench.figure("F31")).value == 2


# 亮证, 全过程记录


async def test_licences_must_be_shown_at_every_visit_patrols_included(bench: Bench) -> None:
    await bench.tell(a_body(), an_inspection("JC-1"), a_decision("CF-1"), evidence("CF-1"))
    assert (await bench.statement("S04")).holds
    assert (await bench.statement("S05")).holds

    patrol = an_inspection("JC-2", mode="patrol", licences_shown=False, recording=None)
    await bench.tell(patrol)
    assert not (await bench.statement("S04")).holds
    assert (await bench.statement("S05")).holds  # a patrol is no 宗


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


ON_THE_DAY = information("GS-2", ("procedure",), "04-30")
IN_TIME = a_result("JC-1", "05-30")
LATE = a_result("JC-1", "05-31")


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        pytest.param((BEFORE, PROCEDURE, SUPERVISION, IN_TIME), True, id="kept"),
        pytest.param((BEFORE, PROCEDURE, SUPERVISION, LATE), False, id="result late"),
        pytest.param((BEFORE, PROCEDURE, SUPERVISION), False, id="no result"),
        pytest.param((BEFORE, PROCEDURE, IN_TIME), False, id="no supervision"),
        pytest.param((BEFORE, SUPERVISION, IN_TIME), False, id="no procedure"),
        pytest.param(
            (BEFORE, ON_THE_DAY, SUPERVISION, IN_TIME), False, id="procedure on the day, not before"
        ),
    ],
)
async def test_the_three_stages_of_publication(
    bench: Bench, facts: tuple[Event, ...], *, holds: bool
) -> None:
    await bench.tell(a_body(), an_inspection("JC-1", "04-30"), *facts)

    assert (await bench.statement("S07")).holds is holds


async def test_a_penalty_is_published_within_seven_working_days(bench: Bench) -> None:
    def published(day: str) -> PenaltyPublished:
        return PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on(day))

    await bench.tell(
        *(a_body(), BEFORE, PROCEDURE, SUPERVISION),
        PriorNoticeServed(case_number="CF-1", hearing_offered=True, served_on=on("09-01")),
        a_decision("CF-1"),
        published("10-14"),
    )
    assert not (await bench.statement("S07")).holds

    await bench.tell(published("10-12"))
    assert (await bench.statement("S07")).holds


def test_an_item_is_published_for_each_of_its_kinds_until_it_is_taken_down() -> None:
    down = EnforcementInformationWithdrawn(
        item_number="GS-1", reason="已更新", withdrawn_on=on("06-03")
    )

    assert given(BEFORE).rows(enforcement_information) == [
        EnforcementInformation("GS-1", "before", "basis", on("2023-12-01"), None),
        EnforcementInformation("GS-1", "before", "subject", on("2023-12-01"), None),
    ]
    rows = given(BEFORE, down).rows(enforcement_information)
    assert [row.withdrawn_on for row in rows] == [on("06-03"), on("06-03")]
