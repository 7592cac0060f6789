"""The same lines cut into batches and folded in several ways: what differs of what they make."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.oracle.delivery import of_all_types
from tests.oracle.everything import Tables, differences, empty, fill, states, tables
from tests.support.ledger import Bench


def cuts(lines: int, dice: random.Random) -> Iterator[list[int]]:
    """All at once, and in batches of small, large and mixed sizes."""
    yield [lines]
    for most in (3, 90):
        sizes: list[int] = []
        while sum(sizes) < lines:
            sizes.append(dice.randint(1, most))
        yield sizes


async def check_cuts(url: str, seed: int, events: int) -> list[str]:
    """Facts of all types, line by line and cut otherwise; what differs, in words."""
    dice = random.Random(f"cuts {seed}")  # noqa: S311  a seed, not a secret
    lines = of_all_types(seed, events)
    async with empty(url) as bench:
        await fill(bench, lines, [1] * len(lines), fold=2)
        found = await _all(bench)
    differing: list[str] = []
    for sizes in cuts(len(lines), dice):
        async with empty(url) as bench:
            await fill(bench, lines, sizes, fold=dice.randint(1, 5))
            other = await _all(bench)
        differing += [f"batches of {sizes[:9]}…: {words}" for words in differences(found, other)]
    return differing


async def _all(bench: Bench) -> Tables:
    return {**await tables(bench.connection), "states": await states(bench.connection)}
