"""Fewer than two officers on the spot, or one without a licence that was valid on that day."""

from __future__ import annotations

from domain.inspection import RectificationVerified
from domain.officers import LicenceResumed, LicenceSuspended, OfficerSeconded
from rules.a31_without_licence import RULE
from tests.support.enforcement import (
    a_body,
    a_decision,
    a_licence,
    an_inspection,
    an_officer,
    evidence,
    on,
)
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench

STAFF = (an_officer("ZF-03"), a_licence("ZF-03"), an_officer("ZF-04"), a_licence("ZF-04"))


async def test_two_with_licences_are_in_order(bench: Bench) -> None:
    await bench.tell(a_body(), *STAFF, an_inspection("JC-1"), evidence("CF-1"), a_decision("CF-1"))

    assert await seen(bench, RULE) == []


async def test_one_is_too_few_wherever_officers_act(bench: Bench) -> None:
    alone = ("ZF-03",)
    verified = RectificationVerified(
        inspection_number="JC-1",
        outcome="passed",
        officers=("ZF-03",),
        verified_on=on("07-01"),
    )
    await bench.tell(
        *(a_body(), *STAFF, an_inspection("JC-1", officers=alone), verified),
        *(a_decision("CF-1", handlers=alone), evidence("CF-1", officers=alone)),
    )

    assert await seen(bench, RULE) == [
        Seen("inspection/JC-1", "inspection/2024-06-05/few", on("06-05")),
        Seen("inspection/JC-1", "verification/2024-07-01/few", on("07-01")),
        Seen("penalty/CF-1", "decision/2024-09-27/few", on("09-27")),
        Seen("penalty/CF-1", "evidence/2024-08-01/few", on("08-01")),
    ]


async def test_a_licence_is_valid_on_its_last_day_and_not_on_the_next(bench: Bench) -> None:
    ends = a_licence("ZF-04", until="2024-06-05")
    await bench.tell(
        *(a_body(), *STAFF[:3], ends),
        *(an_inspection("JC-1"), an_inspection("JC-2", "06-06")),
    )

    assert await seen(bench, RULE) == [
        Seen("inspection/JC-2", "inspection/2024-06-06/ZF-04", on("06-06"))
    ]
    ((_, found),) = await findings(bench, RULE)
    assert found.what == "2024-06-06行政检查，执法人员ZF-04当日无有效执法证"


async def test_a_suspended_licence_is_none_until_it_is_given_back(bench: Bench) -> None:
    number = "示例证ZF-04-1"
    gone = LicenceSuspended(
        officer="ZF-04", licence_number=number, reason="示例", suspended_on=on("06-05")
    )
    back = LicenceResumed(
        officer="ZF-04",
        licence_number=number,
        valid_until=on("2026-05-31"),
        resumed_on=on("06-10"),
    )
    days = ("06-04", "06-05", "06-09", "06-10")
    visits = [an_inspection(f"JC-{n}", day) for n, day in enumerate(days, 1)]
    await bench.tell(a_body(), *STAFF, gone, back, *visits)

    assert [one.subject for one in await seen(bench, RULE)] == [
        "inspection/JC-2",
        "inspection/JC-3",
    ]


async def test_a_licence_told_late_undoes_the_finding(bench: Bench) -> None:
    await bench.tell(a_body(), *STAFF[:3], an_inspection("JC-1"))
    assert len(await seen(bench, RULE)) == 1

    await bench.tell(STAFF[3])
    assert await seen(bench, RULE) == []
    assert len(await seen(bench, RULE, at=5)) == 1


async def test_who_is_away_or_unknown_does_not_act(bench: Bench) -> None:
    away = OfficerSeconded(officer="ZF-04", to="示例单位", seconded_on=on("06-05"))
    strange = an_inspection("JC-2", "06-04", officers=("ZF-03", "ZF-99"))
    await bench.tell(a_body(), *STAFF, away, an_inspection("JC-1"), strange)

    assert await seen(bench, RULE) == [
        Seen("inspection/JC-1", "inspection/2024-06-05/ZF-04", on("06-05")),
        Seen("inspection/JC-2", "inspection/2024-06-04/ZF-99", on("06-04")),
    ]
