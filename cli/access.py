"""`mingjian access`: the access log of the inside view, and who looked at whom."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cli.aside import instant
from cli.console import (
    OURS,
    ByOption,
    JsonOption,
    LedgerOption,
    WhyOption,
    columns,
    database,
    out,
    print_json,
    run,
    say,
)
from domain.calendar import SHANGHAI
from infra.settings import settings
from ledger import access as log
from ledger import journal
from ledger import looks as looked
from ledger.seal import Sealer
from ledger.users import title

FOR = "auditor"

access = typer.Typer(
    no_args_is_help=True, add_completion=False, help="访问日志和查阅留痕 / who asked for what"
)
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="最近多少条 / last")]


@access.command("list")
def list_lines(
    who: Annotated[str | None, typer.Option("--who", help="只列此用户 / of one user")] = None,
    remark: Annotated[
        str | None,
        typer.Option("--remark", metavar="REMARK", help=f"只列 / only: {' '.join(log.REMARKS)}"),
    ] = None,
    limit: LimitOption = 100,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """列出内部页面的请求，最近的在前 / requests of the inside view, newest first."""

    async def work() -> list[log.Line]:
        async with database(ledger) as connection:
            return await log.read(connection, ledger, who=who, remark=remark, limit=limit)

    found = run(work())
    if as_json:
        print_json([line._asdict() for line in found])
        return
    table = columns("时间", "用户", "角色", "来自", "请求", "结果", "毫秒", "备注")
    for line in found:
        table.add_row(
            instant(line.at),
            line.who or "",
            title(line.role or ""),
            line.address,
            f"{line.method} {line.path}",
            str(line.status),
            str(line.milliseconds),
            log.REMARKS.get(line.remark or "", ""),
        )
    if found:
        out.print(table)
    out.print(f"共 {len(found)} 条 / lines")


@access.command("looks")
def list_looks(
    subject: Annotated[
        str | None, typer.Option("--subject", help="只列此对象，如 entry/12 / of one subject")
    ] = None,
    limit: LimitOption = 100,
    ledger: LedgerOption = OURS,
    as_json: JsonOption = False,
) -> None:
    """列出谁以何目的查阅了涉及个人的记录 / who looked at whom, for what purpose."""

    async def work() -> list[looked.Look]:
        async with database(ledger) as connection:
            return await looked.read(connection, ledger, subject=subject, limit=limit)

    found = run(work())
    if as_json:
        print_json([look._asdict() for look in found])
        return
    table = columns("时间", "用户", "角色", "对象", "查阅目的")
    for look in found:
        table.add_row(instant(look.at), look.who, look.title, look.subject, look.purpose)
    if found:
        out.print(table)
    out.print(f"共 {len(found)} 条 / looks")


@access.command()
def prune(
    before: Annotated[
        datetime,
        typer.Option(
            "--before",
            formats=["%Y-%m-%d"],
            help="清理此日以前的，至少已满 6 个月 / before this day, six months ago at least",
        ),
    ],
    by: ByOption,
    why: WhyOption,
    ledger: LedgerOption = OURS,
) -> None:
    """清理已满六个月的访问日志，记入经办日志 / delete lines that are six months old."""
    said = journal.said(by, why)

    async def work() -> int:
        async with database(ledger) as connection:
            sealer = Sealer(settings().secret, ledger)
            moment = before.replace(tzinfo=SHANGHAI)
            return await log.prune(connection, sealer, ledger, moment, said)

    say(f"清理 {run(work())} 条 / lines deleted")
