"""What of a batch is sealed, and the leaves of its entries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import asyncpg

from ledger import keys
from ledger.keys import Key
from ledger.leaf import leaf_of
from ledger.seal import Sealer, seal_person
from ledger.spans import Clear

Rows = list[tuple[Any, ...]]


async def seal(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    clear: Sequence[Clear],
) -> tuple[Rows, Rows]:
    """Seal persons, each under that person's key: the sealed parts, and the rows of new keys.

    Keys are asked for each time and kept nowhere: whose was destroyed gets a new one, and no
    running service holds what was destroyed.
    """
    named = {each.person for each in clear}
    stored = await keys.load(connection, sealer, ledger, named) if named else {}
    made: dict[str, Key] = {}
    for position, _, person, *_ in clear:
        if person not in stored:
            made[person] = Key(person, os.urandom(32), position)
            stored[person] = made[person].key
    sealed = [
        (
            ledger,
            position,
            ordinal,
            person,
            seal_person(stored[person], open_part, cut.value),
            cut.start,
            cut.length,
        )
        for position, ordinal, person, cut, open_part in clear
    ]
    return sealed, [keys.row_of(sealer, ledger, key) for key in made.values()]


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
