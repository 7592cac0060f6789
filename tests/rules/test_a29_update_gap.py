"""Updates of 工作动态: fourteen days may lie between two, not fifteen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.disclosure import ItemPublished, ItemTakenOver, ItemWithdrawn
from rules.a29_update_gap import RULE
from tests.support.bureau import adopt, sample_but
from tests.support.enforcement import on
from tests.support.findings import Seen, seen
from tests.support.ledger import Bench

COLUMN = "work-news"


def an_item(item: str, day: str, column: str = COLUMN) -> ItemPublished:
    return ItemPublished.model_validate(
        {
            "item": item,
            "column": column,
            "topic": "children",
            "title": "示例",
            "published_on": on(day),
        }
    )


def open_gap(before: str, first: str) -> Seen:
    return Seen(COLUMN, f"{on(before)}", on(first))


@pytest.mark.parametrize(
    ("second", "gap"),
    [
        ("06-17", []),
        ("06-18", [Seen(COLUMN, "2024-06-03", on("06-18"))]),
        (
            "06-20",
            [
                Seen(COLUMN, "2024-06-03", on("06-18"), on("06-20")),
                Seen(COLUMN, "2024-06-03", on("06-20")),
            ],
        ),
    ],
)
async def test_fourteen_days_may_lie_between_two_updates(
    bench: Bench, second: str, gap: list[Seen]
) -> None:
    """After 3 June the fourteenth day is 17 June."""
    await bench.tell(an_item("XX-1", "06-03"), an_item("XX-2", second))

    found = [one for one in await seen(bench, RULE) if one.key == "2024-06-03"]
    assert found == gap


async def test_after_the_last_update_it_stands_from_the_fifteenth_day(bench: Bench) -> None:
    await bench.tell(an_item("XX-1", "06-03"))
    assert await seen(bench, RULE) == [open_gap("06-03", "06-18")]

    await bench.tell(an_item("XX-2", "06-10"))
    assert await seen(bench, RULE) == [open_gap("06-10", "06-25")]


async def test_another_column_updates_nothing_what_was_withdrawn_later_did(bench: Bench) -> None:
    before: Any = ItemTakenOver.model_validate(
        {
            "item": "XX-0",
            "column": COLUMN,
            "topic": "children",
            "title": "示例",
            "published_on": date(2023, 12, 27),
            "taken_over_on": on("01-01"),
        }
    )
    withdrawn = ItemWithdrawn(item="XX-2", withdrawn_on=on("02-01"), reason="示例")
    await bench.tell(
        before, an_item("XX-1", "01-08", "notices"), an_item("XX-2", "01-10"), withdrawn
    )

    assert await seen(bench, RULE) == [open_gap("01-10", "01-25")]


async def test_a_bureau_may_ask_for_more(bench: Bench) -> None:
    weekly = '\n[[disclosure.update-days]]\nsince = 2019-01-01\nvalue = 7\nbasis = "示例"\n'
    await adopt(bench.connection, sample_but("rules.toml", "# 本地参数", f"{weekly}# 本地参数"))
    await bench.tell(an_item("XX-1", "06-03"))

    assert await seen(bench, RULE) == [open_gap("06-03", "06-11")]
