"""The same lines cut into batches and folded in several ways: what differs of what they make."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from tests.oracle.everything import Tables, differences, empty, fill, states, tables
from tests.support.ledger import Bench


def cuts(lines: int, dice: random.Random) -> Iterator[list[int]]:
    """All at once, and in batches of small, large and mixed sizes."""
    yield [lines]
    for most in (5, 90):
        sizes: list[int] = []
        while sum(sizes) < lines:
            sizes.append(dice.randint(1, most))
        yield sizes


async def check_cuts(url: str, lines: Sequence[bytes]) -> list[str]:
    """The lines one by one, and cut otherwise; what differs, in words."""
    dice = random.Random(len(lines))  # noqa: S311  a seed, not a secret
    async with empty(url) as bench:
        await fill(bench, lines, [1] * len(lines), fold=3)
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
