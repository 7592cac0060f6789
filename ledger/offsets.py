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
from infra.kafka.topics import is_intake
from ledger import journal
from ledger.journal import Said
from ledger.outcomes import OutcomeKind
from ledger.records import Gap, Partition, origin_of
from ledger.seal import Sealer


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on, and the epoch of the one process that may."""

    next_offset: int
    epoch: int


class Fenced(Alarm):
    """Another intake has taken over these partitions; this one may not write any more."""

    def __init__(self, partitions: Iterable[Partition]) -> None:
        names = ", ".join(f"{topic}/{partition}" for topic, partition in partitions)
        super().__init__(f"another intake has taken over {names}")


class OfAnotherLedger(Alarm):
    """What comes by a topic goes into one ledger, and into this database's other one it does."""

    def __init__(self, partition: Partition, ledger: str) -> None:
        super().__init__(
            f"主题 {partition[0]} 的来件记入账本 {ledger}：两个账本共用 Kafka 时，各设"
            f" MINGJIAN_KAFKA_PREFIX / what comes by {partition[0]} goes into ledger {ledger}:"
            " ledgers that share a broker need a MINGJIAN_KAFKA_PREFIX each"
        )


async def claim(
    connection: asyncpg.Connection, ledger: str, partitions: Iterable[Partition]
) -> dict[Partition, Place]:
    """Take over partitions: whoever held them before can no longer commit.

    Raises OfAnotherLedger.
    """
    wanted = sorted(partitions)
    rows = await connection.fetch(
        "INSERT INTO ledger.source_offset AS ours (topic, partition, next_offset, epoch, ledger)"
        " SELECT t, p, 0, 1, $3 FROM unnest($1::text[], $2::int[]) AS want (t, p)"
        " ON CONFLICT (topic, partition) DO UPDATE SET epoch = ours.epoch + 1, ledger = $3"
        " WHERE coalesce(ours.ledger, $3) = $3 RETURNING topic, partition, next_offset, epoch",
        [topic for topic, _ in wanted],
        [partition for _, partition in wanted],
        ledger,
    )
    await _refuse_others(connection, ledger, wanted)
    return {(row[0], row[1]): Place(row[2], row[3]) for row in rows}


async def _refuse_others(
    connection: asyncpg.Connection, ledger: str, partitions: Sequence[Partition]
) -> None:
    """Raise OfAnotherLedger where one of these feeds another ledger."""
    for topic, partition, other in await connection.fetch(
        "SELECT topic, partition, ledger FROM ledger.source_offset"
        " JOIN unnest($1::text[], $2::int[]) AS want (t, p) ON topic = t AND partition = p"
        " WHERE ledger <> $3 ORDER BY topic, partition",
        [topic for topic, _ in partitions],
        [partition for _, partition in partitions],
        ledger,
    ):
        raise OfAnotherLedger((topic, partition), other)


async def read(
    connection: asyncpg.Connection, partitions: Iterable[Partition]
) -> dict[Partition, Place]:
    """Where intake stands in these partitions, as far as they were ever claimed."""
    wanted = list(partitions)
    rows = await connection.fetch(
        "SELECT topic, partition, next_offset, epoch FROM ledger.source_offset"
        " JOIN unnest($1::text[], $2::int[]) AS want (t, p) ON topic = t AND partition = p",
        [topic for topic, _ in wanted],
        [partition for _, partition in wanted],
    )
    return {(row[0], row[1]): Place(row[2], row[3]) for row in rows}


async def move(
    connection: asyncpg.Connection,
    taken: Mapping[Partition, Sequence[int]],
    epochs: Mapping[Partition, int],
) -> dict[str, Gap]:
    """Move past the offsets taken, in the caller's transaction; returns the gaps between them.

    `taken` in ascending order. Raises Fenced, and so rolls the batch back, when a partition has
    another epoch by now or what was taken has been taken before.
    """
    partitions = sorted(taken)
    rows = await connection.fetch(
        "UPDATE ledger.source_offset SET next_offset = last + 1,"
        " skipped = skipped + last + 1 - next_offset - records"
        " FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[])"
        " AS taken (t, p, first, last, e, records)"
        " WHERE topic = t AND partition = p AND epoch = e AND next_offset <= first"
        " RETURNING topic, partition, old.next_offset",
        [topic for topic, _ in partitions],
        [partition for _, partition in partitions],
        [taken[partition][0] for partition in partitions],
        [taken[partition][-1] for partition in partitions],
        [epochs[partition] for partition in partitions],
        [len(taken[partition]) for partition in partitions],
    )
    if len(rows) != len(partitions):
        raise Fenced(partitions)
    gaps: dict[str, Gap] = {}
    for topic, partition, next_offset in rows:
        there, expected = (topic, partition), next_offset
        for offset in taken[there]:
            if offset > expected:
                gaps[origin_of(there, offset)] = Gap(there, expected, offset)
            expected = offset + 1
    return gaps


