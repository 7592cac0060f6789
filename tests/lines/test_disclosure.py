"""政务公开: which items count, how the gaps are measured, what publishing without review is."""

from __future__ import annotations

from datetime import date, datetime

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
from domain.event import Event
from projections.disclosure import Item, items
from sample.feed import SHANGHAI
from tests.support.ledger import Bench
from tests.support.rulebook import given


def published(item: str, on: str, column: Column = "work-news") -> ItemPublished:
    return ItemPublished(
        item=item,
        column=column,
        topic="shuangbai",
        title="示例信息",
        published_on=date.fromisoformat(on),
    )


def taken_over(item: str, on: str) -> ItemTakenOver:
    return ItemTakenOver(
        item=item,
        column="work-news",
        topic="other",
        title="示例信息",
        published_on=date.fromisoformat(on),
        taken_over_on=date(2024, 1, 1),
    )


def corrected(item: str, on: str) -> ItemCorrected:
    return ItemCorrected(item=item, corrected_on=date.fromisoformat(on), reason="错字")


def withdrawn(item: str, on: str) -> ItemWithdrawn:
    return ItemWithdrawn(item=item, withdrawn_on=date.fromisoformat(on), reason="重复")


# Counting


async def test_an_item_counts_once_in_the_year_it_first_went_up_in_the_column(bench: Bench) -> None:
    await bench.tell(
        taken_over("old", "2023-12-20"),
        published("a", "2024-02-01"),
        published("b", "2024-02-01", "notices"),
        published("b", "2024-03-01"),
        published("c", "2024-02-01", "notices"),
        corrected("a", "2024-02-03"),
    )

    assert (await bench.figure("F03")).value == 2


async def test_an_item_withdrawn_later_was_up_in_its_year(bench: Bench) -> None:
    await bench.tell(published("a", "2024-02-01"), published("b", "2024-02-02"))
    await bench.tell(withdrawn("b", "2025-02-14"))

    assert (await bench.figure("F03")).value == 2


async def test_a_withdrawal_that_is_told_late_is_out_of_its_year_once_known(bench: Bench) -> None:
    await bench.tell(published("a", "2024-02-01"), published("b", "2024-02-02"))
    await bench.tell(withdrawn("b", "2024-12-30"), received=date(2025, 2, 14))

    assert (await bench.figure("F03", known=datetime(2025, 1, 17, tzinfo=SHANGHAI))).value == 2
    assert (await bench.figure("F03")).value == 1


async def test_an_item_put_up_again_is_none_of_the_year(bench: Bench) -> None:
    await bench.tell(
        taken_over("a", "2023-12-20"), withdrawn("a", "2024-01-09"), published("a", "2024-01-10")
    )

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
    bench: Bench, days: list[str], longest: int
) -> None:
    await bench.tell(*(published(f"i{n}", day) for n, day in enumerate(days)))

    assert (await bench.figure("F02")).value == longest


async def test_an_item_withdrawn_later_was_an_update_of_the_column_all_the_same(
    bench: Bench,
) -> None:
    await bench.tell(
        published("a", "2023-12-31"),
        published("b", "2024-06-30"),
        published("c", "2024-12-31"),
        withdrawn("b", "2024-07-02"),
    )

    assert (await bench.figure("F02")).value == 184  # 30 June to 31 December; else 366


# What is read of it


def test_an_item_put_up_again_keeps_the_day_it_first_went_up() -> None:
    book = given(taken_over("a", "2023-12-20"), withdrawn("a", "2024-01-09"))
    first = Item("a", "work-news", "other", "示例信息", date(2023, 12, 20), date(2024, 1, 9))
    assert book.rows(items) == [first]

    book.tell(published("a", "2024-01-10"))
    again = first._replace(withdrawn_on=None, again_on=date(2024, 1, 10))
    assert book.rows(items) == [first, again]


