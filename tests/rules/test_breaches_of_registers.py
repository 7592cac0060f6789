"""Rules of registers that find by breaches: each is tried on a fact that breaks it and on its twin.

What the judges look for, and the limits to either side, stand with the lines (tests/lines).
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.dates import Instant
from domain.disclosure import ItemPublished
from domain.event import Event
from domain.funeral import AshesPlaced, KeepingBodyClosed, KeepingBodyTakenOver
from domain.marriage.divorces import DivorceWithdrawn
from domain.organisations.events import AnnualReportFiled, Deregistered
from domain.reporting import ReportDrafted, ReportPublished
from rules.rule import rules
from tests.lines.test_adoption import applied, registered
from tests.lines.test_organisations import MISISSUED, deregistered, liquidated
from tests.lines.test_placename import announcement, approval, assessment, proposal
from tests.support.enforcement import ASSOCIATION, PERSON, a_body, on
from tests.support.findings import findings
from tests.support.ledger import Bench
from tests.support.marriage import a_divorce, an_application

APPLIED = an_application("LS-1", "04-02")
CLOSED: tuple[Event, ...] = (
    KeepingBodyTakenOver(
        body="GH-1",
        name="示例骨灰楼",
        kind="columbarium",
        township="445102100",
        registered_on=date(2010, 6, 1),
    ),
    KeepingBodyClosed(body="GH-1", closed_on=on("10-31"), reason="合并"),
)
ENDED = (a_body(), liquidated(ASSOCIATION), deregistered(ASSOCIATION))
NAMED = (proposal("R1"), assessment("R1"), approval("R1"))


def a_placement(day: str) -> AshesPlaced:
    return AshesPlaced(
        body="GH-1", deceased=PERSON, receipt_form="receipt-1", receipt_number=1, placed_on=on(day)
    )


def a_report(day: str) -> AnnualReportFiled:
    return AnnualReportFiled(uscc=ASSOCIATION, year=2023, filed_on=on(day))


def ended(*, collected: bool) -> Deregistered:
    return deregistered(ASSOCIATION).model_copy(update={"seal_collected": collected})


ITEM = ItemPublished(
    item="XX-1",
    column="work-news",
    topic="children",
    title="示例",
    published_on=on("06-03"),
)


@pytest.mark.parametrize(
    ("code", "before", "broken", "lawful"),
    [
        ("A40", [APPLIED], a_divorce("LS-1", 1, "05-06"), None),
        ("A41", [applied()], registered(), None),
        (
            "A81",
            [APPLIED],
            DivorceWithdrawn(receipt="LS-1", withdrawn_on=on("05-07")),
            DivorceWithdrawn(receipt="LS-1", withdrawn_on=on("05-06")),
        ),
        ("A82", ENDED[:2], ended(collected=False), ended(collected=True)),
        ("A83", ENDED, a_report("06-19"), a_report("06-17")),
        ("A84", [], a_body(MISISSUED), a_body()),
        (
            "A85",
            NAMED,
            announcement("R1").model_copy(update={"location": None}),
            announcement("R1"),
        ),
        ("A86", CLOSED, a_placement("10-31"), a_placement("10-30")),
        ("A87", [], ITEM, None),
        (
            "A88",
            [ReportDrafted(report_year=2024, drafted_on=on("12-24"), drafted_by="JB-05")],
            ReportPublished(
                report_year=2024,
                published_at=Instant.read("2025-01-17T16:52:00+08:00"),
                path="/report/2024.html",
            ),
            None,
        ),
    ],
)
async def test_the_rule_finds_the_fact_and_not_its_twin(
    bench: Bench, code: str, before: list[Event], broken: Event, lawful: Event | None
) -> None:
    rule = next(each for each in rules() if each.code == code)
    told = [*before, *([] if lawful is None else [lawful])]
    await bench.tell(*told)
    assert await findings(bench, rule) == []

    await bench.tell(broken)
    found = await findings(bench, rule)
    assert {one.position for _, one in found} == {len(told) + 1}
    assert {one.on_date for _, one in found} == {broken.occurred_on()}


def test_what_can_not_be_checked_says_what_is_lacking() -> None:
    lacking = {rule.code: rule.lacks for rule in rules() if rule.lacks}

    assert {"A30", "A47"} <= set(lacking)
    assert all(not rule.rows and not rule.breaches for rule in rules() if rule.lacks)
