"""`mingjian ledger`: create the ledger of a division."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import OURS, LedgerOption, database, refuse, run, say
from infra.settings import Settings, settings
from ledger import register
from ledger.seal import Sealer
from ledger.store import Ledger, find_ledger
from projections import opening

FOR = "operator"

ledger = typer.Typer(no_args_is_help=True, add_completion=False, help="账本 / ledgers")
KINDS = {"live": "实时", "replay": "回放"}


@ledger.command("create")
def create_ledger(
    name: LedgerOption = OURS,
    live: Annotated[
        bool | None,
        typer.Option(
            "--live/--replay",
            help="实时：按数据库时钟记账；回放：按来件的 receivedat。有账本密钥时默认实时，否则回放"
            " / by the clock of the database, or by receivedat; default: live with a secret",
            show_default=False,
        ),
    ] = None,
) -> None:
    """建立账本；性质建立后不变 / create a ledger; its kind never changes.

    实时账本只收已登记的来源，用 mingjian source add 登记 / a live ledger takes registered sources
    only. 没有 MINGJIAN_LEDGER_SECRET 时建立的是示例账本，永远如此，且只能是回放账本 / without a
    secret of its own it is a sample ledger for ever, and a replay. 已有同样的账本则不作改动 / one
    that is there and is the same stays as it is.
    """
    kind = None if live is None else "live" if live else "replay"
    made, new = run(_create(name, kind, settings()))
    what = f"{KINDS[made.kind]}{'示例' if made.sample else ''}账本"
    english = f"{made.kind}{' sample' if made.sample else ''} ledger"
    say(
        f"已建立{what} {name} / {english} created"
        if new
        else f"{what} {name} 已经存在，{made.position} 条记录 / {english}, there already"
    )
    if new and not (made.replay or made.sample):
        say("只收已登记的来源 / registered sources only: mingjian source add SOURCE --by --why")


async def _create(name: str, kind: str | None, given: Settings) -> tuple[Ledger, bool]:
    """The ledger, and whether it is new."""
    if kind == "live" and given.sample:
        raise refuse(
            "实时账本要有自己的密钥：设 MINGJIAN_LEDGER_SECRET，妥善另存"
            " / a live ledger needs a secret of its own: MINGJIAN_LEDGER_SECRET"
        )
    async with database(create=True) as connection:
        await opening.prepare(connection, upgrade=given.embedded)
        found = await find_ledger(connection, name)
        if found is None:
            kind = kind or ("replay" if given.sample else "live")
            made = await opening.create_ledger(connection, name, kind, given)
            if not (made.replay or made.sample):
                await register.require(connection, Sealer(given.secret, name), name)
            return made, True
    if kind not in (None, found.kind):
        raise refuse(
            f"账本 {name} 已是{KINDS[found.kind]}账本，性质不能改"
            f" / the ledger is a {found.kind} ledger for ever"
        )
    return found, False
