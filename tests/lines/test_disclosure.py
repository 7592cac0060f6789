"""政务公开: which items count, how the gaps are measured, what publishing without review is."""

from __future__ import annotations

from datetime import date, datetime

import asyncpg
import pytest

from domain.disclosure import (
    Column,
    ItemCorrected,
    ItemDrafted,
    ItemPublished,
    ItemReviewed,
    ItemTakenOver,
    ItemWithdrawn,
    SecrecyReviewed,
)
from sample.feed import SHANGHAI
from tests.support.ledger import Bench, event


def published(item: str, on: str, column: Column = "work-news") -> bytes:
    fact = ItemPublished(
        item=item,
        column=column,
        topic="shuangbai",
        title="示例信息",
        published_on=date.fromisoformat(on),
    )
    return event("website", f"{item}-{column}-{on}", fact)


def taken_over(item: str, on: str) -> bytes:
    fact = ItemTakenOver(
        item=item,
        column="work-news",
        topic="other",
        title="示例信息",
        published_on=date.fromisoformat(on),
        taken_over_on=date(2024, 1, 1),
    )
    return event("website", item, fact)


def withdrawn(item: str, on: str) -> bytes:
    fact = ItemWithdrawn(item=item, withdrawn_on=date.fromisoformat(on), reason="重复")
    return event("website", f"{item}-withdrawn", fact)


async def test_an_item_counts_once_in_the_year_it_first_went_up_in_the_column(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        taken_over("old", "2023-12-20"),
        published("a", "2024-02-01"),
        published("b", "2024-02-01", "notices"),
        published("b", "2024-03-01"),
        published("c", "2024-02-01", "notices"),
        event(
            "website", "a-c", ItemCorrected(item="a", corrected_on=date(2024, 2, 3), reason="错字")
        ),
    )

    assert (await bench.figure("F03")).value == 2


async def test_an_item_known_to_be_withdrawn_is_out_also_of_the_year_before(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(published("a", "2024-02-01"), published("b", "2024-02-02"))
    await bench.take(withdrawn("b", "2025-02-14"))

    assert (await bench.figure("F03", known=datetime(2025, 1, 17, tzinfo=SHANGHAI))).value == 2
    assert (await bench.figure("F03")).value == 1


async def test_an_item_put_up_again_keeps_the_day_it_first_went_up(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        taken_over("a", "2023-12-20"), withdrawn("a", "2024-01-09"), published("a", "2024-01-10")
    )

    (row,) = await bench.rows("disclosure_item")
    assert (row["published_on"], row["withdrawn_on"]) == (date(2023, 12, 20), None)
    assert (await bench.figure("F03")).value == 0


@pytest.mark.parametrize(
    ("days", "longest"),
    [
        (["2023-12-30", "2024-06-01", "2024-12-31"], 213),  # 1 June to 31 December
        (["2023-12-01", "2024-01-20", "2024-12-31"], 346),  # 20 January to 31 December
        (["2023-01-01", "2024-01-10", "2024-12-31"], 374),  # the year before counts as a gap
        (["2024-12-20"], 354),  # nothing before: from 1 January
        (["2023-12-31"], 366),  # nothing in the year: from the last item to D
    ],
)
async def test_the_longest_gap_reaches_from_the_last_item_before_to_the_cut_off(
    connection: asyncpg.Connection, days: list[str], longest: int
) -> None:
    bench = await Bench.open(connection)
    await bench.take(*(published(f"i{n}", day) for n, day in enumerate(days)))

    assert (await bench.figure("F02")).value == longest


async def test_an_item_withdrawn_later_was_an_update_of_the_column_all_the_same(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    await bench.take(
        published("a", "2023-12-31"),
        published("b", "2024-06-30"),
        published("c", "2024-12-31"),
        withdrawn("b", "2024-07-02"),
    )

    assert (await bench.figure("F02")).value == 184  # 30 June to 31 December; else 366


async def test_publishing_without_the_reviews_is_recorded_with_breaches(
    connection: asyncpg.Connection,
) -> None:
    bench = await Bench.open(connection)
    on = date(2024, 2, 1)
    await bench.take(
        published("bare", "2024-02-01"),
        event(
            "website", "d", ItemDrafted(item="a", title="示例", drafted_on=on, drafted_by="JB-01")
        ),
        event(
            "website",
            "r",
            ItemReviewed(
                item="a", reviewed_on=on, first_by="JB-02", second_by="SP-01", third_by="JB-02"
            ),
        ),
        event(
            "website",
            "s",
            SecrecyReviewed(item="a", reviewed_on=on, reviewed_by="SP-02", may_be_published=True),
        ),
        published("a", "2024-02-01"),
        published("a", "2024-02-01", "notices"),
        withdrawn("a", "2024-01-15"),
    )
    rows = await connection.fetch("SELECT event_id, breaches FROM ledger.entry ORDER BY position")
    breaches = {row[0]: row[1] for row in rows if row[1]}

    assert breaches == {
        "bare-work-news-2024-02-01": ["three-level-review-missing", "secrecy-review-missing"],
        "r": ["reviewers-not-distinct"],
        "a-withdrawn": ["not-published"],
    }
