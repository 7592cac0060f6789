"""The versions of its bureau's folder that a ledger adopted, and which of them stands where."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

import asyncpg

from domain.bureau.bureau import Bureau
from infra.bureaus import shipped


@dataclass(frozen=True, slots=True)
class Versions:
    """What a ledger adopted, in order, at least one; each stands for the positions after `after`.

    What came before the first goes by the first.
    """

    bureaus: tuple[Bureau, ...]
    after: tuple[int, ...]

    def at(self, position: int) -> Bureau:
        """The bureau by which the entry at a position is judged and folded."""
        if len(self.bureaus) == 1:
            return self.bureaus[0]
        return self.bureaus[max(bisect_left(self.after, position), 1) - 1]

    @property
    def latest(self) -> Bureau:
        """The bureau by which the next entry is judged."""
        return self.bureaus[-1]


async def versions(connection: asyncpg.Connection, ledger: str) -> Versions:
    """All that a ledger adopted so far."""
    del connection
    return Versions((replace(shipped(), division=ledger),), (0,))


async def at(connection: asyncpg.Connection, ledger: str, position: int | None = None) -> Bureau:
    """The bureau by which the entry at a position is judged and folded; None = the next one."""
    adopted = await versions(connection, ledger)
    return adopted.latest if position is None else adopted.at(position)
