"""What a correction rests on, or a fact told late: decisions of a stream, threads of facts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import asyncpg

from domain.aggregate import Entry
from domain.assistance.payouts import PaymentSettled
from ledger import store
from ledger.store import END, READ


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
    for entry in await store.entries(connection, ledger, rows, outlined):
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
    entries = await store.entries(connection, ledger, [tuple(row)[1:] for row in rows], outlined)
    for root, entry in zip((row[0] for row in rows), entries, strict=True):
        threads.setdefault(root, []).append(entry)
    return threads
