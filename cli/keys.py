"""`mingjian keys`: a copy of the persons' keys, and the master key that wraps them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import (
    OURS,
    ByOption,
    LedgerOption,
    WhyOption,
    database,
    progress,
    refuse,
    run,
    say,
    writable,
)
from infra.settings import settings
from ledger import journal, secret
from upkeep.keys import export_keys
from upkeep.rotation import create, rotate

FOR = "operator"

keys = typer.Typer(
    no_args_is_help=True, add_completion=False, help="人员密钥：备份、主密钥 / the persons' keys"
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


@keys.command("new-master")
def new_master(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="新文件 / a new file")],
) -> None:
    """建主密钥文件，只许其主人读 / a file with a new master key, for its owner only."""
    writable(path)
    try:
        name = create(path)
    except FileExistsError as error:
        raise refuse(f"{path} 已存在，不覆盖 / exists, not overwritten") from error
    say(
        f"{path}：主密钥 {name}；设 MINGJIAN_MASTER_KEY_FILE，重启服务，再执行 mingjian keys rotate"
    )


@keys.command("rotate")
def rotate_keys(by: ByOption, why: WhyOption, ledger: LedgerOption = OURS) -> None:
    """更换主密钥，服务照常运行；旧主密钥随即作废 / another master key, while services run.

    此后旧备份、旧 WAL 中的人员密钥无人能打开，先写出新的密钥备份 / older copies open no more.
    """
    said = journal.said(by, why)

    async def work() -> tuple[str, int]:
        async with database(ledger) as connection:
            with progress() as bars:
                advance = bars.counting("重新包裹人员密钥", "人 keys")
                return await rotate(connection, settings(), ledger, said, advance)

    name, count = run(work())
    say(f"主密钥 {name} 已启用，{count} 人的密钥由它包裹 / wraps the keys of {count} persons")
