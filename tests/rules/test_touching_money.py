"""Money that changes nothing is not looked at: findings are as if all were, whatever came first."""

from __future__ import annotations

import random
from datetime import date

import pytest

from domain.elderly import AllowanceTakenOver, Elder
from domain.event import Event
from rules.rule import rules
from tests.oracle.everything import empty
from tests.rules.test_working import found_as_anew
from tests.support.ledger import Correction, Teller
from tests.support.money import (
    TOWN,
    VILLAGE,
    a_child,
    a_destitute_person,
    a_household,
    a_payment,
    a_person,
    a_raise,
    a_return,
    a_standard,
    a_subsidy,
    an_id,
    arrears,
)
from tests.support.payroll import lists

CODES = {f"A{number:02d}" for number in (*range(1, 8), 9, 10)}
OURS = [rule for rule in rules() if rule.code in CODES]
BOTH = a_person()
ELDER = AllowanceTakenOver(
    case_number="GL-1",
    programme="old-age",
    level="aged-80",
    township=TOWN,
    village=VILLAGE,
    first_month="2023-01",
    elder=Elder(id_kind="resident-id", id_number=an_id("19400101"), name="示例丙"),
    decision_number="湘民〔2022〕5号",
    decided_on=date(2022, 12, 10),
    taken_over_on=date(2024, 1, 1),
)
AT_HOME, ELSEWHERE = a_child("ET-1"), a_child("ET-2", mode="institutional")
HOUSEHOLD = a_household("DB-1", first="2024-01", fen=50_000)
FIRST = a_payment("TK-1", 112_000, "2024-01", programme="tekun")
NEW = a_standard("tekun", 1_200, "rural", since="2024-01-01", adopted="2024-03-01")
FACTS: tuple[Event, ...] = (
    *(HOUSEHOLD, a_destitute_person("TK-1", person=BOTH), a_destitute_person("TK-2", person=BOTH)),
    *(AT_HOME, ELSEWHERE, ELDER, a_subsidy("CJ-1", first="2024-01")),
    *lists("2024-01", "2024-02", "2024-03", "2024-04"),
    *lists("2024-01", "2024-03", "2024-04", programme="nursing-subsidy"),
    *(a_standard("tekun", 1_120, "rural", since="2023-01-01"), NEW),
    *(
        a_standard("tekun", 1_400, "urban", since="2023-01-01"),
        a_raise({"kind": "tekun", "area": "rural"}),
    ),
    a_standard("orphan", 1_410, since="2023-01-01"),
    a_standard("orphan-institutional", 2_092, since="2023-01-01"),
    a_standard("old-age-80", 60, since="2023-01-01"),
    a_standard("old-age-90", 120, since="2023-01-01"),
    a_standard("nursing-subsidy", 267, since="2023-01-01"),
    a_standard("nursing-subsidy", 281, since="2024-02-01"),
    *(FIRST, a_payment("TK-1", 112_000, "2024-02", programme="tekun")),
    *(a_payment("TK-1", 120_000, month, programme="tekun") for month in ("2024-03", "2024-04")),
    arrears("TK-1", 16_000, "2024-02", "2024-01", on="2024-04-20", programme="tekun"),
    a_payment("TK-2", 112_000, "2023-12", programme="tekun"),
    a_payment("ET-1", 141_000, "2024-01", programme="orphan"),
    a_payment("ET-2", 209_200, "2024-01", programme="orphan"),
    a_payment("ET-2", 141_000, "2024-02", programme="orphan"),
    *(
        a_payment("GL-1", fen, f"2024-0{n}", programme="old-age")
        for n, fen in ((1, 6_000), (2, 12_000))
    ),
    a_payment("CJ-1", 53_400, "2024-02", "2024-01", programme="nursing-subsidy"),
    a_payment("CJ-1", 56_200, "2024-03", "2024-04", programme="nursing-subsidy"),
    *(a_payment("DB-1", 50_000, f"2024-0{n}") for n in (1, 3)),
)
CORRECTIONS: tuple[Correction, ...] = (
    Correction(NEW.model_copy(update={"amount_fen": 125_000}), "changed", NEW),
    Correction(AT_HOME.model_copy(update={"mode": "institutional"}), "changed", AT_HOME),
    Correction(ELDER.model_copy(update={"level": "aged-90"}), "changed", ELDER),
    Correction(HOUSEHOLD.model_copy(update={"first_month": "2024-02"}), "changed", HOUSEHOLD),
    Correction(FIRST, "revoked", FIRST),
)


def lines(seed: int) -> list[bytes]:
    """All that happened, in an order of its own; then a return, and what is corrected of it."""
    facts = list(FACTS)
    random.Random(seed).shuffle(facts)  # noqa: S311  a seed, not a secret
    teller, made = Teller(), []
    paid = f"payouts/e-{facts.index(FACTS[-1])}"
    back = a_return("DB-1", paid, 50_000, "2024-03", on="2024-04-11")
    story: list[Event | Correction] = [*facts, back, *CORRECTIONS]
    for told in story:
        made.append(teller.line(told))
        teller.keep(told)
    return made


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
async def test_findings_are_those_of_looking_at_all_money(ledger_url: str, seed: int) -> None:
    async with empty(ledger_url) as bench:
        end, found = await found_as_anew(bench, lines(seed), OURS)
    assert end == len(FACTS) + 1 + len(CORRECTIONS)
    assert found >= {"A01", "A02", "A09", "A10"}
