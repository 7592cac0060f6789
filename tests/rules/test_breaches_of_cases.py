"""Rules of cases that find by breaches: each is tried on a fact that breaks it and on its twin.

What the judges look for, and the limits to either side, stand with the lines (tests/lines).
"""

from __future__ import annotations

from datetime import date

import pytest

from domain.assistance.benefits import BenefitTerminated
from domain.assistance.payouts import PayrollApproved, PayrollPrepared
from domain.event import Event
from rules.rule import rules
from tests.lines.test_assistance_relief import decided
from tests.support.findings import findings
from tests.support.ledger import Bench, Correction
from tests.support.money import a_child, a_household, a_payment, a_subsidy
from tests.support.procedure import (
    child_applied,
    confirmed,
    objected,
    posted,
    subsidy_posted,
    to_the_decision,
    visited,
)

STEPS = to_the_decision("DB-1")
LAWFUL = confirmed("DB-1", "2024-03-18", approver="JB-09")
CARD = a_subsidy("CJ-1").model_copy(update={"card_valid_until": date(2024, 3, 31)})


def nursing(month: str) -> Event:
    return a_payment("CJ-1", 28_100, month, programme="nursing-subsidy")


def relief(fen: int) -> Event:
    """By the township, of 1,000 元 at most."""
    return decided(relief_number=f"LS-{fen}", decided_by="township", amount_fen=fen)


BATCH = {
    "batch": "FF-1",
    "programme": "dibao",
    "month": "2024-03",
    "amount_fen": 50_000,
    "lines": 1,
}
PREPARED = PayrollPrepared.model_validate({**BATCH, "done_on": date(2024, 3, 4)})


def approved_by(officer: str) -> Event:
    """The list was drawn up by JB-01."""
    said = {"prepared_by": "JB-01", "approved_by": officer, "done_on": date(2024, 3, 5)}
    return PayrollApproved.model_validate({**BATCH, **said})


def ended(moved_to: str) -> BenefitTerminated:
    return BenefitTerminated(
        case_number="DB-1",
        last_month="2024-03",
        reason="moved-away",
        moved_to=moved_to,
        decided_on=date(2024, 3, 20),
    )


@pytest.mark.parametrize(
    ("code", "before", "broken", "lawful"),
    [
        ("A13", STEPS, confirmed("DB-1", "2024-03-15"), LAWFUL),
        ("A15", [*STEPS, objected("DB-1", "2024-03-10")], confirmed("DB-1", "2024-03-18"), None),
        (
            "A14",
            [child_applied("GE-1", "2024-03-01"), STEPS[0]],
            posted("GE-1", "2024-03-07", "2024-03-17"),
            posted("DB-1", "2024-03-07", "2024-03-17"),
        ),
        ("A14", [a_child("GE-1")], subsidy_posted("GE-1", "2024-03-07", "2024-03-17"), None),
        ("A45", STEPS, confirmed("DB-1", "2024-03-18", approver="JB-02"), None),
        ("A45", [PREPARED], approved_by("JB-01"), approved_by("JB-02")),
        ("A19", [CARD], nursing("2024-04"), nursing("2024-03")),
        ("A60", [STEPS[0]], confirmed("DB-1", "2024-03-18"), None),
        (
            "A61",
            [],
            a_household("DB-3", income=70_000, fen=1),
            a_household("DB-4", income=69_999, fen=1),
        ),
        ("A62", [a_household("DB-1")], ended("445102"), ended("445103")),
        ("A63", [], relief(100_001), relief(100_000)),
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


async def test_a_step_that_is_told_late_undoes_the_finding(bench: Bench) -> None:
    """Made in time, recorded after the decision."""
    rule = next(each for each in rules() if each.code == "A60")
    told = [fact for fact in STEPS if "home-visit" not in fact.TYPE]
    await bench.tell(*told, LAWFUL)
    assert [one.what for _, one in await findings(bench, rule)] == ["审核确认：未经入户调查"]

    await bench.tell(visited("DB-1", "2024-03-05"), received=date(2024, 4, 2))
    assert await findings(bench, rule) == []


async def test_a_step_that_was_never_made_brings_the_finding_back(bench: Bench) -> None:
    rule = next(each for each in rules() if each.code == "A60")
    visit = next(fact for fact in STEPS if "home-visit" in fact.TYPE)
    await bench.tell(*STEPS, LAWFUL)
    assert await findings(bench, rule) == []

    await bench.tell(Correction(visit, "revoked", visit))
    assert len(await findings(bench, rule)) == 1
