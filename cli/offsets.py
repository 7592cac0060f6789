"""`mingjian offsets`: how far each source's topic was taken in; go past what cannot be."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.aside import Lists
from cli.console import (
    MOST,
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
from infra.settings import settings
from ledger import journal, secret
from ledger import offsets as places

FOR = "operator"

MOST_DIGITS = 9
"""Of the number of a partition, which has 32 bits."""

offsets = typer.Typer(
    cls=Lists,
    add_completion=False,
    help="各来源主题接收到的偏移；不带子命令即列出 / how far each source's topic was taken in",
)


@offsets.command("list")
def list_offsets(ledger: LedgerOption = OURS, as_json: JsonOption = False) -> None:
    """列出各接收分区 / the partitions, and where their records ended."""
    books = run(_books(ledger))
    if as_json:
        print_json([book._asdict() for book in books])
        return
    numbers = ("已读", "跳过", "记录", "事件", "记入", "重复", "待关联", "未通过校验")
    table = columns("接收分区 / partition", *numbers, right=numbers)
    for topic, partition, *counts in books:
        table.add_row(f"{topic}/{partition}", *map(str, counts))
    out.print(table)


@offsets.command("skip")
def skip_offsets(
    partition: Annotated[str, typer.Argument(metavar="TOPIC/N", help="接收分区 / the partition")],
    to: Annotated[
        int, typer.Argument(metavar="OFFSET", min=0, max=MOST, help="从此接着接收 / go on here")
    ],
    by: ByOption,
    why: WhyOption,
    ledger: LedgerOption = OURS,
) -> None:
    """跳过读不到的偏移，记入经办日志 / go past offsets that cannot be read; noted in the journal.

    先停下接收服务。跳过的来件要请来源重发 / stop the intake first; ask the source to send again.
    """
    topic, _, number = partition.rpartition("/")
    if not (number.isdecimal() and len(number) <= MOST_DIGITS):
        raise typer.BadParameter(f"分区写作 TOPIC/N，不是 {partition!r} / write topic/partition")
    said = journal.said(by, why)

    async def work() -> int:
        async with database(ledger) as connection:
            sealer = await secret.sealer(connection, settings().secret, ledger)
            where = (topic, int(number))
            return await places.skip(connection, sealer, ledger, where, to, said)

    say(f"{partition}：{run(work())} → {to}")


async def _books(ledger: str) -> list[places.Book]:
    async with database(ledger) as connection:
        return await places.books(connection, ledger, settings().kafka_prefix)
