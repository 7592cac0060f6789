"""Opening what is sealed about persons, in the one way that leaves a trace.

Who may only read finds sealed parts and persons' keys in no table. `ledger.open_sealed` hands them
out for lines of `ledger.look` that the same user of the database wrote and committed before, and
for nothing else: whoever breaks off afterwards, or rolls back, has left the trace all the same.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import asyncpg

from ledger import keys, looks
from ledger.looks import Reader
from ledger.seal import Sealer, unseal_person


class Part(NamedTuple):
    """A sealed part as it is stored, with what opens it."""

    position: int
    ordinal: int
    person: str
    """Pseudonym under which the entry names the person."""
    open: bytes
    """The open part of the entry."""
    sealed: bytes
    start: int | None
    """Where the person was cut out of the received bytes; None in form 1, as is `length`."""
    length: int | None
    key: bytes | None
    """The person's key as it is stored (`keys.opened`); None where it was destroyed."""
    master: str | None
    """Id of the master key that wraps it."""

    def clear(self, sealer: Sealer, ledger: str) -> bytes | None:
        """What stood there; None of who is forgotten. Raises InvalidTag, as `keys.opened`."""
        if self.key is None:
            return None
        row = {"person": self.person, "key": self.key, "master": self.master}
        return unseal_person(keys.opened(sealer, ledger, row), self.open, self.sealed)


async def sealed_parts(
    connection: asyncpg.Connection,
    ledger: str,
    reader: Reader,
    *,
    positions: Collection[int] = (),
    persons: Collection[str] = (),
) -> list[Part]:
    """Sealed parts of these entries, and those that name these persons, after the look is noted.

    `persons` are pseudonyms, those of older releases (ledger/aliases.py) each by itself. The
    connection is in no transaction: the look must be committed first. Raises RuntimeError
    otherwise, and asyncpg.InsufficientPrivilegeError where the user may open nothing.
    """
    if connection.is_in_transaction():
        raise RuntimeError("a look is committed before anything is opened: leave the transaction")
    subjects = [f"entry/{position}" for position in positions]
    subjects += [f"person/{person}" for person in persons]
    if not subjects:
        return []
    numbers = await looks.note(connection, ledger, reader, subjects)
    rows = await connection.fetch("SELECT * FROM ledger.open_sealed($1, $2)", ledger, numbers)
    return [Part(*row) for row in rows]
