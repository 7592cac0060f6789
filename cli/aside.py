"""What the commands about quarantine and parked events share: asking for them, showing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import asyncpg
import typer
from typer.core import TyperGroup

from cli.console import MOST, columns, database, out, print_json, run
from domain.catalogue import EVENTS
from domain.event import TYPE_PREFIX
from domain.money import format_yuan
from ledger import adopted, aside, journal, store
from ledger.aside import PARKED, QUARANTINE, Row, Table
from ledger.records import split
from reports.moment import Unanswerable, instant_of
from reports.shown import label, local, source, waited_for

NumberArgument = Annotated[
    int, typer.Argument(metavar="N", max=MOST, help="编号（每个账本各自编号）")
]
SettledOption = Annotated[bool, typer.Option("--all", help="也列出已了结的 / settled ones, too")]


class Lists(TyperGroup):
    """A group whose name alone lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


class Headings(NamedTuple):
    """What of a row stands under the headings that the two lists do not share."""

    since: str
    why: str
    why_title: str
    settled: Callable[[Mapping[str, Any]], str]
    settled_title: str
    written: Callable[[str], str] = str


def _reason(code: str) -> str:
    return f"{label(code, 'reason')} {code}"


def _repair(row: Mapping[str, Any]) -> str:
    return str(row["released_by"] or ("已废弃" if row["discarded_by"] else ""))


def _became(row: Mapping[str, Any]) -> str:
    return "" if row["taken_at"] is None else became(row)


HEADINGS = {
    QUARANTINE: Headings("received_at", "reason", "原因", _repair, "修复", _reason),
    PARKED: Headings("parked_at", "waits_for", "等待", _became, "结果", waited_for),
}


class Then(NamedTuple):
    """When something was known: at a time, or at a position; now if neither is given."""

    known: str | None
    at: int | None

    async def number(self, connection: asyncpg.Connection, ledger: str) -> int:
        """The last number of the journal then; raises Unanswerable."""
        if self.known is not None and self.at is not None:
            raise Unanswerable("known 与 at 只能给一个")
        if self.known is not None:
            return await journal.last_known(connection, ledger, instant_of(self.known))
        if self.at is not None:
            return await journal.last_at(connection, ledger, self.at)
        return aside.PRESENT


def list_aside(table: Table, ledger: str, then: Then, *, settled: bool, as_json: bool) -> None:
    """Print what one of the two tables held, the oldest first."""
    rows = run(_rows(table, ledger, then, settled=settled))
    if as_json:
        print_json(rows)
        return
    headings = HEADINGS[table]
    numbers = ("编号", "声称金额（元）")
    listed = columns(
        *("编号", "收到", headings.why_title, "来源/编号", "声称日期", "声称金额（元）"),
        headings.settled_title,
        right=numbers,
    )
    for row in rows:
        listed.add_row(
            str(row["number"]),
            f"{local(row[headings.since]):%Y-%m-%d}",
            headings.written(row[headings.why]),
            "/".join(filter(None, (row["source"], row["event_id"]))),
            str(row["claims_on"] or ""),
            yuan(row["claims_fen"]),
            headings.settled(row),
        )
    if rows:
        out.print(listed)
    fen = sum(row["claims_fen"] or 0 for row in rows)
    out.print(f"共 {len(rows)} 条，声称金额 {format_yuan(fen)} 元 / rows")


# Reading.


async def _rows(table: Table, ledger: str, then: Then, *, settled: bool) -> list[Row]:
    async with database(ledger) as connection:
        told = await then.number(connection, ledger)
        return await aside.rows(connection, table, ledger, settled=settled, journal=told)


async def one(table: Table, ledger: str, number: int, then: Then) -> Row:
    """One row; raises NoSuchNumber, Unanswerable."""
    async with database(ledger) as connection:
        told = await then.number(connection, ledger)
        row = await aside.row(connection, table, ledger, number, told)
        bureau = await adopted.at(connection, ledger)
        return row | {"source_title": source(row["source"] or "", bureau)}


async def clock(connection: asyncpg.Connection, name: str) -> datetime:
    """The time by which a wait is measured: a replay's clock is that of its last entry."""
    ledger = await store.find_ledger(connection, name)
    if ledger is None or not ledger.replay or ledger.last_recorded_at is None:
        return datetime.now(UTC)
    return ledger.last_recorded_at


async def frees(connection: asyncpg.Connection, ledger: str, prerequisite: str) -> list[str]:
    """What must arrive: one event by its name, or any event that begins a stream."""
    what, _, name = prerequisite.partition(":")
    if what == "stream":
        kind, _, key = name.partition("/")
        return [
            f"{event.TYPE} {event.TITLE}（{event.KEY} = {key}）"
            for event in EVENTS.values()
            if event.OPENS and kind == event.STREAM
        ]
    lines = [f"事件 {name} / that event"]
    for table in aside.TABLES:
        numbers = await aside.numbers_of(connection, table, ledger, split(name))
        lines += [f"它在{table.title}中，编号 {n}：mingjian {table.name} show {n}" for n in numbers]
    return lines


# Printing.


def what_it_says(row: Mapping[str, Any]) -> dict[str, str]:
    """Source, id, type, amount and date, as far as the message says them."""
    event = EVENTS.get((row["type"] or "").removeprefix(TYPE_PREFIX))
    return {
        "来源": " ".join(dict.fromkeys([row["source"] or "读不出", row["source_title"]])).strip(),
        "事件编号": row["event_id"] or "读不出",
        "类型": f"{row['type'] or '读不出'} {event.TITLE if event else ''}".strip(),
        "声称": f"{yuan(row['claims_fen']) or '未见金额'}{' 元' if row['claims_fen'] else ''}，"
        f"业务日期 {row['claims_on'] or '不归入任何期间'}",
    }


def became(row: Mapping[str, Any]) -> str:
    """What became of a parked event that waits no more."""
    accepted_at = row["accepted_at"]
    if row["discarded_by"] is not None:
        return f"已由 {row['discarded_by']} 废弃"
    return "未通过校验（拒收）" if accepted_at is None else f"已记入（账本位置 {accepted_at}）"


def instant(when: datetime) -> str:
    """A time as clocks in China show it."""
    return f"{local(when):%Y-%m-%d %H:%M:%S}"


def yuan(fen: int | None) -> str:
    """An amount as people write it, empty where none is known."""
    return "" if fen is None else format_yuan(fen)
