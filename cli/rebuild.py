"""`mingjian rebuild`: read models anew from the ledger, compared, then put in place."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import asyncpg
import typer

from cli.console import (
    OURS,
    LedgerOption,
    MaybeByOption,
    MaybeWhyOption,
    console,
    database,
    progress,
    run,
    say,
)
from infra.settings import settings
from infra.visible import visible
from ledger import journal
from ledger.journal import Said
from projections import opening
from projections.catalogue import READ_MODELS
from projections.checkpoint import Halt
from projections.read_model import MAX_POSITION, SCHEMA, ReadModel
from reports.moment import Moment, period_of
from upkeep.rebuild import accepted, driver, figures, findings, tables
from upkeep.rebuild.comparison import Compared, Difference
from upkeep.rebuild.findings import Compared as ComparedFindings

FOR = "operator"

SHOWN = 3
"""Runs of entries, and columns of a row, that a line names."""
FOUND = {"missing": "缺失 missing", "extra": "多出 extra", "changed": "不同 changed"}


def rebuild(
    model: Annotated[
        list[str] | None, typer.Option("--model", help="只重建这些读模型 / only these")
    ] = None,
    ledger: LedgerOption = OURS,
    period: Annotated[
        list[str] | None,
        typer.Option("--period", help="对照哪些期间的指标，默认有支付的各年 / figures compared"),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=50_000, help="每批条数")] = driver.BATCH,
    restart: Annotated[bool, typer.Option("--restart", help="从头开始 / begin anew")] = False,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="有差异也切换，写明 --by、--why / switch anyway"),
    ] = False,
    by: MaybeByOption = None,
    why: MaybeWhyOption = None,
    discard: Annotated[
        bool, typer.Option("--discard", help="放弃未完成的重建 / drop what was rebuilt")
    ] = False,
) -> None:
    """从账本重建读模型：旧的照常服务，逐行对照无差异后切换 / rebuild beside, compare, switch."""
    unknown = set(model or ()) - {m.name for m in READ_MODELS}
    if unknown:
        known = ", ".join(m.name for m in READ_MODELS)
        raise typer.BadParameter(f"没有读模型 {', '.join(sorted(unknown))}；有 {known}")
    if discard and (accept or restart):
        raise typer.BadParameter("--discard 不能与 --accept 或 --restart 同用")
    said = _said(by, why) if accept else None
    spans = [period_of(text) for text in period or ()]
    models = [m for m in READ_MODELS if not model or m.name in model]

    async def work() -> int:
        async with (
            database(ledger, told=False) as reader,
            database(told=False) as writer,
        ):
            await opening.prepare(writer)
            if not await tables.only_one(writer):
                _say("✗ 另一个重建正在进行 / another rebuild is under way")
                return 2
            if discard:
                found = await tables.discard(writer)
                say("已放弃 / dropped" if found else "没有未完成的重建 / nothing to drop")
                return 0
            if len(models) < len(READ_MODELS) and await tables.live(writer) != SCHEMA:
                raise typer.BadParameter("旧版读模型在用，须全部重建，不带 --model")
            _tell(await tables.begin(writer, models, restart=restart))
            await _build(reader, writer, models, batch)
            _tell_halts(await driver.halts(writer))
            compared = await _compare(writer, models)
            await _tell_changes(writer, ledger, spans, compared)
            rules = await findings.compare(writer)
            _tell_findings(rules)
            return await _switch(reader, writer, models, compared, rules, said)

    if code := run(work()):
        raise typer.Exit(code)


def _said(by: str | None, why: str | None) -> Said:
    """Who accepts differences, and why."""
    if by is None or why is None:
        raise typer.BadParameter("--accept 须同时给出 --by 与 --why，记入经办日志")
    return journal.said(by, why)


async def _switch(
    reader: asyncpg.Connection,
    writer: asyncpg.Connection,
    models: list[ReadModel],
    compared: list[Compared],
    rules: list[ComparedFindings],
    said: Said | None,
) -> int:
    differences = sum(found.differences for found in compared)
    differences += sum(found.differences for found in rules)
    if differences and said is None:
        say(
            "未切换，旧读模型照常服务 / not switched, the old ones go on serving\n"
            "  改动正是所要的 / if this is intended: mingjian rebuild --accept"
            " --by WHO --why REASON\n"
            "  否则改正后再执行，或放弃 / else mend it, run again, or: mingjian rebuild --discard"
        )
        return 1

    async def note() -> None:
        if differences and said is not None:
            await accepted.note(writer, settings().secret, compared, rules, said)

    try:
        await driver.switch(reader, writer, models, differences=differences, note=note)
    except driver.SwitchBlocked as error:
        _say(f"✗ {error}")
        return 3
    say(f"{len(models)} 个读模型已重建并切换 / read models rebuilt and switched")
    return 0


def _say(text: str) -> None:
    """A line for people, never broken in two: it may stand in a log."""
    console.print(text, soft_wrap=True)


def _tell(begun: tables.Begun) -> None:
    if begun is tables.Begun.RESUMED:
        _say("接着上次未完成的重建 / going on with an unfinished rebuild")
    if begun is tables.Begun.OUTDATED:
        _say(
            "上次未完成的重建所用代码或读模型不同，从头开始"
            " / the unfinished rebuild was of other code or read models: beginning anew"
        )


async def _build(
    reader: asyncpg.Connection, writer: asyncpg.Connection, models: list[ReadModel], batch: int
) -> None:
    with progress() as bars:
        advance = bars.counting("重建 rebuild", "条 entries", await driver.left(writer))
        await driver.catch_up(reader, writer, models, batch=batch, progress=advance)
    with progress() as bars:
        advance = bars.counting("索引 indexes", "表 tables", len(models))
        for model in models:
            await tables.index(writer, model)
            advance(1)
    await driver.catch_up(reader, writer, models, batch=batch)
    with progress() as bars:
        total = sum((await driver.heads(writer)).values())
        advance = bars.counting("查疑点 findings", "条 entries", total)
        await findings.work_out(writer, advance)


def _tell_findings(compared: list[ComparedFindings]) -> None:
    """Which rules find otherwise in the new tables, or were changed."""
    for found in compared:
        if found.differences:
            say(
                f"✗ 规则 {found.rule} 的疑点（账本 {found.ledger}，至位置 {found.position:,}）："
                f"缺失 missing {found.missing:,}，多出 extra {found.extra:,}"
            )


def _tell_halts(found: dict[str, list[Halt]]) -> None:
    for ledger, halts in found.items():
        for name, position, error, _ in halts:
            _say(
                f"✗ {name}（账本 {ledger}）读不了位置 {position:,} 的记录，停在其前"
                f" / cannot fold entry {position:,}: {error}\n"
                "  改正程序后再执行，或决定略去这条 / mend the code and run again, or leave it out:"
                f" mingjian models leave-out {name} {position} --ledger {ledger}"
                " --by WHO --why REASON"
            )


async def _compare(connection: asyncpg.Connection, models: list[ReadModel]) -> list[Compared]:
    compared: list[Compared] = []
    total = len(models) * len(await driver.heads(connection))
    with progress() as bars:
        advance = bars.counting("对照 compare", "表 tables", total)
        async for found in driver.compare(connection, models):
            compared.append(found)
            advance(1)
    rows = sum(found.rows for found in compared)
    if not compared:
        say("尚无可对照的读模型 / no live rows to compare with")
    else:
        say(f"已对照 {rows:,} 行 / rows compared")
    for found in compared:
        if found.differences or found.dropped or found.added:
            _tell_differences(found)
    return compared


def _tell_differences(found: Compared) -> None:
    mark = "✗" if found.differences else "–"
    say(
        f"{mark} {found.model.name}（账本 {found.ledger}，至位置 {found.position:,}）："
        f"缺失 missing {found.missing:,}，多出 extra {found.extra:,}，"
        f"不同 changed {found.changed:,}"
    )
    if found.halt is not None:
        say(f"    停在位置 {found.halt.position:,} 之前，现用的没有 / the live one goes on")
    for what, columns in (("去掉 dropped", found.dropped), ("新增 added", found.added)):
        if columns:
            say(f"    列 columns {what}: {', '.join(columns)}")
    if found.runs:
        runs = ", ".join(f"{first:,}–{last:,}" for first, last in found.runs[:SHOWN])
        more = ", …" if len(found.runs) > SHOWN else ""
        say(f"    位置 positions {runs}{more}（{len(found.runs):,} 段 runs）")
    for row in found.first:
        say(f"    #{row.position} {visible(row.stream)} {FOUND[row.found]}: {_columns(found, row)}")


def _columns(found: Compared, row: Difference) -> str:
    if row.found == "changed":
        return ", ".join(f"{name} {_cell(a)} → {_cell(b)}" for name, (a, b) in row.columns.items())
    both = [(name, row.columns[name]) for name in found.model.columns if name in row.columns]
    return ", ".join(f"{name} {_cell(b if a is None else a)}" for name, (a, b) in both)


def _cell(value: Any) -> str:
    return "—" if value is None or value == MAX_POSITION else visible(str(value))


async def _tell_changes(
    connection: asyncpg.Connection,
    ledger: str,
    spans: list[tuple[date, date]],
    compared: list[Compared],
) -> None:
    mine = [found for found in compared if found.ledger == ledger]
    differing = [found.model for found in mine if found.differences]
    if not differing:
        return
    at = min(found.position for found in mine)
    spans = spans or [
        (date(year, 1, 1), date(year, 12, 31)) for year in await figures.years(connection, ledger)
    ]
    for start, end in spans:
        moment = Moment(ledger, start, end, at)
        try:
            with console.status(f"对照 {start} 至 {end} 的指标 / comparing figures …"):
                changes = await figures.changes(connection, moment, differing)
        except asyncpg.UndefinedColumnError as error:
            say(f"指标无法对照 / figures cannot be compared: {error}")
            return
        if not changes:
            say(f"{start} 至 {end} 的指标与表述不变 / no figure or statement would change")
            continue
        say(f"{start} 至 {end} 将改变的指标与表述 / figures, statements that would change:")
        for change in changes:
            say(f"    {change.id} {change.name}：{change.live} → {change.rebuilt}")
