"""`mingjian keys`: a copy of the persons' keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import OURS, LedgerOption, database, refuse, run, say, writable
from infra.settings import settings
from ledger import secret
from upkeep.keys import export_keys

FOR = "operator"

keys = typer.Typer(
    no_args_is_help=True, add_completion=False, help="人员密钥的备份 / a copy of the persons' keys"
)


@keys.command("export")
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="新文件 / a new file")],
    ledger: LedgerOption = OURS,
) -> None:
    """写出人员密钥，以账本密钥封存 / write the persons' keys, sealed under the ledger secret."""
    writable(path)

    async def work() -> int:
        async with database(ledger) as connection:
            sealer = await secret.sealer(connection, settings().secret, ledger)
            return await export_keys(connection, sealer, ledger, path)

    try:
        count = run(work())
    except FileExistsError as error:
        raise refuse(f"{path} 已存在，不覆盖 / exists, not overwritten") from error
    say(f"{path}：{count} 人的密钥 / persons' keys")
