"""Where runs began: so that a record at which the process ends is found, and the next one goes on.

A process that is killed (memory, watchdog, power) cannot say at which record. But who begins a
third time where two runs began and got no further takes its records alone, one by one, and says
before each which it is. What was alone when the process ended is not judged again: it goes to
quarantine unread. While runs get on, this costs one statement per run, and per batch of a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import asyncpg

BEGINNINGS = 3
"""So many runs in a row that begin at one place make the last of them wary."""

_WARY = f"RETURNING begun >= {BEGINNINGS} OR alone IS NOT NULL"


async def begin(connection: asyncpg.Connection, ledger: str, starts: Mapping[str, int]) -> bool:
    """Note that a run begins at these offsets of partitions; whether it has to be wary."""
    rows = await connection.fetch(
        "INSERT INTO ledger.attempt AS ours (ledger, place, begun_at, begun)"
        " SELECT $1, p, b, 1 FROM unnest($2::text[], $3::bigint[]) AS run (p, b)"
        " ON CONFLICT (ledger, place) DO UPDATE SET begun_at = excluded.begun_at, begun ="
        " CASE ours.begun_at WHEN excluded.begun_at THEN ours.begun + 1 ELSE 1 END " + _WARY,
        ledger,
        list(starts),
        list(starts.values()),
    )
    return any(wary for (wary,) in rows)


async def begin_file(connection: asyncpg.Connection, ledger: str, name: str) -> tuple[bool, int]:
    """The same of a file: whether to be wary, and after which line."""
    wary, after = await connection.fetchrow(
        "INSERT INTO ledger.attempt AS ours (ledger, place, begun_at, begun) VALUES ($1, $2, 0, 1)"
        f" ON CONFLICT (ledger, place) DO UPDATE SET begun = ours.begun + 1 {_WARY}, begun_at",
        ledger,
        name,
    )
    return wary, after


async def get_on(connection: asyncpg.Connection, ledger: str, name: str, line: int) -> None:
    """Note how far a file was taken, in the transaction that takes its lines.

    Each run begins with the first line: only lines that no run had come to are getting on.
    """
    await connection.execute(
        "UPDATE ledger.attempt SET begun_at = $3, begun = 1"
        " WHERE ledger = $1 AND place = $2 AND begun_at < $3",
        ledger,
        name,
        line,
    )


async def alone(
    connection: asyncpg.Connection, ledger: str, place: str, origin: str, digest: bytes
) -> bool:
    """Note that a record is about to be taken alone; whether it was so before."""
    return bool(
        await connection.fetchval(
            "UPDATE ledger.attempt SET alone = $3, digest = $4 WHERE ledger = $1 AND place = $2"
            " RETURNING coalesce(old.alone = $3 AND old.digest = $4, false)",
            ledger,
            place,
            origin,
            digest,
        )
    )


async def end(connection: asyncpg.Connection, ledger: str, places: Iterable[str]) -> None:
    """What made a run wary was passed, or a file came to its end."""
    await connection.execute(
        "DELETE FROM ledger.attempt WHERE ledger = $1 AND place = ANY($2)", ledger, list(places)
    )
