"""A ledger adopts its bureau's folder: from here on it goes by what that says."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg

from domain.bureau.bureau import Bureau
from infra.kafka.topics import MOST_OF_A_RECORD
from ledger import adopted, journal
from ledger.journal import Said
from ledger.seal import Sealer


class CannotAdopt(ValueError):
    """A folder is not this ledger's, or too large; the message says which."""


def refuse_others(bureau: Bureau, ledger: str) -> None:
    """Raise CannotAdopt where a folder is that of another division."""
    if bureau.division != ledger:
        raise CannotAdopt(
            f"单位资料是 {bureau.division} {bureau.name} 的，账本是 {ledger}：设 MINGJIAN_BUREAU"
            f" / the folder is that of {bureau.division}, the ledger is {ledger}:"
            " see MINGJIAN_BUREAU"
        )


async def adopt(
    connection: asyncpg.Connection,
    sealer: Sealer,
    ledger: str,
    bureau: Bureau,
    said: Said | None = None,
) -> int | None:
    """Have a ledger go by a folder from its next entry on; the number of the record in the journal.

    None where it goes by that one already. Raises CannotAdopt, and what `journal.deed` raises.
    """
    refuse_others(bureau, ledger)
    facts = adopted.facts_of(bureau)
    if (size := len(facts["folder"])) > MOST_OF_A_RECORD:
        raise CannotAdopt(
            f"单位资料压缩后 {size:,} 字节，最多 {MOST_OF_A_RECORD:,}"
            " / the folder is too large for a record of the journal"
        )
    async with journal.deed(connection, sealer, ledger) as deed:
        told = await adopted.digests(connection, ledger)
        if told and told[-1][2] == bureau.digest:
            return None
        return deed.note(adopted.KIND, f"{adopted.SUBJECT}{bureau.digest}", facts, said)


async def adopt_first(
    connection: asyncpg.Connection, sealer: Sealer, ledger: str, bureau: Callable[[], Bureau]
) -> bool:
    """The same where nothing was adopted yet, as of a new ledger; whether so it was."""
    if await adopted.digests(connection, ledger):
        return False
    return await adopt(connection, sealer, ledger, bureau()) is not None
