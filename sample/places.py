"""Where the people of the sample live: nine townships and 167 villages (village codes invented)."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from random import Random

FIRST_TOWN = "445102100"
"""Codes from here on are 镇 (rural), those before are 街道 (urban)."""
_STREETS = {
    "445102007": 23,
    "445102008": 20,
    "445102009": 14,
    "445102010": 10,
    "445102011": 9,
}
_TOWNS = {"445102100": 27, "445102111": 26, "445102112": 20, "445102113": 18}
"""How many 村(社区) each township has; together 167. The split is invented."""


@cache
def villages() -> tuple[str, ...]:
    """The 12-digit codes of all villages, by township: its 9 digits and a serial from 001."""
    counts = _STREETS | _TOWNS
    return tuple(f"{t}{n:03d}" for t, count in counts.items() for n in range(1, count + 1))


def place(village: str) -> dict[str, str]:
    """A village and its township, as the contracts name them."""
    return {"township": village[:9], "village": village}


def draw_village(dice: Random, *, urban: bool) -> str:
    """A village of a street (urban) or town (rural)."""
    counts = _STREETS if urban else _TOWNS
    (township,) = dice.choices(tuple(counts), cum_weights=tuple(accumulate(counts.values())))
    return f"{township}{dice.randrange(1, counts[township] + 1):03d}"
