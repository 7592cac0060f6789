"""Opening a ledger: the database has the form of this program before anything is done."""

from __future__ import annotations

from contextlib import suppress

import asyncpg
from pydantic import TypeAdapter, ValidationError

from domain.event import Division
from infra import bureaus
from infra.settings import Settings
from ledger import adopted, adopting, first_form, keys, migration, renaming, secret, store
from ledger.seal import Sealer, WrongSecret
from projections import projector

_DIVISION: TypeAdapter[str] = TypeAdapter(Division)


class NoDivision(ValueError):
    """No event could ever belong to a ledger of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"账本以六位区划代码命名，不是 {name!r} / a ledger is named by a division of 6 digits"
        )


async def prepare(connection: asyncpg.Connection, *, upgrade: bool = False) -> None:
    """Make what is missing in an empty database; one of an older form is upgraded if that is asked.

    Raises Unfit.
    """
    if upgrade or await migration.is_empty(connection):
        await migration.migrate(connection, login=upgrade)
    else:
        await migration.require(connection)
    await projector.create_tables(connection)


async def create_ledger(
    connection: asyncpg.Connection, name: str, kind: str, settings: Settings
) -> store.Ledger:
    """The ledger of a division, created with this kind when there is none.

    It adopts the folder of its bureau. Raises NoDivision, Unfit, WeakSecret, WrongSecret,
    CannotAdopt.
    """
    try:
        _DIVISION.validate_python(name)
    except ValidationError:
        raise NoDivision(name) from None
    await prepare(connection, upgrade=settings.embedded)
    if await store.find_ledger(connection, name) is None:
        adopting.refuse_others(bureaus.ours(settings), name)
        if not settings.sample:
            secret.refuse_weak(settings.secret)
        check = Sealer(settings.secret, name).check
        sample = settings.sample
        await store.create_ledger(connection, name, kind, sample=sample, secret_check=check)
    return await open_ledger(connection, name, settings)


async def open_ledger(
    connection: asyncpg.Connection, name: str, settings: Settings
) -> store.Ledger:
    """The ledger of a division; a mistyped name makes none.

    What its entries of form 1 lack is made up for under the same condition as an upgrade. One that
    has adopted no folder yet adopts that of the settings. Raises LedgerMissing, Unfit, WrongSecret,
    CannotAdopt.
    """
    ledger = await require_ledger(connection, name, settings)
    if ledger.restoring:
        return ledger
    sealer = await secret.sealer(connection, settings.secret, name)
    if not await first_form.is_filled(connection, name):
        if not settings.embedded:
            raise first_form.UpgradeUnfinished(name)
        await first_form.fill(connection, sealer, ledger)
    await keys.fill(connection, sealer, ledger)
    await renaming.fill(connection, sealer, ledger)
    if await adopting.adopt_first(connection, sealer, name, lambda: bureaus.ours(settings)):
        return await store.find_ledger(connection, name) or ledger
    return ledger


async def adopt_ours(connection: asyncpg.Connection, settings: Settings) -> None:
    """After an upgrade, the bureau's ledger adopts its folder if it has adopted none.

    Where the secret at hand is not the ledger's, that is left to whoever has it.
    """
    ledger = await store.find_ledger(connection, bureaus.ledger_of(settings))
    if ledger is None or ledger.restoring or await adopted.digests(connection, ledger.name):
        return
    if bureaus.ours(settings).division != ledger.name:
        return
    with suppress(store.LedgerAltered, WrongSecret):
        await open_ledger(connection, ledger.name, settings)


async def require_ledger(
    connection: asyncpg.Connection, name: str, settings: Settings
) -> store.Ledger:
    """The ledger, in a database of this program's form, with tables for its read models.

    A secret that is given is the ledger's; none need be. Raises LedgerMissing, Unfit, WrongSecret.
    """
    await prepare(connection, upgrade=settings.embedded)
    ledger = await store.find_ledger(connection, name)
    if ledger is None:
        raise store.LedgerMissing(name)
    if not settings.sample:
        await secret.sealer(connection, settings.secret, name)
    return ledger
