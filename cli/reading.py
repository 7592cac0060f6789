"""Commands that read: figures, statements, the annual report, the way down from a figure."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from cli.console import (
    LEDGER,
    AsofOption,
    AtOption,
    JsonOption,
    KnownOption,
    LedgerOption,
    PeriodOption,
    database,
    run,
)
from infra.settings import settings
from ledger import store
from projections import opening, tail
from projections.snapshot import snapshot
from reports import annual, evaluate, waiting
from reports.catalogue import FIGURES
from reports.figure import Moment, whole
from reports.moment import Unanswerable, resolve
from reports.render import html, markdown
from reports.waiting import Waiting

report = typer.Typer(no_args_is_help=True, add_completion=False)
out = Console()


async def ask(
    connection: Any, ledger: str, period: str, asof: str | None, known: str | None, at: int | None
) -> Moment:
    """The moment asked for. Without a broker the read models first follow the ledger to its end."""
    await opening.prepare(connection)
    if settings().kafka is None and await store.find_ledger(connection, ledger) is not None:
        await tail.catch_up(connection, ledger)
    return await resolve(connection, ledger, period, asof=asof, known=known, at=at)


def plain(value: Any) -> Any:
    """A value as JSON has it: decimals as numbers, dates as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return whole(value)


def figure_json(value: evaluate.FigureValue, waits: Waiting) -> dict[str, Any]:
    """A figure as `figures --json` prints it, with what waits in its period."""
    return {
        "id": value.figure.id,
        "name": value.figure.name,
        "value": plain(value.value),
        "unit": value.figure.unit,
        "exact": plain(value.exact),
        "beside": value.beside,
        "period": [value.moment.start.isoformat(), value.moment.end.isoformat()],
        "asof": value.moment.end.isoformat(),
        "at": value.moment.at,
        "waiting": waits.as_json(),
    }


def _print_waiting(waits: Waiting) -> None:
    if waits:
        out.print(f"{waits.text} / {waits.english}", highlight=False, soft_wrap=True)


def figures(
    period: PeriodOption = "2024",
    ledger: LedgerOption = LEDGER,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """年报指标 / the figures of the annual report, at any date, as known at any time."""

    async def work() -> tuple[list[evaluate.FigureValue], Waiting]:
        async with database() as connection:
            moment = await ask(connection, ledger, period, asof, known, at)
            waits = await waiting.at(connection, moment)
            return await evaluate.figures(connection, moment), waits

    values, waits = run(work())
    if as_json:
        made = [figure_json(value, waits) for value in values]
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))
        return
    table = Table("指标", "名称", "数值", "单位", "精确值", box=None)
    for value in values:
        shown = "—" if value.value is None else str(plain(value.value))
        beside = f" ({value.beside})" if value.beside else ""
        table.add_row(
            value.figure.id, value.figure.name, shown + beside, value.figure.unit, str(value.exact)
        )
    out.print(table)
    if values:
        out.print(f"截至 {values[0].moment.end},账本位置 {values[0].moment.at}", highlight=False)
    _print_waiting(waits)


def statements(
    period: PeriodOption = "2024",
    ledger: LedgerOption = LEDGER,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """年报表述 / what else the report states: each true or false, with its conditions."""

    async def work() -> tuple[list[evaluate.StatementValue], Waiting]:
        async with database() as connection:
            moment = await ask(connection, ledger, period, asof, known, at)
            waits = await waiting.at(connection, moment)
            return await evaluate.statements(connection, moment), waits

    values, waits = run(work())
    if as_json:
        made = [
            {
                "id": v.statement.id,
                "name": v.statement.name,
                "value": v.holds,
                "holds_when": v.statement.holds_when,
                "broken": [what for ok, what, _ in v.conditions if not ok],
                "conditions": len(v.conditions),
                "asof": v.moment.end.isoformat(),
                "at": v.moment.at,
                "waiting": waits.as_json(),
            }
            for v in values
        ]
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1))
        return
    table = Table("表述", "名称", "成立", "不成立的条件", box=None)
    for value in values:
        broken = [what for ok, what, _ in value.conditions if not ok]
        why = "; ".join(broken[:3]) or ("" if value.conditions else "没有任何记录")
        table.add_row(value.statement.id, value.statement.name, "是" if value.holds else "否", why)
    out.print(table)
    _print_waiting(waits)


