"""A source's day (来源日清单): how much of it came, where it is, and what is missing.

A record belongs to the day on which it was received (Asia/Shanghai), whatever became of it later.
What is missing is told by the running numbers of the source: those between two that came, and that
nothing that came has, whether it was accepted or not. Names are never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import asyncpg

from domain.calendar import SHANGHAI
from ledger import sequences, store
from ledger.outcome_document import moment, offset_of
from ledger.sequences import OPEN
from ledger.store import Ledger

MOST_NAMED = 1_000
"""So many of each kind are named; all are counted."""
_NUMBER = "(convert_from(open, 'UTF8')::jsonb ->> 'sequence')::numeric"


class Range(NamedTuple):
    """Running numbers from the first to the last."""

    first: int
    last: int


class Span(NamedTuple):
    """A day: from its beginning up to the next one's, and the positions recorded in it."""

    begin: datetime
    end: datetime
    after: int
    to: int


@dataclass(slots=True)
class Day:
    """What a source sent on one day."""

    ledger: str
    source: str
    day: date
    accepted: int = 0
    parked: int = 0
    quarantined: int = 0
    duplicate: int = 0
    taken_up: int = 0
    """Entries of this day of what had come before, and waited, or was refused and then released.
    What was refused and sent again came twice."""
    first: int | None = None
    """The least running number that came, and the highest."""
    last: int | None = None
    missing: list[Range] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    numbers_given_up: bool = False
    """Whether so much was missing before that its numbers are looked at no more."""
    waiting: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    ids: int = 0
    """How many different ids came, and the SHA-256 over them: in the order of their bytes, a line
    feed between two."""
    ids_sha256: str = ""
    over: bool = False
    """Whether nothing can be added to the day."""

    @property
    def total(self) -> int:
        """How many records came."""
        return self.accepted + self.parked + self.quarantined + self.duplicate

    @property
    def lacking(self) -> int:
        """How many running numbers are missing."""
        return sum(each.last - each.first + 1 for each in self.missing)

    def as_json(self) -> dict[str, Any]:
        """The statement of the day, for its source."""
        return {
            "ledger": self.ledger,
            "source": self.source,
            "day": self.day.isoformat(),
            "over": self.over,
            "received": {
                "total": self.total,
                "accepted": self.accepted,
                "parked": self.parked,
                "quarantined": self.quarantined,
                "duplicate": self.duplicate,
            },
            "taken_up": self.taken_up,
            "sequence": {
                "first": self.first,
                "last": self.last,
                "missing": [list(each) for each in self.missing],
                "missing_count": self.lacking,
                "repeated": self.repeated,
                "given_up": self.numbers_given_up,
            },
            "ids": {"count": self.ids, "sha256": self.ids_sha256},
            "waiting": self.waiting,
            "refused": self.refused,
            "duplicates": self.duplicates,
        }


async def day_of(
    connection: asyncpg.Connection, ledger: Ledger, source: str, day: date, now: datetime
) -> Day:
    """What a source sent on a day, as far as it is known; `now` is the time by the database."""
    said = Day(ledger.name, source, day)
    span = await span_of(connection, said)
    clock = ledger.last_recorded_at if ledger.replay else now
    said.over = clock is not None and clock >= span.end
    await _count(connection, said, span)
    await _name(connection, said, span)
    await _number(connection, said, span)
    return said


async def span_of(connection: asyncpg.Connection, said: Day) -> Span:
    """The times and positions of a day."""
    begin = datetime.combine(said.day, time(), SHANGHAI)
    end, just = begin + timedelta(days=1), timedelta(microseconds=1)
    after = await store.position_at(connection, said.ledger, begin - just)
    return Span(begin, end, after, await store.position_at(connection, said.ledger, end - just))


_ENTRIES = """
    SELECT position, event_id, open, EXISTS (
        SELECT FROM ledger.parked AS p WHERE p.ledger = e.ledger AND p.source = e.source
        AND p.event_id = e.event_id AND p.taken_at = e.position
    ) AS waited, EXISTS (
        SELECT FROM ledger.quarantine AS q JOIN ledger.journal AS j
        ON j.ledger = q.ledger AND j.number = q.journal_to
        WHERE q.ledger = e.ledger AND q.digest = e.digest
        AND convert_from(j.detail, 'UTF8')::jsonb ? 'released'
    ) AS released
    FROM ledger.entry AS e
    WHERE ledger = $1 AND source = $2 AND position > $3 AND position <= $4
"""
_PARKED = (
    "SELECT * FROM ledger.parked WHERE ledger = $1 AND source = $2"
    " AND parked_at >= $3 AND parked_at < $4"
)
_REFUSED = """
    SELECT q.* FROM ledger.quarantine AS q WHERE ledger = $1 AND sender = $2
    AND received_at >= $3 AND received_at < $4 AND NOT EXISTS (
        SELECT FROM ledger.parked AS p WHERE p.ledger = q.ledger AND p.source = q.sender
        AND p.event_id = q.event_id AND p.digest = q.digest
    )
"""
IDS = f"""
    SELECT event_id FROM ({_ENTRIES}) AS e WHERE NOT waited AND NOT released
    UNION SELECT event_id FROM ledger.parked WHERE ledger = $1 AND source = $2
        AND parked_at >= $5 AND parked_at < $6
    UNION SELECT event_id FROM ledger.quarantine WHERE ledger = $1 AND sender = $2
        AND received_at >= $5 AND received_at < $6 AND event_id IS NOT NULL
"""


