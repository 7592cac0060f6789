"""Commands about what waits: quarantine and parked events; list, show, release after repair."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from cryptography.exceptions import InvalidTag
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from cli.console import LEDGER, JsonOption, LedgerOption, console, database, run
from domain.catalogue import EVENTS, SOURCES
from domain.envelope import REASONS
from domain.event import TYPE_PREFIX
from domain.money import format_yuan
from infra.settings import settings
from ledger import release, store
from ledger.batch import split
from ledger.intake import Intake
from ledger.seal import Sealer
from projections import opening, tail
from reports.moment import Unanswerable
from reports.shown import local

PRIVATE = 0o600
SEALED_OTHERWISE = (
    "封存的内容打不开:MINGJIAN_LEDGER_SECRET 不是这个账本的密钥 / not this ledger's secret"
)
QUARANTINE_COLUMNS = (
    "number, received_at, reason, pointer, expected, source, event_id, type, claims_fen, claims_on,"
    " origin, size, position, released_by, released_at"
)
PARKED_COLUMNS = (
    "number, parked_at, source, event_id, type, waits_for, claims_fen, claims_on, origin, position,"
    " taken_at"
)
out = Console()


class _Lists(TyperGroup):
    """A group whose name alone lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


quarantine = typer.Typer(
    cls=_Lists,
    add_completion=False,
    help="隔离: 不能接受的来件及其原因;修复后释放。不带子命令即列出 / what could not be accepted",
)
parked = typer.Typer(
    cls=_Lists,
    add_completion=False,
    help="搁置: 所依据的事项尚未到达的事件;到达后自动记入,无需释放。不带子命令即列出"
    " / events that wait for what they refer to; taken by themselves when that arrives",
)
NumberArgument = Annotated[int, typer.Argument(metavar="N", help="编号(每个账本各自编号)")]
SETTLED = typer.Option("--all", help="也列出已了结的 / settled ones, too")


@quarantine.command("list")
def list_quarantine(
    ledger: LedgerOption = LEDGER,
    settled: Annotated[bool, SETTLED] = False,
    as_json: JsonOption = False,
) -> None:
    """列出隔离的来件 / what is in quarantine."""
    open_only = "" if settled else " AND released_by IS NULL"
    rows = run(_rows("quarantine", QUARANTINE_COLUMNS, ledger, open_only))
    if as_json:
        _print_json([dict(row) for row in rows])
        return
    table = _table("编号", "收到", "原因", "来源/编号", "声称日期", "声称金额(元)", "修复")
    for row in rows:
        table.add_row(
            str(row["number"]),
            f"{local(row['received_at']):%Y-%m-%d}",
            row["reason"],
            _name(row),
            str(row["claims_on"]),
            _yuan(row["claims_fen"]),
            row["released_by"] or "",
        )
    _print_table(table, rows)


@parked.command("list")
def list_parked(
    ledger: LedgerOption = LEDGER,
    settled: Annotated[bool, SETTLED] = False,
    as_json: JsonOption = False,
) -> None:
    """列出搁置的事件及其所等 / events that wait, and for what."""
    open_only = "" if settled else " AND taken_at IS NULL"
    rows = run(_rows("parked", PARKED_COLUMNS, ledger, open_only))
    if as_json:
        _print_json([dict(row) for row in rows])
        return
    table = _table("编号", "收到", "等待", "来源/编号", "声称日期", "声称金额(元)", "记入")
    for row in rows:
        table.add_row(
            str(row["number"]),
            f"{local(row['parked_at']):%Y-%m-%d}",
            row["waits_for"],
            _name(row),
            str(row["claims_on"]),
            _yuan(row["claims_fen"]),
            f"#{row['taken_at']}" if row["taken_at"] else "",
        )
    _print_table(table, rows)


