"""`mingjian lineage`: from a figure down to rows, entries and bytes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.console import OURS, JsonOption, LedgerOption, out, print_json, run, say
from cli.figures import figure_json
from cli.moment import AsofOption, AtOption, KnownOption, PeriodOption, answer, print_notes
from infra.visible import visible
from ledger import evidence
from projections.snapshot import snapshot
from reports import definitions, evaluate
from reports.measure import Slice
from reports.moment import Moment, Unanswerable
from reports.shown import HIDDEN, cell, fact, json_value

FOR = "auditor"


def lineage(
    figure: Annotated[str, typer.Argument(help="指标编号，如 F16")],
    period: PeriodOption = "2024",
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    limit: Annotated[int, typer.Option(min=1, help="最多列出的行数")] = 20,
    raw: Annotated[bool, typer.Option("--raw", help="附每行事件的原字节（不含个人信息）")] = False,
    as_json: JsonOption = False,
) -> None:
    """一个指标从何而来 / from a figure down to rows, entries and bytes."""

    async def rows_of(
        connection: Any, moment: Moment
    ) -> tuple[evaluate.FigureValue, list[dict[str, Any]]]:
        defined = (await definitions.at(connection, moment)).figures
        if figure not in defined:
            raise Unanswerable(f"没有指标 {figure}；有 {', '.join(defined)}")
        async with snapshot(connection):
            (value,) = await evaluate.figures(connection, moment, [defined[figure]])
            rows = await evaluate.contributing_rows(connection, moment, defined[figure])
            for row in rows if as_json else rows[:limit]:
                if row["position"] is not None:
                    row["entry"] = await _entry(connection, ledger, row["position"], raw=raw)
        return value, rows

    answered = run(answer(rows_of, ledger, period, asof, known, at))
    value, rows = answered.said
    count = len(rows)
    if as_json:
        print_json({"figure": figure_json(value, answered), "count": count, "rows": rows})
        return
    shown = value.figure
    out.print(f"{shown.id} {shown.name} = {json_value(value.value)} {shown.unit}", style="bold")
    out.print(f"定义：{shown.definition}", f"口径：{shown.reading or '—'}", sep="\n")
    out.print(f"精确值 {value.exact}；共 {count} 行，位置不大于 {value.moment.at}")
    print_notes(answered, known, [value.lacks])
    for row in rows[:limit]:
        _print_row(row, shown.slice)
    if count > limit:
        say(f"  … 其余 {count - limit} 行用 --limit 或 --json")


def _print_row(row: dict[str, Any], part: Slice) -> None:
    entry = row.pop("entry", None)
    cells = [visible(cell(v, k, part)) for k, v in row.items() if v is not None and k not in HIDDEN]
    say(f"  #{row['position']}  {'  '.join(cells)}")
    if entry:
        say(
            f"      {entry['source']}/{visible(entry['event_id'])}  {fact(entry['type'])}"
            f" {entry['type']}  {entry['sha256']}"
        )
        if "open" in entry:
            say(f"      {entry['open']}")


async def _entry(connection: Any, ledger: str, position: int, *, raw: bool) -> dict[str, Any]:
    row = await evidence.entry(connection, ledger, position)
    if row is None:
        raise LookupError(f"a row was made by position {position}, where no entry stands")
    names = ("source", "event_id", "type", "stream", "version", "recorded_at", "sha256")
    entry = {name: row[name] for name in names}
    return entry | ({"open": row["open"].decode()} if raw else {})
