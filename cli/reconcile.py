"""`mingjian reconcile`: the ledger's table against its topic, the intake and the receipts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli.console import (
    OURS,
    JsonOption,
    LedgerOption,
    columns,
    database,
    out,
    print_json,
    progress,
    run,
    with_kafka,
)
from infra.kafka.bootstrap import Bootstrap
from infra.settings import Settings
from ledger.published import FAULTS as FOREIGN_FAULTS
from upkeep import balance
from upkeep.balance import FAULTS, PLACES, Book, Receipts
from upkeep.reconcile import Entries, Runs, compare_entries, compare_journal

FOR = "operator"

SHOWN_RUNS = 12
"""So many runs of positions are printed; --json has more."""


def reconcile(
    ledger: LedgerOption = OURS,
    receipts: Annotated[
        bool, typer.Option("--receipts", help="逐条读取回执主题 / read the receipts themselves")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """对账：账本表与账本主题、各接收分区、回执 / table against topic, intake, receipts.

    退出码 / exit：0 相等 equal，1 有差异 different，3 连接不上 unreachable.
    """
    given = with_kafka()
    entries, notes, books, told = run(_reconcile(given, ledger, receipts=receipts))
    equal = (
        entries.equal
        and notes.equal
        and not any(book.faults for book in books)
        and not any(kind.missing for kind in told.kinds)
        and not told.foreign
    )
    if as_json:
        print_json(
            {
                "ledger": ledger,
                "equal": equal,
                "entries": asdict(entries),
                "journal": asdict(notes),
                "partitions": [asdict(book) for book in books],
                "receipts": [asdict(kind) | {"missing": kind.missing} for kind in told.kinds],
                "foreign": {topic: asdict(runs) for topic, runs in told.foreign.items()},
            }
        )
    else:
        _print_log("记录 / entries", entries)
        _print_log("经办日志 / journal", notes)
        _print_books(books)
        _print_told(told)
        out.print(
            "✓ 相等 / equal" if equal else "✗ 有差异 / different",
        )
    if not equal:
        raise typer.Exit(1)


async def _reconcile(
    given: Settings, ledger: str, *, receipts: bool
) -> tuple[Entries, Entries, list[Book], Receipts]:
    where = (Bootstrap.of(given), given.kafka_prefix, ledger)
    async with database(ledger) as connection:
        # Whatever a mistake in here might try, PostgreSQL refuses to change anything.
        await connection.execute("SET default_transaction_read_only = on")
        with progress() as bars:
            follow = bars.following("对账", "条 entries")
            entries = await compare_entries(connection, *where, follow)
            notes = await compare_journal(connection, *where)
        books = await balance.books(connection, *where)
        with progress() as bars:
            follow = bars.following("回执", "份 receipts")
            told = await balance.receipts(connection, *where, read=receipts, progress=follow)
    return entries, notes, books, told


def _print_log(what: str, found: Entries) -> None:
    out.print(
        f"{what}：账本表 table {found.table}，主题 topic {found.topic}；"
        f"每千条一组 buckets {found.buckets}，不同 differing {len(found.differing)}",
    )
    for name, runs in (
        ("缺 missing", found.missing),
        ("多 extra", found.extra),
        ("不同 different", found.different),
        ("外来 foreign（偏移 offset）", found.foreign),
    ):
        if runs.count:
            shown = Runs(runs.count, runs.runs[:SHOWN_RUNS])
            more = " …" if len(runs.runs) > SHOWN_RUNS else ""
            out.print(f"  ✗ {name} {runs.count}: {shown}{more}")
    for one in found.strangers[:SHOWN_RUNS]:
        claims = "" if one["claims"] is None else f"，自称 claims {one['claims']}"
        said = f"{FOREIGN_FAULTS[one['fault']]}{claims}，指纹 {one['fingerprint'][:16]}"
        out.print(f"    偏移 offset {one['offset']}：{said}")
    if found.repeated:
        out.print(f"  重复 repeated {found.repeated}（无害 / harmless）")


def _print_books(books: list[Book]) -> None:
    numbers = (
        "已读 consumed",
        "跳过 skip.",
        "事件 events",
        "记入 acc.",
        "重复 dup.",
        "待关联 park.",
        "未通过校验 quar.",
        "待读 lag",
    )
    table = columns("接收分区 / partition", *numbers, right=numbers)
    for book in books:
        if not book.end and not book.faults:
            continue
        counts = (
            getattr(book, place) for place in ("consumed", "skipped", "events", *PLACES, "lag")
        )
        table.add_row(f"{book.topic}/{book.partition}", *map(str, counts))
    out.print(table)
    for book in books:
        for fault in book.faults:
            out.print(f"  ✗ {book.topic}/{book.partition}: {FAULTS[fault]}")


def _print_told(told: Receipts) -> None:
    said = (f"{kind.what} {kind.told}/{kind.given}" for kind in told.kinds)
    out.print(f"回执 / receipts: {'，'.join(said)}")
    for topic, runs in told.foreign.items():
        shown = Runs(runs.count, runs.runs[:SHOWN_RUNS])
        out.print(f"  ✗ {topic}：外来 foreign {runs.count}，偏移 at offsets {shown}")
    for kind in told.kinds:
        if kind.missing:
            where = f": {kind.lacking}" if kind.lacking and kind.lacking.count else ""
            text = f"  ✗ 缺 missing {kind.missing}（{kind.what}）{where}"
            out.print(text)
