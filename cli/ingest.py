"""`mingjian ingest`: take event files into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import LEDGER, Bars, LedgerOption, database, progress, run
from infra.settings import settings
from ledger import files
from ledger.intake import Intake, Tally
from projections import opening, tail


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, readable=True)
    ],
    ledger: LedgerOption = LEDGER,
    live: Annotated[bool, typer.Option("--live", help="实时账本（默认为回放账本）")] = False,
    batch: Annotated[int, typer.Option(min=1, max=20_000, help="每批条数")] = files.BATCH_RECORDS,
    strict: Annotated[bool, typer.Option("--strict", help="有搁置或隔离即以 1 退出")] = False,
) -> None:
    """把事件文件（JSON Lines）记入账本 / take event files into the ledger."""
    tally = run(take_files(paths, ledger, "live" if live else "replay", batch))
    typer.echo(counted(tally))
    typer.echo(str(tally))
    if strict and (tally.parked or tally.quarantined):
        raise typer.Exit(1)


def counted(tally: Tally) -> str:
    """A tally in words."""
    text = (
        f"已记入 {tally.accepted} 条，重复 {tally.duplicate} 条，"
        f"搁置 {tally.parked} 条，隔离 {tally.quarantined} 条"
    )
    if tally.released:
        text += f"；另有 {tally.released} 条此前搁置的事件已记入 / earlier parked events taken"
    return text


async def take_files(paths: list[Path], name: str, kind: str, batch: int) -> Tally:
    """Take files in and bring the read models up to date, with progress bars."""
    tally = Tally()
    async with database() as connection:
        ledger = await opening.open_ledger(connection, name, kind, settings())
        intake = Intake(ledger, settings().secret)
        with progress() as bars:
            for path in paths:
                advance = bars.counting(f"记账 {path.name}", "字节 bytes", path.stat().st_size)
                taken = await files.ingest_file(
                    connection, intake, path, batch=batch, progress=advance
                )
                tally.add(taken)
            await _catch_up(connection, name, bars)
    return tally


async def _catch_up(connection: Any, name: str, bars: Bars) -> None:
    advance = bars.counting("投影", "条 entries", await tail.behind(connection, name))
    await tail.catch_up(connection, name, progress=advance)
