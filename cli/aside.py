"""What the commands about quarantine and parked events share: asking for them, showing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import asyncpg
import typer
from typer.core import TyperGroup

from cli.console import columns, database, out, print_json, run
from domain.catalogue import EVENTS, SOURCES
from domain.event import TYPE_PREFIX
from domain.money import format_yuan
from ledger import store
from ledger.batch import split
from projections import opening
from reports.moment import Unanswerable
from reports.shown import local

NumberArgument = Annotated[int, typer.Argument(metavar="N", help="编号（每个账本各自编号）")]
SettledOption = Annotated[bool, typer.Option("--all", help="也列出已了结的 / settled ones, too")]


class Lists(TyperGroup):
    """A group whose name alone lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


class Place(NamedTuple):
    """A table of what is put aside: its columns and what a list of it is headed."""

    table: str
    title: str
    columns: str
    since: str
    why: str
    why_title: str
    settled: str
    settled_title: str


QUARANTINE = Place(
    "quarantine",
    "隔离",
    "number, received_at, reason, pointer, expected, source, event_id, type, claims_fen,"
    " claims_on, origin, size, position, released_by, released_at",
    since="received_at",
    why="reason",
    why_title="原因",
    settled="released_by",
    settled_title="修复",
)
PARKED = Place(
    "parked",
    "搁置",
    "number, parked_at, source, event_id, type, waits_for, claims_fen, claims_on, origin,"
    " position, taken_at",
    since="parked_at",
    why="waits_for",
    why_title="等待",
    settled="taken_at",
    settled_title="记入",
)


def list_aside(place: Place, ledger: str, *, settled: bool, as_json: bool) -> None:
    """Print what stands in a place, the oldest first."""
    rows = run(_rows(place, ledger, settled=settled))
    if as_json:
        print_json([dict(row) for row in rows])
        return
    numbers = ("编号", "声称金额（元）")
    table = columns(
        *("编号", "收到", place.why_title, "来源/编号", "声称日期", "声称金额（元）"),
        place.settled_title,
        right=numbers,
    )
    for row in rows:
        settled_by = row[place.settled]
        table.add_row(
            str(row["number"]),
            f"{local(row[place.since]):%Y-%m-%d}",
            row[place.why],
            "/".join(filter(None, (row["source"], row["event_id"]))),
            str(row["claims_on"]),
            yuan(row["claims_fen"]),
            f"#{settled_by}" if isinstance(settled_by, int) else settled_by or "",
        )
    if rows:
        out.print(table)
    fen = sum(row["claims_fen"] or 0 for row in rows)
    out.print(f"共 {len(rows)} 条，声称金额 {format_yuan(fen)} 元 / rows")


# Reading.


async def _rows(place: Place, ledger: str, *, settled: bool) -> Sequence[Any]:
    open_only = "" if settled else f" AND {place.settled} IS NULL"
    async with database() as connection:
        await opening.prepare(connection)
        rows: Sequence[Any] = await connection.fetch(
            f"SELECT {place.columns} FROM ledger.{place.table}"
            f" WHERE ledger = $1{open_only} ORDER BY number",
            ledger,
        )
        return rows


async def one(place: Place, ledger: str, number: int, more: str = "") -> dict[str, Any]:
    """One row, with `more` columns."""
    async with database() as connection:
        await opening.prepare(connection)
        row = await connection.fetchrow(
            f"SELECT {place.columns}{more} FROM ledger.{place.table}"
            " WHERE ledger = $1 AND number = $2",
            ledger,
            number,
        )
    if row is None:
        raise Unanswerable(f"账本 {ledger} 的{place.title}中没有编号 {number} / no such number")
    return dict(row)


async def clock(connection: asyncpg.Connection, name: str) -> datetime:
    """The time by which a wait is measured: a replay's clock is that of its last entry."""
    ledger = await store.find_ledger(connection, name)
    if ledger is None or not ledger.replay or ledger.last_recorded_at is None:
        return datetime.now(UTC)
    return ledger.last_recorded_at


async def frees(connection: asyncpg.Connection, ledger: str, waits_for: str) -> list[str]:
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
    for place in (PARKED, QUARANTINE):
        found = await connection.fetch(
            f"SELECT number FROM ledger.{place.table} WHERE ledger = $1 AND source = $2"
            f" AND event_id = $3 AND {place.settled} IS NULL ORDER BY number",
            ledger,
            *split(name),
        )
        lines += [
            f"它在{place.title}中，编号 {n}：mingjian {place.table} show {n}" for (n,) in found
        ]
    return lines


# Printing.


def what_it_says(row: Mapping[str, Any]) -> dict[str, str]:
    """Source, id, type, amount and date, as far as the message says them."""
    source = SOURCES.get(row["source"] or "")
    event = EVENTS.get((row["type"] or "").removeprefix(TYPE_PREFIX))
    return {
        "来源": f"{row['source'] or '读不出'} {source.title if source else ''}".strip(),
        "事件编号": row["event_id"] or "读不出",
        "类型": f"{row['type'] or '读不出'} {event.TITLE if event else ''}".strip(),
        "声称": f"{yuan(row['claims_fen']) or '未见金额'}{' 元' if row['claims_fen'] else ''},"
        f"业务日期 {row['claims_on']}",
    }


def yuan(fen: int | None) -> str:
    """An amount in 元, empty where none is known."""
    return "" if fen is None else format_yuan(fen)