@quarantine.command("show")
def show_quarantine(
    number: NumberArgument,
    raw: Annotated[
        str | None,
        typer.Option("--raw", metavar="FILE|-", help="写出来件原字节(可能含个人信息)"),
    ] = None,
    ledger: LedgerOption = LEDGER,
    as_json: JsonOption = False,
) -> None:
    """一件隔离的来件,除内容外的一切 / everything about one of them but its content."""
    row = run(_one("quarantine", f"{QUARANTINE_COLUMNS}, sealed", ledger, number))
    sealed = row.pop("sealed")
    if raw is not None:
        _write_raw(raw, ledger, sealed)
        return
    row["meaning"] = REASONS.get(row["reason"], "")
    if as_json:
        _print_json(row)
        return
    released = "未修复"
    if row["released_by"]:
        released = f"{row['released_by']},账本位置 {row['released_at']}"
    _print_facts(
        f"隔离 {number} / quarantine {number}",
        {
            "原因": f"{row['reason']}  {row['meaning']}",
            "何处": row["pointer"] or "—",
            "应为": "—" if row["expected"] == row["meaning"] else row["expected"],
            **_what_it_says(row),
            "收到": f"{local(row['received_at']):%Y-%m-%d %H:%M:%S},当时账本位置 {row['position']}",
            "出处": row["origin"],
            "大小": f"{row['size']:,} 字节",
            "修复": released,
        },
    )
    if not row["released_by"]:
        out.print(
            f"本局修复后再判: mingjian quarantine release {number}\n"
            f"来源另发事件修复: mingjian quarantine release {number} --by SOURCE/ID",
            highlight=False,
        )


@parked.command("show")
def show_parked(
    number: NumberArgument, ledger: LedgerOption = LEDGER, as_json: JsonOption = False
) -> None:
    """一件搁置的事件: 等什么,等了多久,什么会使它记入 / what it waits for, what would free it."""

    async def work() -> tuple[dict[str, Any], int, list[str]]:
        row = await _one("parked", PARKED_COLUMNS, ledger, number)
        async with database() as connection:
            since = await _clock(connection, ledger) - row["parked_at"]
            frees = await _frees(connection, ledger, row["waits_for"])
            return row, max(since.days, 0), frees

    row, days, frees = run(work())
    if row["taken_at"] is None:
        row |= {"days": days, "freed_by": frees}
    if as_json:
        _print_json(row)
        return
    facts = {
        "等待": row["waits_for"],
        **_what_it_says(row),
        "搁置": f"{local(row['parked_at']):%Y-%m-%d %H:%M:%S},当时账本位置 {row['position']}",
        "出处": row["origin"],
    }
    if row["taken_at"] is None:
        facts |= {"已等": f"{days} 天", "何时记入": "下列到达后自动记入 / taken when this arrives:"}
    else:
        facts["记入"] = f"账本位置 {row['taken_at']},不再等待 / taken"
    _print_facts(f"搁置 {number} / parked {number}", facts)
    if row["taken_at"] is None:
        for line in frees:
            out.print(f"  {line}", highlight=False)


@quarantine.command("release")
def release_quarantine(
    number: NumberArgument,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="SOURCE/ID", help="修复它的事件,须已在账本中 / the repair"),
    ] = None,
    ledger: LedgerOption = LEDGER,
) -> None:
    """修复后释放: 按现行合同再判一次,或指明修复它的事件 / judge again, or name the repair.

    再判后仍不能接受则说明原因,以 1 退出;所依据的事项未到则转为搁置。隔离的记录保留作证据。
    """
    verdict = run(_release(ledger, number, by))
    if verdict.fault is not None:
        fault = verdict.fault
        where = f" {fault.pointer}" if fault.pointer else ""
        typer.echo(f"隔离 {number} 仍不能接受 / still refused: {fault.code}{where}")
        typer.echo(f"  {REASONS[fault.code]}")
        if fault.expected != REASONS[fault.code]:
            typer.echo(f"  应为 / expected: {fault.expected}")
        raise typer.Exit(1)
    if verdict.waits_for is not None:
        typer.echo(f"隔离 {number} 现已合格,转为搁置,等待 / now parked: {verdict.waits_for}")
        typer.echo("  到达后自动记入并释放 / taken and released when that arrives")
        return
    typer.echo(
        f"隔离 {number} 已释放 / released: {verdict.released_by},账本位置 {verdict.released_at}"
    )


async def _release(name: str, number: int, by: str | None) -> release.Verdict:
    async with database() as connection:
        await opening.prepare(connection)
        ledger = await store.find_ledger(connection, name)
        if ledger is None:
            raise store.LedgerMissing(name)
        try:
            if by is not None:
                return await release.name_repair(connection, name, number, by)
            intake = Intake(ledger, settings().secret)
            verdict = await release.judge_again(connection, intake, number)
        except release.CannotRelease as error:
            raise Unanswerable(str(error)) from None
        except InvalidTag:
            raise Unanswerable(SEALED_OTHERWISE) from None
        if settings().kafka is None:
            await tail.catch_up(connection, name)
        return verdict


# Reading.


