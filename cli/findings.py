"""`mingjian findings`: what breaks a rule of law, as it stands at the moment asked about."""

from __future__ import annotations

from typing import Any

from cli.console import LEDGER, JsonOption, LedgerOption, columns, out, print_json, run
from cli.moment import AsofOption, AtOption, KnownOption, PeriodOption, answer, print_notes
from domain.money import format_yuan
from projections.snapshot import snapshot
from reports.figure import Moment
from reports.shown import json_value
from rules import rule


def findings(
    period: PeriodOption = "2024",
    ledger: LedgerOption = LEDGER,
    asof: AsofOption = None,
    known: KnownOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """疑点 / what breaks a rule of law, as it stands at the moment asked about."""

    async def asked(connection: Any, moment: Moment) -> list[rule.Finding]:
        async with snapshot(connection):
            return await rule.findings(connection, moment.parameters)

    answered = run(answer(asked, ledger, period, asof, known, at))
    if as_json:
        print_json(
            [
                {"rule": found.rule.code, "name": found.rule.name}
                | {name: json_value(value) for name, value in found.row.items()}
                | answered.as_json()
                for found in answered.said
            ]
        )
        return
    table = columns("疑点", "对象", "位置", "日期", "金额（元）", "说明")
    for found in answered.said:
        row = found.row
        table.add_row(
            found.rule.name,
            row["subject"],
            str(row["position"]),
            str(row["on_date"]),
            format_yuan(row["amount_fen"]),
            row["what"],
        )
    out.print(table)
    out.print(f"共 {len(answered.said)} 条 / {len(answered.said)} findings")
    print_notes(answered, known)
