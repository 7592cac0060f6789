"""Running numbers of sources: what is missing, what was used twice, however they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import sequences
from ledger.sequences import OPEN, Sequences
from tests.support.ledger import LEDGER, Bench


def taken(*numbers: int) -> list[tuple[int, int, bool]]:
    """What stands after these were taken, one at each position."""
    made = Sequences()
    for position, number in enumerate(numbers, 1):
        made.take("office", number, position)
    return sorted((b.first, b.last, b.again) for b in made.standing.get("office", ()))


def test_numbers_in_a_row_lack_nothing_wherever_they_begin() -> None:
    assert taken(7, 8, 9) == []


def test_what_was_left_out_is_missing_until_it_comes() -> None:
    assert taken(1, 5) == [(2, 4, False)]
    assert taken(1, 5, 3) == [(2, 2, False), (4, 4, False)]
    assert taken(1, 5, 3, 2, 4) == []


def test_what_comes_before_all_others_is_no_gap_but_for_what_lies_between() -> None:
    assert taken(5, 4) == []
    assert taken(5, 2) == [(3, 4, False)]


def test_a_number_used_again_is_told_once() -> None:
    assert taken(1, 1, 1) == [(1, 1, True)]


def test_sources_number_for_themselves() -> None:
    made = Sequences()
    made.take("office", 1, 1)
    made.take("website", 2, 2)

    assert made.standing == {}


@given(st.lists(st.integers(1, 12), min_size=1))
def test_what_stands_is_what_the_numbers_say(numbers: list[int]) -> None:
    """Whatever their order: all between the least and the highest that nobody used."""
    missing = {
        n for first, last, again in taken(*numbers) if not again for n in range(first, last + 1)
    }
    used_twice = {first for first, _, again in taken(*numbers) if again}

    assert missing == set(range(min(numbers), max(numbers))) - set(numbers)
    assert used_twice == {n for n in numbers if numbers.count(n) > 1}


async def test_they_go_on_from_what_is_stored(bench: Bench) -> None:
    first = await sequences.load(bench.connection, LEDGER)
    for position, number in enumerate((1, 4, 6), 1):
        first.take("test", number, position)
    await first.write(bench.connection, LEDGER)
    again = await sequences.load(bench.connection, LEDGER)
    again.take("test", 3, 4)
    again.take("test", 7, 5)
    await again.write(bench.connection, LEDGER)

    rows = await bench.connection.fetch(
        "SELECT first, last, entry, known_from, known_to FROM ledger.sequence_break"
        " WHERE source = 'test' ORDER BY known_from, first"
    )
    assert [tuple(row) for row in rows] == [
        (2, 3, 2, 2, 4),
        (5, 5, 3, 3, OPEN),
        (2, 2, 2, 4, OPEN),
    ]


@pytest.mark.parametrize("cut", [1, 3, 1_000])
async def test_who_numbers_nothing_is_looked_at_no_more_wherever_batches_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    """From the sixth number on three breaks stand: 2, 6 and 8 are missing, 4 came late."""
    monkeypatch.setattr(sequences, "MOST", 3)
    numbers = (1, 3, 5, 4, 7, 9, 2, 11, 2)
    for start in range(0, len(numbers), cut):
        made = await sequences.load(bench.connection, LEDGER)
        for position, number in enumerate(numbers[start : start + cut], start + 1):
            made.take("test", number, position)
        await made.write(bench.connection, LEDGER)

    rows = await bench.connection.fetch(
        "SELECT first, last, known_from, known_to FROM ledger.sequence_break"
        " WHERE source = 'test' ORDER BY known_from, first"
    )
    assert [tuple(row) for row in rows] == [
        (2, 2, 2, OPEN),
        (4, 4, 3, 4),
        (6, 6, 5, OPEN),
        (8, 8, 6, OPEN),
    ]
