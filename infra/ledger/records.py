"""What came in, what reading made of it, and where it ended."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import asyncpg

from domain.envelope import Received, Unacceptable, parse

MOST_FEN = 10**13


class Record(NamedTuple):
    """Received bytes and where they came from ("file:line" or "topic/partition/offset")."""

    raw: bytes
    origin: str
    source: str | None = None
    """Whose credentials brought it, where that is known: no other source may speak there."""


Offsets = Callable[[asyncpg.Connection, Sequence[Record]], Awaitable[None]]
"""Moves the sources' offsets past these records inside their transaction; raises when this process
is fenced."""


@dataclass(slots=True)
class Item:
    """A record with what reading made of it: an event, or the fault that refuses it.

    `counted` is False for what an earlier run parked: it is not one of the records given now.
    """

    record: Record
    digest: bytes
    received: Received | None
    fault: Unacceptable | None = None
    counted: bool = True


@dataclass(slots=True)
class Tally:
    """Where the records of a run ended; the first four add up to the records given.

    `released` counts events that an earlier run had parked and this one took.
    """

    accepted: int = 0
    duplicate: int = 0
    parked: int = 0
    quarantined: int = 0
    released: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.accepted += other.accepted
        self.duplicate += other.duplicate
        self.parked += other.parked
        self.quarantined += other.quarantined
        self.released += other.released

    def __str__(self) -> str:
        return (
            f"accepted {self.accepted}, duplicate {self.duplicate}, "
            f"parked {self.parked}, quarantined {self.quarantined}"
        )


class Labels(NamedTuple):
    """What may be said in clear of refused bytes, as far as they can be read."""

    source: str | None
    event_id: str | None
    type: str | None
    claims_fen: int | None
    claims_on: date | None


def labels(raw: bytes) -> Labels:
    """Labels of refused bytes; all None when they are not JSON."""
    try:
        message = parse(raw)
    except Unacceptable:
        message = {}
    return Labels(
        _plain(message.get("source"), 40),
        _plain(message.get("id"), 120),
        _plain(message.get("type"), 120),
        *claim(message),
    )


def claim(message: dict[str, Any]) -> tuple[int | None, date | None]:
    """Amount (分) and settlement date that a message claims, as far as they can be read."""
    data = message.get("data")
    if not isinstance(data, dict):
        return None, None
    fen, on = data.get("amount_fen"), data.get("settled_on")
    claimed = fen if type(fen) is int and 0 <= fen <= MOST_FEN else None
    try:
        return claimed, date.fromisoformat(on) if isinstance(on, str) else None
    except ValueError:
        return claimed, None


def _plain(value: Any, limit: int) -> str | None:
    """A label safe to store in clear: a short machine name, else nothing."""
    if not isinstance(value, str) or len(value) > limit:
        return None
    return value if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", value) else None
