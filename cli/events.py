"""Commands that move events: write the sample, take files in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.console import LEDGER, LedgerOption, database, progress, run
from infra.settings import settings
from ledger import files
from ledger.intake import Intake, Tally
from ledger.store import find_ledger
from projections import opening, projector, tail
from sample.year import build


def sample(
    output: Annotated[Path, typer.Option("-o", "--output", help="事件文件 / JSON Lines")],
    year: Annotated[int, typer.Option(help="年份 / year")] = 2024,
    truth: Annotated[Path | None, typer.Option(help="生成器自己的月末数 / its own counts")] = None,
) -> None:
    """写出示例年度的事件(按接收顺序) / write the sample year in order of receipt."""
    made = build(year)
    count = 0
    with output.open("wb") as file:
        for line in made.feed.lines():
            file.write(line + b"\n")
            count += 1
    if truth is not None:
        truth.write_text(json.dumps(made.truth, ensure_ascii=False, indent=1, sort_keys=True))
    typer.echo(f"{output}: {count} 条事件 / events")
    for item in made.feed.planted:
        typer.echo(f"  {item['known_since']}  {item['figures']:<4} {item['what']}")


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, readable=True)
    ],
    ledger: LedgerOption = LEDGER,
    live: Annotated[bool, typer.Option("--live", help="实时账本(默认为回放账本)")] = False,
    batch: Annotated[int, typer.Option(min=1, max=20_000, help="每批条数")] = files.BATCH_RECORDS,
    strict: Annotated[bool, typer.Option("--strict", help="有搁置或隔离即以 1 退出")] = False,
) -> None:
    """把事件文件(JSON Lines)记入账本 / take event files into the ledger."""
    tally = run(take_files(paths, ledger, "live" if live else "replay", batch))
    if tally.released:
        typer.echo(f"另有 {tally.released} 条此前搁置的事件已记入 / earlier parked events taken")
    typer.echo(str(tally))
    if strict and (tally.parked or tally.quarantined):
        raise typer.Exit(1)


async def take_files(paths: list[Path], name: str, kind: str, batch: int) -> Tally:
    """Take files in and bring the read models up to date, with progress bars."""
    tally = Tally()
    async with database() as connection:
        ledger = await opening.open_ledger(connection, name, kind, settings())
        intake = Intake(ledger, settings().secret)
        with progress() as bars:
            for path in paths:
                task = bars.add_task(f"记账 {path.name}", total=path.stat().st_size)

                def advance(size: int, task: Any = task) -> None:
                    bars.advance(task, size)

                taken = await files.ingest_file(
                    connection, intake, path, batch=batch, progress=advance
                )
                tally.add(taken)
            await _catch_up(connection, name, bars)
    return tally


async def _catch_up(connection: Any, name: str, bars: Any) -> None:
    ledger = await find_ledger(connection, name)
    folded = min((await projector.positions(connection, name)).values())
    task = bars.add_task("投影", total=ledger.position - folded if ledger else 0)
    await tail.catch_up(connection, name, progress=lambda n: bars.advance(task, n))


COMMANDS = (sample, ingest)
