"""Commands that keep the record whole: reconcile it, restore it, keep a copy of its keys."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    ProgressColumn,
    Task,
)
from rich.table import Table
from rich.text import Text

from cli.console import LEDGER, JsonOption, LedgerOption, console, database, progress, run
from infra import logging as logs
from infra.settings import Settings, settings
from ledger import unpublished
from ledger.seal import Sealer
from ledger.store import LedgerMissing
from projections import opening, tail
from upkeep import balance
from upkeep.balance import FAULTS, PLACES, Partition, Told
from upkeep.keys import KeysRefused, export_keys, import_keys
from upkeep.reconcile import Entries, Runs, compare_entries
from upkeep.restore import Refused, Restored, restore_ledger

keys = typer.Typer(
    no_args_is_help=True, add_completion=False, help="人员密钥的备份 / a copy of the persons' keys"
)
out = Console()
SHOWN_RUNS = 12
"""So many runs of positions are printed; --json has more."""


def reconcile(
    ledger: LedgerOption = LEDGER,
    receipts: Annotated[
        bool, typer.Option("--receipts", help="逐条读取回执主题 / read the receipts themselves")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """对账: 账本表与账本主题、各接收分区、回执 / table against topic, intake, receipts.

    退出码 / exit: 0 相等 equal, 1 有差异 different, 3 连接不上 unreachable.
    """
    given = _with_kafka()
    entries, partitions, told = run(_reconcile(given, ledger, receipts=receipts))
    equal = (
        entries.equal
        and not any(part.faults for part in partitions)
        and not any(kind.missing for kind in told)
    )
    if as_json:
        made = {
            "ledger": ledger,
            "equal": equal,
            "entries": asdict(entries),
            "partitions": [asdict(part) for part in partitions],
            "receipts": [asdict(kind) | {"missing": kind.missing} for kind in told],
        }
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))
    else:
        _print_entries(entries)
        _print_partitions(partitions)
        _print_told(told)
        out.print(
            "[green]✓[/green] 相等 / equal" if equal else "[red]✗[/red] 有差异 / different",
            highlight=False,
        )
    if not equal:
        raise typer.Exit(1)


async def _reconcile(
    given: Settings, ledger: str, *, receipts: bool
) -> tuple[Entries, list[Partition], list[Told]]:
    where = (given.kafka or "", given.kafka_prefix, ledger)
    async with database() as connection:
        # Whatever a mistake in here might try, PostgreSQL refuses to change anything.
        await connection.execute("SET default_transaction_read_only = on")
        if await connection.fetchval("SELECT to_regclass('ledger.ledger')") is None:
            raise LedgerMissing(ledger)
        with _meter("对账") as progress:
            entries = await compare_entries(connection, *where, progress)
        partitions = await balance.partitions(connection, *where)
        with _meter("回执") as progress:
            told = await balance.receipts(connection, *where, read=receipts, progress=progress)
    return entries, partitions, told


def restore(
    ledger: LedgerOption = LEDGER,
    keys_file: Annotated[
        Path | None,
        typer.Option(
            "--keys", exists=True, dir_okay=False, help="人员密钥文件 / written by keys export"
        ),
    ] = None,
) -> None:
    """由账本主题恢复账本与读模型 / the ledger and its read models from the topic alone.

    数据库须为空,或所存条目与主题一致(旧备份、中断的恢复) / the database must be empty, or hold
    the topic's own first entries: an old backup, an interrupted restore.
    """
    given = _with_kafka()
    try:
        done = run(_restore(given, ledger, keys_file))
    except (Refused, KeysRefused) as error:
        console.print(f"[red]✗[/red] {error}", highlight=False)
        raise typer.Exit(2) from error
    typer.echo(
        f"恢复 {done.written} 条,原有 {done.compared} 条与主题一致"
        f" / {done.written} entries restored, {done.compared} were there and are equal"
    )
    if done.without_key:
        typer.echo(
            f"{done.without_key} 人没有密钥,其封存部分打不开;开始接收之前用 --keys 恢复"
            f" / {done.without_key} persons without a key: restore --keys before taking events in"
        )


async def _restore(given: Settings, ledger: str, keys_file: Path | None) -> Restored:
    async with database() as connection:
        await opening.prepare(connection)
        if keys_file is not None:
            await import_keys(connection, Sealer(given.secret, ledger), ledger, keys_file)
        with _meter("恢复") as progress:
            done = await restore_ledger(connection, given, ledger, progress)
        total = (await unpublished.heads(connection, ledger)).accepted
        with _meter("投影") as progress:
            folded = 0

            def advance(count: int) -> None:
                nonlocal folded
                folded += count
                progress(folded, total)

            await tail.catch_up(connection, ledger, progress=advance)
    return done


@keys.command("export")
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="新文件 / a new file")],
    ledger: LedgerOption = LEDGER,
) -> None:
    """写出人员密钥,以账本密钥封存 / write the persons' keys, sealed under the ledger secret."""

    async def work() -> int:
        async with database() as connection:
            sealer = Sealer(settings().secret, ledger)
            return await export_keys(connection, sealer, ledger, path)

    try:
        count = run(work())
    except FileExistsError as error:
        console.print(f"[red]✗[/red] {path} 已存在,不覆盖 / exists, not overwritten")
        raise typer.Exit(2) from error
    typer.echo(f"{path}: {count} 人的密钥 / persons' keys")


