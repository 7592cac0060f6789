"""Naming: who approves, fifteen days to file and announce, and names that sound alike."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.event import Event
from domain.placename import NameRetired, NameTakenOver, sound_of
from rules.a43_naming import RULE
from tests.lines.test_placename import announcement, approval, assessment, filing, proposal
from tests.support.enforcement import on
from tests.support.findings import Seen, findings, seen
from tests.support.ledger import Bench

PLACE = "place-name/R1"
BEFORE = (proposal("R1"), assessment("R1"))
FILED, ANNOUNCED = filing("R1", on("06-18")), announcement("R1", on("06-18"))
FILING, ANNOUNCING = "placename.filing-days", "placename.announcement-days"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((FILED, ANNOUNCED), []),
        ((), [Seen(PLACE, ANNOUNCING, on("06-19")), Seen(PLACE, FILING, on("06-19"))]),
        ((ANNOUNCED,), [Seen(PLACE, FILING, on("06-19"))]),
        (
            (ANNOUNCED, filing("R1", on("06-19"))),
            [Seen(PLACE, FILING, on("06-19"))],
        ),
        (
            (FILED, announcement("R1", on("06-21"))),
            [
                Seen(PLACE, ANNOUNCING, on("06-19"), on("06-21")),
                Seen(PLACE, ANNOUNCING, on("06-21")),
            ],
        ),
    ],
)
async def test_filed_and_announced_within_fifteen_days_of_the_approval(
    bench: Bench, steps: tuple[Event, ...], expected: list[Seen]
) -> None:
    """Approved 3 June: the fifteenth day is 18 June."""
    await bench.tell(*BEFORE, approval("R1"), *steps)

    assert await seen(bench, RULE) == expected


async def test_before_it_is_approved_a_name_is_neither_filed_nor_announced(bench: Bench) -> None:
    await bench.tell(*BEFORE, filing("R1", on("06-02")))
    assert await seen(bench, RULE) == [Seen(PLACE, "early", on("06-02"))]

    await bench.tell(approval("R1"), ANNOUNCED)
    assert await seen(bench, RULE) == [
        Seen(PLACE, "early", on("06-02"), on("06-03")),
        Seen(PLACE, "early", on("06-03")),
    ]


@pytest.mark.parametrize(
    ("authority", "lawful"),
    [("市人民政府", True), ("示例区人民政府", True), ("示例区民政局", False)],
)
async def test_a_government_approves(bench: Bench, authority: str, *, lawful: bool) -> None:
    approved = approval("R1").model_copy(update={"authority": authority})
    await bench.tell(*BEFORE, approved, FILED, ANNOUNCED)

    assert (await seen(bench, RULE) == []) is lawful


# Names that sound alike


def a_road(place: str, name: str, roman: str, day: str = "06-03", **more: Any) -> list[Event]:
    named: dict[str, Any] = {"standard_name": name, "romanised_name": roman, **more}
    approved = approval(place, on(day)).model_copy(update=named)
    announced = announcement(place, on(day)).model_copy(update={"standard_name": name})
    return [proposal(place), assessment(place), approved, filing(place, on(day)), announced]


async def alike(bench: Bench) -> list[tuple[str, str, date, date | None]]:
    return [
        (subject, one.what, one.valid_from, one.valid_to)
        for subject, one in await findings(bench, RULE)
    ]


async def test_of_two_that_sound_alike_the_later_is_wrong(bench: Bench) -> None:
    await bench.tell(
        *a_road("R1", "示例路", "Shili Lu"), *a_road("R2", "实力路", "Shílì Lù", "09-02")
    )
    assert await alike(bench) == [
        ("sound/shililu", "“实力路”与建成区内已有的“示例路”同音", on("09-02"), None)
    ]

    await bench.tell(NameRetired(place="R1", retired_on=on("10-08"), reason="拆除"))
    assert [until for *_, until in await alike(bench)] == [on("10-08")]


async def test_the_same_name_again_is_found_also_against_an_older_road(bench: Bench) -> None:
    old = NameTakenOver(
        place="R0",
        standard_name="示例路",
        romanised_name="Shili Lu",
        approved_on=date(2015, 6, 1),
        taken_over_on=on("01-01"),
    )
    await bench.tell(old, *a_road("R1", "示例路", "Shili Lu"), *a_road("R2", "示例街", "Shili Jie"))

    assert [what for _, what, *_ in await alike(bench)] == ["“示例路”与建成区内已有的“示例路”同名"]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("445102100", "445102100", True),  # the same 镇
        ("445102100", "445102111", False),
        ("445102007", "445102008", True),  # two 街道
        ("445102007", "445102100", False),
    ],
)
async def test_only_within_one_built_up_area(
    bench: Bench, one: str, other: str, *, near: bool
) -> None:
    await bench.tell(
        *a_road("R1", "示例路", "Shili Lu", township=one),
        *a_road("R2", "实力路", "Shili Lu", "09-02", township=other),
    )

    assert bool(await alike(bench)) is near


def test_a_sound_is_told_without_tones_and_blanks() -> None:
    assert sound_of("Lǜyuán  Lù") == sound_of("Luyuan Lu") == "luyuanlu"
