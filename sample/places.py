"""Where the people of the sample live: nine townships and 167 villages (village codes invented)."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from random import Random

from domain.identifiers import TOWNSHIPS

_VILLAGES = {
    "445102007": 23,
    "445102008": 20,
    "445102009": 14,
    "445102010": 10,
    "445102011": 9,
    "445102100": 27,
    "445102111": 26,
    "445102112": 20,
    "445102113": 18,
}
"""How many 村(社区) each township has; together 167. The split is invented."""
_FIRST_TOWN = "445102100"
"""Codes from here on are 镇 (rural), those before are 街道 (urban)."""

_URBAN = tuple(t for t in TOWNSHIPS if t < _FIRST_TOWN)
_RURAL = tuple(t for t in TOWNSHIPS if t >= _FIRST_TOWN)
_URBAN_WEIGHTS = tuple(accumulate(_VILLAGES[t] for t in _URBAN))
_RURAL_WEIGHTS = tuple(accumulate(_VILLAGES[t] for t in _RURAL))


@lru_cache(maxsize=1)
def villages() -> tuple[str, ...]:
    """The 12-digit codes of all villages, by township: its code and a serial from 001."""
    return tuple(f"{t}{n:03d}" for t in TOWNSHIPS for n in range(1, _VILLAGES[t] + 1))


def draw_village(dice: Random, *, urban: bool) -> str:
    """A village of a street (urban) or town (rural); its first nine digits are the township."""
    if urban:
        (township,) = dice.choices(_URBAN, cum_weights=_URBAN_WEIGHTS)
    else:
        (township,) = dice.choices(_RURAL, cum_weights=_RURAL_WEIGHTS)
    return f"{township}{dice.randrange(1, _VILLAGES[township] + 1):03d}"
