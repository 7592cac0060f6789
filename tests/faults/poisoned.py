"""Poison: faults in our own code, that some events meet and no others.

Nobody can know them beforehand, so a service of the harness is given some: in reading, judging or
folding, by an exception, or by the death of the process. An event is poison by its case number.
"""

from __future__ import annotations

import os
import signal
from typing import Any, NoReturn

from domain.aggregate import Aggregate
from domain.envelope import Door
from projections.catalogue import READ_MODELS

POISON = "MJ_POISON"
"""The environment variable that names what is planted, separated by commas."""
MODEL = "case_entitlement"
"""The read model that cannot fold a poisonous case."""


def case(kind: str, number: int = 1) -> str:
    """The number of a case that is poison of that kind."""
    return f"DB-{kind}-{number}"


def plant(kinds: str) -> None:
    """Put faults of these kinds into the code of this process."""
    for kind in filter(None, kinds.split(",")):
        _PLANTS[kind]()


def _in_reading() -> None:
    read = Door.read

    def poisoned(self: Door, raw: bytes, *arguments: Any) -> Any:
        if b'"DB-reading-' in raw:
            raise RecursionError("planted")
        return read(self, raw, *arguments)

    setattr(Door, "read", poisoned)  # noqa: B010  a fault, not for the type checker


def _in_judging() -> None:
    judge = Aggregate.judge

    def poisoned(self: Aggregate, event: Any, *arguments: Any, **more: Any) -> Any:
        if _of(event, "judging"):
            raise KeyError("planted")
        if _of(event, "death"):
            _die()
        return judge(self, event, *arguments, **more)

    setattr(Aggregate, "judge", poisoned)  # noqa: B010  a fault, not for the type checker


def _in_folding() -> None:
    (model,) = (model for model in READ_MODELS if model.name == MODEL)
    for name, fold in model.folding.items():

        def poisoned(rows: Any, entry: Any, fold: Any = fold) -> Any:
            if _of(entry.data, "folding"):
                raise ZeroDivisionError("planted")
            return fold(rows, entry)

        model.folding[name] = poisoned


_PLANTS = {"reading": _in_reading, "judging": _in_judging, "folding": _in_folding}


def _of(event: Any, kind: str) -> bool:
    return str(getattr(event, "case_number", "")).startswith(f"DB-{kind}-")


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
