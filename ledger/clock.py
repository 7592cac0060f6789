"""By which clock a ledger records, and up to when nothing more can be recorded.

A live ledger records by the clock of its database. Whoever writes holds a mark from before the
clock is read until after the commit. So once the clock has passed a time and nobody holds the mark,
what is not recorded at or before that time never will be. A replay ledger takes its times from the
events; there, as everywhere, none is ever recorded before the last one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Recording time in a replay ledger before anything with a time of its own was received."""
_SAMPLE_AHEAD = timedelta(days=731)
"""An invented year need not be over."""
_MARK = "hashtextextended('mingjian intake ' || {}, 0)"


def latest(*, sample: bool) -> datetime:
    """The latest time at which what arrives now can have been received, in a sample or not."""
    return datetime.now(UTC) + (_SAMPLE_AHEAD if sample else timedelta())


async def begin(connection: asyncpg.Connection, ledger: str) -> datetime:
    """Hold a writer's mark until the transaction ends; returns the time that it began at.

    Two statements: the clock is read when the mark is held, not before. No writer excludes another
    here.
    """
    await connection.execute(f"SELECT pg_advisory_xact_lock_shared({_MARK.format('$1')})", ledger)
    now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return now


async def settled(connection: asyncpg.Connection) -> dict[str, datetime]:
    """Ledger → the time before which nothing more can be recorded in it, where there is one.

    To be asked before the snapshot that answers: what was being written until now may not be in an
    older one. Nothing is locked, so that readers hold up nobody. A standby knows of no writers: on
    it only what was recorded counts, as it does while somebody writes. While a ledger is restored,
    what it had recorded before is still to come.
    """
    rows = await connection.fetch(
        "SELECT ledger, last_recorded_at,"
        " CASE WHEN kind = 'live' AND NOT pg_is_in_recovery() THEN clock_timestamp() END"
        " FROM ledger.ledger WHERE NOT restoring"
    )
    # Asked after the clock: who begins to write from here on reads a later time.
    writing = await connection.fetch(
        "SELECT ledger FROM ledger.ledger JOIN pg_locks ON locktype = 'advisory' AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        f" AND (classid::bigint << 32) | objid::bigint = {_MARK.format('ledger')}"
    )
    written = {ledger for (ledger,) in writing}
    found: dict[str, datetime] = {}
    for ledger, last, now in rows:
        times = [last, None if ledger in written else now]
        if known := [time for time in times if time is not None]:
            found[ledger] = max(known)
    return found
