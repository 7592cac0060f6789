"""Findings about enforcement do not depend on the order in which streams that meet were told."""

from __future__ import annotations

import random

import pytest

from domain.event import Event
from domain.inspection import (
    CaseTransferred,
    DrawnObjectExempted,
    EnforcementInformationPublished,
    EnforcementInformationWithdrawn,
    PopulationSnapshotTaken,
    RandomDrawPerformed,
    RectificationOrdered,
    RectificationVerified,
)
from domain.officers import LicenceResumed, LicenceSuspended, OfficerSeconded
from domain.organisations.events import Deregistered
from domain.penalties.events import (
    CaseFiled,
    EvidencePreserved,
    PenaltyPublicationWithdrawn,
    PenaltyPublished,
    PenaltyRevoked,
    PreservedEvidenceHandled,
    PriorNoticeServed,
)
from rules.rule import rules
from tests.oracle.everything import empty
from tests.rules.test_working import found_as_anew
from tests.support.enforcement import (
    BODY,
    ENDED,
    PRIVATE,
    RECORD,
    SECOND,
    a_body,
    a_decision,
    a_licence,
    an_inspection,
    an_officer,
    evidence,
    on,
)
from tests.support.ledger import event

CODES = {f"A{number}" for number in (27, 28, *range(31, 39), *range(48, 52), *range(70, 80))}
OURS = [rule for rule in rules() if rule.code in CODES]
OTHER, THIRD = f"organisation/{SECOND}", f"organisation/{PRIVATE}"
LICENCE = "示例证ZF-04-1"
DRAW = {"mode": "random", "draw_number": "SSJ-1"}
SNAPSHOT = PopulationSnapshotTaken(
    draw_number="SSJ-1",
    baseline_on=on("2023-12-31"),
    bodies=3,
    list_digest=RECORD,
    taken_on=on("05-13"),
)
DRAWN = RandomDrawPerformed(
    draw_number="SSJ-1",
    drawn_on=on("05-15"),
    population=3,
    list_digest=RECORD,
    algorithm="示例",
    seed="1",
    drawn_objects=(BODY, THIRD),
    drawn_officers=("ZF-03", "ZF-04"),
)
TIMES = {"from_time": "09:30", "until_time": "11:00"}
VISIT = an_inspection("JC-1", **DRAW, **TIMES)
FILED = CaseFiled(
    case_number="CF-1",
    subject=BODY,
    handlers=("ZF-03", "ZF-04"),
    approved_by="ZF-01",
    filed_on=on("06-28"),
)
PUBLIC = EnforcementInformationPublished(
    item_number="GS-1",
    stage="before",
    kinds=("subject", "officers", "powers", "basis", "procedure", "remedies"),
    title="执法公示",
    place="示例网站",
    published_on=on("01-05"),
)
FACTS: tuple[Event, ...] = (
    *(a_body(), a_body(SECOND), a_body(PRIVATE)),
    *(an_officer("ZF-03"), a_licence("ZF-03"), an_officer("ZF-04"), a_licence("ZF-04")),
    LicenceSuspended(
        officer="ZF-04", licence_number=LICENCE, reason="示例", suspended_on=on("06-20")
    ),
    LicenceResumed(
        officer="ZF-04",
        licence_number=LICENCE,
        valid_until=on("2026-05-31"),
        resumed_on=on("07-10"),
    ),
    OfficerSeconded(officer="ZF-03", to="示例单位", seconded_on=on("10-08")),
    *(
        SNAPSHOT,
        DRAWN,
        DRAWN.model_copy(update={"drawn_on": on("05-17"), "drawn_objects": (OTHER,)}),
    ),
    DrawnObjectExempted(
        draw_number="SSJ-1",
        object=BODY,
        cause="deregistered",
        approved_by="SP-01",
        exempted_on=on("11-25"),
    ),
    ENDED,
    *(VISIT, an_inspection("JC-2", object=OTHER, **DRAW, **TIMES)),
    *(an_inspection("JC-3", "06-21", outcome="transferred"), an_inspection("JC-4", "10-09")),
    CaseTransferred(inspection_number="JC-3", penalty_case="CF-1", transferred_on=on("06-22")),
    RectificationOrdered(
        inspection_number="JC-1", problems="示例", due_on=on("07-05"), ordered_on=on("06-05")
    ),
    RectificationVerified(
        inspection_number="JC-1",
        outcome="passed",
        officers=("ZF-03", "ZF-04"),
        verified_on=on("07-08"),
    ),
    *(FILED, evidence("CF-1"), a_decision("CF-1")),
    a_decision("CF-2", "09-28", decision_number="示例民罚〔2024〕CF-1号"),
    PriorNoticeServed(case_number="CF-1", hearing_offered=True, served_on=on("09-24")),
    EvidencePreserved(case_number="CF-1", items="账册", preserved_on=on("08-01")),
    PreservedEvidenceHandled(case_number="CF-1", how="returned", handled_on=on("08-20")),
    PenaltyPublished(case_number="CF-1", place="示例网站", published_on=on("10-20")),
    PenaltyRevoked(case_number="CF-1", how="revoked", authority="示例机关", revoked_on=on("12-02")),
    PenaltyPublicationWithdrawn(case_number="CF-1", withdrawn_on=on("12-20")),
    PUBLIC,
    EnforcementInformationWithdrawn(item_number="GS-1", reason="更新", withdrawn_on=on("06-21")),
)
GONE = Deregistered.model_validate(
    ENDED.model_dump() | {"uscc": SECOND, "decided_on": on("2023-12-20")}
)
CORRECTIONS: tuple[tuple[Event, Event, str], ...] = (
    (VISIT, VISIT.model_copy(update={"officers": ("ZF-03", "ZF-50")}), "changed"),
    (FILED, FILED.model_copy(update={"inspection_number": "JC-3"}), "changed"),
    (DRAWN, DRAWN.model_copy(update={"population": 2}), "changed"),
    (PUBLIC, PUBLIC.model_copy(update={"published_on": on("06-05")}), "changed"),
    (SNAPSHOT, SNAPSHOT, "revoked"),
)


def lines(seed: int) -> list[bytes]:
    """All that happened in an order of its own, and then what is corrected of it."""
    dice = random.Random(seed)  # noqa: S311  a seed, not a secret
    told = [*enumerate(FACTS), (len(FACTS), GONE)]
    dice.shuffle(told)
    names = {id(fact): f"f-{n}" for n, fact in told}
    received = on("2025-03-03")
    made = [_line(f"f-{n}", fact, received=received) for n, fact in told]
    for n, (of, fact, kind) in enumerate(CORRECTIONS):
        corrects = f"{_source(of)}/{names[id(of)]}"
        made.append(_line(f"c-{n}", fact, received=received, corrects=corrects, kind=kind))
    return made


def _source(fact: Event) -> str:
    line = fact.TYPE.partition(".")[0]
    own = {"inspection": "enforcement", "penalties": "enforcement", "officers": "personnel"}
    return own.get(line, line)


def _line(event_id: str, fact: Event, **more: object) -> bytes:
    return event(_source(fact), event_id, fact, **more)  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_findings_are_the_same_as_when_all_is_looked_at_anew(
    ledger_url: str, seed: int
) -> None:
    async with empty(ledger_url) as bench:
        end, found = await found_as_anew(bench, lines(seed), OURS)
    assert end == len(FACTS) + 1 + len(CORRECTIONS)
    assert found >= {f"A{number}" for number in (27, 28, 31, 32, 33, 34, 35, 36, 37, 51, 72, 74)}
