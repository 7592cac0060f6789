"""Orders to rectify by 5 July, and what followed."""

from __future__ import annotations

from typing import Any

import pytest

from domain.inspection import RectificationOrdered, RectificationVerified
from rules.a35_rectification_overdue import RULE
from tests.support.enforcement import a_body, an_inspection, on
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench

VISIT = an_inspection("JC-1", outcome="rectification")
ORDERED = RectificationOrdered(
    inspection_number="JC-1", problems="示例", due_on=on("07-05"), ordered_on=on("06-05")
)


def verified(day: str, outcome: str = "passed", **more: Any) -> RectificationVerified:
    return RectificationVerified.model_validate(
        {
            "inspection_number": "JC-1",
            "outcome": outcome,
            "officers": ("ZF-03", "ZF-04"),
            "verified_on": on(day),
            **more,
        }
    )


OPEN = Seen("inspection/JC-1", "rectification", on("07-06"))


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((), [OPEN]),
        ((verified("07-05"),), []),
        ((verified("07-06"),), []),
        ((verified("07-08"),), [OPEN._replace(until=on("07-08"))]),
        ((verified("07-05", "failed"),), [OPEN]),
        ((verified("07-05", "overdue", further_action="移送立案"),), []),
        ((verified("07-05", "failed"), verified("07-20")), [OPEN._replace(until=on("07-20"))]),
    ],
)
async def test_it_is_open_from_the_day_after_until_it_is_done_or_acted_on(
    bench: Bench, steps: tuple[RectificationVerified, ...], found: list[Seen]
) -> None:
    await bench.tell(a_body(), VISIT, ORDERED, *steps)

    assert await seen(bench, RULE) == found


async def test_an_order_without_a_last_day_is_never_overdue(bench: Bench) -> None:
    await bench.tell(a_body(), VISIT, ORDERED.model_copy(update={"due_on": None}))

    assert await seen(bench, RULE) == []
