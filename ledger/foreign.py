"""Foreign records (外来消息): what stood in topics of a ledger and was not the ledger's.

The relay, which alone writes to these topics, notes how far it knows what stands in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import asyncpg

from ledger.published import Log
from ledger.wire import Message, fingerprint, position_of

KEPT = 200
"""So many of each topic are kept one by one; all are counted."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)


class Foreign(NamedTuple):
    """One foreign record."""

    topic: str
    offset: int
    fault: str
    """A code of `published.FAULTS`."""
    claims: int | None
    """The position or number that it claims."""
    size: int
    """In bytes."""
    fingerprint: bytes
    """SHA-256 of all that it says."""
    stamped_at: datetime
    """The time that it bears."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far it is known what stands in a topic."""

    next_offset: int
    number: int = 0
    """The last of the ledger's own that stands before it; 0 where there is none."""
    number_offset: int = -1
    """Where that one stands."""
    foreign: int = 0
    """How many foreign records were met."""


def named(topic: str, offset: int, message: Message, fault: str, log: Log | None) -> Foreign:
    """A record that is not the ledger's, with what tells it from others."""
    said = (message.key, message.value, *(value for _, value in message.headers))
    claims = None if log is None else position_of(message, log.number)
    size = sum(len(part) for part in said if part)
    return Foreign(topic, offset, fault, claims, size, fingerprint([message]), _at(message.at_ms))


def _at(milliseconds: int | None) -> datetime:
    """A time that anybody may have written, as a database can hold it."""
    try:
        return max(_EPOCH, min(_EPOCH + timedelta(milliseconds=milliseconds or 0), _LAST))
    except OverflowError:
        return _LAST


async def places(connection: asyncpg.Connection, ledger: str) -> dict[str, Place]:
    """Topic → how far it is known what stands there."""
    rows = await connection.fetch(
        "SELECT topic, next_offset, number, number_offset, foreign_count FROM ledger.topic_place"
        " WHERE ledger = $1 ORDER BY topic",
        ledger,
    )
    return {topic: Place(*place) for topic, *place in rows}


async def note(
    connection: asyncpg.Connection,
    ledger: str,
    places_now: Mapping[str, Place],
    found: Iterable[Foreign],
) -> None:
    """Note how far it is known what stands in topics, and what was met there: one transaction."""
    async with connection.transaction():
        await connection.executemany(
            "INSERT INTO ledger.topic_place VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (ledger, topic) DO UPDATE SET next_offset = excluded.next_offset,"
            " number = excluded.number, number_offset = excluded.number_offset,"
            " foreign_count = excluded.foreign_count",
            [
                (ledger, topic, p.next_offset, p.number, p.number_offset, p.foreign)
                for topic, p in places_now.items()
            ],
        )
        await connection.executemany(
            'INSERT INTO ledger.foreign_record (ledger, topic, "offset", fault, claims, bytes,'
            " fingerprint, stamped_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT DO NOTHING",
            [(ledger, *record) for record in found],
        )


async def listed(connection: asyncpg.Connection, ledger: str) -> list[Foreign]:
    """Those that were kept one by one, by topic and offset."""
    rows = await connection.fetch(
        'SELECT topic, "offset", fault, claims, bytes, fingerprint, stamped_at'
        ' FROM ledger.foreign_record WHERE ledger = $1 ORDER BY topic, "offset"',
        ledger,
    )
    return [Foreign(*row) for row in rows]


async def seen(connection: asyncpg.Connection, ledger: str) -> list[tuple[Foreign, datetime]]:
    """The same, each with the time at which the relay met it, the last first."""
    rows = await connection.fetch(
        'SELECT topic, "offset", fault, claims, bytes, fingerprint, stamped_at, seen_at'
        " FROM ledger.foreign_record WHERE ledger = $1"
        ' ORDER BY seen_at DESC, topic, "offset" DESC',
        ledger,
    )
    return [(Foreign(*row[:-1]), row[-1]) for row in map(tuple, rows)]
