"""Entries of streams: all of one, its decisions, and the thread of a fact with its corrections."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import asyncpg

from domain.aggregate import Entry
from domain.assistance.payouts import PaymentSettled
from ledger.adopted import Versions, entries
from ledger.store import END, READ


async def read_stream(
    connection: asyncpg.Connection, ledger: str, stream: str, to: int | None = None
) -> list[Entry]:
    """All entries of one stream in version order, up to position `to`."""
    rows = await connection.fetch(
        READ + " WHERE ledger = $1 AND stream = $2 AND position <= $3 ORDER BY version",
        ledger,
        stream,
        END if to is None else to,
    )
    return await entries(connection, ledger, rows)


async def read_tails(
    connection: asyncpg.Connection,
    ledger: str,
    streams: Sequence[str],
    versions: Sequence[int],
    bureaus: Versions | None = None,
) -> list[Entry]:
    """The entries of streams after a version of each; streams one by one, each in its order."""
    rows = await connection.fetch(
        READ.replace(
            "FROM ledger.entry",
            "FROM unnest($2::text[], $3::int[]) AS want (s, v)"
            " JOIN ledger.entry ON ledger = $1 AND stream = s AND version > v",
        )
        + " ORDER BY stream, version",
        ledger,
        streams,
        versions,
    )
    return await entries(connection, ledger, rows, bureaus=bureaus)


def sized(query: str, position: int | None) -> str:
    """A query for a ledger of about this many entries.

    The plan that was made while a ledger was small reads the whole of it, and would be kept: each
    time the ledger has doubled, the query is another one to the server.
    """
    return f"{query} /* {(position or 0).bit_length()} */"


_DECIDES = f"type <> '{PaymentSettled.TYPE}'"
"""Said in a query, it lets PostgreSQL use the index of decisions, which leaves payments out."""


async def read_decisions(
    connection: asyncpg.Connection,
    ledger: str,
    streams: Sequence[str],
    types: Collection[str],
    to: int | None = None,
    outlined: Collection[int] = frozenset(),
    bureaus: Versions | None = None,
) -> dict[str, list[Entry]]:
    """Stream → its entries of these types, up to position `to`, in the order of telling.

    Corrections are among them: they are of the type that they correct. Those at the positions
    `outlined` come without their data.
    """
    rows = await connection.fetch(
        sized(
            READ + " WHERE ledger = $1 AND stream = ANY($2) AND type = ANY($3) AND position <= $4"
            f" AND {_DECIDES} ORDER BY position",
            to,
        ),
        ledger,
        streams,
        list(types),
        END if to is None else to,
    )
    found: dict[str, list[Entry]] = {stream: [] for stream in streams}
    for entry in await entries(connection, ledger, rows, outlined, bureaus):
        found[entry.stream].append(entry)
    return found


async def find_roots(
    connection: asyncpg.Connection, ledger: str, positions: Sequence[int]
) -> dict[int, int]:
    """Position of a correction → that of the fact it leads back to; others are left out."""
    rows = await connection.fetch(
        "SELECT position, root FROM ledger.correction WHERE ledger = $1 AND position = ANY($2)",
        ledger,
        positions,
    )
    return {row[0]: row[1] for row in rows}


async def read_threads(
    connection: asyncpg.Connection,
    ledger: str,
    roots: Collection[int],
    to: int | None = None,
    outlined: Collection[int] = frozenset(),
    bureaus: Versions | None = None,
) -> dict[int, list[Entry]]:
    """Position of a fact → it and all that corrects it, up to position `to`, as told.

    Those at the positions `outlined` come without their data.
    """
    rows = await connection.fetch(
        sized(
            "SELECT root, part.* FROM (SELECT position AS of, root FROM ledger.correction"
            " WHERE ledger = $1 AND root = ANY($2) AND position <= $3"
            " UNION ALL SELECT r, r FROM unnest($2::bigint[]) AS r WHERE r <= $3) AS thread"
            f" JOIN LATERAL ({READ} WHERE ledger = $1 AND position = of) AS part ON true"
            " ORDER BY root, part.position",
            to,
        ),
        ledger,
        list(roots),
        END if to is None else to,
    )
    threads: dict[int, list[Entry]] = {}
    told = await entries(connection, ledger, [tuple(row)[1:] for row in rows], outlined, bureaus)
    for root, entry in zip((row[0] for row in rows), told, strict=True):
        threads.setdefault(root, []).append(entry)
    return threads
