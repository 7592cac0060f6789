"""`mingjian statements`: what else the report states, each true or false."""

from __future__ import annotations

from typing import Any

from cli.console import OURS, JsonOption, LedgerOption, columns, out, print_json, run
from cli.moment import AsofOption, AtOption, KnownOption, PeriodOption, answer, print_notes
from cli.takeaway import FormOption, OutputOption, wanted, write
from domain.bureau.bureau import Bureau
from ledger import adopted
from reports import definitions, evaluate, tabled
from reports.moment import Moment

FOR = "reader"

BROKEN = 3
"""Conditions that do not hold, named in a cell; --json has all."""


def statements(
    period: PeriodOption = "2024",
    ledger: LedgerOption = OURS,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    form: FormOption = None,
    output: OutputOption = None,
) -> None:
    """年报表述 / what else the report states: true, false or neither, with why."""
    file = wanted(form, output)

    async def asked(
        connection: Any, moment: Moment
    ) -> tuple[Bureau, list[evaluate.StatementValue]]:
        defined = await definitions.at(connection, moment)
        office = await adopted.at(connection, moment.ledger, moment.at)
        claims = list(defined.statements.values())
        return office, await evaluate.statements(connection, moment, claims)

    answered = run(answer(asked, ledger, period, asof, known, at))
    office, values = answered.said
    if file is not None:
        write(file, tabled.statements(values), office, answered, [value.lacks for value in values])
        return
    if as_json:
        print_json(
            [
                {
                    "id": value.statement.id,
                    "name": value.statement.name,
                    "value": value.holds,
                    "applies": value.holds is not None,
                    "holds_when": value.statement.holds_when,
                    "broken": broken(value),
                    "conditions": len(value.conditions),
                    "asof": value.moment.end.isoformat(),
                    "at": value.moment.at,
                    **answered.as_json(),
                    **value.lacks.as_json(),
                    "final": value.moment.final,
                }
                for value in values
            ]
        )
        return
    table = columns("表述", "名称", "成立", "不成立的条件")
    for value in values:
        why = "；".join(broken(value)[:BROKEN]) or ("" if value.conditions else evaluate.NOTHING)
        table.add_row(value.statement.id, value.statement.name, answer_of(value.holds), why)
    out.print(table)
    print_notes(answered, known, (value.lacks for value in values))


def answer_of(holds: bool | None) -> str:
    """Holds, does not hold, or nothing happened to which it applies."""
    return {True: "是", False: "否", None: "不适用"}[holds]


def broken(value: evaluate.StatementValue) -> list[str]:
    """What does not hold."""
    return [what for ok, what, _ in value.conditions if not ok]
