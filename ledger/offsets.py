"""Where intake stands in each source's topic: offsets and the epochs that fence zombies.

The offset moves in the transaction that writes what was read, so a batch is taken once, wholly or
not at all. Kafka's own committed offset is a lag gauge only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from ledger.records import Outcome, Part


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on, and the epoch of the one process that may."""

    next_offset: int
    epoch: int


class Fenced(Exception):
    """Another intake has taken over these partitions; this one may not write any more."""


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
        raise Fenced(", ".join(f"{topic}/{partition}" for topic, partition in parts))


async def count(connection: asyncpg.Connection, ended: Mapping[tuple[Part, Outcome], int]) -> None:
    """Note where the records of each partition ended, in the transaction that put them there."""
    parts = sorted({part for part, _ in ended})
    if parts:
        outcomes: tuple[Outcome, ...] = ("accepted", "duplicate", "parked", "quarantined")
        await connection.execute(
            "UPDATE ledger.source_offset SET accepted = accepted + a, duplicate = duplicate + d,"
            " parked = parked + w, quarantined = quarantined + q FROM"
            " unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[])"
            " AS ended (t, p, a, d, w, q) WHERE topic = t AND partition = p",
            [topic for topic, _ in parts],
            [partition for _, partition in parts],
            *([ended.get((part, outcome), 0) for part in parts] for outcome in outcomes),
        )
