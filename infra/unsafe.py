"""A setting under which acknowledged events can be lost: of a server, a topic, or a client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Unsafe(NamedTuple):
    """Whose setting it is, what it is, and what it must be."""

    where: str
    setting: str
    actual: Any
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: {self.setting} is {self.actual}, expected {self.expected}"


def sentences(faults: Iterable[Unsafe]) -> str:
    """All of them, for the message of an alarm."""
    return "; ".join(map(str, faults))
