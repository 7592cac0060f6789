"""Parked and quarantined rows whose bytes are lacking: after a restore, until they come again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import asyncpg

from ledger import setting_aside
from ledger.records import place_name
from ledger.seal import Sealer
from ledger.setting_aside import WITHHELD_TOLD
from ledger.store import Ledger


class Lacking(NamedTuple):
    """A parked row without its bytes."""

    number: int
    prerequisite: str
    settled: bool


_NOT_KEPT = f"""
EXISTS (
    SELECT FROM ledger.journal j WHERE j.ledger = q.ledger AND j.number = q.journal_from
    AND position('"sealed":"{WITHHELD_TOLD}"'::bytea IN j.detail) > 0
)
"""
"""Whether the journal says that the bytes of a row q of quarantine were not kept. In a text the
quotes would be written otherwise."""


async def find(
    connection: asyncpg.Connection, ledger: Ledger
) -> tuple[dict[bytes, Lacking], dict[bytes, int]]:
    """Keyed hashes of bytes that are lacking: of parked events, of quarantine (number).

    Without those that were not kept (`not_kept`), of which there may be any number.
    """
    parked = await connection.fetch(
        "SELECT digest, number, waits_for, taken_at IS NOT NULL FROM ledger.parked"
        " WHERE ledger = $1 AND lacking ORDER BY number",
        ledger.name,
    )
    refused = await connection.fetch(
        "SELECT digest, number FROM ledger.quarantine q"
        f" WHERE ledger = $1 AND lacking AND NOT {_NOT_KEPT}",
        ledger.name,
    )
    return {row[0]: Lacking(*row[1:]) for row in parked}, dict(map(tuple, refused))


async def lacks_not_kept(connection: asyncpg.Connection, ledger: str) -> bool:
    """Whether there are rows whose bytes were not kept, and whose record has still to come."""
    rows = f"SELECT FROM ledger.quarantine q WHERE ledger = $1 AND lacking AND {_NOT_KEPT}"
    return bool(await connection.fetchval(f"SELECT EXISTS ({rows})", ledger))


async def not_kept(
    connection: asyncpg.Connection, ledger: str, digests: Sequence[bytes]
) -> dict[bytes, int]:
    """Those of keyed hashes whose bytes are lacking, and were not kept before → number."""
    rows = await connection.fetch(
        "SELECT digest, number FROM ledger.quarantine q"
        f" WHERE ledger = $1 AND lacking AND digest = ANY($2) AND {_NOT_KEPT}",
        ledger,
        digests,
    )
    return dict(map(tuple, rows))


async def judged_to(
    connection: asyncpg.Connection, ledger: str
) -> dict[tuple[str, int], tuple[int, int]]:
    """Topic and partition → offset and element of the last record whose bytes are lacking."""
    rows = await connection.fetch(
        "SELECT at[1], at[2]::int, max(ARRAY[at[3]::bigint, coalesce(at[4], '0')::bigint])"
        " FROM (SELECT regexp_match(origin, '^([^/]*)/([0-9]+)/([0-9]+)(?:#([0-9]+))?$') AS at"
        "  FROM (SELECT origin FROM ledger.parked WHERE ledger = $1 AND lacking UNION ALL"
        "   SELECT origin FROM ledger.quarantine WHERE ledger = $1 AND lacking) AS aside) AS places"
        " WHERE at IS NOT NULL GROUP BY 1, 2",
        ledger,
    )
    return {(topic, partition): (last[0], last[1]) for topic, partition, last in rows}


async def fill(connection: asyncpg.Connection, ledger: str, sealed: Mapping[bytes, bytes]) -> None:
    """Store bytes that have come again; `sealed` by keyed hash."""
    for table in ("parked", "quarantine") if sealed else ():
        await connection.execute(
            f"UPDATE ledger.{table} SET sealed = s FROM unnest($2::bytea[], $3::bytea[])"
            " AS come (d, s) WHERE ledger = $1 AND digest = d AND lacking",
            ledger,
            list(sealed),
            list(sealed.values()),
        )


async def count_kept(connection: asyncpg.Connection, ledger: str, sealer: Sealer) -> None:
    """Count what is kept of each topic, or file, as it was counted before a restore.

    Bytes that have still to come have their room: else each restore would give a source as much
    again to fill.
    """
    rows = await connection.fetch(
        "SELECT origin, sum(size)::bigint, count(*) FROM ledger.quarantine q"
        f" WHERE ledger = $1 AND NOT {_NOT_KEPT} GROUP BY origin",
        ledger,
    )
    more, kept = len(sealer.box(b"")), Counter[str]()
    for origin, size, count in rows:
        kept[place_name(origin)] += size + count * more
    await setting_aside.keep_count(connection, ledger, list(kept.items()))