async def count(
    connection: asyncpg.Connection, ended: Mapping[tuple[Partition, OutcomeKind], int]
) -> None:
    """Note where the records of each partition ended, in the transaction that put them there."""
    partitions = sorted({partition for partition, _ in ended})
    if partitions:
        outcomes: tuple[OutcomeKind, ...] = ("accepted", "duplicate", "parked", "quarantined")
        await connection.execute(
            "UPDATE ledger.source_offset SET accepted = accepted + a, duplicate = duplicate + d,"
            " parked = parked + w, quarantined = quarantined + q FROM"
            " unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[])"
            " AS ended (t, p, a, d, w, q) WHERE topic = t AND partition = p",
            [topic for topic, _ in partitions],
            [partition for _, partition in partitions],
            *(
                [ended.get((partition, outcome), 0) for partition in partitions]
                for outcome in outcomes
            ),
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


async def books(connection: asyncpg.Connection, ledger: str, prefix: str) -> list[Book]:
    """The books of every partition that a ledger ever claimed of the intake topics, in order.

    `prefix` is that of the names of its topics; under another, it took in from others.
    """
    rows = await connection.fetch(
        "SELECT topic, partition, next_offset, accepted, duplicate, parked, quarantined, skipped"
        " FROM ledger.source_offset WHERE ledger = $1 ORDER BY topic, partition",
        ledger,
    )
    return [Book(*row) for row in rows if is_intake(row[0], prefix)]


class Sums(NamedTuple):
    """All books at a glance."""

    partitions: int
    highest_epoch: int
    consumed: int
    unequal: int
    """Partitions whose five numbers do not add up to what was consumed."""


async def sums(connection: asyncpg.Connection, ledger: str) -> Sums:
    """All partitions that a ledger takes in from, together."""
    return Sums(
        *await connection.fetchrow(
            "SELECT count(*), coalesce(max(epoch), 0), coalesce(sum(next_offset), 0)::bigint,"
            " count(*) FILTER (WHERE"
            " next_offset <> accepted + duplicate + parked + quarantined + skipped)"
            " FROM ledger.source_offset WHERE ledger = $1",
            ledger,
        )
    )


async def begin_at(
    connection: asyncpg.Connection, ledger: str, starts: Mapping[Partition, int]
) -> None:
    """Begin at the first record still kept, in partitions of which nothing was taken in.

    The epoch is the time, so higher than any that an intake of a lost database may still hold.
    Raises OfAnotherLedger.
    """
    partitions = sorted(starts)
    await _refuse_others(connection, ledger, partitions)
    await connection.execute(
        "INSERT INTO ledger.source_offset (topic, partition, next_offset, epoch, skipped, ledger)"
        " SELECT t, p, first, extract(epoch FROM clock_timestamp())::bigint, first, $4"
        " FROM unnest($1::text[], $2::int[], $3::bigint[]) AS kept (t, p, first)"
        " ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset,"
        " skipped = excluded.skipped, epoch = excluded.epoch"
        " WHERE source_offset.next_offset = 0 AND source_offset.ledger = $4",
        [topic for topic, _ in partitions],
        [partition for _, partition in partitions],
        [starts[partition] for partition in partitions],
        ledger,
    )


class NoSuchPartition(LookupError):
    """Nothing was ever taken in from that partition."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(
            f"没有从分区 {partition[0]}/{partition[1]} 接收过 / nothing was taken in from it"
        )


async def skip(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    partition: Partition,
    to: int,
    said: Said,
) -> int:
    """Let intake go on at an offset, as a person decided; returns the one it stood at.

    Raises NoSuchPartition.
    """
    async with journal.deed(connection, sealer, ledger) as deed:
        stood_at: int | None = await connection.fetchval(
            "UPDATE ledger.source_offset SET skipped = skipped + $3 - next_offset, next_offset = $3"
            " WHERE topic = $1 AND partition = $2 AND ledger = $4 RETURNING old.next_offset",
            *partition,
            to,
            ledger,
        )
        if stood_at is None:
            raise NoSuchPartition(partition)
        if stood_at != to:
            facts = {"from": stood_at, "to": to}
            deed.note("skipped", journal.subject_of(*partition), facts, said)
    return stood_at


def by_hand(partition: Partition, offset: int) -> str:
    """The command with which a person lets intake go on at an offset knowingly."""
    topic, number = partition
    return f"mingjian offsets skip {topic}/{number} {offset} --by WHO --why REASON"
