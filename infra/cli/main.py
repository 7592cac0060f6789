"""Commands of `mingjian`. Each opens what it needs, does one thing, and says what to do on error."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from consumers import files as taking
from consumers import tail
from infra import postgres
from infra.ledger.intake import Intake, Tally
from infra.settings import settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="明鉴: 民政事件账本")
console = Console(stderr=True)
LEDGER = "445102"
T = TypeVar("T")


def main() -> None:
    """Entry point."""
    app()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine. What is alive now stays: the collector need not look at it."""
    gc.freeze()
    gc.set_threshold(50_000)
    return uvloop.run(work) if uvloop else asyncio.run(work)


def bar() -> Progress:
    """A progress bar on stderr with rate and time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


@app.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="JSON Lines")],
    ledger: Annotated[str, typer.Option(help="区划代码")] = LEDGER,
    live: Annotated[bool, typer.Option(help="实时账本(默认回放账本)")] = False,
    batch: Annotated[int, typer.Option(min=1, help="每批事件数")] = taking.BATCH_RECORDS,
    strict: Annotated[bool, typer.Option(help="有搁置或隔离时以 1 退出")] = False,
) -> None:
    """把事件文件记入账本 / take event files into the ledger."""
    tally = run(_ingest(files, ledger, "live" if live else "replay", batch))
    print(tally)
    if strict and (tally.parked or tally.quarantined):
        raise typer.Exit(1)


async def _ingest(files: list[Path], name: str, kind: str, batch: int) -> Tally:
    tally = Tally()
    async with postgres.connect(postgres.database_url(settings())) as connection:
        ledger = await taking.open_ledger(connection, name, kind, settings())
        intake = Intake(ledger, settings().secret)
        with bar() as progress:
            for path in files:
                task = progress.add_task(f"记账 {path.name}", total=path.stat().st_size)
                tally.add(
                    await taking.ingest_file(
                        connection,
                        intake,
                        path,
                        batch=batch,
                        progress=lambda n, task=task: progress.advance(task, n),  # type: ignore[misc]
                    )
                )
            task = progress.add_task("投影", total=None)
            await tail.catch_up(
                connection, name, progress=lambda n: progress.advance(task, n)
            )
    return tally
