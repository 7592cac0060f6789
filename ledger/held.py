"""What came by requests: so that an event at which the process ends does not end it for ever.

Requests have no offsets, and the next run begins with whatever comes first. So before a batch is
judged it is noted which events are in it, and after it that they were. What a run finds noted was
at hand when the one before it ended: each of those is taken alone when its sender sends it again,
and at which the process ended alone, too, is refused unread from then on. A note is lost with the
server it was made in, and costs no write to a disk: then the end was not an event's doing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import groupby

import asyncpg

from ledger import attempts
from ledger.containment import ENDED
from ledger.intake import Intake
from ledger.outcomes import Item, Taken
from ledger.records import Record

PLACE = "http"
"""Where what is at hand stands; what was at hand at an end has a place of its own."""
ENDS = 2
"""So many ends of a process at an event are enough."""
KEPT_SECONDS = 30 * 86_400
"""So long is an event remembered that was at hand once and was not sent again."""
_PARKED = "parked/"
_DIGEST_BYTES = 32


class Held:
    """Takes what requests bring, and remembers what was at hand when a process ended.

    `ends` tells for each such event (by the keyed hash of its bytes) how often that was so.
    """

    def __init__(self, intake: Intake, ends: dict[bytes, int]) -> None:
        self._intake = intake
        self.ends = ends

    @classmethod
    async def begin(cls, connection: asyncpg.Connection, intake: Intake) -> Held:
        """Find out what was at hand when the last run ended; what it had left to wake is woken."""
        ledger = intake.ledger.name
        unclean, ends = await _found(connection, ledger)
        if unclean:
            await intake.wake_left(connection, PLACE)
        await note(connection, ledger, ())
        return cls(intake, ends)

    async def take(self, connection: asyncpg.Connection, records: Sequence[Record]) -> list[Item]:
        """Take records in their order; an item for each."""
        ledger, sealer = self._intake.ledger.name, self._intake.sealer
        digests = [sealer.digest(record.raw) for record in records]
        items: list[Item] = []
        for digest, some in self._parts(records, digests):
            if digest is not None:
                items += (await self._alone(connection, some[0], digest)).items
            else:
                done = len(items)
                await note(connection, ledger, digests[done : done + len(some)])
                items += (await self._intake.take(connection, some)).items
        await note(connection, ledger, ())
        return items

    def _parts(
        self, records: Sequence[Record], digests: Sequence[bytes]
    ) -> Iterator[tuple[bytes | None, list[Record]]]:
        """Records that are taken together, and with its digest each that is taken alone."""
        both = zip(digests, records, strict=True)
        for alone, some in groupby(both, key=lambda each: each[0] in self.ends):
            part = list(some)
            if alone:
                yield from ((digest, [record]) for digest, record in part)
            else:
                yield None, [record for _, record in part]

    async def _alone(self, connection: asyncpg.Connection, record: Record, digest: bytes) -> Taken:
        if self.ends.get(digest, 0) >= ENDS:
            return await self._intake.take(connection, [record._replace(faults=(ENDED,))])
        taken = await self._intake.take_alone(connection, PLACE, record)
        self.ends.pop(digest, None)
        await attempts.end(connection, self._intake.ledger.name, [_place(digest)])
        return taken


def _place(digest: bytes) -> str:
    return f"{PLACE}/{digest.hex()}"


async def note(connection: asyncpg.Connection, ledger: str, digests: Sequence[bytes]) -> None:
    """Note what is at hand from now on; nothing without digests."""
    await connection.execute(
        "WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
        " INSERT INTO ledger.attempt (ledger, place, begun_at, begun, digest)"
        " SELECT $1, $2, 0, 1, $3 FROM quick"
        " ON CONFLICT (ledger, place) DO UPDATE SET alone = NULL, digest = excluded.digest",
        ledger,
        PLACE,
        b"".join(digests) or None,
    )


async def _found(connection: asyncpg.Connection, ledger: str) -> tuple[bool, dict[bytes, int]]:
    """Whether the last run ended over something, and what was at hand when runs did."""
    now = int(time.time())
    async with connection.transaction():
        row = await connection.fetchrow(
            "SELECT coalesce(alone, '') AS alone, digest FROM ledger.attempt"
            " WHERE ledger = $1 AND place = $2 FOR UPDATE",
            ledger,
            PLACE,
        )
        unclean = row is not None and row["digest"] is not None
        if unclean and not row["alone"].startswith(_PARKED):
            await _count(connection, ledger, row["digest"], now)
            await note(connection, ledger, ())
        await connection.execute(
            "DELETE FROM ledger.attempt WHERE ledger = $1 AND place ^@ $2"
            " AND begun < $3 AND begun_at < $4",
            ledger,
            f"{PLACE}/",
            ENDS,
            now - KEPT_SECONDS,
        )
        rows = await connection.fetch(
            "SELECT place, begun FROM ledger.attempt WHERE ledger = $1 AND place ^@ $2",
            ledger,
            f"{PLACE}/",
        )
    return unclean, {bytes.fromhex(place[len(PLACE) + 1 :]): begun for place, begun in rows}


async def _count(connection: asyncpg.Connection, ledger: str, noted: bytes, now: int) -> None:
    """One more end of a process at each event that was noted; `begun_at` says when."""
    starts = range(0, len(noted), _DIGEST_BYTES)
    places = {_place(noted[start : start + _DIGEST_BYTES]) for start in starts}
    await connection.execute(
        "INSERT INTO ledger.attempt AS ours (ledger, place, begun_at, begun)"
        " SELECT $1, p, $3, 1 FROM unnest($2::text[]) AS p ON CONFLICT (ledger, place)"
        " DO UPDATE SET begun_at = excluded.begun_at, begun = ours.begun + 1",
        ledger,
        sorted(places),
        now,
    )
