"""`mingjian sandbox`: a ledger of a source's own, to try with."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from cli import run as services
from cli.console import database, our_ledger, refuse, run, say
from infra import bureaus
from infra.settings import settings
from projections import opening

FOR = "publisher"

ELSEWHERE = (
    *("DATABASE_URL", "DATABASE_URL_FILE", "DATABASE_PASSWORD_FILE"),
    *("KAFKA", "LEDGER_SECRET", "LEDGER_SECRET_FILE"),
)
"""Settings that lead to what is no sandbox."""


def sandbox(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="来源系统 / a source")],
    port: Annotated[int, typer.Option(min=0, max=65_535, help="端口 / port")] = 8011,
) -> None:
    """为一个来源开沙箱：自己的账本，试报不作数 / a ledger of a source's own, to try with.

    以 HTTP 接收，仅限本机；数据在 MINGJIAN_HOME 的 sandbox/SOURCE 下，删去该目录即从头开始
    / events over HTTP, on this machine; to begin anew, remove its folder under sandbox/.
    """
    known = bureaus.ours(settings()).sources
    if source not in known:
        raise refuse(f"没有来源系统 {source}，有 / no such source; there are: {', '.join(known)}")
    home = settings().home / "sandbox" / source
    for name in ELSEWHERE:
        os.environ.pop(f"MINGJIAN_{name}", None)
    os.environ["MINGJIAN_HOME"] = str(home)
    settings.cache_clear()
    run(_opened())
    say(f"沙箱 / sandbox: {home}")
    services.gateway(services.LOOPBACK, port, None)


async def _opened() -> None:
    """A live sample ledger, made where there is none: whatever is shown of it says so."""
    async with database(create=True) as connection:
        await opening.create_ledger(connection, our_ledger(), "live", settings())
