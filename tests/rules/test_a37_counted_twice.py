"""One case is one 宗: not an inspection and a penalty, and not one for each kind."""

from __future__ import annotations

from typing import Any

import pytest

from domain.inspection import CaseTransferred
from domain.penalties.events import CaseFiled
from rules.a37_counted_twice import RULE
from tests.support.enforcement import BODY, a_body, a_decision, an_inspection, on
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench

VISIT = an_inspection("JC-1", outcome="transferred")
TRANSFERRED = CaseTransferred(
    inspection_number="JC-1", penalty_case="CF-1", transferred_on=on("06-10")
)


def filed(case: str = "CF-1", **more: Any) -> CaseFiled:
    fields: dict[str, Any] = {
        "case_number": case,
        "subject": BODY,
        "handlers": ("ZF-03", "ZF-04"),
        "approved_by": "ZF-01",
        "filed_on": on("07-02"),
    }
    return CaseFiled.model_validate(fields | more)


TWICE = Seen("penalty/CF-1", "inspection/JC-1", on("09-27"))


async def test_a_case_names_the_inspection_that_it_took_up(bench: Bench) -> None:
    await bench.tell(a_body(), VISIT, TRANSFERRED, filed(), a_decision("CF-1"))
    assert await seen(bench, RULE) == [TWICE]


@pytest.mark.parametrize(("day", "twice"), [("06-05", [TWICE]), ("06-04", [])])
async def test_where_neither_names_the_other_it_is_the_next_case_of_the_same_party(
    bench: Bench, day: str, twice: list[Seen]
) -> None:
    """The inspection was on 5 June."""
    await bench.tell(a_body(), VISIT, filed(filed_on=on(day)), a_decision("CF-1"))
    assert await seen(bench, RULE) == twice


async def test_then_it_is_counted_once(bench: Bench) -> None:
    case = filed(inspection_number="JC-1")
    await bench.tell(a_body(), VISIT, TRANSFERRED, case, a_decision("CF-1"))
    assert await seen(bench, RULE) == []


async def test_while_nothing_is_decided_the_inspection_counts_alone(bench: Bench) -> None:
    await bench.tell(a_body(), VISIT, TRANSFERRED, filed())
    assert await seen(bench, RULE) == []


async def test_nor_does_a_patrol_count(bench: Bench) -> None:
    patrol = an_inspection("JC-1", mode="patrol", outcome="transferred")
    await bench.tell(a_body(), patrol, TRANSFERRED, filed(), a_decision("CF-1"))
    assert await seen(bench, RULE) == []


ONE = a_decision("CF-1", kinds=("warning",))
SAME = "示例民罚〔2024〕CF-1号"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (a_decision("CF-2", kinds=("criticism",), decision_number=SAME), True),
        (a_decision("CF-2", kinds=("criticism",)), False),  # another decision
    ],
)
async def test_the_kinds_of_one_decision_are_one_case(
    bench: Bench, other: Any, *, expected: bool
) -> None:
    await bench.tell(a_body(), ONE, other)

    twice = [Seen("penalty/CF-2", "penalty/CF-1", on("09-27"))]
    assert await seen(bench, RULE) == (twice if expected else [])
