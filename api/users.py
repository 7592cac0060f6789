"""Users as they stand at a request: whoever is dismissed has no access with the next one."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg
from starlette.datastructures import State

from ledger import users
from ledger.seal import Sealer
from ledger.users import User


class Users:
    """Who works with the ledger, read again when the journal tells of a user."""

    def __init__(self, secret: bytes, ledger: str) -> None:
        self.sealer = Sealer(secret, ledger)
        self._secret = secret
        self._ledger = ledger
        self._read: tuple[int, Mapping[str, User]] = (0, {})

    def sealer_of(self, ledger: str) -> Sealer:
        """The one by which records of a ledger are believed, also of another in the database."""
        return self.sealer if ledger == self._ledger else Sealer(self._secret, ledger)

    async def now(self, state: State) -> Mapping[str, User]:
        """Name → user. Raises what the database raises, and LedgerAltered."""
        async with state.pool.acquire() as connection:
            try:
                last = await users.last(connection, self._ledger)
                if last != self._read[0]:
                    self._read = (last, await users.read(connection, self.sealer, self._ledger))
            except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
                return {}  # nothing is there yet, nor anything to be seen
        return self._read[1]
