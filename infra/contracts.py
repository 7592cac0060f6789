"""The history of contracts that ships with the program: what changed of each type, and when."""

from __future__ import annotations

import json
from functools import cache
from typing import NamedTuple

from infra.bureaus import SHIPPED

HISTORY = SHIPPED / "contracts.json"


class Noted(NamedTuple):
    """A change of one type, on a day: where in its data, whether it broke publishers, and what.

    Of a change that broke them, `why` says why it was made all the same.
    """

    on: str
    type: str
    pointer: str
    breaks: bool
    chinese: str
    english: str
    why: str = ""


@cache
def history() -> tuple[Noted, ...]:
    """Every change that was noted, the first first."""
    return tuple(Noted(**told) for told in json.loads(HISTORY.read_text(encoding="utf-8")))


def version() -> str:
    """The day of the last change: the version of the contracts."""
    return history()[-1].on
