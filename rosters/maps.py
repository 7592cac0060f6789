"""A map: how one roster of a source becomes events. It is TOML, rosters/<name>.toml of the folder.

It says which heading is which field of a contract, in which unit, and what the source's words mean
in our codes. What a field may hold is never said here: the contract says it, and the lists of the
bureau. A map is no part of what a ledger adopts: it decides how a file becomes events, and the
events are the record; each names its map with the digest of it.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from domain.event import Event
from rosters.cells import folded
from rosters.contract import Field
from rosters.grants import Grants

FOLDER = "rosters/"
Family = Literal["cases", "facts"]
"""cases: a stock, all who are granted a programme in a month. facts: what happened, a row each."""
Complete = Literal["programme", "townships", "no"]
"""Whom a roster of cases lists all of: who is not on it has ended."""
PERSONS = "persons"
"""A column that only says how many persons of the case there are; it is held against the rows."""
WORDS = {
    "@month": "the month of the roster",
    "@first-day": "its first day",
    "@last-day": "its last day",
    "@day-before": "the day before its first",
    "@before-first-month": "the day before the first month of the case",
    "@area": "whether 城市 or 农村 by the bureau's list of places",
}
"""Constants that are worked out."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a roster. `heading` goes from the topmost row down, as it is compared."""

    heading: tuple[str, ...]
    written: tuple[str, ...]
    """The heading as the map writes it."""
    field: Field | None
    """None of one that is only held against the rows."""
    unit: str = ""
    codes: Mapping[str, str] = ()  # type: ignore[assignment]  # an empty one
    """Their word → our code."""
    yes: tuple[str, ...] = ()
    """Of yes and no: the words that mean yes; all others mean no."""
    add_up: bool = False
    """Each row of a case holds a part of the amount."""
    optional: bool = False
    """The file need not have it."""

    @property
    def title(self) -> str:
        """The heading, in one line."""
        return "/".join(self.written)


@dataclass(frozen=True)
class LeaveOut:
    """Rows that are left out by what stands in a column."""

    written: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def heading(self) -> tuple[str, ...]:
        """As it is compared."""
        return tuple(map(folded, self.written))


@dataclass(frozen=True)
class RosterMap:
    """One map, which fits its bureau."""

    name: str
    title: str
    family: Family
    source: str
    model: type[Event]
    """What a row is told as: of cases, the event that begins one."""
    grants: Grants | None
    programme: str
    columns: tuple[Column, ...]
    constants: Mapping[str, Any]
    key: tuple[str, ...]
    """Pointers to what tells one row from another."""
    complete: Complete
    sheet: str
    heading_rows: int
    leave_out: tuple[LeaveOut, ...]
    digest: str

    @property
    def types(self) -> tuple[type[Event], ...]:
        """The events that it may come to."""
        return (self.model,) if self.grants is None else self.grants.all

    def column_of(self, pointer: str) -> Column | None:
        """The column of a field."""
        return next((c for c in self.columns if c.field and c.field.pointer == pointer), None)


def digest_of(raw: bytes) -> str:
    """SHA-256, the first 130 bits in 26 small letters and digits: never a person's number."""
    return b32encode(hashlib.sha256(raw).digest()).decode().lower()[:26]


def places(folder: Path) -> dict[str, Path]:
    """Name → file of the maps of a bureau's folder."""
    return {path.stem: path for path in sorted((folder / FOLDER).glob("*.toml"))}
