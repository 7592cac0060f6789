"""Working out which pseudonyms of older releases are one person's.

That is done once, where the secret and the persons' keys are: after an upgrade, after a restore,
and when keys come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec
from cryptography.exceptions import InvalidTag

from domain.documents import identity_of
from infra.failpoint import reach
from ledger import keys, tables
from ledger.aliases import read
from ledger.seal import Sealer, unseal_person
from ledger.store import Ledger, LedgerAltered

AT_ONCE = 1_000
"""Persons looked at in one transaction."""
_SAMPLES = """
SELECT person, key, master, part.* FROM ledger.person_key AS k JOIN LATERAL (
    SELECT open, sealed FROM ledger.sealed_part AS s JOIN ledger.entry USING (ledger, position)
    WHERE s.ledger = k.ledger AND s.person = k.person AND position >= since
    ORDER BY position LIMIT 1
) AS part ON true WHERE k.ledger = $1 AND person > $2 ORDER BY person LIMIT $3
"""


class _Clear(msgspec.Struct):
    id_kind: str
    id_number: str | None = None


async def fill(connection: asyncpg.Connection, sealer: Sealer, ledger: Ledger) -> int:
    """Work out who has another pseudonym today, if that is due; returns how many were found.

    Killed, it begins again. Whose key is gone keeps the pseudonym that they had. Raises
    LedgerAltered where the secret is not the ledger's: everybody would become somebody else.
    """
    name = ledger.name
    if not await _is_due(connection, name):
        return 0
    if not ledger.restoring and not await tables.head_fits(connection, sealer, ledger):
        raise LedgerAltered(name)
    after, found = "", 0
    while rows := await connection.fetch(_SAMPLES, name, after, AT_ONCE):
        after = rows[-1]["person"]
        pairs = [
            (row["person"], canonical) for row in rows if (canonical := _now(sealer, name, row))
        ]
        found += len(pairs)
        await connection.executemany(
            "INSERT INTO ledger.person_alias VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(name, *pair) for pair in pairs],
        )
        reach("aliases.batch-written")
    await connection.execute("UPDATE ledger.ledger SET aliases_due = false WHERE ledger = $1", name)
    return found


async def make_due(connection: asyncpg.Connection, ledger: str) -> None:
    """Entries, or keys, came back of which nobody has looked at the persons."""
    await connection.execute(
        "UPDATE ledger.ledger SET aliases_due = true WHERE ledger = $1", ledger
    )


async def check(connection: asyncpg.Connection, sealer: Sealer, ledger: str) -> list[str]:
    """Those of whom another pseudonym is told than what is sealed says, where their key is there.

    Nobody, where that has still to be worked out.
    """
    if await _is_due(connection, ledger):
        return []
    told = await read(connection, ledger)
    after = ""
    found: list[str] = []
    while rows := await connection.fetch(_SAMPLES, ledger, after, AT_ONCE):
        after = rows[-1]["person"]
        found += [
            row["person"] for row in rows if told.get(row["person"]) != _now(sealer, ledger, row)
        ]
    return found


async def _is_due(connection: asyncpg.Connection, ledger: str) -> bool:
    query = "SELECT aliases_due FROM ledger.ledger WHERE ledger = $1"
    return bool(await connection.fetchval(query, ledger))


def _now(sealer: Sealer, ledger: str, row: Mapping[str, Any]) -> str | None:
    """The pseudonym of a person made today, where it is another one."""
    try:
        text = unseal_person(keys.opened(sealer, ledger, row), row["open"], row["sealed"])
        clear = msgspec.json.decode(text, type=_Clear)
    except (InvalidTag, msgspec.MsgspecError):  # it was altered, as verify says
        return None
    if clear.id_number is None:
        return None
    made = sealer.pseudonym(*identity_of(clear.id_kind, clear.id_number))
    return None if made == row["person"] else made