async def test_an_item_that_is_down_at_d_is_not_up_since_it_went_up_again_later(
    bench: Bench,
) -> None:
    await bench.tell(published("a", "2024-02-01"), withdrawn("a", "2024-06-01"))
    await bench.tell(published("a", "2024-07-01"), withdrawn("a", "2024-08-01"))

    for day, up in (("2024-05-31", 1), ("2024-06-30", 0), ("2024-07-31", 1), ("2024-12-31", 0)):
        assert (await bench.figure("F03", asof=date.fromisoformat(day))).value == up, day


def test_an_item_is_taken_down_from_every_column_it_is_in() -> None:
    book = given(
        *(published("a", "2024-02-01"), published("a", "2024-02-02", "notices")),
        withdrawn("a", "2024-03-01"),
    )

    down = {row.column_code: row.withdrawn_on for row in book.rows(items)}
    assert down == {"work-news": date(2024, 3, 1), "notices": date(2024, 3, 1)}


# What is recorded with a breach


def drafted(item: str) -> ItemDrafted:
    return ItemDrafted(item=item, title="示例", drafted_on=date(2024, 2, 1), drafted_by="JB-01")


def reviewed(third: str = "ZF-01", on: str = "2024-02-01") -> ItemReviewed:
    return ItemReviewed(
        item="a",
        reviewed_on=date.fromisoformat(on),
        first_by="JB-02",
        second_by="SP-01",
        third_by=third,
    )


def cleared(*, may: bool = True, on: str = "2024-02-01") -> SecrecyReviewed:
    return SecrecyReviewed(
        item="a",
        reviewed_on=date.fromisoformat(on),
        reviewed_by="SP-02",
        may_be_published=may,
    )


def test_three_reviews_are_three_peoples() -> None:
    assert given(drafted("a")).when(reviewed("JB-02")) == ["reviewers-not-distinct"]
    assert given(drafted("a")).when(reviewed("ZF-01")) == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([reviewed(), cleared()], []),
        ([reviewed()], ["secrecy-review-missing"]),
        ([cleared()], ["three-level-review-missing"]),
        ([], ["three-level-review-missing", "secrecy-review-missing"]),
        ([reviewed(), cleared(may=False)], ["secrecy-review-missing"]),
        ([reviewed(on="2024-02-02"), cleared()], ["three-level-review-missing"]),
        ([reviewed(), cleared(on="2024-02-02")], ["secrecy-review-missing"]),
    ],
)
def test_an_item_is_published_when_both_reviews_are_done(
    steps: list[Event], expected: list[str]
) -> None:
    """R-PB-02: on the day of publication at the latest, here 1 February."""
    assert given(drafted("a"), *steps).when(published("a", "2024-02-01")) == expected


def test_an_item_goes_up_once_in_a_column() -> None:
    book = given(drafted("a"), reviewed(), cleared(), published("a", "2024-02-01"))
    assert book.when(published("a", "2024-02-02")) == ["already-published"]
    assert book.when(published("a", "2024-02-02", "notices")) == []

    book.tell(withdrawn("a", "2024-02-03"))
    assert book.when(published("a", "2024-02-04")) == []


def test_only_what_is_up_is_corrected_or_taken_down() -> None:
    book = given(drafted("a"), reviewed(), cleared(), published("a", "2024-02-01"))
    assert book.when(withdrawn("a", "2024-01-15")) == ["not-published"]
    assert book.when(corrected("a", "2024-01-15")) == ["not-published"]
    assert book.when(withdrawn("a", "2024-02-02")) == []
    assert book.when(corrected("a", "2024-02-02")) == []

    book.tell(withdrawn("a", "2024-02-03"))
    assert book.when(corrected("a", "2024-02-04")) == ["not-published"]


def test_what_was_taken_over_was_reviewed_before_the_ledger() -> None:
    book = given(taken_over("a", "2023-12-20"), withdrawn("a", "2024-01-09"))

    assert book.when(published("a", "2024-01-10")) == []
