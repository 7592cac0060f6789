"""Where intake stands in each source's topic: offsets and the epochs that fence zombies.

The offset moves in the transaction that writes what was read, so a batch is taken once, wholly or
not at all. Kafka's own committed offset is a lag gauge only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import asyncpg

from infra.alarm import Alarm
from ledger.outcomes import OutcomeKind
from ledger.records import Part


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on, and the epoch of the one process that may."""

    next_offset: int
    epoch: int


class Fenced(Alarm):
    """Another intake has taken over these partitions; this one may not write any more."""

    def __init__(self, parts: Iterable[Part]) -> None:
        names = ", ".join(f"{topic}/{partition}" for topic, partition in parts)
        super().__init__(f"another intake has taken over {names}")


async def claim(connection: asyncpg.Connection, parts: Iterable[Part]) -> dict[Part, Place]:
    """Take over partitions: whoever held them before can no longer commit."""
    wanted = sorted(parts)
    rows = await connection.fetch(
        "INSERT INTO ledger.source_offset SELECT t, p, 0, 1 FROM unnest($1::text[], $2::int[])"
        " AS want (t, p) ON CONFLICT (topic, partition)"
        " DO UPDATE SET epoch = source_offset.epoch + 1"
        " RETURNING topic, partition, next_offset, epoch",
        [topic for topic, _ in wanted],
        [partition for _, partition in wanted],
    )
    return {(row[0], row[1]): Place(row[2], row[3]) for row in rows}


async def read(connection: asyncpg.Connection, parts: Iterable[Part]) -> dict[Part, Place]:
    """Where intake stands in these partitions, as far as they were ever claimed."""
    wanted = list(parts)
    rows = await connection.fetch(
        "SELECT topic, partition, next_offset, epoch FROM ledger.source_offset"
        " JOIN unnest($1::text[], $2::int[]) AS want (t, p) ON topic = t AND partition = p",
        [topic for topic, _ in wanted],
        [partition for _, partition in wanted],
    )
    return {(row[0], row[1]): Place(row[2], row[3]) for row in rows}


async def move(
    connection: asyncpg.Connection,
    taken: Mapping[Part, Sequence[int]],
    epochs: Mapping[Part, int],
) -> None:
    """Move past the offsets taken, in the caller's transaction.

    Raises Fenced, and so rolls the batch back, when a partition has another epoch by now or what
    was taken has been taken before.
    """
    parts = sorted(taken)
    done = await connection.execute(
        "UPDATE ledger.source_offset SET next_offset = last + 1,"
        " skipped = skipped + last + 1 - next_offset - records"
        " FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[])"
        " AS taken (t, p, first, last, e, records)"
        " WHERE topic = t AND partition = p AND epoch = e AND next_offset <= first",
        [topic for topic, _ in parts],
        [partition for _, partition in parts],
        [min(taken[part]) for part in parts],
        [max(taken[part]) for part in parts],
        [epochs[part] for part in parts],
        [len(taken[part]) for part in parts],
    )
    if done != f"UPDATE {len(parts)}":
        raise Fenced(parts)


async def count(
    connection: asyncpg.Connection, ended: Mapping[tuple[Part, OutcomeKind], int]
) -> None:
    """Note where the records of each partition ended, in the transaction that put them there."""
    parts = sorted({part for part, _ in ended})
    if parts:
        outcomes: tuple[OutcomeKind, ...] = ("accepted", "duplicate", "parked", "quarantined")
        await connection.execute(
            "UPDATE ledger.source_offset SET accepted = accepted + a, duplicate = duplicate + d,"
            " parked = parked + w, quarantined = quarantined + q FROM"
            " unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[])"
            " AS ended (t, p, a, d, w, q) WHERE topic = t AND partition = p",
            [topic for topic, _ in parts],
            [partition for _, partition in parts],
            *([ended.get((part, outcome), 0) for part in parts] for outcome in outcomes),
        )


class Book(NamedTuple):
    """Where the records of a partition ended: the last five add up to `consumed`."""

    topic: str
    partition: int
    consumed: int
    accepted: int
    duplicate: int
    parked: int
    quarantined: int
    skipped: int


async def books(connection: asyncpg.Connection, topics: Sequence[str]) -> list[Book]:
    """The books of every partition of these topics that was ever claimed, in order."""
    rows = await connection.fetch(
        "SELECT topic, partition, next_offset, accepted, duplicate, parked, quarantined, skipped"
        " FROM ledger.source_offset WHERE topic = ANY($1) ORDER BY topic, partition",
        topics,
    )
    return [Book(*row) for row in rows]


class Sums(NamedTuple):
    """All books at a glance."""

    partitions: int
    highest_epoch: int
    consumed: int
    unequal: int
    """Partitions whose five numbers do not add up to what was consumed."""


async def sums(connection: asyncpg.Connection) -> Sums:
    """All partitions of all topics together."""
    return Sums(
        *await connection.fetchrow(
            "SELECT count(*), coalesce(max(epoch), 0), coalesce(sum(next_offset), 0)::bigint,"
            " count(*) FILTER (WHERE"
            " next_offset <> accepted + duplicate + parked + quarantined + skipped)"
            " FROM ledger.source_offset"
        )
    )


async def begin_at(connection: asyncpg.Connection, starts: Mapping[Part, int]) -> None:
    """Begin at the first record still kept, in partitions of which nothing was taken in.

    The epoch is the time, so higher than any that an intake of a lost database may still hold.
    """
    parts = sorted(starts)
    await connection.execute(
        "INSERT INTO ledger.source_offset (topic, partition, next_offset, epoch, skipped)"
        " SELECT t, p, first, extract(epoch FROM clock_timestamp())::bigint, first"
        " FROM unnest($1::text[], $2::int[], $3::bigint[]) AS kept (t, p, first)"
        " ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset,"
        " skipped = excluded.skipped, epoch = excluded.epoch"
        " WHERE source_offset.next_offset = 0",
        [topic for topic, _ in parts],
        [partition for _, partition in parts],
        [starts[part] for part in parts],
    )


def by_hand(part: Part, offset: int) -> str:
    """The statement with which a person lets intake go on at an offset knowingly."""
    topic, partition = part
    return (
        f"UPDATE ledger.source_offset SET skipped = skipped + {offset} - next_offset,"
        f" next_offset = {offset} WHERE topic = '{topic}' AND partition = {partition}"
    )
