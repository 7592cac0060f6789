"""Evidence that is kept, inspectors who were not drawn, and visits that were announced only.

Working days by hand: 7 after 2024-09-27 end on 10-12.
"""

from __future__ import annotations

import pytest

from domain.event import Event
from domain.inspection import InspectionCancelled, InspectionNotified, RandomDrawPerformed
from domain.penalties.events import EvidencePreserved, PreservedEvidenceHandled
from rules import a72_evidence_kept, a74_other_inspectors, a75_announced_only
from tests.support.enforcement import BODY, RECORD, a_body, a_decision, an_inspection, on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench

KEPT = EvidencePreserved(case_number="CF-1", items="账册", preserved_on=on("09-27"))


def handled(day: str) -> PreservedEvidenceHandled:
    return PreservedEvidenceHandled(case_number="CF-1", how="returned", handled_on=on(day))


LATE = Seen("penalty/CF-1", "2024-09-27", on("10-13"))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], [LATE]),
        ([handled("10-12")], []),
        ([handled("10-13")], [LATE]),
        ([handled("10-15")], [LATE._replace(until=on("10-15")), LATE._replace(since=on("10-15"))]),
    ],
)
async def test_evidence_is_dealt_with_in_seven_working_days(
    bench: Bench, steps: list[Event], expected: list[Seen]
) -> None:
    await bench.tell(a_body(), a_decision("CF-1"), KEPT, *steps)

    assert await seen(bench, a72_evidence_kept.RULE) == expected


async def test_inspectors_are_those_who_were_drawn(bench: Bench) -> None:
    draw = RandomDrawPerformed(
        draw_number="SSJ-1",
        drawn_on=on("05-15"),
        population=1,
        list_digest=RECORD,
        algorithm="示例",
        seed="1",
        drawn_objects=(BODY,),
        drawn_officers=("ZF-03", "ZF-04"),
    )
    random = {"mode": "random", "draw_number": "SSJ-1"}
    await bench.tell(
        *(a_body(), draw, an_inspection("JC-1", **random)),
        an_inspection("JC-2", officers=("ZF-03", "ZF-05"), **random),
    )

    ((subject, found),) = await findings(bench, a74_other_inspectors.RULE)
    assert (subject, found.key, found.valid_from) == ("draw/SSJ-1", "JC-2", on("06-05"))
    assert found.what == "JC-2的检查人员ZF-05不在该批次抽取的人员之列"


ANNOUNCED = InspectionNotified(
    inspection_number="JC-1", object=BODY, planned_on=on("06-05"), notified_on=on("06-03")
)
CANCELLED = InspectionCancelled(inspection_number="JC-1", reason="示例", cancelled_on=on("06-05"))
OPEN = Seen("inspection/JC-1", "announced", on("06-06"))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (None, [OPEN]),
        (an_inspection("JC-1"), []),
        (an_inspection("JC-1", "06-10"), [OPEN._replace(until=on("06-10"))]),
        (CANCELLED, []),
    ],
)
async def test_what_was_announced_is_done_or_cancelled(
    bench: Bench, step: Event | None, expected: list[Seen]
) -> None:
    await bench.tell(a_body(), ANNOUNCED, *([step] if step else []))

    assert await seen(bench, a75_announced_only.RULE) == expected
