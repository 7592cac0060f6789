"""A source's own books: the list of what it says it sent on a day, beside what came of it.

The list has a line for each event: its id, or a JSON object with `id` (the event itself will do).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import asyncpg

from ledger.days import IDS, Day, span_of
from ledger.records import MOST_OF_ID, safe_label

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Listed:
    """The ids of a list."""

    ids: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    no_ids: list[int] = field(default_factory=list)
    """Lines at which nothing stands that could be the id of an event; the first is 1."""
    lines: int = 0

    def add(self, lines: Iterable[bytes]) -> None:
        """Read some more lines; empty ones are counted and say nothing."""
        for line in lines:
            self.lines += 1
            text = line.removeprefix(BYTE_ORDER_MARK).strip()
            if not text:
                continue
            event_id = _id_in(text)
            if event_id is None:
                self.no_ids.append(self.lines)
            elif event_id in self.ids:
                self.twice.add(event_id)
            else:
                self.ids.add(event_id)


def _id_in(line: bytes) -> str | None:
    """The id on a line; None where there is none that an event could have been taken under."""
    try:
        text = line.decode()
        told = json.loads(text) if text.startswith("{") else {"id": text}
    except (ValueError, RecursionError):
        return None
    return safe_label(told.get("id"), MOST_OF_ID)


@dataclass(slots=True)
class Compared:
    """A day beside what the source says it sent on it: ids, each once, in order."""

    both: int
    not_here: list[str]
    """It says it sent them, and nothing of that name ever came."""
    other_days: list[str]
    """Came, but on another day."""
    not_there: list[str]
    """Came on this day, and the source does not know of it."""
    twice: list[str]
    """Stand in its list more than once."""
    no_ids: list[int]
    """Lines of its list at which no id stands that an event could have."""

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return not (self.not_here or self.not_there or self.no_ids)

    def as_json(self) -> dict[str, Any]:
        """All of it, for the source."""
        return asdict(self)


async def against(connection: asyncpg.Connection, said: Day, theirs: Listed) -> Compared:
    """Compare a day with the ids that its source says it sent."""
    span = await span_of(connection, said)
    rows = await connection.fetch(
        IDS, said.ledger, said.source, span.after, span.to, span.begin, span.end
    )
    here = {row[0] for row in rows}
    elsewhere = await _came(connection, said, theirs.ids - here)
    return Compared(
        len(here & theirs.ids),
        sorted(theirs.ids - here - elsewhere),
        sorted(elsewhere),
        sorted(here - theirs.ids),
        sorted(theirs.twice),
        theirs.no_ids,
    )


async def _came(connection: asyncpg.Connection, said: Day, ids: Collection[str]) -> set[str]:
    rows = await connection.fetch(
        "SELECT event_id FROM ledger.entry WHERE ledger = $1 AND source = $2 AND event_id = ANY($3)"
        " UNION SELECT event_id FROM ledger.parked"
        " WHERE ledger = $1 AND source = $2 AND event_id = ANY($3)"
        " UNION SELECT event_id FROM ledger.quarantine"
        " WHERE ledger = $1 AND sender = $2 AND event_id = ANY($3)",
        said.ledger,
        said.source,
        list(ids),
    )
    return {row[0] for row in rows}
