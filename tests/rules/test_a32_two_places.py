"""One officer at two places at overlapping times."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from domain.inspection import InspectionConducted
from rules.a32_two_places import RULE, Span, overlap
from tests.support.enforcement import SECOND, a_body, a_decision, an_inspection, evidence, on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench

ELSEWHERE = f"organisation/{SECOND}"
BODIES = (a_body(), a_body(SECOND))


def visit(number: str, since: str | None, until: str | None, **more: Any) -> InspectionConducted:
    return an_inspection(number, from_time=since, until_time=until, **more)


FIRST = visit("JC-1", "09:30", "11:00")


def here(number: str, since: str | None, until: str | None, **more: Any) -> InspectionConducted:
    """Another visit, at another body."""
    return visit(number, since, until, object=ELSEWHERE, **more)


BOTH = [Seen(f"officer/{who}", "2024-06-05/JC-1/JC-2", on("06-05")) for who in ("ZF-03", "ZF-04")]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (here("JC-2", "11:00", "12:00"), []),
        (here("JC-2", "10:59", "12:00"), BOTH),
        (here("JC-2", "08:00", "09:30"), []),
        (here("JC-2", "08:00", "09:31"), BOTH),
        (here("JC-2", "10:00", "10:30", officers=("ZF-04", "ZF-05")), BOTH[1:]),
        (here("JC-2", "10:00", "10:30", inspected_on=on("06-06")), []),
        (visit("JC-2", "10:00", "10:30"), []),
    ],
)
async def test_nobody_is_at_two_places_at_once(
    bench: Bench, other: InspectionConducted, expected: list[Seen]
) -> None:
    """One visit may begin in the minute in which another ended; at one body there may be two."""
    await bench.tell(*BODIES, FIRST, other)

    assert await seen(bench, RULE) == expected


async def test_the_finding_says_who_was_where_and_when(bench: Bench) -> None:
    await bench.tell(*BODIES, FIRST, here("JC-2", "10:00", "11:30", officers=("ZF-03", "ZF-06")))

    ((subject, found),) = await findings(bench, RULE)
    assert (subject, found.position) == ("officer/ZF-03", 4)
    assert found.what == "JC-1（09:30—11:00）与JC-2（10:00—11:30）时间重叠"


async def test_of_visits_with_half_a_time_nobody_can_say(bench: Bench) -> None:
    await bench.tell(*BODIES, FIRST, here("JC-2", "08:00", None))

    assert [each.undecidable for each in await seen(bench, RULE)] == [True, True]


async def test_of_visits_without_any_time_nothing_is_said(bench: Bench) -> None:
    """Two a day are nothing unusual."""
    await bench.tell(*BODIES, FIRST, here("JC-2", None, None))

    assert await seen(bench, RULE) == []


async def test_where_evidence_was_taken_nobody_says_without_times(bench: Bench) -> None:
    """With times it is another place, unless it was found in the course of the inspection."""
    within = {"from_time": "10:00", "until_time": "10:30", "inspection_number": "JC-1"}
    await bench.tell(
        *(*BODIES, FIRST, *(a_decision(f"CF-{n}", subject=ELSEWHERE) for n in (1, 2, 3))),
        evidence("CF-1", "06-05"),
        evidence("CF-2", "06-05", **within),
    )
    assert await seen(bench, RULE) == []

    await bench.tell(evidence("CF-3", "06-05", **within | {"inspection_number": None}))
    assert {each.key for each in await seen(bench, RULE)} == {"2024-06-05/CF-3/JC-1"}


TIMES = [Span(*span) for span in product((None, "09:00", "10:00", "11:00"), repeat=2)]


@pytest.mark.parametrize("one", TIMES, ids=str)
@pytest.mark.parametrize("other", TIMES, ids=str)
def test_what_is_certain_without_a_time_is_certain_with_any(one: Span, other: Span) -> None:
    """An answer for spans with gaps holds for all ways to fill them in."""
    answer = overlap(one, other)
    clock = [f"{hour:02}:{minute}" for hour in range(8, 13) for minute in ("00", "30")]

    def filled(span: Span) -> list[Span]:
        pairs = product(*([time] if time is not None else clock for time in span))
        return [Span(*pair) for pair in pairs if pair[0] < pair[1]]

    if answer is not None:
        for a, b in product(filled(one), filled(other)):
            assert overlap(a, b) is answer, (a, b)
