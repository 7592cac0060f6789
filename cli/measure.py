"""`mingjian measure`: any measure, cut in any of its ways, for any period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from cli.console import OURS, JsonOption, LedgerOption, columns, out, print_json, run
from cli.moment import (
    AsofOption,
    AtOption,
    KnownOption,
    PeriodOption,
    answer,
    print_notes,
)
from cli.takeaway import FormOption, OutputOption, wanted, write
from ledger import adopted
from reports import tabled
from reports.catalogue import MEASURES, slice_of
from reports.dimensions import MONTH
from reports.measure import Exact, Measure, Unknown
from reports.moment import Moment
from reports.shown import INTERNAL, json_value, written
from reports.table import Asked, Table, tabulate

FOR = "reader"


def measure(
    name: Annotated[str | None, typer.Argument(help="指标，如 在保户数；不写则列出全部")] = None,
    by: Annotated[str, typer.Option("--by", help="细分维度，如 城乡、镇街 / dimensions")] = "",
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help="只计其中的，如 保障类别=低保；几个用顿号 / only these"),
    ] = None,
    period: PeriodOption = "2024",
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    form: FormOption = None,
    output: OutputOption = None,
) -> None:
    """指标按维度细分 / a measure, cut by its dimensions, for any period."""
    if name is None:
        _list(as_json=as_json)
        return
    file = wanted(form, output)
    conditions = [_condition(text) for text in where or ()]
    _once("--where", [dimension for dimension, _ in conditions])
    cut = dict(conditions)
    dimensions = tuple(word.strip() for word in re.split("[,，、]", by) if word.strip())
    _once("--by", dimensions)

    async def asked(connection: Any, moment: Moment) -> list[Table]:
        bureau = await adopted.at(connection, moment.ledger, moment.at)
        part = slice_of(bureau, name, cut)
        both = [Asked(part, dimensions), Asked(part)]
        return await tabulate(connection, moment, both[0 if dimensions else 1 :])

    answered = run(answer(asked, ledger, period, asof, known, at))
    table, total = answered.said[0], answered.said[-1].cells[0].exact
    part = table.asked.slice
    if file is not None:
        internal = bool(dimensions) and part.measure.cells != "open"
        write(
            file,
            tabled.measure(table, total),
            part.bureau,
            answered,
            [table.lacks],
            internal=internal,
        )
        return
    if as_json:
        print_json(
            {
                "measure": part.measure.name,
                "unit": part.measure.unit,
                "definition": part.measure.definition,
                "reading": part.measure.reading,
                "where": {key: list(codes) for key, codes in part.cut.items()},
                "by": list(dimensions),
                "total": _json(part.measure, total),
                "cells": _cells(table) if dimensions else [],
                "period": [table.moment.start.isoformat(), table.moment.end.isoformat()],
                "asof": table.moment.end.isoformat(),
                "at": table.moment.at,
                **answered.as_json(),
                **table.lacks.as_json(),
            }
        )
        return
    _print(table, total)
    print_notes(answered, known, [table.lacks])


def _once(option: str, dimensions: Sequence[str]) -> None:
    """Raise Unknown where a dimension is named twice: what is meant by that nobody can tell."""
    for dimension in dimensions:
        if dimensions.count(dimension) > 1:
            raise Unknown(f"{option} 中{dimension}写了两次；一个维度的几个值用顿号连写")


def _condition(text: str) -> tuple[str, list[str]]:
    dimension, sign, values = text.partition("=")
    if not sign or not values:
        raise Unknown(f"--where 写作 保障类别=低保，不是 {text}")
    return dimension.strip(), [value.strip() for value in values.split("、")]


def _json(measure: Measure, exact: Exact) -> dict[str, Any]:
    return {"value": json_value(measure.shown(exact)), "exact": json_value(exact)}


def _labels(table: Table, codes: Sequence[str | None]) -> list[str]:
    bureau = table.asked.slice.bureau
    pairs = zip(table.dimensions, codes, strict=True)
    return [dimension.label(bureau, code) for dimension, code in pairs]


def _cells(table: Table) -> list[dict[str, Any]]:
    measure = table.asked.slice.measure
    return [
        {
            "codes": list(cell.codes),
            "labels": _labels(table, cell.codes),
            **_json(measure, cell.exact),
        }
        for cell in table.cells
    ]


def _print(table: Table, total: Exact) -> None:
    part = table.asked.slice
    measure = part.measure
    cut = f"（{part.words}）" if part.cut else ""
    out.print(f"{measure.name}{cut}，单位：{measure.unit or '—'}", style="bold")
    out.print(f"定义：{measure.definition}", f"口径：{measure.reading or '—'}", sep="\n")
    if table.dimensions:
        shown = columns(*(dimension.name for dimension in table.dimensions), "数值", "精确值")
        for cell in table.cells:
            shown.add_row(*_labels(table, cell.codes), *_written(measure, cell.exact))
        by_month_end = measure.kind == "stock" and MONTH in table.dimensions
        last = "截止日" if by_month_end else "合计"
        shown.add_row(last, *[""] * (len(table.dimensions) - 1), *_written(measure, total))
        out.print(shown)
        if measure.cells != "open":
            out.print(INTERNAL)
    else:
        out.print("，".join(dict.fromkeys(_written(measure, total))))
    moment = table.moment
    out.print(f"期间 {moment.start} 至 {moment.end}，账本位置 {moment.at}")


def _written(measure: Measure, exact: Exact) -> Iterable[str]:
    return written(measure.shown(exact)), str(exact)


def _list(*, as_json: bool) -> None:
    """All measures, with their ways to cut."""
    if as_json:
        print_json(
            [
                {
                    "measure": item.name,
                    "unit": item.unit,
                    "kind": item.kind,
                    "definition": item.definition,
                    "reading": item.reading,
                    "dimensions": [dimension.name for dimension in item.dimensions],
                }
                for item in MEASURES.values()
            ]
        )
        return
    table = columns("指标", "单位", "维度", "定义")
    for item in MEASURES.values():
        dimensions = "、".join(dimension.name for dimension in item.dimensions)
        table.add_row(item.name, item.unit, dimensions, item.definition)
    out.print(table)
