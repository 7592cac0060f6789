"""At least 3 % of the organisations registered are drawn in a year, by all its draws together."""

from __future__ import annotations

import pytest

from domain.inspection import PopulationSnapshotTaken, RandomDrawPerformed
from rules.a34_drawn_too_few import RULE
from sample.feed import dice
from sample.office import default
from sample.organisations.bodies import make_body
from tests.support.enforcement import RECORD, a_body, an_inspection, on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench

CHANCE = dice("test", 2024)
CODES = [make_body(default(), n, "association", CHANCE).uscc for n in range(100, 201)]
BODIES = [a_body(code) for code in CODES[:100]]


def drawn(
    number: str, day: str, *codes: str
) -> list[RandomDrawPerformed | PopulationSnapshotTaken]:
    """A draw of these, of the hundred bodies of last year's end."""
    taken = PopulationSnapshotTaken(
        draw_number=number,
        baseline_on=on("2023-12-31"),
        bodies=100,
        list_digest=RECORD,
        taken_on=on(day),
    )
    draw = RandomDrawPerformed(
        draw_number=number,
        drawn_on=on(day),
        population=100,
        list_digest=RECORD,
        algorithm="示例",
        seed="1",
        drawn_objects=tuple(f"organisation/{code}" for code in codes),
        drawn_officers=("ZF-03", "ZF-04"),
    )
    return [taken, draw]


@pytest.mark.parametrize(
    ("first", "second", "short"), [(2, 1, False), (1, 1, True), (3, 0, False), (2, 0, True)]
)
async def test_the_draws_of_a_year_count_together(
    bench: Bench, first: int, second: int, *, short: bool
) -> None:
    """Of a hundred bodies three; a body that is drawn again counts once."""
    draws = drawn("SSJ-1", "05-15", *CODES[:first])
    if second:
        draws += drawn("SSJ-2", "10-15", *CODES[first - 1 : first + second])
    await bench.tell(*BODIES, *draws)

    assert await seen(bench, RULE) == ([Seen("2024", "share", on("2025-01-01"))] if short else [])


async def test_a_hundred_and_one_need_four(bench: Bench) -> None:
    """Those registered at the baseline count, also when it becomes known late."""
    await bench.tell(*BODIES, *drawn("SSJ-1", "05-15", *CODES[:3]))
    assert await seen(bench, RULE) == []

    await bench.tell(a_body(CODES[100]))
    ((_, found),) = await findings(bench, RULE)
    assert found.what == "2024年抽取社会组织3家，在册101家，不足3%"


async def test_a_year_with_inspections_and_without_a_draw_drew_too_few(bench: Bench) -> None:
    await bench.tell(a_body(), an_inspection("JC-1"))

    assert await seen(bench, RULE) == [Seen("2024", "share", on("2025-01-01"))]
