"""`mingjian ingest`: take event files into the ledger."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from cli.console import (
    OURS,
    Bars,
    LedgerOption,
    console,
    database,
    out,
    progress,
    refuse,
    run,
    say,
)
from domain.faults import REASONS
from infra import bureaus
from infra.settings import settings
from ledger import aside, files, told
from ledger.aside import PARKED, QUARANTINE
from ledger.intake import Intake, Tally
from ledger.reasons import Why, reasons_since
from ledger.store import Ledger
from projections import opening, tail
from reports.shown import label, waited_for
from rules import working
from rules.outcomes import document

FOR = "publisher"

SHOWN = 5
"""Reasons that are printed, the commonest; the lists have the others."""
FAULTY = 3
"""So many messages that were refused are printed with all that is wrong with them."""


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, readable=True)
    ],
    ledger: LedgerOption = OURS,
    live: Annotated[bool, typer.Option("--live", help="新建的示例账本为实时账本")] = False,
    batch: Annotated[int, typer.Option(min=1, max=20_000, help="每批条数")] = files.BATCH_RECORDS,
    strict: Annotated[
        bool, typer.Option("--strict", help="有待关联或者未通过校验的即以 1 退出")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="不像事件文件也收下 / take what looks like no events")
    ] = False,
) -> None:
    """把事件文件（JSON Lines）记入账本 / take event files into the ledger.

    收下的来件永久保留。没有账本时只为示例单位建立 / what is taken is kept for ever; a ledger is
    created by this for a sample bureau only.
    """
    if not anyway:
        _doubt(paths)
    tally, reasons, refused = run(_take(paths, ledger, live=live, batch=batch))
    for table, why in reasons.items():
        print_reasons(table, why)
    for said in refused:
        _print_faults(said)
    say(counted(tally))
    say(str(tally))
    if strict and (tally.parked or tally.quarantined):
        raise typer.Exit(1)


def _doubt(paths: Sequence[Path]) -> None:
    """Ask before what is probably a mistake is kept for ever."""
    doubts = [f"{path}：{why}" for path in paths if (why := files.doubt(path)) is not None]
    if not doubts:
        return
    for text in doubts:
        console.print(f"! {text}", style="yellow", soft_wrap=True)
    kept = "收下的来件永久保留，不能删除 / what is taken is kept for ever"
    if not (sys.stdin.isatty() and console.is_terminal):
        raise refuse(f"未收下。{kept}；确要收下用 --anyway / to take it all the same: --anyway")
    if not typer.confirm(f"{kept}。仍要收下？/ take it all the same?", err=True):
        raise typer.Exit(2)


def counted(tally: Tally) -> str:
    """A tally in words."""
    text = (
        f"已记入 {tally.accepted} 条，重复 {tally.duplicate} 条，"
        f"待关联 {tally.parked} 条，未通过校验 {tally.quarantined} 条"
    )
    if tally.released:
        text += f"；另有 {tally.released} 条此前待关联的事件已记入 / earlier parked events taken"
    return text


async def take_files(
    connection: asyncpg.Connection, ledger: Ledger, paths: Sequence[Path], batch: int
) -> Tally:
    """Take files in and bring the read models up to date, with progress bars."""
    tally = Tally()
    intake = Intake(ledger, settings().secret, settings().quarantine_bytes)
    with progress() as bars:
        for path in paths:
            advance = bars.counting(f"记账 {path.name}", "字节 bytes", path.stat().st_size)
            taken = await files.ingest_file(connection, intake, path, batch=batch, progress=advance)
            tally.add(taken)
        await _catch_up(connection, ledger.name, bars)
    return tally


async def bring_up(connection: asyncpg.Connection, name: str) -> None:
    """Bring the read models and the findings up to date, with progress bars."""
    with progress() as bars:
        await _catch_up(connection, name, bars)


Reasons = dict[aside.Table, list[Why]]


async def _take(
    paths: Sequence[Path], name: str, *, live: bool, batch: int
) -> tuple[Tally, Reasons, list[dict[str, Any]]]:
    """The tally, why something was put aside, and what is told of the first that were refused."""
    given = settings()
    invented = given.sample and bureaus.ours(given).sample
    async with database(None if invented else name, create=invented) as connection:
        if invented:
            kind = "live" if live else "replay"
            ledger = await opening.create_ledger(connection, name, kind, given)
        else:
            ledger = await opening.open_ledger(connection, name, given)
        if live and ledger.replay:
            raise refuse(f"账本 {name} 是回放账本，去掉 --live / it is a replay ledger: no --live")
        tally = await take_files(connection, ledger, paths, batch)
        reasons = {
            table: await reasons_since(connection, table, name, number)
            for table, number in ((QUARANTINE, ledger.quarantined), (PARKED, ledger.parked))
        }
        first = await told.refused_after(connection, name, ledger.quarantined, FAULTY)
        return tally, reasons, [document(each) | {"origin": each.origin} for each in first]


def _print_faults(said: Mapping[str, Any]) -> None:
    """All that is wrong with a message, and what is expected there: for whoever sent it."""
    out.print(f"  {said['origin']} {said['id'] or ''}", soft_wrap=True)
    for fault in said["faults"]:
        meant = f"；是否应为 {fault['meant']}" if fault.get("meant") is not None else ""
        text = f"{fault['message']['zh']}；应为：{fault['expected']['zh']}{meant}"
        out.print(f"    {fault['pointer'] or '—'} {fault['code']} {text}", soft_wrap=True)


async def _catch_up(connection: Any, name: str, bars: Bars) -> None:
    advance = bars.counting("投影", "条 entries", await tail.behind(connection, name))
    await tail.catch_up(connection, name, progress=advance)
    advance = bars.counting("查疑点", "条 entries", await working.behind(connection, name))
    await working.catch_up(connection, name, progress=advance)


def print_reasons(table: aside.Table, reasons: Sequence[Why]) -> None:
    """Why messages were put aside, and where the first of them stand."""
    if not reasons:
        return
    english = "quarantined" if table is QUARANTINE else "parked"
    out.print(f"{table.title}的原因 / why {english}:")
    for why, rows, first in reasons[:SHOWN]:
        what = waited_for(why)
        if table is QUARANTINE:
            remedy = REASONS.get(why, "").partition("；")[2]
            what = f"{label(why, 'reason')} {why}" + (f"；{remedy}" if remedy else "")
        more = "等" if rows > len(first) else ""
        text = f"  {rows} × {what}：{'、'.join(first)}{more}"
        out.print(text, soft_wrap=True)
    if (others := len(reasons) - SHOWN) > 0:
        out.print(f"  另有 {others} 种 / other reasons: mingjian {table.name}")