def _with_kafka() -> Settings:
    given = settings()
    if given.kafka is None:
        raise typer.BadParameter("需要 MINGJIAN_KAFKA / set MINGJIAN_KAFKA to host:port")
    logs.configure(given, level=logging.CRITICAL)
    return given


class _Rate(ProgressColumn):
    """Entries per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


@contextmanager
def _meter(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and time left."""
    with progress(_Rate()) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _print_entries(found: Entries) -> None:
    out.print(
        f"条目 / entries: 账本表 table {found.table}, 主题 topic {found.topic};"
        f" 每千条一组 buckets {found.buckets}, 不同 differing {len(found.differing)}",
        highlight=False,
    )
    for name, runs in (
        ("缺 missing", found.missing),
        ("多 extra", found.extra),
        ("不同 different", found.different),
        ("不是条目 foreign (offset)", found.foreign),
    ):
        if runs.count:
            shown = Runs(runs.count, runs.runs[:SHOWN_RUNS])
            more = " …" if len(runs.runs) > SHOWN_RUNS else ""
            out.print(f"  [red]{name} {runs.count}[/red]: {shown}{more}", highlight=False)
    if found.repeated:
        out.print(f"  重复 repeated {found.repeated} (无害 / harmless)", highlight=False)


def _print_partitions(partitions: list[Partition]) -> None:
    table = Table("接收分区 / partition", "已读 consumed", box=None, pad_edge=False)
    names = ("记账 acc.", "重复 dup.", "搁置 park.", "隔离 quar.", "空 skip.", "待读 lag")
    for name in names:
        table.add_column(name, justify="right")
    for part in partitions:
        if not part.end and not part.faults:
            continue
        counts = (getattr(part, place) for place in PLACES)
        name = f"{part.topic}/{part.partition}"
        table.add_row(name, str(part.consumed), *map(str, counts), str(part.lag))
    out.print(table, highlight=False)
    for part in partitions:
        for fault in part.faults:
            out.print(f"  [red]{part.topic}/{part.partition}: {FAULTS[fault]}[/red]")


def _print_told(told: list[Told]) -> None:
    said = (f"{kind.what} {kind.told}/{kind.given}" for kind in told)
    out.print(f"回执 / receipts: {', '.join(said)}", highlight=False)
    for kind in told:
        if kind.missing:
            where = f": {kind.lacking}" if kind.lacking and kind.lacking.count else ""
            text = f"  [red]缺 missing {kind.missing} ({kind.what})[/red]{where}"
            out.print(text, highlight=False)


COMMANDS: tuple[Any, ...] = (reconcile, restore)
