"""Pseudonyms that entries of older releases hold of a person who has another one today.

There a number was taken as it was typed. What was stored stays as it is; whoever reads an open part
is told the pseudonym that the person has everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

_REF = re.compile(rb'("ref"\s*:\s*")([0-9a-f]{32})(?=")')
_OPEN_PART = 7
"""Where the open part stands in a row of `store.READ`."""


async def read(connection: asyncpg.Connection, ledger: str) -> dict[str, str]:
    """Old pseudonym → the one that the person has."""
    rows = await connection.fetch(
        "SELECT old, canonical FROM ledger.person_alias WHERE ledger = $1", ledger
    )
    return {row[0]: row[1] for row in rows}


def renamed(row: Sequence[Any], aliases: Mapping[str, str]) -> Sequence[Any]:
    """A row of `store.READ` whose open part names each person as they are called today."""
    if not aliases:
        return row
    values = list(row)
    values[_OPEN_PART] = _REF.sub(
        lambda m: m[1] + aliases.get(m[2].decode(), m[2].decode()).encode(), values[_OPEN_PART]
    )
    return values
