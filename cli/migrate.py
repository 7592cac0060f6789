"""`mingjian migrate`: bring the database to the form of this program."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import asyncpg
import typer

from cli.console import connected, out, progress, require_database, run
from infra.settings import settings
from ledger import first_form, keys, migration, renaming, secret, store
from ledger.seal import WrongSecret
from projections import opening
from projections.read_model import VERSION
from projections.snapshot import old_notice, serving

FOR = "operator"


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="只列出，不执行；有未执行的以 1 退出 / only list them")
    ] = False,
) -> None:
    """升级数据库：先备份并停下服务 / upgrade the database; back up and stop the services first."""
    if run(_migrate(check=check)):
        raise typer.Exit(1)


async def _fill(connection: asyncpg.Connection, ledger: store.Ledger, *, filled: bool) -> bool:
    """What entries of older releases lack, and who was called otherwise in them.

    False where that is still to be done: it wants the secret of the ledger.
    """
    try:
        sealer = await secret.sealer(connection, settings().secret, ledger.name)
    except WrongSecret:
        if not filled:
            out.print(f"! {ledger.name}：{WrongSecret()}")
        return filled  # of another bureau: done when that opens it
    if not filled:
        with progress() as bars:
            follow = bars.following("格式 1 的记录", "条 entries")
            await first_form.fill(connection, sealer, ledger, follow)
    with suppress(store.LedgerAltered):
        await renaming.fill(connection, sealer, ledger)
        await keys.fill(connection, sealer, ledger)
    return True


async def _take_steps(connection: asyncpg.Connection) -> None:
    for step in await migration.migrate(connection, login=settings().embedded):
        out.print(f"已执行 / done: {step.name}")
    await opening.prepare(connection)


async def _migrate(*, check: bool) -> bool:
    """Whether anything is left to do."""
    require_database(settings())
    async with connected(settings(), None) as connection:
        missing = await migration.pending(connection)
        if check and missing:
            for step in missing:
                out.print(f"待执行 / to do: {step.name}")
            return True
        if not check:
            await _take_steps(connection)
        left = False
        for ledger in await store.all_ledgers(connection):
            if ledger.restoring:
                continue
            filled = await first_form.is_filled(connection, ledger.name)
            if check and not filled:
                out.print(f"待完成 / to do: {ledger.name} 中格式 1 的记录 / its entries of form 1")
                return True
            if not check:
                left |= not await _fill(connection, ledger, filled=filled)
        if not check:
            await opening.adopt_ours(connection, settings())
        last, version = migration.migrations()[-1].name, await serving(connection)
        out.print(f"数据库结构 / form of the database: {last}，读模型第 {version} 版 / read models")
        if version != VERSION:
            out.print(f"! {old_notice(version)}")
    return left
