"""Opening a ledger: the database has the form of this program before anything is done."""

from __future__ import annotations

import asyncpg

from infra.settings import Settings
from ledger import first_form, migration, store
from ledger.seal import Sealer
from projections import projector


async def prepare(connection: asyncpg.Connection, *, upgrade: bool = False) -> None:
    """Make what is missing in an empty database; one of an older form is upgraded if that is asked.

    Raises Unfit.
    """
    if upgrade or await migration.is_empty(connection):
        await migration.migrate(connection)
    else:
        await migration.require(connection)
    await projector.create_tables(connection)


async def open_ledger(
    connection: asyncpg.Connection, name: str, kind: str, settings: Settings
) -> store.Ledger:
    """The ledger of a division, created with this kind when there is none.

    What its entries of form 1 lack is made up for under the same condition as an upgrade.
    Raises Unfit, WrongSecret.
    """
    await prepare(connection, upgrade=settings.embedded)
    await store.create_ledger(connection, name, kind, sample=settings.sample)
    ledger = await store.find_ledger(connection, name)
    if ledger is None:
        raise store.LedgerMissing(name)
    if not ledger.restoring and not await first_form.is_filled(connection, name):
        if not settings.embedded:
            raise first_form.UpgradeUnfinished(name)
        await first_form.fill(connection, Sealer(settings.secret, name), ledger)
    return ledger
