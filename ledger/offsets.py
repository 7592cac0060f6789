"""Where intake stands in each source's topic: offsets and the epochs that fence zombies.

The offset moves in the transaction that writes what was read, so a batch is taken once, wholly or
not at all. A record may hold many events, and a transaction may end between two of them: so how
many of the next record are taken moves with it. Kafka's own committed offset is a lag gauge only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import asyncpg

from infra.alarm import Alarm
from infra.kafka.topics import is_intake
from ledger import journal
from ledger.journal import Said
from ledger.outcomes import OutcomeKind
from ledger.records import Gap, Partition, Record, place_of
from ledger.seal import Sealer


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on, and the epoch of the one process that may."""

    next_offset: int
    epoch: int
    taken_of_next: int = 0
    """Events of the record at `next_offset` that are taken already."""


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
        " WHERE coalesce(ours.ledger, $3) = $3"
        " RETURNING topic, partition, next_offset, epoch, taken_of_next",
        [topic for topic, _ in wanted],
        [partition for _, partition in wanted],
        ledger,
    )
    await _refuse_others(connection, ledger, wanted)
    return {(row[0], row[1]): Place(*row[2:]) for row in map(tuple, rows)}


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
        "SELECT topic, partition, next_offset, epoch, taken_of_next FROM ledger.source_offset"
        " JOIN unnest($1::text[], $2::int[]) AS want (t, p) ON topic = t AND partition = p",
        [topic for topic, _ in wanted],
        [partition for _, partition in wanted],
    )
    return {(row[0], row[1]): Place(*row[2:]) for row in map(tuple, rows)}


class _Step(NamedTuple):
    """What was taken of a partition: an event of the record at an offset, or one without events."""

    origin: str
    offset: int
    element: int
    last: bool

    @property
    def before(self) -> int:
        """How many events of its record come before it."""
        return max(0, self.element - 1)


def _steps(records: Iterable[Record]) -> dict[Partition, list[_Step]]:
    steps: dict[Partition, list[_Step]] = {}
    for record in records:
        if (place := place_of(record.origin)) is not None:
            step = _Step(record.origin, place.offset, place.element, record.last)
            steps.setdefault(place.partition, []).append(step)
    return steps


async def move(
    connection: asyncpg.Connection, records: Sequence[Record], epochs: Mapping[Partition, int]
) -> dict[str, Gap]:
    """Move past these records, in the caller's transaction; returns the gaps, by what follows them.

    In the order of each topic. Raises Fenced, and so rolls the batch back, when a partition has
    another epoch by now, or what was taken is not what comes next there.
    """
    taken = _steps(records)
    partitions = sorted(taken)
    firsts = [taken[partition][0] for partition in partitions]
    lasts = [taken[partition][-1] for partition in partitions]
    whole = [sum(step.last for step in taken[partition]) for partition in partitions]
    empty = Counter(record.partition for record in records if record.empty)
    rows = await connection.fetch(
        "UPDATE ledger.source_offset SET next_offset = next, taken_of_next = begun,"
        " records = source_offset.records + whole, events = source_offset.events + held,"
        " skipped = skipped + next - next_offset - whole"
        " FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::bigint[],"
        " $7::int[], $8::int[], $9::int[])"
        " AS taken (t, p, e, first, before, next, begun, whole, held)"
        " WHERE topic = t AND partition = p AND epoch = e AND taken_of_next = before"
        " AND (next_offset = first OR next_offset < first AND before = 0)"
        " RETURNING topic, partition, old.next_offset",
        [topic for topic, _ in partitions],
        [partition for _, partition in partitions],
        [epochs[partition] for partition in partitions],
        [step.offset for step in firsts],
        [step.before for step in firsts],
        [step.offset + step.last for step in lasts],
        [0 if step.last else step.element for step in lasts],
        whole,
        [len(taken[partition]) - empty[partition] for partition in partitions],
    )
    if len(rows) != len(partitions):
        raise Fenced(partitions)
    gaps: dict[str, Gap] = {}
    for topic, partition, next_offset in rows:
        there, expected = (topic, partition), next_offset
        for step in taken[there]:
            if step.offset > expected:
                gaps[step.origin] = Gap(there, expected, step.offset)
            expected = step.offset + step.last
    return gaps


async def count(
    connection: asyncpg.Connection, ended: Mapping[tuple[Partition, OutcomeKind], int]
) -> None:
    """Note where the events of each partition ended, in the transaction that put them there."""
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
    """Where what came by a partition ended.

    `consumed` offsets held `records`, or were `skipped`; the `events` of the records, of the next
    one as many as were taken, are what the last four add up to.
    """

    topic: str
    partition: int
    consumed: int
    skipped: int
    records: int
    events: int
    accepted: int
    duplicate: int
    parked: int
    quarantined: int


async def books(connection: asyncpg.Connection, ledger: str, prefix: str) -> list[Book]:
    """The books of every partition that a ledger ever claimed of the intake topics, in order.

    `prefix` is that of the names of its topics; under another, it took in from others.
    """
    rows = await connection.fetch(
        "SELECT topic, partition, next_offset, skipped, records, events,"
        " accepted, duplicate, parked, quarantined"
        " FROM ledger.source_offset WHERE ledger = $1 ORDER BY topic, partition",
        ledger,
    )
    return [Book(*row) for row in rows if is_intake(row[0], prefix)]


class Sums(NamedTuple):
    """All books at a glance."""

    partitions: int
    highest_epoch: int
    consumed: int
    events: int
    unequal: int
    """Partitions whose numbers do not add up."""


async def sums(connection: asyncpg.Connection, ledger: str) -> Sums:
    """All partitions that a ledger takes in from, together."""
    return Sums(
        *await connection.fetchrow(
            "SELECT count(*), coalesce(max(epoch), 0), coalesce(sum(next_offset), 0)::bigint,"
            " coalesce(sum(events), 0)::bigint, count(*) FILTER (WHERE"
            " next_offset <> records + skipped"
            " OR events <> accepted + duplicate + parked + quarantined)"
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
        " taken_of_next = 0, skipped = excluded.skipped, epoch = excluded.epoch"
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
            "UPDATE ledger.source_offset SET next_offset = $3, taken_of_next = 0,"
            " skipped = skipped + $3 - next_offset"
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