async def _count(connection: asyncpg.Connection, said: Day, span: Span) -> None:
    whose, when = (said.ledger, said.source), (span.begin, span.end)
    said.accepted, said.taken_up = await connection.fetchrow(
        "SELECT count(*) FILTER (WHERE NOT waited AND NOT released),"
        f" count(*) FILTER (WHERE waited OR released) FROM ({_ENTRIES}) AS e",
        *whose,
        span.after,
        span.to,
    )
    said.parked = await connection.fetchval(f"SELECT count(*) FROM ({_PARKED}) AS p", *whose, *when)
    said.quarantined = await connection.fetchval(
        f"SELECT count(*) FROM ({_REFUSED}) AS q", *whose, *when
    )
    said.duplicate = (
        await connection.fetchval(
            "SELECT count FROM ledger.duplicates_of_day"
            " WHERE ledger = $1 AND source = $2 AND day = $3",
            *whose,
            said.day,
        )
        or 0
    )
    said.ids, said.ids_sha256 = await connection.fetchrow(
        "SELECT count(*), encode(sha256(convert_to(coalesce("
        "string_agg(event_id, E'\\n' ORDER BY event_id COLLATE \"C\"), ''), 'UTF8')), 'hex')"
        f" FROM ({IDS}) AS came",
        *whose,
        span.after,
        span.to,
        *when,
    )


async def _name(connection: asyncpg.Connection, said: Day, span: Span) -> None:
    whose = (said.ledger, said.source, span.begin, span.end)
    waiting = await connection.fetch(
        f"SELECT number, event_id, waits_for FROM ({_PARKED}) AS p WHERE taken_at IS NULL"
        f" ORDER BY number LIMIT {MOST_NAMED}",
        *whose,
    )
    said.waiting = [
        {"id": row["event_id"], "number": row["number"], "waits_for": row["waits_for"]}
        for row in waiting
    ]
    refused = await connection.fetch(
        "SELECT number, event_id, origin, reason, released_by, journal_to IS NULL AS open"
        f" FROM ({_REFUSED}) AS q ORDER BY number LIMIT {MOST_NAMED}",
        *whose,
    )
    said.refused = [
        {
            "id": row["event_id"],
            "offset": offset_of(row["origin"]),
            "number": row["number"],
            "reason": row["reason"],
            "settled": None if row["open"] else row["released_by"] or "discarded",
        }
        for row in refused
    ]
    again = await connection.fetch(
        "SELECT event_id, origin, received_at, of_outcome, of_number FROM ledger.duplicate"
        " WHERE ledger = $1 AND source = $2 AND received_at >= $3 AND received_at < $4"
        f" ORDER BY number LIMIT {MOST_NAMED}",
        *whose,
    )
    said.duplicates = [
        {
            "id": row["event_id"],
            "offset": offset_of(row["origin"]),
            "received_at": moment(row["received_at"]),
            "of": {"outcome": row["of_outcome"], "number": row["of_number"]},
        }
        for row in again
    ]


async def _number(connection: asyncpg.Connection, said: Day, span: Span) -> None:
    """The running numbers of the day: which came, which lack, which came twice."""
    whose = (said.ledger, said.source)
    ends = await connection.fetchrow(
        "SELECT least(min(n), min(a)), greatest(max(n), max(a)), max(a) FROM ("
        f"SELECT {_NUMBER} AS n, NULL::numeric AS a FROM ({_ENTRIES}) AS e"
        f" UNION ALL SELECT NULL, sequence FROM ({_shifted(_PARKED)}) AS p"
        f" UNION ALL SELECT NULL, sequence FROM ({_shifted(_REFUSED)}) AS q) AS came",
        *whose,
        span.after,
        span.to,
        span.begin,
        span.end,
    )
    said.first, said.last, aside = (None if end is None else int(end) for end in ends)
    standing = await connection.fetch(
        "SELECT first, last, again FROM ledger.sequence_break WHERE ledger = $1 AND source = $2"
        f" AND known_to = {OPEN} AND entry > $3 AND entry <= $4 ORDER BY first",
        *whose,
        span.after,
        span.to,
    )
    said.repeated = [row["first"] for row in standing if row["again"]]
    gaps = [Range(row["first"], row["last"]) for row in standing if not row["again"]]
    highest = await sequences.following(connection, said.ledger, said.source) - 1
    if aside is not None and 0 < highest < aside - 1:
        gaps.append(Range(highest + 1, aside - 1))
    said.numbers_given_up = await sequences.given_up(connection, said.ledger, said.source)
    if gaps:
        known = await connection.fetch(
            "SELECT sequence FROM ledger.parked WHERE ledger = $1 AND source = $2"
            " AND sequence >= $3 AND sequence <= $4 UNION SELECT sequence FROM ledger.quarantine"
            " WHERE ledger = $1 AND sender = $2 AND sequence >= $3 AND sequence <= $4",
            *whose,
            gaps[0].first,
            gaps[-1].last,
        )
        said.missing = list(without(gaps, {row[0] for row in known}))


def _shifted(query: str) -> str:
    """A query with its times as the fifth and sixth parameter."""
    return query.replace("$4", "$6").replace("$3", "$5")


def without(gaps: Iterable[Range], known: Collection[int]) -> Iterable[Range]:
    """What of these ranges is left without some numbers."""
    numbers = sorted(known)
    for first, last in gaps:
        begin = first
        for number in numbers:
            if begin <= number <= last:
                if begin < number:
                    yield Range(begin, number - 1)
                begin = number + 1
        if begin <= last:
            yield Range(begin, last)
