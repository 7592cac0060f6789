"""`mingjian figures`: the figures of the annual report, at any date, as known at any time."""

from __future__ import annotations

from typing import Any

from cli.console import OURS, JsonOption, LedgerOption, columns, out, print_json, run
from cli.moment import (
    Answered,
    AsofOption,
    AtOption,
    KnownOption,
    PeriodOption,
    answer,
    print_notes,
)
from cli.takeaway import FormOption, OutputOption, wanted, write
from domain.bureau.bureau import Bureau
from ledger import adopted
from reports import definitions, evaluate, tabled
from reports.moment import Moment
from reports.shown import json_value, written

FOR = "reader"


def figures(
    period: PeriodOption = "2024",
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    form: FormOption = None,
    output: OutputOption = None,
) -> None:
    """年报指标 / the figures of the annual report, at any date, as known at any time."""
    file = wanted(form, output)

    async def asked(connection: Any, moment: Moment) -> tuple[Bureau, list[evaluate.FigureValue]]:
        defined = await definitions.at(connection, moment)
        office = await adopted.at(connection, moment.ledger, moment.at)
        figures = list(defined.figures.values())
        return office, await evaluate.figures(connection, moment, figures)

    answered = run(answer(asked, ledger, period, asof, known, at))
    office, values = answered.said
    if file is not None:
        write(file, tabled.figures(values), office, answered, [value.lacks for value in values])
        return
    if as_json:
        print_json([figure_json(value, answered) for value in values])
        return
    table = columns("指标", "名称", "数值", "单位", "精确值")
    for value in values:
        figure = value.figure
        table.add_row(figure.id, figure.name, printed(value), figure.unit, str(value.exact))
    out.print(table)
    out.print(f"截至 {answered.moment.end}，账本位置 {answered.moment.at}")
    print_notes(answered, known, (value.lacks for value in values))


def printed(value: evaluate.FigureValue) -> str:
    """As a table has it: the value, and what the report says beside it."""
    shown = "—" if value.value is None else str(json_value(value.value))
    if isinstance(value.value, bool):
        shown = written(value.value)
    return f"{shown}（{value.beside}）" if value.beside else shown


def figure_json(value: evaluate.FigureValue, answered: Answered[Any]) -> dict[str, Any]:
    """A figure for machines, with what waits in its period."""
    return {
        "id": value.figure.id,
        "name": value.figure.name,
        "value": json_value(value.value),
        "unit": value.figure.unit,
        "exact": json_value(value.exact),
        "beside": value.beside,
        "period": [value.moment.start.isoformat(), value.moment.end.isoformat()],
        "asof": value.moment.end.isoformat(),
        "at": value.moment.at,
        **answered.as_json(),
        **value.lacks.as_json(),
        "final": value.moment.final,
    }