@report.command("annual")
def annual_report(
    output: Annotated[Path, typer.Option("-o", "--output", help="输出文件 / file")],
    period: PeriodOption = "2024",
    form: Annotated[Literal["html", "md"], typer.Option("--format", help="格式")] = "html",
    ledger: LedgerOption = LEDGER,
    known: KnownOption = None,
    at: AtOption = None,
) -> None:
    """法治政府建设年度报告 / the annual report."""

    async def work() -> annual.Report:
        async with database() as connection:
            moment = await ask(connection, ledger, period, None, known, at)
            return await annual.build(connection, moment)

    made = run(work())
    render = html.render if form == "html" else markdown.render
    output.write_text(render(made), encoding="utf-8")
    typer.echo(f"{output}")
    _print_waiting(made.waiting)


def lineage(
    figure: Annotated[str, typer.Argument(help="指标编号,如 F16")],
    period: PeriodOption = "2024",
    ledger: LedgerOption = LEDGER,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    limit: Annotated[int, typer.Option(min=1, help="最多列出的行数")] = 20,
    raw: Annotated[bool, typer.Option("--raw", help="附每行事件的开放部分原字节")] = False,
    as_json: JsonOption = False,
) -> None:
    """一个指标从何而来 / from a figure down to rows, entries and bytes."""
    if figure not in FIGURES:
        raise Unanswerable(f"没有指标 {figure};有 {', '.join(FIGURES)}")

    async def work() -> tuple[evaluate.FigureValue, Waiting, list[dict[str, Any]]]:
        async with database() as connection:
            moment = await ask(connection, ledger, period, asof, known, at)
            async with snapshot(connection):
                (value,) = await evaluate.figures(connection, moment, [figure])
                rows = await evaluate.contributing_rows(connection, moment, FIGURES[figure])
            for row in rows if as_json else rows[:limit]:
                if row["position"] is not None:
                    row["entry"] = await _entry(connection, ledger, row["position"], raw)
            return value, await waiting.at(connection, moment), rows

    value, waits, rows = run(work())
    count = len(rows)
    if as_json:
        made = {"figure": figure_json(value, waits), "count": count, "rows": rows}
        typer.echo(json.dumps(made, ensure_ascii=False, indent=1, default=str))
        return
    shown = value.figure
    out.print(f"[bold]{shown.id} {shown.name}[/bold] = {plain(value.value)} {shown.unit}")
    out.print(
        f"定义: {shown.definition}", f"口径: {shown.reading or '—'}", sep="\n", highlight=False
    )
    out.print(f"精确值 {value.exact};共 {count} 行,位置不大于 {value.moment.at}", highlight=False)
    _print_waiting(waits)
    for row in rows[:limit]:
        entry = row.pop("entry", None)
        cells = [str(v) for k, v in row.items() if v is not None and k != "position"]
        typer.echo(f"  #{row['position']}  {'  '.join(cells)}")
        if entry:
            typer.echo(
                f"      {entry['source']}/{entry['event_id']}  {entry['type']}  {entry['sha256']}"
            )
            if raw:
                typer.echo(f"      {entry['open']}")
    if count > limit:
        typer.echo(f"  … 其余 {count - limit} 行用 --limit 或 --json")


async def _entry(connection: Any, ledger: str, position: int, raw: bool) -> dict[str, Any]:
    row = await connection.fetchrow(
        "SELECT source, event_id, type, stream, version, recorded_at,"
        " encode(sha256(open), 'hex') AS sha256, convert_from(open, 'UTF8') AS open"
        " FROM ledger.entry WHERE ledger = $1 AND position = $2",
        ledger,
        position,
    )
    entry = dict(row)
    if not raw:
        del entry["open"]
    return entry


COMMANDS = (figures, statements, lineage)
