"""A finding that was upheld is put right by its day."""

from __future__ import annotations

from datetime import date

from domain.rectification import FindingRectified, FindingUpheld
from rules.a97_rectification_overdue import RULE
from tests.support.findings import findings
from tests.support.ledger import Bench

UPHELD = FindingUpheld(
    finding="A06-0c1b2a3d4e5f",
    decided_by="HC-01",
    decided_on=date(2024, 7, 1),
    reason="已核",
    unit="社会救助股",
    due_on=date(2024, 7, 31),
)


def rectified(on: date) -> FindingRectified:
    return FindingRectified(
        finding="A06-0c1b2a3d4e5f",
        decided_by="HC-01",
        decided_on=on,
        reason="已改",
        document_number="示例〔2024〕7号",
    )


async def found(bench: Bench) -> list[tuple[date, date | None]]:
    """From and to which day it stands."""
    return [(each.valid_from, each.valid_to) for _, each in await findings(bench, RULE)]


async def test_it_is_overdue_from_the_day_after(bench: Bench) -> None:
    await bench.tell(UPHELD)

    assert await found(bench) == [(date(2024, 8, 1), None)]


async def test_on_its_day_it_is_in_time(bench: Bench) -> None:
    await bench.tell(UPHELD, rectified(date(2024, 7, 31)))

    assert await found(bench) == []


async def test_a_day_later_it_was_late(bench: Bench) -> None:
    """On the first day after it is done; late it stays."""
    await bench.tell(UPHELD, rectified(date(2024, 8, 1)))

    assert await found(bench) == [(date(2024, 8, 1), None)]


async def test_until_it_was_done_it_was_overdue(bench: Bench) -> None:
    await bench.tell(UPHELD, rectified(date(2024, 8, 20)))

    assert await found(bench) == [
        (date(2024, 8, 1), date(2024, 8, 20)),
        (date(2024, 8, 20), None),
    ]
