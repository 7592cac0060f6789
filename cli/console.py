"""What all commands share: the terminal, progress, the ledger's name, running a coroutine."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
import uvloop
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from infra import postgres
from infra.settings import settings

console = Console(stderr=True)
"""For people; results go to standard output."""
T = TypeVar("T")

LedgerOption = Annotated[str, typer.Option("--ledger", help="账本(区划代码) / ledger")]
PeriodOption = Annotated[str, typer.Option("--period", help="期间: 2024 或 2024-03 / period")]
AsofOption = Annotated[str | None, typer.Option("--asof", help="业务截止日 / last business date")]
KnownOption = Annotated[
    str | None, typer.Option("--known", help="当时所知: 日期(至该日终)或时间 / as known then")
]
AtOption = Annotated[int | None, typer.Option("--at", help="账本位置 / exact position")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]
LEDGER = "445102"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; what is alive by now need not be looked at by the collector."""
    gc.freeze()
    gc.set_threshold(50_000)
    return uvloop.run(work)


@asynccontextmanager
async def database() -> AsyncIterator[asyncpg.Connection]:
    """A connection to the configured or the embedded PostgreSQL."""
    async with postgres.connect(postgres.database_url(settings())) as connection:
        yield connection


def progress(*more: ProgressColumn) -> Progress:
    """A progress bar with count, share, `more` and time left, gone when done."""
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        *more,
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
