"""What of a batch is sealed, and the leaves of its entries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import asyncpg

from ledger import tables
from ledger.leaf import leaf_of
from ledger.seal import Sealer, seal_person
from ledger.spans import Clear

Rows = list[tuple[Any, ...]]


async def seal(
    connection: asyncpg.Connection,
    ledger: str,
    clear: Sequence[Clear],
    stored: dict[str, bytes],
    new: dict[str, bytes],
) -> tuple[Rows, Rows]:
    """Seal persons, each under that person's key: the sealed parts, and the rows of new keys.

    `stored` are keys of persons that are stored, as far as they are at hand; more of them are added
    to it. Those that are made here are added to `new` and wait for the commit.
    """
    missing = sorted({each.person for each in clear}.difference(stored, new))
    if missing:
        stored.update(await tables.load_keys(connection, ledger, missing))
    made = {person: os.urandom(32) for person in missing if person not in stored}
    new |= made
    sealed = [
        (
            ledger,
            position,
            ordinal,
            person,
            seal_person(stored.get(person) or new[person], open_part, cut.value),
            cut.start,
            cut.length,
        )
        for position, ordinal, person, cut, open_part in clear
    ]
    return sealed, [(ledger, person, key) for person, key in made.items()]


def with_leaves(sealer: Sealer, rows: Rows, sealed: Rows) -> Rows:
    """The rows of new entries, each with its leaf and mac."""
    parts: dict[int, list[tuple[Any, ...]]] = {}
    for _, position, *part in sealed:
        parts.setdefault(position, []).append(tuple(part))
    made = []
    for row in rows:
        leaf = leaf_of(row, parts.get(row[1], ()))
        made.append((*row, leaf, sealer.mac(leaf)))
    return made