async def _rows(table: str, columns: str, ledger: str, condition: str) -> Sequence[Any]:
    async with database() as connection:
        await opening.prepare(connection)
        rows: Sequence[Any] = await connection.fetch(
            f"SELECT {columns} FROM ledger.{table} WHERE ledger = $1{condition} ORDER BY number",
            ledger,
        )
        return rows


async def _one(table: str, columns: str, ledger: str, number: int) -> dict[str, Any]:
    async with database() as connection:
        await opening.prepare(connection)
        row = await connection.fetchrow(
            f"SELECT {columns} FROM ledger.{table} WHERE ledger = $1 AND number = $2",
            ledger,
            number,
        )
    if row is None:
        place = "隔离" if table == "quarantine" else "搁置"
        raise Unanswerable(f"账本 {ledger} 的{place}中没有编号 {number} / no such number")
    return dict(row)


async def _clock(connection: asyncpg.Connection, name: str) -> datetime:
    """The time by which a wait is measured: a replay's clock is that of its last entry."""
    ledger = await store.find_ledger(connection, name)
    if ledger is None or not ledger.replay or ledger.last_recorded_at is None:
        return datetime.now(UTC)
    return ledger.last_recorded_at


async def _frees(connection: asyncpg.Connection, ledger: str, waits_for: str) -> list[str]:
    """What must arrive: one event by its name, or any event that begins a stream."""
    what, _, name = waits_for.partition(":")
    if what == "stream":
        kind, _, key = name.partition("/")
        return [
            f"{event.TYPE} {event.TITLE}({event.KEY} = {key})"
            for event in EVENTS.values()
            if event.OPENS and kind == event.STREAM
        ]
    lines = [f"事件 {name} / that event"]
    for table, place, settled in (
        ("parked", "搁置", "taken_at"),
        ("quarantine", "隔离", "released_at"),
    ):
        found = await connection.fetch(
            f"SELECT number FROM ledger.{table} WHERE ledger = $1 AND source = $2"
            f" AND event_id = $3 AND {settled} IS NULL ORDER BY number",
            ledger,
            *split(name),
        )
        lines += [f"它在{place}中,编号 {n}: mingjian {table} show {n}" for (n,) in found]
    return lines


# Printing.


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        justify: Any = "right" if column.endswith("(元)") or column == "编号" else "left"
        table.add_column(column, justify=justify, overflow="fold")
    return table


def _print_table(table: Table, rows: Sequence[Any]) -> None:
    if rows:
        out.print(table, highlight=False)
    fen = sum(row["claims_fen"] or 0 for row in rows)
    out.print(f"共 {len(rows)} 条,声称金额 {format_yuan(fen)} 元 / rows", highlight=False)


def _print_facts(title: str, facts: Mapping[str, str]) -> None:
    out.print(f"[bold]{title}[/bold]", highlight=False)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in facts.items():
        grid.add_row(name, text)
    out.print(grid, highlight=False, markup=False)


def _print_json(made: dict[str, Any] | Iterable[dict[str, Any]]) -> None:
    typer.echo(json.dumps(made, ensure_ascii=False, default=str, indent=1))


def _what_it_says(row: Mapping[str, Any]) -> dict[str, str]:
    """Source, id, type, amount and date, as far as the message says them."""
    source = SOURCES.get(row["source"] or "")
    event = EVENTS.get((row["type"] or "").removeprefix(TYPE_PREFIX))
    return {
        "来源": f"{row['source'] or '读不出'} {source.title if source else ''}".strip(),
        "事件编号": row["event_id"] or "读不出",
        "类型": f"{row['type'] or '读不出'} {event.TITLE if event else ''}".strip(),
        "声称": f"{_yuan(row['claims_fen']) or '未见金额'}{' 元' if row['claims_fen'] else ''},"
        f"业务日期 {row['claims_on']}",
    }


def _name(row: Mapping[str, Any]) -> str:
    return "/".join(filter(None, (row["source"], row["event_id"])))


def _yuan(fen: int | None) -> str:
    return "" if fen is None else format_yuan(fen)


def _write_raw(to: str, ledger: str, sealed: bytes) -> None:
    """The received bytes, into a file that only its owner may read, or to standard output."""
    try:
        content = Sealer(settings().secret, ledger).unbox(sealed)
    except InvalidTag:
        raise Unanswerable(SEALED_OTHERWISE) from None
    console.print("[yellow]![/yellow] 原字节可能含个人信息,用后销毁 / may hold personal data")
    if to == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    file = Path(to)
    file.touch(PRIVATE)
    file.chmod(PRIVATE)
    file.write_bytes(content)
    typer.echo(f"{to}: {len(content)} 字节 / bytes")
